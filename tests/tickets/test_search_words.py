"""The words that tickets are found by: the short way and the long one say the same."""

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    st.sampled_from(" -/·’。，　柜台延误ßİé123aB"),
)


@given(st.lists(st.text(CHARACTERS, max_size=90), min_size=1, max_size=20))
@example(
    ["", " ", "NPS 3/10 · On board", "b" * 61, "c" * 60, "d" * 59 + "\u1680" + "e" * 9]
)
@example(["word " * 1_601, "行李箱 broke " * 800])
def test_are_the_same_however_they_are_cut(texts: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT said FROM unnest(%s) said"
            " WHERE cem_search_words(said) IS DISTINCT FROM cem_cut_words(said)",
            [texts],
        )
        assert cursor.fetchall() == []
