"""Targets: what holds on a day, who may set one, and what a tile says of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.metric import Metric
from dashboards.models import Target
from dashboards.registry import METRICS
from dashboards.results import Counted, Measured, Median
from dashboards.targets import set_target, targets_on
from dashboards.tiles import tile_of
from events.models import Event
from surveys import metrics
from surveys.intake import local_day
from teams.models import User
from tests.dashboards.answers import MONDAY
from tests.personas import MONDAY_NINE, executive_eva, manager_milo

DAY = timedelta(days=1)
URL = "/dashboards/targets/"
NPS, TIMES = METRICS["nps"], METRICS["resolution_minutes"]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def given(metric: str, value: float | None, *, days: int = 0) -> None:
    set_target(
        metric, value, from_day=MONDAY + days * DAY, by=manager_milo(), at=MONDAY_NINE
    )


@pytest.mark.django_db
class TestTargetsOn:
    def test_are_the_newest_lines_that_began(self) -> None:
        given("nps", 20)
        given("nps", 30, days=7)
        given("csat", 80, days=2)
        assert targets_on(MONDAY - DAY) == {}
        assert targets_on(MONDAY) == {"nps": 20}
        assert targets_on(MONDAY + 7 * DAY) == {"nps": 30, "csat": 80}

    def test_are_the_last_word_of_a_day_and_end_without_a_value(self) -> None:
        given("nps", 20)
        given("nps", 25)
        assert targets_on(MONDAY) == {"nps": 25}
        given("nps", None)
        assert targets_on(MONDAY) == {}
        assert Target.objects.count() == 3


@pytest.mark.django_db
class TestPage:
    def test_sets_a_target_and_records_it(self) -> None:
        day = local_day(timezone.now()).isoformat()
        asked = {"metric": "nps", "value": "35", "from_day": day}
        answer = client_of(manager_milo()).post(URL, asked, follow=True)
        html = answer.content.decode()
        assert "The target is set." in html
        assert "+35" in html
        event = Event.objects.get(name="target.set")
        assert event.payload == {"metric": "nps", "value": 35.0, "from_day": day}

    def test_is_only_read_by_others(self) -> None:
        client = client_of(executive_eva())
        assert "Set the target" not in client.get(URL).content.decode()
        asked = {"metric": "nps", "value": "35", "from_day": "2026-03-02"}
        assert client.post(URL, asked).status_code == 403
        assert not Target.objects.exists()

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"value": "101"}, "between -100 and 100"),
            ({"metric": "csat", "value": "-1"}, "between 0 and 100"),
            ({"metric": "open_tickets", "value": "-1"}, "never below 0"),
            ({"metric": "luck"}, "Select a valid choice"),
            ({"value": "many"}, "Enter a number"),
            ({"from_day": "2026-02-30"}, "Enter a valid date"),
        ],
    )
    def test_says_what_cannot_be(self, asked: dict[str, str], words: str) -> None:
        whole = {"metric": "nps", "value": "10", "from_day": "2026-03-02", **asked}
        answer = client_of(manager_milo()).post(URL, whole)
        assert answer.status_code == 422
        assert words in answer.content.decode()


class TestAim:
    @pytest.mark.parametrize(
        ("target", "words", "tone"),
        [
            (40.0, "missed", "bad"),
            (15.0, "missed, but not clearly", "neutral"),
            (5.0, "reached, but not clearly", "neutral"),
            (-10.0, "reached", "good"),
        ],
    )
    def test_is_clear_where_the_interval_is_on_one_side(
        self, target: float, words: str, tone: str
    ) -> None:
        # +10, from about -1 to +21.
        score = metrics.nps({10: 80, 7: 60, 0: 60})
        aim = tile_of(Measured(NPS, 200, score), target=target).aim
        assert aim is not None
        assert aim.words.endswith(words)
        assert aim.tone == tone

    def test_is_below_where_less_is_better(self) -> None:
        fast = Median(TIMES, 50, 100.0, 90.0, 110.0)
        assert _tone(fast, 120) == "good"
        assert _tone(fast, 80) == "bad"
        backlog = Counted(METRICS["open_tickets"], 12)
        assert (_tone(backlog, 10), _tone(backlog, 12)) == ("bad", "good")

    def test_is_only_named_where_the_value_is_hidden(self) -> None:
        aim = tile_of(Measured(NPS, 3, None), target=10).aim
        assert aim is not None
        assert (aim.words, aim.tone) == ("Target: +10", "neutral")


def _tone(result: Median | Counted, target: float) -> str:
    assert isinstance(result.metric, Metric)
    aim = tile_of(result, target=target).aim
    assert aim is not None
    return aim.tone
