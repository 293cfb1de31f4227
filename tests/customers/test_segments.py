"""Segments: the database finds whom the pure condition fits."""

from datetime import timedelta
from typing import Any

import pytest

from customers import segments
from customers.conditions import ConditionError, Op, parse
from customers.models import Customer, Interaction, Segment
from events.models import Event
from tests.dashboards.answers import give
from tests.personas import (
    MONDAY_NINE,
    acme,
    customer,
    manager_milo,
    mara_detractor,
    paul_promoter,
)

pytestmark = pytest.mark.django_db


def bought(who: Customer, *days_ago: int) -> None:
    for days in days_ago:
        Interaction.objects.create(
            customer=who,
            kind="order",
            occurred_at=MONDAY_NINE - timedelta(days=days),
            value=10,
            currency="EUR",
        )


def everybody() -> None:
    """Mara bought twice lately, Paul once long ago, Nora never; Acme's Ali has no tier
    of his own."""
    bought(mara_detractor(), 3, 40)
    bought(paul_promoter(), 200)
    customer("nora_new", region="")
    customer("ali_of_acme", account=acme())
    give(2, customer=mara_detractor())
    give(10, customer=paul_promoter())


def names(raw: Any) -> set[str]:
    found = segments.members(Customer.objects.all(), raw, at=MONDAY_NINE + timedelta(1))
    return set(found.values_list("external_id", flat=True))


def asks(field: str, op: str, value: Any = None) -> dict[str, Any]:
    asked = {"field": field, "op": op}
    return asked if value is None else asked | {"value": value}


class TestMembers:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            (asks("tier", "eq", "gold"), {"mara_detractor", "ali_of_acme"}),
            (asks("region", "is_empty"), {"nora_new", "ali_of_acme"}),
            (asks("orders_90_days", "gte", 1), {"mara_detractor"}),
            (asks("orders", "gte", 2), {"mara_detractor"}),
            (asks("orders", "eq", 0), {"nora_new", "ali_of_acme"}),
            (asks("days_since_order", "gt", 180), {"paul_promoter"}),
            (asks("last_nps", "between", [9, 10]), {"paul_promoter"}),
            (
                {"not": asks("last_nps", "lte", 6)},
                {"paul_promoter", "nora_new", "ali_of_acme"},
            ),
            (
                {"all": [asks("orders", "gte", 1), asks("last_nps", "lte", 6)]},
                {"mara_detractor"},
            ),
            (
                {"any": [asks("tier", "eq", "standard"), asks("orders", "gte", 2)]},
                {"mara_detractor", "paul_promoter"},
            ),
        ],
    )
    def test_are_those_who_meet_the_condition(
        self, raw: dict[str, Any], expected: set[str]
    ) -> None:
        everybody()
        assert names(raw) == expected

    def test_of_no_condition_are_all_who_are_not_erased(self) -> None:
        everybody()
        Customer.objects.filter(external_id="nora_new").update(erased_at=MONDAY_NINE)
        assert names({}) == {"mara_detractor", "paul_promoter", "ali_of_acme"}

    @pytest.mark.parametrize(
        "op", [op for op in Op if op not in ("contains", "not_contains")]
    )
    @pytest.mark.parametrize("key", ["orders", "days_since_order", "last_nps"])
    def test_are_the_same_as_by_the_pure_condition(self, key: str, op: Op) -> None:
        everybody()
        value = {
            Op.BETWEEN: [1, 9],
            Op.IN: [0, 2, 10],
            Op.NOT_IN: [0, 2, 10],
            Op.IS_EMPTY: None,
            Op.IS_NOT_EMPTY: None,
        }.get(op, 2)
        raw = asks(key, op.value, value)
        for asked in (raw, {"not": raw}):
            assert names(asked) == by_python(asked)

    def test_refuse_a_field_that_there_is_not(self) -> None:
        with pytest.raises(ConditionError):
            names(asks("shoe_size", "eq", 43))


def by_python(raw: Any) -> set[str]:
    condition = parse(raw, segments.fields())
    keys = condition.fields()
    rows = segments.with_facts(
        Customer.objects.all(), keys, at=MONDAY_NINE + timedelta(1)
    )
    return {
        row.external_id
        for row in rows
        if condition.matches({key: getattr(row, f"fact_{key}") for key in keys})
    }


class TestSaving:
    def test_records_what_was_saved_and_deleted(self) -> None:
        raw = asks("tier", "eq", "gold")
        segment = segments.save_segment("Gold", raw, by=manager_milo(), at=MONDAY_NINE)
        assert Segment.objects.get().condition == raw
        segments.delete_segment(segment, by=manager_milo(), at=MONDAY_NINE)
        events = Event.objects.filter(subject_type="segment").order_by("pk")
        assert [event.name for event in events] == ["segment.saved", "segment.deleted"]
        assert not Segment.objects.exists()
