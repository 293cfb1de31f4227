"""Values inside words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.piping import Pipe, names_in, pieces, piped, without_pipes


class TestPiped:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("You gave {{ score }}.", "You gave 7."),
            ("{{score}}{{ score }}", "77"),
            ("Dear {{ customer.name | customer }},", "Dear customer,"),
            ("{{ var.points }} of {{ hidden.order | none }}", "3 of A17"),
            ("{{ nobody }}!", "!"),
            (
                "{{ Score }} {{ score! }} {score} {{}}",
                "{{ Score }} {{ score! }} {score} {{}}",
            ),
            ("{{ empty | there }}", "there"),
        ],
    )
    def test_puts_values_where_they_belong(self, text: str, said: str) -> None:
        values = {"score": "7", "var.points": "3", "hidden.order": "A17", "empty": ""}
        assert piped(text, values) == said

    def test_does_not_read_a_value_as_words_with_places(self) -> None:
        assert piped("{{ a }}", {"a": "{{ b }}", "b": "x"}) == "{{ b }}"


class TestWithoutPipes:
    def test_leaves_dots_or_the_words_that_stand_in(self) -> None:
        text = "{{ customer.name | Dear customer }}, you gave {{score}}."
        assert without_pipes(text) == "Dear customer, you gave …."


class TestNamesIn:
    def test_finds_each_name_once(self) -> None:
        assert names_in("{{ a }} {{ a | x }} {{ var.b }}") == {"a", "var.b"}


class TestPieces:
    def test_cuts_at_the_places(self) -> None:
        assert list(pieces("Hi {{ a | you }}!")) == ["Hi ", Pipe("a", "you"), "!"]

    @given(st.text(alphabet="{} |ab.", max_size=40))
    def test_add_up_to_what_is_piped(self, text: str) -> None:
        values = {"a": "1", "b.a": "2"}
        said = (
            piece if isinstance(piece, str) else values.get(piece.name) or piece.default
            for piece in pieces(text)
        )
        assert "".join(said) == piped(text, values)
