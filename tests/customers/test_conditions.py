"""The condition language: what it accepts, what it answers, and what it says to mistakes."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.conditions import (
    MESSAGES,
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionError,
    Field,
    Kind,
    Not,
    Op,
    parse,
)

FIELDS = {
    "nps": Field(Kind.NUMBER, "NPS"),
    "comment": Field(Kind.TEXT, "comment"),
    "tier": Field(Kind.CHOICE, "tier", {"gold": "Gold", "silver": "Silver"}),
    "region": Field(Kind.CHOICE, "region"),
    "wants_contact": Field(Kind.BOOLEAN, "wants contact"),
    "last_order": Field(Kind.DATE, "last order"),
    "topics": Field(Kind.LIST, "topics"),
}
MARA_DETRACTOR = {
    "nps": 3,
    "comment": "The flight was LATE again",
    "tier": "gold",
    "wants_contact": True,
    "last_order": date(2026, 1, 5),
    "topics": ["delay", "staff"],
}
PAUL_PROMOTER = {
    "nps": 10,
    "comment": "",
    "tier": "silver",
    "wants_contact": False,
    "last_order": date(2025, 11, 30),
    "topics": [],
}


def asks(field: str, op: str, value: object = None) -> dict[str, object]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def judged(document: object, values: Mapping[str, object]) -> bool:
    return parse(document, FIELDS).matches(values)


class TestMatches:
    @pytest.mark.parametrize(
        "holds",
        [
            asks("nps", "eq", 3),
            asks("nps", "ne", 4),
            asks("nps", "lt", 3.5),
            asks("nps", "lte", 3),
            asks("nps", "gt", 2),
            asks("nps", "gte", 3),
            asks("nps", "between", [3, 6]),
            asks("nps", "between", [0, 3]),
            asks("nps", "in", [1, 2, 3]),
            asks("nps", "not_in", [4, 5]),
            asks("nps", "is_not_empty"),
            asks("comment", "eq", "the flight was late AGAIN "),
            asks("comment", "ne", "late"),
            asks("comment", "contains", "Late"),
            asks("comment", "not_contains", "lost"),
            asks("comment", "in", ["no", "The flight was late again"]),
            asks("tier", "eq", "gold"),
            asks("tier", "in", ["silver", "gold"]),
            asks("tier", "not_in", ["silver"]),
            asks("region", "is_empty"),
            asks("wants_contact", "eq", True),
            asks("wants_contact", "ne", False),
            asks("last_order", "eq", "2026-01-05"),
            asks("last_order", "gt", "2026-01-04"),
            asks("last_order", "between", ["2026-01-05", "2026-02-01"]),
            asks("topics", "contains", "Delay"),
            asks("topics", "not_contains", "price"),
            asks("topics", "in", ["price", "staff"]),
            asks("topics", "not_in", ["price", "food"]),
            {},
            {"all": []},
            {"all": [asks("nps", "lte", 6), asks("tier", "eq", "gold")]},
            {"any": [asks("nps", "gt", 6), asks("tier", "eq", "gold")]},
            {"not": asks("nps", "gt", 6)},
        ],
    )
    def test_holds_for_mara_and_its_opposite_does_not(self, holds: object) -> None:
        condition = parse(holds, FIELDS)
        assert condition.matches(MARA_DETRACTOR)
        assert not Not(condition).matches(MARA_DETRACTOR)

    @pytest.mark.parametrize(
        "fails",
        [
            asks("nps", "lte", 6),
            asks("nps", "between", [0, 9.5]),
            asks("tier", "eq", "gold"),
            asks("wants_contact", "eq", True),
            asks("comment", "contains", "late"),
            asks("comment", "is_not_empty"),
            asks("topics", "in", ["delay"]),
            asks("topics", "is_not_empty"),
            asks("last_order", "gte", "2026-01-01"),
            {"all": [asks("nps", "gte", 9), asks("tier", "eq", "gold")]},
            {"any": [asks("nps", "lt", 9), asks("tier", "eq", "gold")]},
        ],
    )
    def test_does_not_hold_for_paul(self, fails: object) -> None:
        assert not judged(fails, PAUL_PROMOTER)

    @pytest.mark.parametrize(
        ("op", "value"),
        [
            ("eq", 0),
            ("lt", 5),
            ("lte", 5),
            ("gt", -1),
            ("gte", 0),
            ("between", [-1, 11]),
            ("in", [0, 1]),
            ("is_not_empty", None),
        ],
    )
    @pytest.mark.parametrize(
        "empty", [{}, {"nps": None}, {"nps": "ten"}, {"nps": True}]
    )
    def test_an_empty_value_meets_no_comparison(
        self, op: str, value: object, empty: Mapping[str, object]
    ) -> None:
        assert not judged(asks("nps", op, value), empty)

    @pytest.mark.parametrize(
        "document",
        [
            asks("nps", "is_empty"),
            asks("nps", "ne", 3),
            asks("nps", "not_in", [3]),
            asks("comment", "not_contains", "late"),
            asks("topics", "not_contains", "delay"),
            asks("topics", "not_in", ["delay"]),
            {"not": asks("nps", "lte", 6)},
        ],
    )
    def test_an_empty_value_meets_what_denies(self, document: object) -> None:
        assert judged(document, {})

    @pytest.mark.parametrize("blank", ["", "   ", "\n", None, [], float("nan")])
    @pytest.mark.parametrize("field", ["nps", "comment", "last_order", "topics"])
    def test_blank_is_empty(self, field: str, blank: object) -> None:
        assert judged(asks(field, "is_empty"), {field: blank})

    @pytest.mark.parametrize(
        ("document", "values"),
        [
            (asks("nps", "eq", 3), {"nps": Decimal("3.0")}),
            (asks("nps", "gt", 2), {"nps": "2.5"}),
            (asks("comment", "eq", "42"), {"comment": 42}),
            (asks("wants_contact", "eq", True), {"wants_contact": "True"}),
            (asks("last_order", "eq", "2026-01-05"), {"last_order": "2026-01-05"}),
            (
                asks("last_order", "eq", "2026-01-05"),
                {"last_order": datetime(2026, 1, 5, 23, tzinfo=UTC)},
            ),
            (
                asks("last_order", "lt", "2026-01-06"),
                {"last_order": "2026-01-05T23:00Z"},
            ),
            (asks("topics", "contains", "delay"), {"topics": "Delay"}),
            (asks("topics", "contains", "3"), {"topics": {3, 4}}),
        ],
    )
    def test_reads_values_as_imports_and_models_write_them(
        self, document: object, values: Mapping[str, object]
    ) -> None:
        assert judged(document, values)


class TestParse:
    @pytest.mark.parametrize(
        ("document", "code", "path"),
        [
            (None, "not_a_condition", ()),
            ([], "not_a_condition", ()),
            ("nps < 6", "not_a_condition", ()),
            ({"every": []}, "not_a_condition", ()),
            ({"all": {}}, "not_a_condition", ()),
            ({"all": [], "any": []}, "not_a_condition", ()),
            ({"all": [3]}, "not_a_condition", ("all", 0)),
            ({"all": [{}]}, "not_a_condition", ("all", 0)),
            ({"any": []}, "empty_group", ("any",)),
            ({"not": {"any": []}}, "empty_group", ("not", "any")),
            (asks("nps", "eq", 3) | {"note": "x"}, "unknown_key", ()),
            (asks("shoe_size", "eq", 3), "unknown_field", ("field",)),
            ({"field": ["nps"], "op": "eq"}, "unknown_field", ("field",)),
            (asks("nps", "contains", 3), "wrong_op", ("op",)),
            (asks("topics", "eq", "delay"), "wrong_op", ("op",)),
            ({"field": "nps", "op": ["eq"], "value": 3}, "wrong_op", ("op",)),
            ({"field": "nps", "value": 3}, "wrong_op", ("op",)),
            (asks("nps", "eq"), "value_missing", ("value",)),
            (asks("comment", "eq", ""), "value_missing", ("value",)),
            (asks("tier", "in", []), "value_missing", ("value",)),
            (asks("nps", "is_empty", 3), "no_value_expected", ("value",)),
            (asks("nps", "eq", "3"), "not_a_number", ("value",)),
            (asks("nps", "eq", True), "not_a_number", ("value",)),
            (asks("nps", "eq", float("nan")), "not_a_number", ("value",)),
            (asks("nps", "eq", 10**400), "not_a_number", ("value",)),
            (asks("nps", "in", [1, "2"]), "not_a_number", ("value", 1)),
            (asks("nps", "in", 3), "not_a_list", ("value",)),
            (asks("nps", "in", [1] * 501), "too_many_values", ("value",)),
            (asks("nps", "between", [6, 3]), "not_a_range", ("value",)),
            (asks("nps", "between", [6]), "not_a_range", ("value",)),
            (asks("nps", "between", 6), "not_a_range", ("value",)),
            (asks("comment", "contains", 3), "not_a_text", ("value",)),
            (asks("comment", "contains", "  "), "not_a_text", ("value",)),
            (asks("comment", "contains", "a\0b"), "not_a_text", ("value",)),
            (asks("comment", "contains", "\ud800"), "not_a_text", ("value",)),
            (asks("comment", "contains", "x" * 501), "too_long", ("value",)),
            (asks("topics", "contains", 3), "not_a_text", ("value",)),
            (asks("region", "eq", 3), "not_a_choice", ("value",)),
            (asks("tier", "eq", "tin"), "unknown_choice", ("value",)),
            (asks("tier", "in", ["gold", "tin"]), "unknown_choice", ("value", 1)),
            (asks("wants_contact", "eq", 1), "not_a_boolean", ("value",)),
            (asks("last_order", "eq", "05.01.2026"), "not_a_date", ("value",)),
            (asks("last_order", "eq", "2026-W05-6"), "not_a_date", ("value",)),
            (asks("last_order", "eq", "2026-02-30"), "not_a_date", ("value",)),
            ({"all": [asks("nps", "eq", 3)] * 200}, "too_many", ("all", 199)),
        ],
    )
    def test_says_what_is_wrong_and_where(
        self, document: object, code: str, path: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(ConditionError) as raised:
            parse(document, FIELDS)
        assert (raised.value.code, raised.value.path) == (code, path)

    def test_gives_a_sentence_with_its_parts_for_translation(self) -> None:
        with pytest.raises(ConditionError) as raised:
            parse({"all": [asks("tier", "eq", "tin")]}, FIELDS)
        error = raised.value
        assert str(error) == "“tin” is not a choice of “tier”."
        assert error.template in MESSAGES.values()
        assert error.template % error.params == str(error)

    def test_refuses_bottomless_nesting(self) -> None:
        document: object = asks("nps", "eq", 3)
        for _ in range(100_000):
            document = {"not": document}
        with pytest.raises(ConditionError, match="8 levels"):
            parse(document, FIELDS)

    def test_accepts_eight_levels(self) -> None:
        document: object = asks("nps", "eq", 3)
        for _ in range(7):
            document = {"not": document}
        assert not parse(document, FIELDS).matches(MARA_DETRACTOR)

    def test_does_not_repeat_a_megabyte(self) -> None:
        with pytest.raises(ConditionError) as raised:
            parse(asks("\ud800" + "x" * 1_000_000, "eq", 3), FIELDS)
        assert len(str(raised.value).encode()) < 200

    def test_keeps_a_lazy_label_for_the_one_who_shows_it(self) -> None:
        class Lazy:
            def __str__(self) -> str:
                return "推荐分"

        with pytest.raises(ConditionError) as raised:
            parse(asks("nps", "eq", "x"), {"nps": Field(Kind.NUMBER, Lazy())})
        assert isinstance(raised.value.params["field"], Lazy)
        assert "推荐分" in str(raised.value)


class TestCondition:
    def test_names_the_fields_it_looks_at(self) -> None:
        condition = parse(
            {
                "all": [
                    asks("nps", "lte", 6),
                    {"not": {"any": [asks("tier", "eq", "gold")]}},
                    asks("nps", "is_not_empty"),
                ]
            },
            FIELDS,
        )
        assert condition.fields() == {"nps", "tier"}

    def test_lists_its_comparisons(self) -> None:
        condition = parse({"any": [asks("nps", "between", [1, 2])]}, FIELDS)
        [comparison] = condition.comparisons()
        assert comparison == Comparison("nps", Kind.NUMBER, Op.BETWEEN, (1, 2))

    def test_every_operator_can_be_asked(self) -> None:
        assert {op for ops in OPERATORS.values() for op in ops} == set(Op)


# Random conditions over the fields above, and random people.
texts = st.text(st.sampled_from("abcAB late"), min_size=1, max_size=6).filter(str.strip)
VALUES: Mapping[Kind, st.SearchStrategy[object]] = {
    Kind.NUMBER: st.one_of(st.integers(-2, 12), st.sampled_from([0.5, 6.5])),
    Kind.TEXT: texts,
    Kind.CHOICE: st.sampled_from(["gold", "silver"]),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(date(2026, 1, 1), date(2026, 1, 9)).map(date.isoformat),
    Kind.LIST: texts,
}


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, object]:
    key = draw(st.sampled_from(sorted(FIELDS)))
    kind = FIELDS[key].kind
    op = draw(st.sampled_from(OPERATORS[kind]))
    value = VALUES[kind]
    if op in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        return asks(key, op.value)
    if op in (Op.IN, Op.NOT_IN):
        value = st.lists(value, min_size=1, max_size=4)
    if op is Op.BETWEEN:
        value = st.lists(value, min_size=2, max_size=2).map(sorted)  # type: ignore[arg-type]
    return asks(key, op.value, draw(value))


def grouped(
    parts: st.SearchStrategy[dict[str, object]],
) -> st.SearchStrategy[dict[str, object]]:
    lists = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda several: {"all": several}, lists),
        st.builds(lambda several: {"any": several}, lists),
        st.builds(lambda one: {"not": one}, parts),
    )


documents = st.recursive(comparisons(), grouped, max_leaves=5).filter(
    lambda document: depth(document) <= 6
)
people = st.fixed_dictionaries(
    {},
    optional={
        key: st.one_of(
            st.none(),
            VALUES[field.kind],
            *([st.lists(texts, max_size=3)] if field.kind is Kind.LIST else []),
        )
        for key, field in FIELDS.items()
    },
)


def depth(document: Mapping[str, object]) -> int:
    for inner in document.values():
        if isinstance(inner, dict):
            return 1 + depth(inner)
        if isinstance(inner, list) and "field" not in document:
            return 1 + max(depth(part) for part in inner)
    return 1


DENIED = ["eq", "in", "contains", "is_empty"]
DENYING = ["ne", "not_in", "not_contains", "is_not_empty"]


class TestProperties:
    @given(documents)
    def test_a_condition_survives_its_document(
        self, document: Mapping[str, object]
    ) -> None:
        condition = parse(document, FIELDS)
        stored = json.loads(json.dumps(condition.to_json()))
        assert parse(stored, FIELDS) == condition
        assert stored == document

    @given(documents, documents, people)
    def test_de_morgan(
        self,
        one: Mapping[str, object],
        two: Mapping[str, object],
        person: Mapping[str, object],
    ) -> None:
        a, b = parse(one, FIELDS), parse(two, FIELDS)
        neither = Not(AnyOf((a, b))), AllOf((Not(a), Not(b)))
        not_both = Not(AllOf((a, b))), AnyOf((Not(a), Not(b)))
        for left, right in (neither, not_both):
            assert left.matches(person) == right.matches(person)

    @given(documents, people)
    def test_not_is_the_opposite(
        self, document: Mapping[str, object], person: Mapping[str, object]
    ) -> None:
        condition = parse(document, FIELDS)
        assert Not(condition).matches(person) is not condition.matches(person)
        assert Not(Not(condition)).matches(person) is condition.matches(person)

    @given(comparisons(), people)
    def test_the_denying_operators_are_the_opposites(
        self, document: dict[str, object], person: Mapping[str, object]
    ) -> None:
        opposites = dict(zip(DENIED, DENYING, strict=True))
        other = opposites.get(str(document["op"]))
        if other is not None:
            denied: Condition = parse(document | {"op": other}, FIELDS)
            assert denied.matches(person) is not judged(document, person)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["all", "any", "not", "field", "op", "value", "x"]),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=12,
        ),
        people,
    )
    def test_any_document_is_a_condition_or_a_clear_mistake(
        self, document: object, person: Mapping[str, object]
    ) -> None:
        try:
            condition = parse(document, FIELDS)
        except ConditionError:
            return
        assert condition.matches(person) in (True, False)
