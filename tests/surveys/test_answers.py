"""From raw answers to checked ones, kind by kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from surveys.answers import Problem, clean_text, reader_for, whole_number
from surveys.elements import AnyElement

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyElement)
NOTHING = [None, "", "  ", "\n"]


def read(kind: str, value: object, **facts: Any) -> Any:
    element = ADAPTER.validate_python({"id": "q", "type": kind, "text": {}, **facts})
    answer = reader_for(element)(value)
    return answer.code if isinstance(answer, Problem) else answer


def options(*ids: str, **kinds: str) -> list[dict[str, Any]]:
    return [{"id": i, "text": {}, "kind": kinds.get(i, "option")} for i in ids]


KINDS: dict[str, dict[str, Any]] = {
    "nps": {"scale": 10},
    "csat": {"scale": 5},
    "ces": {"scale": 7},
    "rating": {},
    "single_choice": {"options": options("a", "b")},
    "dropdown": {"options": options("a", "b")},
    "multiple_choice": {"options": options("a", "b")},
    "ranking": {"options": options("a", "b")},
    "matrix": {"rows": [{"id": "a", "text": {}}]},
    "short_text": {},
    "long_text": {},
    "number": {},
    "date": {},
    "email": {},
    "phone": {},
    "consent": {},
    "contact_request": {},
    "file": {},
}


class TestEveryKind:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("value", NOTHING)
    def test_nothing_is_no_answer(self, kind: str, value: object) -> None:
        assert read(kind, value, **KINDS[kind]) is None

    @pytest.mark.parametrize("kind", KINDS)
    @given(
        value=st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        )
    )
    def test_whatever_is_sent_is_judged(self, kind: str, value: object) -> None:
        read(kind, value, **KINDS[kind])


class TestScales:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("0", 0),
            ("10", 10),
            (" 7 ", 7),
            ("007", 7),
            (7, 7),
            ("11", "not_on_scale"),
            ("-1", "not_on_scale"),
            (-1, "not_on_scale"),
            ("7.5", "not_on_scale"),
            (7.0, "not_on_scale"),
            (True, "not_on_scale"),
            ("seven", "not_on_scale"),
            ("٧", "not_on_scale"),
            (["7"], "not_on_scale"),
            ("9" * 30, "not_on_scale"),
        ],
    )
    def test_take_whole_numbers_on_them(self, value: object, answer: object) -> None:
        assert read("nps", value, scale=10) == answer

    def test_csat_and_ces_begin_with_one(self) -> None:
        assert read("csat", "0", scale=5) == "not_on_scale"
        assert read("ces", "7", scale=7) == 7


class TestChoices:
    @pytest.mark.parametrize("kind", ["single_choice", "dropdown"])
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("a", "a"),
            ("A", "not_an_option"),
            ("c", "not_an_option"),
            (["a"], "not_an_option"),
            ("a" * 300, "not_an_option"),
        ],
    )
    def test_one_of_the_options(self, kind: str, value: object, answer: str) -> None:
        assert read(kind, value, options=options("a", "b")) == answer

    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            (["c", "a"], ["a", "c"]),
            (["a", "a"], ["a"]),
            ("b", ["b"]),
            ([], None),
            ([""], None),
            (["a", "x"], "not_an_option"),
            ([7], "not_an_option"),
            (7, "not_an_option"),
            ({"a": "1"}, "not_an_option"),
            (["none"], ["none"]),
            (["none", "a"], "excluded"),
        ],
    )
    def test_several_in_the_order_of_the_document(
        self, value: object, answer: object
    ) -> None:
        offered = options("a", "b", "c", "none", none="none")
        assert read("multiple_choice", value, options=offered) == answer

    @pytest.mark.parametrize(
        ("least", "most", "value", "answer"),
        [
            (2, None, ["a"], "too_few"),
            (2, None, ["a", "b"], ["a", "b"]),
            (2, None, ["none"], ["none"]),
            (0, 2, ["a", "b", "c"], "too_many"),
            # Nobody can tick more than there is, or more than may be.
            (9, None, ["a", "b", "c", "none"], "excluded"),
            (3, 1, ["a"], ["a"]),
        ],
    )
    def test_as_many_as_are_asked_for(
        self, least: int, most: int | None, value: list[str], answer: object
    ) -> None:
        offered = options("a", "b", "c", "none", none="none")
        facts = {"options": offered, "least": least, "most": most}
        assert read("multiple_choice", value, **facts) == answer


class TestRankings:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            (["b", "c", "a"], ["b", "c", "a"]),
            ({"a": "3", "b": "1", "c": "2"}, ["b", "c", "a"]),
            ({"a": "30", "b": "1", "c": "2"}, ["b", "c", "a"]),
            ({"a": "", "b": "", "c": ""}, None),
            ([], None),
            (["a", "b"], "not_ranked"),
            (["a", "a", "b"], "not_ranked"),
            (["a", "b", "x"], "not_ranked"),
            ({"a": "1", "b": "1", "c": "2"}, "not_ranked"),
            ({"a": "1", "b": "", "c": "2"}, "not_ranked"),
            ({"a": "first", "b": "2", "c": "3"}, "not_ranked"),
            (7, "not_ranked"),
        ],
    )
    def test_give_every_option_a_place_or_none(
        self, value: object, answer: object
    ) -> None:
        assert read("ranking", value, options=options("a", "b", "c")) == answer


class TestMatrices:
    ROWS = ({"id": "a", "text": {}}, {"id": "b", "text": {}})

    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ({"a": "1", "b": "5"}, {"a": 1, "b": 5}),
            ({"a": 3}, {"a": 3}),
            ({"a": "", "b": None}, None),
            ({"a": "6"}, "not_on_scale"),
            ({"x": "1"}, "not_a_number"),
            ("3", "not_a_number"),
        ],
    )
    def test_rate_row_by_row(self, value: object, answer: object) -> None:
        assert read("matrix", value, rows=self.ROWS) == answer

    def test_want_every_row_where_they_are_required(self) -> None:
        assert (
            read("matrix", {"a": "1"}, rows=self.ROWS, required=True) == "rows_missing"
        )


class TestWords:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("  fine\r\nthx ", "fine\nthx"),
            ("a\0b\x1bc", "abc"),
            ("\ud800x", "x"),
            ("\u0000", None),
            ("e\u0301", "é"),
            ("😀" * 10, "😀" * 10),
            ("😀" * 11, "too_long"),
            ("ab", "too_short"),
            (7, "not_text"),
            (["a"], "not_text"),
        ],
    )
    def test_are_kept_as_given_but_for_what_nobody_sees(
        self, value: object, answer: object
    ) -> None:
        assert (
            read("short_text", value, least=3 if answer == "too_short" else 0, most=10)
            == answer
        )

    @pytest.mark.parametrize(
        ("value", "answer"),
        [("AB12", "AB12"), ("xAB12", "no_match"), ("AB", "no_match")],
    )
    def test_match_the_whole_pattern(self, value: str, answer: str) -> None:
        pattern = {"regex": "[A-Z]{2}[0-9]+", "message": {"en": "Two letters, digits"}}
        assert read("short_text", value, pattern=pattern) == answer

    def test_a_pattern_never_holds_anybody_up(self) -> None:
        pattern = {"regex": "(a+)+", "message": {}}
        assert read("short_text", "a" * 190 + "b", pattern=pattern) == "no_match"


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "facts", "answer"),
        [
            ("12", {}, 12),
            ("12,50", {"decimals": 1}, 12.5),
            (" -3 ", {}, -3),
            ("3.0", {}, 3),
            (2.5, {"decimals": 2}, 2.5),
            ("0.1", {}, "too_exact"),
            ("0.125", {"decimals": 2}, "too_exact"),
            ("1e3", {}, "not_a_number"),
            ("١٢", {}, "not_a_number"),
            ("1 000", {}, "not_a_number"),
            (True, {}, "not_a_number"),
            (float("inf"), {}, "not_a_number"),
            (float("nan"), {}, "not_a_number"),
            ("4", {"lowest": 5}, "too_low"),
            ("5", {"lowest": 5, "highest": 5}, 5),
            ("5.5", {"highest": 5.25, "decimals": 1}, "too_high"),
        ],
    )
    def test_are_read_with_point_or_comma(
        self, value: object, facts: dict[str, Any], answer: object
    ) -> None:
        assert read("number", value, **facts) == answer

    def test_whole_ones_stay_whole(self) -> None:
        assert isinstance(read("number", "3.0"), int)
        assert whole_number("3.0") is None


class TestDates:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("2026-01-31", "2026-01-31"),
            (" 2026-01-31 ", "2026-01-31"),
            ("2026-02-30", "not_a_date"),
            ("0000-01-01", "not_a_date"),
            ("31.01.2026", "not_a_date"),
            ("20260131", "not_a_date"),
            (20260131, "not_a_date"),
            ("2025-12-31", "too_early"),
            ("2027-01-01", "too_late"),
        ],
    )
    def test_are_days_of_the_calendar(self, value: object, answer: str) -> None:
        facts = {"earliest": "2026-01-01", "latest": "2026-12-31"}
        assert read("date", value, **facts) == answer


class TestAddresses:
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            (" mara@acme.test ", "mara@acme.test"),
            ("mara+cx@mail.acme.test", "mara+cx@mail.acme.test"),
            ("ü@bücher.example", "ü@bücher.example"),
            ("mara@acme", "not_an_email"),
            ("mara acme@x.test", "not_an_email"),
            ("<mara@acme.test>", "not_an_email"),
            ("mara@acme.test\nBcc: all@acme.test", "not_an_email"),
            ("a" * 65 + "@acme.test", "not_an_email"),
            ("a@" + "b." * 150 + "test", "not_an_email"),
            (7, "not_an_email"),
        ],
    )
    def test_of_e_mail(self, value: object, answer: str) -> None:
        assert read("email", value) == answer

    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("+49 (30) 123-45", "+49 (30) 123-45"),
            ("010 1234 5678", "010 1234 5678"),
            ("1234", "not_a_phone"),
            ("call me", "not_a_phone"),
            ("1" * 31, "not_a_phone"),
        ],
    )
    def test_of_phones(self, value: str, answer: str) -> None:
        assert read("phone", value) == answer

    def test_of_uploads(self) -> None:
        kept = "0199aaaa-0000-7000-8000-0123456789ab"
        assert read("file", kept) == kept
        assert read("file", "../../etc/passwd") == "not_a_file"


class TestTicks:
    @pytest.mark.parametrize("kind", ["consent", "contact_request"])
    @pytest.mark.parametrize(
        ("value", "answer"),
        [
            ("1", True),
            ("on", True),
            (True, True),
            ("0", None),
            (False, None),
            ("x", None),
        ],
    )
    def test_are_there_or_not(self, kind: str, value: object, answer: object) -> None:
        assert read(kind, value) is answer


class TestStatements:
    def test_take_no_answer(self) -> None:
        assert read("statement", "hello") == "unknown"


class TestCleanText:
    @given(st.text())
    def test_leaves_nothing_that_cannot_be_stored(self, text: str) -> None:
        cleaned = clean_text(text)
        assert "\0" not in cleaned
        cleaned.encode()
        assert clean_text(cleaned) == cleaned
