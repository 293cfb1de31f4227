"""A survey's look as a style sheet inside its page."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.contrast import contrast_ratio
from surveys.document import Theme
from surveys.look import style_of, usual_style

COLORS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def variables(theme: Theme) -> dict[str, str]:
    """Of the last block, which is the theme's own."""
    block = style_of(theme).css.rsplit(":root{", 1)[1]
    return dict(re.findall(r"([-\w]+):([^;}]+)", block))


class TestStyleOf:
    def test_is_named_by_its_own_checksum(self) -> None:
        style = usual_style()
        digest = b64encode(sha256(style.css.encode()).digest()).decode()
        assert style.source == f"'sha256-{digest}'"

    def test_leaves_the_usual_theme_to_light_and_dark(self) -> None:
        assert "prefers-color-scheme:dark" in usual_style().css
        assert usual_style().css.count(":root{") == 2

    def test_is_small_and_cannot_leave_its_element(self) -> None:
        assert len(usual_style().css) < 9_000
        assert "</" not in usual_style().css

    @pytest.mark.parametrize(
        ("corners", "font", "said"),
        [("square", "system", "--corner:0"), ("soft", "mono", "--font:ui-monospace")],
    )
    def test_says_corners_and_fonts(self, corners: str, font: str, said: str) -> None:
        theme = Theme.model_validate({"corners": corners, "font": font})
        assert said in style_of(theme).css

    def test_writes_on_a_pale_accent_in_black(self) -> None:
        pale = variables(Theme(accent="#ffd400", background="#ffffff"))
        assert (pale["--on-main"], pale["--link"]) == ("#000000", "#1f2937")
        assert pale["--edge"] == "#1f2937"

    @given(COLORS, COLORS, COLORS)
    def test_reads_wherever_the_theme_itself_reads(
        self, accent: str, background: str, text: str
    ) -> None:
        if contrast_ratio(text, background) < 4.5:
            return
        theme = Theme(accent=accent, background=background, text=text)
        if theme == Theme():
            return
        look = variables(theme)
        assert contrast_ratio(look["--on-main"], accent) >= 4.5
        for name in ("--soft", "--link"):
            assert contrast_ratio(look[name], background) >= 4.5
        for name in ("--line", "--edge"):
            assert contrast_ratio(look[name], background) >= 3
