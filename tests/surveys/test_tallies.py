"""Tallies: counted once, and right at every look."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.models import Response, Survey, Tally
from surveys.tallies import Asked, tally
from surveys.tasks import count_answers
from teams.models import DataScope, User
from tests.personas import agent_ana, manager_milo
from tests.trips import answered, document, element, text, trip_survey

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()


def asked(survey: Survey, user: User | None = None) -> Asked:
    return Asked(survey.pk, user or manager_milo())


def found(survey: Survey, at: datetime = NOW) -> dict[str, int]:
    return tally(asked(survey), today=at.date()).all.of("score")


class TestTally:
    def test_counts_months_that_are_over_at_once_and_later_days_singly(self) -> None:
        survey = trip_survey()
        for at in (NOW - timedelta(days=40), NOW - timedelta(days=39), NOW):
            answered(survey, {"score": 9}, at=at)
        assert tally(asked(survey), today=TODAY).all.of("score") == {"9": 3}
        spans = Tally.objects.order_by("first_day").values_list("first_day", "last_day")
        assert [(str(a), str(b)) for a, b in spans] == [
            ("2026-01-01", "2026-01-31"),
            ("2026-03-10", "2026-03-10"),
        ]

    def test_notices_new_imported_and_deleted_answers(self) -> None:
        survey = trip_survey()
        old = answered(survey, {"score": 9}, at=NOW - timedelta(days=60))
        assert tally(asked(survey), today=TODAY).all.n == 1
        answered(survey, {"score": 2}, at=NOW - timedelta(days=61))
        answered(survey, {"score": 3}, at=NOW)
        assert tally(asked(survey), today=TODAY).all.of("score") == {
            "9": 1,
            "2": 1,
            "3": 1,
        }
        old.delete()
        assert tally(asked(survey), today=TODAY).all.of("score") == {"2": 1, "3": 1}

    def test_notices_answers_that_moved_and_a_table_that_was_emptied(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW - timedelta(days=60))
        answered(survey, {"score": 2}, at=NOW - timedelta(days=61))
        assert found(survey) == {"9": 1, "2": 1}
        low = Response.objects.filter(nps=2)
        low.update(state=Response.State.HELD)
        assert found(survey) == {"9": 1}
        low.update(state=Response.State.COMPLETE, is_test=True)
        assert found(survey) == {"9": 1}
        low.update(is_test=False, day=TODAY)
        assert found(survey) == {"9": 1, "2": 1}
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("TRUNCATE surveys_response CASCADE")
        assert found(survey) == {}

    def test_counts_these_days_alone_while_nothing_changed_before(self) -> None:
        survey, now = trip_survey(), timezone.now()
        for days in (0, 1, 40):
            answered(survey, {"score": 9}, at=now - timedelta(days=days))
        assert found(survey, now) == {"9": 3}
        answered(survey, {"score": 2}, at=now)
        with CaptureQueriesContext(connection) as queries:
            assert found(survey, now) == {"9": 3, "2": 1}
        (counted,) = (q["sql"] for q in queries if 'AS "day", COUNT(*)' in q["sql"])
        assert '"day" >= ' in counted

    def test_reads_no_answer_twice(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW)
        tally(asked(survey), today=TODAY)
        with CaptureQueriesContext(connection) as queries:
            tally(asked(survey), today=TODAY)
        assert not any("jsonb_each" in query["sql"] for query in queries)

    def test_of_a_period_holds_its_days_alone(self) -> None:
        survey = trip_survey()
        for days in (0, 6, 7, 50):
            answered(survey, {"score": 9}, at=NOW - timedelta(days=days))
        week = Asked(survey.pk, manager_milo(), since=TODAY - timedelta(days=6))
        assert tally(week, today=TODAY).all.n == 2

    def test_leaves_test_answers_and_full_quotas_out(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW, is_test=True)
        answered(survey, {"score": 9}, at=NOW, state=Response.State.OVER_QUOTA)
        assert tally(asked(survey), today=TODAY).all.n == 0
        tests = Asked(survey.pk, manager_milo(), is_test=True)
        assert tally(tests, today=TODAY).all.n == 1

    def test_counts_how_long_it_took(self) -> None:
        survey = trip_survey()
        for seconds in (30, 30, 90, None):
            answered(survey, {"score": 9}, at=NOW, seconds=seconds)
        assert tally(asked(survey), today=TODAY).all.seconds == {30: 2, 90: 1}

    def test_tells_wordings_apart(self) -> None:
        wordings = [{"id": "b", "text": text("B")}]
        one = element("score", "nps", scale=10, wordings=wordings)
        survey = trip_survey(document([one]))
        for number in range(20):
            answered(survey, {"score": 9}, at=NOW, id=UUID(int=number))
        counts = tally(asked(survey), today=TODAY).all
        assert counts.answered("score#0") + counts.answered("score#b") == 20
        assert counts.answered("score#b") > 0


class TestScopes:
    def test_each_person_has_the_numbers_of_what_they_see(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW, region="North")
        answered(survey, {"score": 2}, at=NOW, region="South")
        ana = agent_ana()
        DataScope.objects.create(
            user=ana, effect="allow", dimension="region", value="North"
        )
        assert tally(asked(survey), today=TODAY).all.n == 2
        assert tally(asked(survey, ana), today=TODAY).all.of("score") == {"9": 1}

    def test_a_new_scope_finds_no_tally_of_the_old_one(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW, region="North")
        assert tally(asked(survey, agent_ana()), today=TODAY).all.n == 1
        DataScope.objects.create(
            user=agent_ana(), effect="deny", dimension="region", value="North"
        )
        assert tally(asked(survey, agent_ana()), today=TODAY).all.n == 0


class TestMany:
    def test_wait_for_a_worker(self) -> None:
        survey = trip_survey()
        for _ in range(3):
            answered(survey, {"score": 9})
        today = Response.objects.latest("day").day
        found = tally(asked(survey), today=today, most=2)
        assert (found.all.n, found.waiting) == (0, 3)
        count_answers(
            user_id=manager_milo().pk,
            since=None,
            survey_id=survey.pk,
            is_test=False,
            version_id=None,
        )
        found = tally(asked(survey), today=today, most=0)
        assert (found.all.n, found.waiting) == (3, 0)
