"""Rows by the thousand arrive as if each had been saved."""

import pytest
from django.db import DataError, IntegrityError

from events.bulk_insert import insert_all
from events.models import Delivery, Event, Heartbeat
from tests.personas import MONDAY_NINE


def event(number: int, name: str = "cup.fell") -> Event:
    return Event(
        name=name,
        subject_type="cup",
        subject_id=str(number),
        lane=1,
        occurred_at=MONDAY_NINE,
        payload={"n": number, "说": "碎了\u2028 {x,y} \\ \" '"},
    )


@pytest.mark.django_db
class TestInsertAll:
    def test_keeps_every_value(self) -> None:
        events = [event(number) for number in range(3)]
        insert_all(events)
        stored = Event.objects.in_bulk([e.pk for e in events])
        for made in events:
            assert stored[made.pk].payload == made.payload
            assert stored[made.pk].subject_id == made.subject_id
            assert stored[made.pk].occurred_at == MONDAY_NINE
            assert stored[made.pk].dispatched_at is None

    def test_lets_the_database_fill_in_its_defaults(self) -> None:
        made = event(1)
        insert_all([made])
        assert Event.objects.get(pk=made.pk).recorded_at > MONDAY_NINE

    def test_leaves_rows_that_can_be_saved_again(self) -> None:
        made = event(1)
        insert_all([made])
        made.dispatched_at = MONDAY_NINE
        made.save(update_fields=["dispatched_at"])
        assert Event.objects.get().dispatched_at == MONDAY_NINE

    def test_keeps_keys_that_were_given(self) -> None:
        insert_all([Heartbeat(part="web", seen_at=MONDAY_NINE)])
        assert Heartbeat.objects.get().part == "web"

    def test_takes_nothing_for_an_answer(self) -> None:
        insert_all([])
        assert not Event.objects.exists()

    def test_refuses_what_is_too_long_instead_of_cutting_it(self) -> None:
        with pytest.raises(DataError):
            insert_all([event(1, name="x" * 81)])

    def test_minds_constraints(self) -> None:
        twice = [
            Delivery(
                key="once",
                channel="email",
                recipient="mara@example.com",
                content={},
                created_at=MONDAY_NINE,
                next_try_at=MONDAY_NINE,
            )
            for _ in range(2)
        ]
        with pytest.raises(IntegrityError):
            insert_all(twice)
