"""Who gets which wording and which order."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from surveys.elements import CommentElement, Wording
from surveys.variants import order_around, order_of, wording_of

SOMEBODY = UUID(int=1)
ELEMENT = CommentElement(
    id="why",
    type="long_text",
    text={"en": "Why?"},
    wordings=(Wording(id="b", text={"en": "How come?"}),),
)


class TestWordingOf:
    def test_is_the_same_for_the_same_respondent(self) -> None:
        assert wording_of(ELEMENT, SOMEBODY) == wording_of(ELEMENT, SOMEBODY)

    def test_gives_each_wording_its_share(self) -> None:
        counts = Counter(wording_of(ELEMENT, UUID(int=n)) for n in range(2_000))
        assert set(counts) == {0, 1}
        assert 900 < counts[0] < 1_100

    def test_is_the_first_where_there_is_no_other(self) -> None:
        only = ELEMENT.model_copy(update={"wordings": ()})
        assert wording_of(only, SOMEBODY) == 0


class TestOrderOf:
    @given(st.uuids(), st.lists(st.text(max_size=5), unique=True, max_size=20))
    def test_is_the_same_ids_in_a_stable_order(self, who: UUID, ids: list[str]) -> None:
        drawn = order_of(ids, who, "q1")
        assert sorted(drawn) == sorted(ids)
        assert drawn == order_of(list(reversed(ids)), who, "q1")

    def test_differs_from_question_to_question(self) -> None:
        ids = [str(n) for n in range(20)]
        assert order_of(ids, SOMEBODY, "q1") != order_of(ids, SOMEBODY, "q2")

    def test_gives_each_place_to_each_option(self) -> None:
        firsts = Counter(order_of("abc", UUID(int=n), "q")[0] for n in range(3_000))
        assert all(900 < count < 1_100 for count in firsts.values())


class TestOrderAround:
    def test_leaves_those_that_stay_where_they_are(self) -> None:
        stays = {"a": False, "b": False, "x": True, "c": False, "other": True}
        for n in range(50):
            drawn = order_around(stays, UUID(int=n), "q1")
            assert (drawn[2], drawn[4]) == ("x", "other")
            assert sorted(drawn) == ["a", "b", "c", "other", "x"]
