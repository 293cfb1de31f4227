"""The little HTML that a survey's texts may hold; everything else is taken out.

Texts are cleaned when a draft is saved, and again when they are shown: what is stored
may come from an older release or from outside.
"""

import html
import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString

TAGS = {"b", "strong", "i", "em", "u", "br", "p", "ul", "ol", "li", "a"}
LINKS = ("https://", "http://", "mailto:")
TAG_LIKE = re.compile(r"<[a-zA-Z/!?]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cleaned(text: str) -> str:
    """As it may be stored. Words without a tag stay as they were typed."""
    words = CONTROL.sub("", text)
    return _allowed(words) if TAG_LIKE.search(words) else words


@lru_cache(10_000)
def rendered(text: str) -> SafeString:
    """As it may stand inside an element of a page, whatever was stored."""
    return SafeString(_allowed(CONTROL.sub("", text)))


@lru_cache(10_000)
def plain_text(text: str) -> str:
    """The words alone: for titles, attributes, files and letters. Not escaped."""
    words = CONTROL.sub("", text)
    if "<" not in words and "&" not in words:
        return words
    spaced = re.sub(r"(?i)<(br|/p|/li)\b", r" <\1", words)
    return html.unescape(nh3.clean(spaced, tags=set())).strip()


def _allowed(text: str) -> str:
    return nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_kept,
        link_rel="noopener noreferrer",
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An address to somewhere: never a script, never a place that an answer makes up."""
    address = value.strip()
    if not address.lower().startswith(LINKS) or "{{" in address:
        return None
    return address.replace("<", "%3C").replace(">", "%3E")
