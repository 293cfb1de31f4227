"""The code that a company pastes into its own site."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    POPOVER = "popover", _("A card in the corner")
    TAB = "tab", _("A tab at the side that opens it")
    INLINE = "inline", _("In the page's own text")
    PAGE = "page", _("Over the whole page")


SIDES = [("", _("right")), ("left", _("left"))]
# What starts a survey by itself; a tab is opened by the visitor alone.
TRIGGERS = ("delay", "scroll", "exit", "event", "share", "again")
OF_TAB = ("label", "side")


def attributes(slug: str, chosen: Mapping[str, object]) -> list[tuple[str, str]]:
    """The script's data attributes, in the order of the documentation."""
    mode = str(chosen.get("mode") or Mode.POPOVER)
    names = ["lang", *(OF_TAB if mode == Mode.TAB else TRIGGERS)]
    found = [("data-survey", slug), ("data-mode", mode)]
    if mode == Mode.INLINE:
        found.append(("data-target", f"#{_place(slug)}"))
    for name in names:
        given = chosen.get(name)
        if given:
            found.append((f"data-{name}", "" if given is True else str(given)))
    return found


def snippet(slug: str, chosen: Mapping[str, object]) -> SafeString:
    """HTML, safe to be pasted as it is."""
    data = format_html_join("", ' {}="{}"', attributes(slug, chosen))
    script = format_html(
        '<script async src="{}/embed.js"{}></script>', settings.SITE_URL, data
    )
    if chosen.get("mode") != Mode.INLINE:
        return script
    return format_html('<div id="{}"></div>\n{}', _place(slug), script)


def _place(slug: str) -> str:
    return f"survey-{slug}"
