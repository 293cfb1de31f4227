"""A screen in a shop on which one customer after the other answers.

The page around the form starts it anew for the next customer. Its worker keeps answers
while there is no connection; each needs a form token, so it takes a stock of them.
"""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events.ids import uuid7
from surveys import form_tokens
from surveys.elements import Language
from surveys.pages import in_language, notice_page
from surveys.published import Version

STOCK = 50
# Seconds: without a touch until the kiosk asks, from then until it starts anew, and the
# time to read the thanks. The address may say otherwise.
TIMES = {"idle": 60, "warn": 15, "thanks": 8}
LONGEST = 3600


def shell(
    version: Version, language: Language, query: str, times: dict[str, int]
) -> bytes:
    """The page around the form; `query` is the form's."""
    context = {
        "language": language,
        "title": in_language(version.document.title, language),
        "query": query,
        "times": times,
        "scope": f"/s/{version.slug}/",
    }
    with translation.override(language):
        return render_to_string("surveys/kiosk.html", context).encode()


@lru_cache(100)
def kept_page(language: Language) -> bytes:
    """The thanks for answers that could not be sent yet."""
    with translation.override(language):
        return notice_page(
            _("Thank you for your answers!"),
            _("They are kept on this device and sent as soon as it is online again."),
            language,
        )


@lru_cache(100)
def full_page(language: Language) -> bytes:
    """Nothing more can be kept."""
    with translation.override(language):
        return notice_page(
            _("This screen has been offline for a long time"),
            _("It cannot take more answers at the moment. Please try again later."),
            language,
        )


def stock(version: Version) -> list[str]:
    """Form tokens for answers that are given while nobody can make a page."""
    ids = [uuid7() for _number in range(STOCK)]
    return [f"{i}.{version.id}.{form_tokens.sign(i, version.id)}" for i in ids]


def times_in(query: dict[str, str]) -> dict[str, int]:
    """The times that the address asks for, within reason."""
    return {
        name: min(max(int(query[name]), 1), LONGEST)
        if query.get(name, "").isascii() and query.get(name, "").isdigit()
        else usual
        for name, usual in TIMES.items()
    }
