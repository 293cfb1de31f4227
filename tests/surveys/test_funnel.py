"""The funnel: who was shown the page, began, answered, and where the others left."""

from datetime import UTC, datetime, timedelta

import pytest

from surveys import metrics
from surveys.funnel import Funnel, funnel, losses, partials_in
from surveys.models import Response, Shown, Survey
from surveys.published import get_version
from surveys.tallies import Asked, tally
from teams.models import DataScope, User
from tests.personas import agent_ana, manager_milo, mara_detractor
from tests.trips import answered, begun, document, trip_survey

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=2)


def of(survey: Survey, user: User | None = None, **narrowed: object) -> Funnel:
    asked = Asked(survey.pk, user or manager_milo(), **narrowed)  # type: ignore[arg-type]
    assert survey.version
    counts = tally(asked, today=NOW.date()).all
    return funnel(asked, get_version(survey.version.pk).document, counts, at=NOW)


class TestFunnel:
    def test_counts_each_person_once(self) -> None:
        survey = trip_survey()
        answered(survey, {"score": 9}, at=NOW)
        answered(survey, {"score": 9}, at=NOW, state=Response.State.OVER_QUOTA)
        begun(survey, "p1", at=LONG_AGO)
        begun(survey, "p2", at=NOW - timedelta(minutes=5))
        begun(survey, "p1", at=LONG_AGO, answers={})
        begun(survey, "p1", at=LONG_AGO, is_intent=True)
        begun(survey, "p1", at=LONG_AGO, is_test=True)
        found = of(survey)
        assert (found.completed, found.over_quota) == (1, 1)
        assert (found.left, found.answering, found.intents) == (1, 1, 1)
        assert found.started == 4
        assert found.completion == metrics.completion_rate(1, 4)

    def test_says_when_nobody_counted_the_pages_shown(self) -> None:
        survey = trip_survey()
        assert of(survey).shown is None
        Shown.objects.create(
            version=survey.version, day=NOW.date(), channel="link", count=7
        )
        assert of(survey).shown == 7
        assert of(survey, since=NOW.date() + timedelta(days=1)).shown is None

    def test_keeps_a_count_of_fewer_pages_than_answers_to_itself(self) -> None:
        survey = trip_survey()
        Shown.objects.create(
            version=survey.version, day=NOW.date(), channel="link", count=1
        )
        answered(survey, {"score": 9}, at=NOW)
        assert of(survey).shown == 1
        answered(survey, {"score": 9}, at=NOW)
        assert of(survey).shown is None

    def test_gives_median_and_ninth_decile_of_the_time(self) -> None:
        survey = trip_survey()
        for seconds in (10, 20, 30, 40, 50):
            answered(survey, {"score": 9}, at=NOW, seconds=seconds)
        found = of(survey)
        assert (found.median, found.p90, found.timed) == (30, 46, 5)
        assert found.shows_time

    def test_keeps_to_the_period(self) -> None:
        survey = trip_survey()
        begun(survey, "p1", at=NOW - timedelta(days=10))
        assert of(survey, since=NOW.date() - timedelta(days=5)).left == 0
        assert of(survey).left == 1

    def test_counts_pages_that_are_gone_apart(self) -> None:
        survey = trip_survey()
        begun(survey, "gone", at=LONG_AGO)
        assert of(survey).left_elsewhere == 1

    def test_a_scope_narrows_it_and_leaves_page_views_out(self) -> None:
        survey = trip_survey()
        Shown.objects.create(
            version=survey.version, day=NOW.date(), channel="link", count=7
        )
        begun(survey, "p1", at=LONG_AGO, customer=mara_detractor())
        begun(survey, "p1", at=LONG_AGO)
        DataScope.objects.create(
            user=agent_ana(), effect="allow", dimension="region", value="North"
        )
        found = of(survey, agent_ana())
        assert (found.left, found.shown) == (1, None)
        assert partials_in(Asked(survey.pk, manager_milo())).count() == 2


class TestLosses:
    def test_whoever_got_past_a_page_has_reached_it(self) -> None:
        found = losses(document(), {"p1": 5, "p2": 3, "p3": 2}, stayed=90)
        assert [(page.reached, page.left) for page in found] == [
            (100, 5),
            (95, 3),
            (92, 2),
        ]
        assert found[1].rate == metrics.abandonment_rate(3, 95)
