"""Which language a customer reads: asked for, else the browser's, else the survey's."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.translation.trans_real import parse_accept_lang_header

from surveys.elements import LANGUAGES, Language


def choose_language(
    asked: str | None, accepted: str, offered: Sequence[Language] = LANGUAGES
) -> Language:
    """`asked` is the `lang` of the address, `accepted` the browser's header."""
    named = _known(asked.lower()) if asked else None
    if named and named in offered:
        return named
    return _from_header(accepted[:400], tuple(offered))


@lru_cache(1_000)
def _from_header(accepted: str, offered: tuple[Language, ...]) -> Language:
    for tag, _quality in parse_accept_lang_header(accepted.lower()):
        language = _known(tag)
        if language and language in offered:
            return language
    return offered[0]


def _known(tag: str) -> Language | None:
    # Whoever reads any kind of Chinese reads Simplified Chinese sooner than English.
    family = tag.split("-", 1)[0]
    return {"en": LANGUAGES[0], "zh": LANGUAGES[1]}.get(family)
