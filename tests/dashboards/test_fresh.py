"""What tells an open page that its numbers have changed."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboards import answer_rollup, boards, fresh
from dashboards.models import Dashboard
from events import outbox
from surveys.intake import local_day
from tests.dashboards.answers import give
from tests.personas import agent_ana, executive_eva, manager_milo

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
FRESH = "/dashboards/fresh/"


class TestStamp:
    def test_stays_while_nothing_happens(self) -> None:
        give(9)
        outbox.drain()
        assert fresh.stamp(today=TODAY) == fresh.stamp(today=TODAY)

    def test_is_another_after_an_answer_however_late_it_comes(self) -> None:
        give(9)
        outbox.drain()
        before = fresh.stamp(today=TODAY)
        give(9, day=TODAY - timedelta(days=400))
        assert fresh.stamp(today=TODAY) == before
        outbox.drain()
        assert fresh.stamp(today=TODAY) != before

    def test_is_another_when_days_are_counted_anew(self) -> None:
        give(9)
        outbox.drain()
        before = fresh.stamp(today=TODAY)
        answer_rollup.remake([TODAY])
        assert fresh.stamp(today=TODAY) != before

    def test_is_another_on_another_day(self) -> None:
        assert fresh.stamp(today=TODAY) != fresh.stamp(today=TODAY + timedelta(days=1))

    def test_is_another_when_the_board_has_changed(self) -> None:
        board = boards.begin(
            Dashboard(name="Mine"), [], by=manager_milo(), at=timezone.now()
        )
        before = fresh.stamp(today=TODAY, board=board.pk)
        boards.change(
            board, {"name": "Ours"}, version=1, by=manager_milo(), at=timezone.now()
        )
        assert fresh.stamp(today=TODAY, board=board.pk) != before

    def test_takes_one_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            fresh.stamp(today=TODAY, board=1)


class TestAsking:
    def test_is_answered_with_304_until_something_is_counted(self) -> None:
        client = Client()
        client.force_login(executive_eva())
        stamp = client.get(FRESH).headers["ETag"]
        assert client.get(FRESH, headers={"if-none-match": stamp}).status_code == 304
        give(9, day=local_day(timezone.now()))
        outbox.drain()
        assert client.get(FRESH, headers={"if-none-match": stamp}).status_code == 200

    @pytest.mark.parametrize("board", ["x", "-1", "99999999999999999999", "٣"])
    def test_takes_any_board_for_what_it_is(self, board: str) -> None:
        client = Client()
        client.force_login(executive_eva())
        assert client.get(f"{FRESH}?board={board}").status_code == 200

    def test_is_for_those_who_see_dashboards(self) -> None:
        client = Client()
        client.force_login(agent_ana())
        assert client.get(FRESH).status_code == 403
