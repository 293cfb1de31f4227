"""Why a customer cannot answer right now, in their language, with the right status."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys import look
from surveys.elements import Language
from surveys.language import choose_language
from surveys.pages import notice_page

# (title, text) by reason.
WORDS: Mapping[str, tuple[Promise, Promise]] = {
    "unknown": (
        _("We cannot find this survey"),
        _(
            "The link may be incomplete. Please open it again from the message that brought you here."
        ),
    ),
    "paused": (
        _("This survey is paused"),
        _("Please try again later."),
    ),
    "closed": (
        _("This survey is closed"),
        _("It does not take answers any more. Thank you for your interest."),
    ),
    "expired": (
        _("This link has expired"),
        _("Personal links work for a limited time. Thank you for wanting to answer."),
    ),
    "used": (
        _("You have already answered"),
        _("Each personal link works once. Thank you for your answers!"),
    ),
    "answered": (
        _("You have already answered"),
        _("This survey asks everybody once. Thank you for your answers!"),
    ),
    "tampered": (
        _("These answers could not be read"),
        _(
            "The page they came from was changed on its way. Please open the link again and answer once more."
        ),
    ),
    "unreadable": (
        _("These answers could not be read"),
        _(
            "Something went wrong on their way to us. Please open the link again and answer once more."
        ),
    ),
    "elsewhere": (
        _("This link belongs to another survey"),
        _("Please open the link again from the message that brought you here."),
    ),
    "too_large": (
        _("These answers are too long"),
        _("Please go back, shorten your comment and send it again."),
    ),
    "files_too_large": (
        _("These files are too large"),
        _("Please go back, choose smaller ones and send again."),
    ),
    "too_many": (
        _("That was a lot of answers at once"),
        _("Please wait a minute, go back and send yours again."),
    ),
    "method": (
        _("This page cannot be used like that"),
        _("Please open the link in a browser."),
    ),
    "down": (
        _("We cannot take answers at this moment"),
        _("The fault is ours. Please try again in a minute."),
    ),
}

CONTENT_TYPE = "text/html; charset=utf-8"
CONTENT_POLICY = (
    "default-src 'none'; style-src {style}; script-src 'self'; connect-src 'self';"
    " img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors {ancestors}"
)


class Refused(Exception):
    """The customer gets a notice instead; `reason` is a key of WORDS."""

    def __init__(
        self, status: int, reason: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


def notice(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page that says why not."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    language = choose_language(request.GET.get("lang"), accepted)
    title, text = WORDS[refused.reason]
    with translation.override(language):
        body = notice_page(str(title), str(text), language)
    return page(body, language, status=refused.status, headers=refused.headers)


class _Page(HttpResponse):
    def items(self) -> Collection[tuple[str, str]]:
        """What a mapping of headers makes of itself: each one is looked up for it."""
        return self.headers._store.values()


def page(
    body: bytes,
    language: Language,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    ancestors: str = "'none'",
    style: str = "",
) -> HttpResponse:
    """A respondent's page with the headers that Django's middleware would have set.

    `style` names the style sheet inside it (`look.Style.source`); as a rule the usual.
    """
    # With the type given, Django need not find out the charset for it.
    response = _Page(body, CONTENT_TYPE, status)
    # Checked once when prepared; setting them one by one costs a tenth of the page.
    response.headers._store.update(_headers(language, ancestors, style)._store)
    # Without a length the server would send the page in chunks.
    response.headers["Content-Length"] = str(len(body))
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


@lru_cache(2_000)
def _headers(language: Language, ancestors: str, style: str) -> ResponseHeaders:
    policy = CONTENT_POLICY.format(
        ancestors=ancestors, style=style or look.usual_style().source
    )
    headers = {
        "Content-Security-Policy": policy,
        # Nobody stores the page, so nobody needs to know what it varies by.
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Content-Language": language,
    }
    if settings.SECURE_HSTS_SECONDS:
        seconds = settings.SECURE_HSTS_SECONDS
        headers["Strict-Transport-Security"] = f"max-age={seconds}"
    return ResponseHeaders(headers)
