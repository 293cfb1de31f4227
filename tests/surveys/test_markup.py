"""The little HTML that survives in a survey's texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.markup import cleaned, plain_text, rendered

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='https://a.test' onclick='alert(1)' style='x'>x</a>",
    "<svg><style>@import 'x'</style></svg>",
    "<iframe src=https://a.test></iframe>",
    "<form action=https://a.test><input name=a></form>",
    "<style>body{display:none}</style>",
    "<b onmouseover=alert(1)>x</b>",
    "<a href='https://a.test/{{ q1 }}'>x</a>",
    "<a href='{{ q1 }}'>x</a>",
]


class TestCleaned:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("Tom & Jerry <3", "Tom & Jerry <3"),
            ("<b>now</b> & then", "<b>now</b> &amp; then"),
            (
                "<p>One</p><ul><li>a<li>b</ul>",
                "<p>One</p><ul><li>a</li><li>b</li></ul>",
            ),
            (
                "<a href='https://a.test/?b=1&c=2' target=_blank>x</a>",
                '<a href="https://a.test/?b=1&amp;c=2">x</a>',
            ),
            ("<a href='mailto:a@b.test'>x</a>", '<a href="mailto:a@b.test">x</a>'),
            ("a\x00b\x02c", "abc"),
        ],
    )
    def test_keeps_the_few_tags(self, text: str, kept: str) -> None:
        assert cleaned(text).replace(' rel="noopener noreferrer"', "") == kept

    @pytest.mark.parametrize("text", HOSTILE)
    @pytest.mark.parametrize("clean", [cleaned, rendered])
    def test_keeps_nothing_hostile(self, text: str, clean: object) -> None:
        html = clean(text)  # type: ignore[operator]
        for word in ("alert(", "<img", "<svg", "<style", "<form", "<iframe", "{{"):
            assert word not in html

    @given(st.text(max_size=200))
    def test_changes_nothing_when_it_is_cleaned_again(self, text: str) -> None:
        assert cleaned(cleaned(text)) == cleaned(text)


class TestRendered:
    def test_escapes_words_that_are_no_tags(self) -> None:
        assert rendered("1 < 2 & 3") == "1 &lt; 2 &amp; 3"

    @given(st.text(alphabet="<>/ab &;\"'=pscript", max_size=60))
    def test_never_lets_an_unknown_tag_through(self, text: str) -> None:
        assert "<s" not in rendered(text).replace("<strong", "")


class TestPlainText:
    def test_says_the_words_alone(self) -> None:
        assert (
            plain_text("<p>One</p><p>Two &amp; <b>three</b></p>") == "One Two & three"
        )

    def test_leaves_words_as_they_are(self) -> None:
        assert plain_text("1 < 2") == "1 < 2"
