"""A survey's look: its theme as one small style sheet that travels inside the page."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from surveys.contrast import CONTROLS, TEXT, contrast_ratio, luminance, readable_on
from surveys.document import Theme

SHEET = Path(settings.BASE_DIR) / "static" / "public" / "respond.css"
CHINESE = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC"'
FONTS: Mapping[str, str] = {
    "serif": 'Georgia,"Times New Roman","Songti SC",SimSun,"Noto Serif CJK SC",serif',
    "rounded": f'ui-rounded,"SF Pro Rounded","Hiragino Maru Gothic ProN",Nunito,{CHINESE},system-ui,sans-serif',
    "mono": f"ui-monospace,Consolas,Menlo,{CHINESE},monospace",
}
CORNERS: Mapping[str, str] = {"square": "0", "round": "22px"}
# Problems are red; which red reads depends on what it stands on.
REDS = ("#b3261e", "#ffb4ab")


@dataclass(frozen=True)
class Style:
    """What stands in `<style>`, and how the page's policy names it."""

    css: str
    source: str


def style_of(theme: Theme) -> Style:
    # The logo is no part of it, and its words by language cannot be a key.
    return _style(theme.model_copy(update={"logo": None}) if theme.logo else theme)


@lru_cache(500)
def _style(theme: Theme) -> Style:
    css = _sheet() + _variables(theme)
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return Style(css, f"'sha256-{digest}'")


def usual_style() -> Style:
    """Of pages that belong to no survey."""
    return style_of(Theme())


@cache
def _sheet() -> str:
    """Written for people, sent without the spaces."""
    css = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(": ", ":").replace(";}", "}")


def _variables(theme: Theme) -> str:
    """Only what is not as usual; a theme of its own has no dark twin."""
    rules = dict(_shape(theme))
    if _colors(theme) != _colors(Theme()):
        rules |= _palette(theme)
    if not rules:
        return ""
    return ":root{" + ";".join(f"{name}:{value}" for name, value in rules.items()) + "}"


def _shape(theme: Theme) -> Iterator[tuple[str, str]]:
    if theme.font in FONTS:
        yield "--font", FONTS[theme.font]
    if theme.corners in CORNERS:
        yield "--corner", CORNERS[theme.corners]


def _colors(theme: Theme) -> tuple[str, str, str]:
    return theme.accent, theme.background, theme.text


def _palette(theme: Theme) -> dict[str, str]:
    paper, ink, accent = theme.background, theme.text, theme.accent
    edge = accent if contrast_ratio(accent, paper) >= CONTROLS else ink
    return {
        "color-scheme": "light" if luminance(paper) > 0.2 else "dark",
        "--ink": ink,
        "--paper": paper,
        "--back": _mixed(paper, ink, 0.06),
        "--soft": _first_that_reads(paper, ink, TEXT, (0.7, 0.8, 0.9)),
        "--line": _first_that_reads(paper, ink, CONTROLS, (0.5, 0.6, 0.7, 0.8, 0.9)),
        "--main": accent,
        "--on-main": readable_on(accent),
        # A pale accent fills the buttons, but cannot draw lines or write.
        "--edge": edge,
        "--link": accent if contrast_ratio(accent, paper) >= TEXT else ink,
        "--bad": max(REDS, key=lambda red: contrast_ratio(red, paper)),
    }


def _first_that_reads(
    paper: str, ink: str, ratio: float, shares: tuple[float, ...]
) -> str:
    mixes = (_mixed(paper, ink, share) for share in shares)
    return next((mix for mix in mixes if contrast_ratio(mix, paper) >= ratio), ink)


def _mixed(one: str, other: str, share: float) -> str:
    """One colour with a share of the other."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(color: str) -> Iterator[int]:
    return (int(color[place : place + 2], 16) for place in (1, 3, 5))
