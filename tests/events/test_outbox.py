"""The outbox: once, in order, and nobody waits for somebody else's failure."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from threading import Thread
from time import sleep

import pytest
from django.db import connection, transaction

from events import outbox
from events.handlers import on
from events.models import Event, Failure, Heartbeat
from tests.personas import MONDAY_NINE


def happen(name: str = "cup.fell", subject: object = 1, number: int = 0) -> Event:
    with transaction.atomic():
        return outbox.record(
            name, subject=("cup", subject), at=MONDAY_NINE, payload={"n": number}
        )


class Seen:
    """A handler that remembers what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def take(self, events: Sequence[Event]) -> None:
        self.batches.append([event.pk for event in events])

    @property
    def ids(self) -> list[int]:
        return [pk for batch in self.batches for pk in batch]


@pytest.mark.django_db
class TestRecording:
    def test_keeps_a_subject_in_one_lane(self) -> None:
        assert happen(subject=7).lane == happen(subject=7).lane

    def test_notes_when_it_was_written_down(self) -> None:
        event = Event.objects.get(pk=happen().pk)
        assert event.recorded_at > event.occurred_at

    def test_is_undone_with_the_change(self) -> None:
        with transaction.atomic():
            outbox.record("cup.fell", subject=("cup", 1), at=MONDAY_NINE)
            transaction.set_rollback(True)
        assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestRecordingOutsideOfATransaction:
    def test_is_a_mistake(self) -> None:
        with pytest.raises(AssertionError):
            outbox.record("cup.fell", subject=("cup", 1), at=MONDAY_NINE)


@pytest.mark.django_db
class TestDraining:
    def test_gives_a_handler_its_events_in_batches(self) -> None:
        seen = Seen()
        on("cup.fell")(seen.take)
        ids = [happen(subject=1).pk for _ in range(3)]
        happen("cup.mended", subject=1)
        assert outbox.drain() == 4
        assert seen.batches == [ids]

    def test_happens_once(self) -> None:
        seen = Seen()
        on("cup.fell")(seen.take)
        happen()
        assert (outbox.drain(), outbox.drain()) == (1, 0)
        assert len(seen.ids) == 1

    def test_stops_at_its_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "BATCH", 2)
        for _ in range(10):
            happen()
        assert outbox.drain(limit=4) == 4
        assert Event.objects.filter(dispatched_at__isnull=True).count() == 6


def fail_on(number: int, seen: Seen) -> None:
    @on("cup.fell")
    def clumsy(events: Sequence[Event]) -> None:
        for event in events:
            Heartbeat.objects.create(part=f"n{event.pk}", seen_at=MONDAY_NINE)
            if event.payload["n"] == number:
                raise ValueError("dropped it")
        seen.take(events)


@pytest.mark.django_db
class TestAFailingHandler:
    def test_holds_up_neither_other_events_nor_other_handlers(self) -> None:
        clumsy, careful = Seen(), Seen()
        fail_on(2, clumsy)
        on("cup.fell")(careful.take)
        ids = [happen(number=n).pk for n in (1, 2, 3)]
        assert outbox.drain() == 3
        assert careful.ids == ids
        assert clumsy.ids == [ids[0], ids[2]]

    def test_leaves_no_half_done_work(self) -> None:
        fail_on(2, Seen())
        ids = [happen(number=n).pk for n in (1, 2)]
        outbox.drain()
        assert [h.part for h in Heartbeat.objects.all()] == [f"n{ids[0]}"]

    def test_that_refers_to_what_is_gone_fails_alone(self) -> None:
        @on("cup.fell")
        def points_nowhere(events: Sequence[Event]) -> None:
            Failure.objects.create(
                event_id=events[0].pk + 1_000, handler="x", failed_at=MONDAY_NINE
            )

        happen()
        assert outbox.drain() == 1
        assert "IntegrityError" in Failure.objects.get().error

    def test_leaves_a_note_with_its_next_try(self) -> None:
        fail_on(1, Seen())
        event = happen(number=1)
        outbox.drain()
        failure = Failure.objects.get()
        assert failure.event == event
        assert failure.error == "ValueError: dropped it"
        assert failure.next_try_at is not None
        assert failure.next_try_at - failure.failed_at == timedelta(seconds=10)

    def test_may_break_its_own_transaction(self) -> None:
        @on("cup.fell")
        def ask_nonsense(events: Sequence[Event]) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nonsense")

        careful = Seen()
        on("cup.fell")(careful.take)
        happen()
        assert outbox.drain() == 1
        assert len(careful.ids) == 1
        assert "nonsense" in Failure.objects.get().error


@pytest.mark.django_db
class TestRetrying:
    def test_succeeds_when_the_cause_is_gone(self) -> None:
        mood = {"bad": True}
        seen = Seen()

        @on("cup.fell")
        def moody(events: Sequence[Event]) -> None:
            if mood["bad"]:
                raise ValueError("not today")
            seen.take(events)

        happen()
        outbox.drain()
        mood["bad"] = False
        due = self.next_try()
        assert outbox.retry_failures(at=due - timedelta(seconds=1)) == 0
        assert outbox.retry_failures(at=due) == 1
        assert len(seen.ids) == 1
        assert not Failure.objects.exists()

    def test_waits_longer_each_time_and_parks_after_five_tries(self) -> None:
        fail_on(0, Seen())
        happen()
        outbox.drain()
        waits = []
        for _ in range(3):
            due = self.next_try()
            outbox.retry_failures(at=due)
            waits.append(self.next_try() - due)
        assert waits == [
            timedelta(minutes=1),
            timedelta(minutes=10),
            timedelta(hours=1),
        ]
        outbox.retry_failures(at=self.next_try())
        failure = Failure.objects.get()
        assert (failure.attempts, failure.next_try_at) == (5, None)
        assert failure.parked_at is not None
        assert outbox.retry_failures(at=failure.parked_at + timedelta(days=9)) == 0

    def test_starts_over_when_a_person_asks(self) -> None:
        fail_on(0, Seen())
        happen()
        outbox.drain()
        failure = Failure.objects.get()
        failure.parked_at, failure.next_try_at = MONDAY_NINE, None
        failure.save()
        outbox.unpark(failure, by="admin_ada@example.test", at=MONDAY_NINE)
        assert outbox.retry_failures(at=MONDAY_NINE) == 1
        assert Failure.objects.get().attempts == 1
        assert Event.objects.get(name="failure.unparked").actor.startswith("admin_ada")

    def test_parks_what_no_handler_serves_any_more(self) -> None:
        event = happen()
        outbox.drain()
        Failure.objects.create(
            event=event,
            handler="gone.for_good",
            attempts=4,
            error="",
            failed_at=MONDAY_NINE,
            next_try_at=MONDAY_NINE,
        )
        outbox.retry_failures(at=MONDAY_NINE)
        assert Failure.objects.get().parked_at == MONDAY_NINE

    def next_try(self) -> object:
        return Failure.objects.get().next_try_at


@pytest.mark.django_db(transaction=True)
class TestSeveralDrainers:
    def test_keep_every_subject_in_order_and_handle_all_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "BATCH", 5)
        seen: dict[str, list[int]] = defaultdict(list)

        @on("cup.fell")
        def slow(events: Sequence[Event]) -> None:
            for event in events:
                seen[event.subject_id].append(event.payload["n"])
            sleep(0.002)

        for number in range(20):
            for subject in range(12):
                happen(subject=subject, number=number)
        counts = drain_in_threads(4)
        assert sum(counts) == 240
        assert sum(count > 0 for count in counts) > 1
        assert seen == {str(subject): list(range(20)) for subject in range(12)}

    def test_do_not_wait_for_each_other(self) -> None:
        happen()
        with transaction.atomic():
            assert outbox.drain() == 1  # still holds the lane: not committed
            assert drain_in_threads(1) == [0]


def drain_in_threads(count: int) -> list[int]:
    results: list[int] = []

    def work() -> None:
        try:
            results.append(outbox.drain())
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
