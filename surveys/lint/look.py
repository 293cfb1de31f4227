"""Colours that do not read, and ways out to sites that nobody allowed. Pure."""

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from surveys.contrast import CONTROLS, TEXT, contrast_ratio
from surveys.document import Document
from surveys.lint.finding import Finding


def findings(document: Document, allowed_sites: Collection[str]) -> Iterator[Finding]:
    theme = document.theme
    text = contrast_ratio(theme.text, theme.background)
    if text < TEXT:
        yield Finding(
            "error",
            "low_contrast",
            ("theme", "text"),
            {"ratio": _rounded(text), "least": TEXT},
        )
    accent = contrast_ratio(theme.accent, theme.background)
    if accent < CONTROLS:
        yield Finding(
            "advice",
            "low_accent",
            ("theme", "accent"),
            {"ratio": _rounded(accent), "least": CONTROLS},
        )
    for number, ending in enumerate(document.endings):
        site = _site(ending.redirect) if ending.redirect else ""
        if site and site not in allowed_sites:
            path = ("endings", number, "redirect")
            yield Finding("warning", "site_not_allowed", path, {"site": site})


def _rounded(ratio: float) -> float:
    """Down, so that 4.49 never reads as the 4.5 that it misses."""
    return int(ratio * 10) / 10


def _site(address: str) -> str:
    """The origin; "" where the address has none that can be read."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return address
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, 443) else "")
