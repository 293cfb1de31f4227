"""The answers' rollup: equal to the raw answers, however they came and were drained."""

import random
from collections import Counter
from datetime import date, timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from dashboards import answer_rollup
from dashboards.answer_rollup import COUNTS, SCORE_COLUMNS
from dashboards.answer_shapes import COLUMNS, KEY
from dashboards.models import (
    AnswerCell,
    AnswerColumn,
    AnswerCross,
    AnswerDay,
    AnswerShape,
    FillState,
)
from dashboards.packed_days import pack_stale_days
from dashboards.rollups import rebuild_rollups, rollup_differences
from events import outbox
from events.models import Event, Failure
from surveys.models import Response
from surveys.submitted import RESPONSE_SUBMITTED, RESPONSES_CHANGED
from tests.dashboards.answers import MONDAY, give, mixed_rows, store
from tests.personas import MONDAY_NINE, nps_survey

pytestmark = pytest.mark.django_db


def cells() -> dict[tuple[Any, ...], tuple[int, ...]]:
    rows = AnswerCell.objects.values_list(*KEY, *COUNTS)
    return {row[: len(KEY)]: row[len(KEY) :] for row in rows}


def counted_by_hand() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The cells, counted answer by answer in Python."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for response in Response.objects.filter(state="complete", is_test=False):
        names = ["responses", *_scored(response)]
        values = {
            shape: str(getattr(response, c)) for shape, (_n, c) in COLUMNS.items()
        }
        for shape, value in {AnswerShape.ALL: "", **values}.items():
            key = (shape.value, response.day, value)
            found.setdefault(key, Counter()).update(names)
    return {
        key: tuple(counts[name] for name in COUNTS) for key, counts in found.items()
    }


def _scored(response: Response) -> list[str]:
    effort = "ces5" if response.ces_scale == 5 else "ces"
    given = {"nps": response.nps, "csat": response.csat, effort: response.ces}
    return [SCORE_COLUMNS[m][s] for m, s in given.items() if s is not None]


class TestFold:
    def test_counts_an_answer_in_every_shape(self) -> None:
        give(9, region="North", tier="gold")
        outbox.drain()
        assert set(AnswerCell.objects.values_list("shape", "responses", "nps_9")) == {
            (shape.value, 1, 1) for shape in AnswerShape
        }

    def test_keeps_the_two_effort_scales_apart(self) -> None:
        give(5, metric="ces")
        give(5, metric="ces5")
        outbox.drain()
        cell = AnswerCell.objects.get(shape=AnswerShape.ALL)
        assert (cell.ces_5, cell.ces5_5, cell.responses) == (1, 1, 2)

    def test_leaves_out_tests_and_partial_answers(self) -> None:
        give(9, is_test=True)
        give(9, state="over_quota")
        outbox.drain()
        assert not AnswerCell.objects.exists()

    def test_remembers_the_newest_answer(self) -> None:
        give(9)
        give(9, day=date(2025, 1, 1))
        outbox.drain()
        newest = FillState.objects.get(rollup="answers").filled_to
        assert newest == MONDAY_NINE.replace(hour=12)

    @pytest.mark.parametrize("seed", range(4))
    def test_equals_counting_by_hand(self, seed: int) -> None:
        rows = mixed_rows(seed, 120)
        for start in range(0, len(rows), 40):
            store(rows[start : start + 40])
            outbox.drain()
        assert cells() == counted_by_hand()
        assert rollup_differences() == []

    def test_does_not_depend_on_the_order_of_arrival(self) -> None:
        rows = mixed_rows(7, 80)
        store(rows)
        outbox.drain()
        in_order = cells()
        AnswerCell.objects.all().delete()
        random.Random(1).shuffle(rows)
        for row in rows:
            store([row])
        outbox.drain()
        assert cells() == in_order

    def test_is_the_handler_that_rebuilding_asks_for(self) -> None:
        from dashboards.handlers import fold_answers

        name = f"{fold_answers.__module__}.{fold_answers.__qualname__}"
        assert name == answer_rollup.HANDLER


def changed(*days: date) -> None:
    """As whoever changes counted answers tells."""
    outbox.record(
        RESPONSES_CHANGED,
        subject=("survey", nps_survey().pk),
        at=MONDAY_NINE,
        payload={"days": [day.isoformat() for day in days]},
    )


class TestRemake:
    def test_follows_edits_erasures_and_tests(self) -> None:
        later = MONDAY + timedelta(days=9)
        edited, erased, tested, moved = give(7, 8, 7, 8, region="North")
        outbox.drain()
        pack_stale_days(today=later)
        Response.objects.filter(pk=edited.pk).update(nps=9, region="South")
        Response.objects.filter(pk=erased.pk).delete()
        Response.objects.filter(pk=tested.pk).update(is_test=True)
        Response.objects.filter(pk=moved.pk).update(day=later)
        changed(MONDAY, later)
        assert rollup_differences() == []  # it is not drained yet
        outbox.drain()
        assert cells() == counted_by_hand()
        pack_stale_days(today=later)
        assert rollup_differences() == []

    def test_leaves_out_what_is_folded_in_the_same_batch(self) -> None:
        give(9)
        changed(MONDAY)
        give(10)
        outbox.drain()
        assert cells() == counted_by_hand()

    def test_keeps_what_the_same_transaction_has_folded(self) -> None:
        [answer] = give(9)
        answer_rollup.fold([answer.pk], newest_at=MONDAY_NINE)
        answer_rollup.remake([MONDAY])
        assert cells() == counted_by_hand()


class TestPackedDays:
    def test_are_stale_until_they_are_packed(self) -> None:
        give(9)
        outbox.drain()
        assert AnswerDay.objects.get().is_stale
        pack_stale_days(today=MONDAY)
        assert AnswerDay.objects.filter(is_stale=False, answers=1).exists()
        give(8)
        outbox.drain()
        assert AnswerDay.objects.get().is_stale

    def test_make_crosses_of_months_that_are_over(self) -> None:
        give(9)
        outbox.drain()
        pack_stale_days(today=MONDAY)
        assert not AnswerCross.objects.exists()
        pack_stale_days(today=MONDAY + timedelta(days=31))
        assert AnswerCross.objects.exists()
        give(8)
        outbox.drain()
        pack_stale_days(today=MONDAY)
        assert not AnswerCross.objects.exists()

    def test_do_not_depend_on_the_order_of_arrival(self) -> None:
        rows = mixed_rows(9, 60)
        store(rows)
        outbox.drain()
        pack_stale_days(today=MONDAY)
        in_order = packed()
        Response.objects.all().delete()
        random.Random(1).shuffle(rows)
        store(rows)
        outbox.drain()
        pack_stale_days(today=MONDAY)
        assert packed() == in_order

    def test_differ_where_a_column_is_wrong(self) -> None:
        give(9, 3)
        outbox.drain()
        pack_stale_days(today=MONDAY)
        scores = AnswerColumn.objects.get(name="scores")
        other = AnswerColumn.objects.get(name="region")
        AnswerColumn.objects.filter(name="scores").update(packed=other.packed)
        assert any("packed" in line for line in rollup_differences())
        assert scores.packed != other.packed


def packed() -> set[tuple[Any, ...]]:
    rows = AnswerColumn.objects.values_list("day", "name", "packed")
    return {(day, name, bytes(column)) for day, name, column in rows}


class TestDifferences:
    def test_name_the_cell_that_is_wrong(self) -> None:
        give(9)
        outbox.drain()
        AnswerCell.objects.filter(shape=AnswerShape.ALL).update(nps_9=2)
        [line] = rollup_differences()
        assert str(MONDAY) in line or repr(MONDAY) in line

    def test_name_cells_that_are_missing_or_too_many(self) -> None:
        give(9)
        outbox.drain()
        AnswerCell.objects.filter(shape=AnswerShape.ALL).update(day=date(2020, 1, 1))
        assert len(rollup_differences()) == 2

    def test_leave_out_what_waits_in_the_outbox(self) -> None:
        give(9)
        assert rollup_differences() == []

    def test_leave_out_what_will_be_tried_again(self) -> None:
        give(9)
        Event.objects.update(dispatched_at=MONDAY_NINE)
        assert rollup_differences() != []
        Failure.objects.create(
            event=Event.objects.get(name=RESPONSE_SUBMITTED),
            handler=answer_rollup.HANDLER,
            failed_at=MONDAY_NINE,
        )
        assert rollup_differences() == []


class TestRebuild:
    def test_recreates_the_same_cells(self) -> None:
        store(mixed_rows(3, 150))
        outbox.drain()
        before = cells()
        AnswerCell.objects.filter(day__gt=MONDAY).update(responses=999)
        AnswerCell.objects.filter(day=MONDAY).delete()
        rebuild_rollups()
        assert cells() == before

    def test_counts_nothing_twice_that_still_waits(self) -> None:
        give(9)
        outbox.drain()
        give(10)
        rebuild_rollups()
        outbox.drain()
        assert cells() == counted_by_hand()

    def test_removes_days_whose_answers_are_gone(self) -> None:
        give(9)
        outbox.drain()
        Response.objects.all().delete()
        rebuild_rollups()
        assert not AnswerCell.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_is_right_while_answers_come_and_are_drained(self) -> None:
        nps_survey()
        rows = mixed_rows(5, 600)
        store(rows[:200])
        outbox.drain()
        stop = Flag()
        threads = [
            Thread(target=_keep_storing, args=(rows[200:],)),
            Thread(target=_keep_draining, args=(stop,)),
            Thread(target=_keep_draining, args=(stop,)),
        ]
        for thread in threads:
            thread.start()
        while threads[0].is_alive():
            rebuild_rollups()
            assert rollup_differences() == []
        stop.set()
        for thread in threads:
            thread.join()
        outbox.drain()
        assert not Failure.objects.exists()
        assert cells() == counted_by_hand()


def _keep_storing(rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 10):
        store(rows[start : start + 10])
    connection.close()


def _keep_draining(stop: Flag) -> None:
    while not stop.is_set():
        outbox.drain()
    connection.close()
