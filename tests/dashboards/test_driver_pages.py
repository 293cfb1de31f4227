"""Key drivers from the question to the finished page: scope, refusal, cancelling."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from dashboards import driver_renewal, driver_runs
from dashboards.driver_data import attributes_of, rating_of
from dashboards.driver_report import drivers_report
from dashboards.driver_runs import read_filters, stored_filters
from dashboards.drivers import MOST_ATTRIBUTES, VERSION
from dashboards.models import DriverRun
from dashboards.selection import Filters
from surveys.intake import local_day
from surveys.models import Survey
from teams.models import DataScope, User
from tests.dashboards.answers import store
from tests.personas import (
    MONDAY_NINE,
    NPS_DOCUMENT,
    agent_ana,
    executive_eva,
    manager_milo,
    support_call,
)

pytestmark = pytest.mark.django_db
PAGE = "/dashboards/drivers/"


def rating_survey() -> Survey:
    """Asks for NPS, a rating of the staff, and two rows of a matrix."""
    found = Survey.objects.filter(slug="rated").first()
    if found:
        return found
    rated = [
        {"id": "staff", "type": "rating", "scale": 5, "text": {"en": "Staff"}},
        {
            "id": "trip",
            "type": "matrix",
            "scale": 5,
            "text": {"en": "Your trip"},
            "rows": [
                {"id": "seat", "text": {"en": "Seat"}},
                {"id": "food", "text": {"en": "Food"}},
            ],
        },
    ]
    score = NPS_DOCUMENT["pages"][0]["elements"][0]  # type: ignore[index]
    document = NPS_DOCUMENT | {"pages": [{"id": "p1", "elements": [score, *rated]}]}
    survey = Survey.objects.create(
        slug="rated",
        name="Rated",
        touchpoint=support_call(),
        draft=document,
        created_by=manager_milo(),
        created_at=MONDAY_NINE,
    )
    survey.publish(by=manager_milo(), at=MONDAY_NINE)
    return survey


def rate(n: int, **fields: Any) -> None:
    """Answers whose NPS follows the staff, and a little the seat."""
    dice, survey = random.Random(7), rating_survey()
    today = local_day(timezone.now())
    rows = []
    for _turn in range(n):
        staff, seat, food = (dice.randint(1, 5) for _ in range(3))
        nps = min(10, max(0, 2 * staff - 1 + (seat > 3) + dice.randint(-1, 1)))
        answers = {"staff": staff, "trip": {"seat": seat, "food": food}}
        rows.append(
            {"survey": survey, "day": today, "nps": nps, "answers": answers} | fields
        )
    store(rows)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(**query: object) -> str:
    asked = {"survey": rating_survey().pk, **query}
    return PAGE + "?" + "&".join(f"{name}={value}" for name, value in asked.items())


def calculated(user: User, **query: object) -> tuple[DriverRun, str]:
    """Asked for on the page, done by the worker's own function; run and page."""
    client = client_of(user)
    asked = address(**query).replace(PAGE, f"{PAGE}runs/")
    there = client.post(asked)
    assert there.status_code == 302
    run = DriverRun.objects.latest("pk")
    driver_runs.calculate(run.pk, at=timezone.now())
    run.refresh_from_db()
    return run, client.get(there["Location"]).content.decode()


class TestTheQuestion:
    def test_offers_ratings_and_rows_of_a_matrix(self) -> None:
        found = attributes_of(manager_milo(), rating_survey())
        assert [(a.key, a.label, a.scale) for a in found] == [
            ("staff", "Staff", 5),
            ("trip.seat", "Seat", 5),
            ("trip.food", "Food", 5),
        ]

    def test_offers_imported_facts_that_look_like_ratings(self) -> None:
        rate(30)
        survey = rating_survey()
        for place, answer in enumerate(survey.responses.all()):
            answer.attributes = {
                "r_wifi": str(place % 5),
                "flown": "2022-01-01",
                "recommended": "yes",
            }
            answer.save(update_fields=["attributes"])
        found = attributes_of(manager_milo(), survey)
        assert [a.label for a in found if a.is_fact] == ["r_wifi"]

    @pytest.mark.parametrize(
        ("text", "rating"),
        [("5", 5), ("1.0", 1), ("10", 10)],
    )
    def test_reads_whole_numbers_as_ratings(self, text: str, rating: int) -> None:
        assert rating_of(text) == rating

    @pytest.mark.parametrize("text", [None, "", "0", "11", "3.5", "yes", "nan", "-1"])
    def test_takes_everything_else_for_not_rated(self, text: str | None) -> None:
        assert rating_of(text) != rating_of(text)

    def test_keeps_filters_as_they_were(self) -> None:
        filters = Filters(survey=3, region="", attributes=(("cabin", "First"),))
        assert read_filters(stored_filters(filters)) == filters

    def test_knows_the_version_of_the_method(self) -> None:
        assert driver_runs.VERSION == VERSION
        from dashboards.driver_form import MOST

        assert MOST == MOST_ATTRIBUTES


class TestTheRun:
    def test_finds_what_moves_the_score(self) -> None:
        rate(120)
        run, page = calculated(executive_eva())
        assert run.state == DriverRun.State.DONE
        drivers = {one["name"]: one for one in run.result["drivers"]}
        assert max(drivers, key=lambda key: drivers[key]["importance"]) == "staff"
        assert drivers["trip.food"]["shown"] == 0
        assert sum(d["importance"] for d in drivers.values()) == pytest.approx(
            run.result["r2"]
        )
        assert run.newest_at is not None
        for words in ("n = 120", "R²", "Improve first", "Not significant", "version 1"):
            assert words in page

    def test_reads_no_answer_outside_the_scope_of_who_asked(self) -> None:
        rate(60, region="North")
        rate(60, region="South")
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, dimension="region", effect="allow", value="North"
        )
        run, _page = calculated(User.objects.get(pk=eva.pk))
        assert run.result["n"] == 60

    def test_refuses_too_few_answers_and_says_what_is_rated_seldom(self) -> None:
        rate(29)
        run, page = calculated(executive_eva())
        assert run.result["refused"] == "too_few_answers"
        assert "Too few answers: 30 are needed" in page
        assert "Staff: 29 ratings" in page

    def test_takes_only_the_attributes_that_are_ticked(self) -> None:
        rate(40)
        client = client_of(executive_eva())
        client.post(address().replace(PAGE, f"{PAGE}runs/"), {"driver": ["staff"]})
        assert DriverRun.objects.get().attributes == ["staff"]

    def test_is_one_while_it_is_under_way(self) -> None:
        rate(40)
        client = client_of(executive_eva())
        asked = address().replace(PAGE, f"{PAGE}runs/")
        client.post(asked)
        there = client.post(asked)
        assert DriverRun.objects.count() == 1
        page = client.get(there["Location"]).content.decode()
        assert "A worker will begin" in page
        assert 'hx-trigger="load delay:1s"' in page

    def test_can_be_cancelled_by_who_asked_alone(self) -> None:
        rate(40)
        client = client_of(executive_eva())
        client.post(address().replace(PAGE, f"{PAGE}runs/"))
        run = DriverRun.objects.get()
        cancel = f"{PAGE}runs/{run.pk}/cancellation/"
        assert client_of(manager_milo()).post(cancel).status_code == 404
        assert client.post(cancel).status_code == 302
        driver_runs.calculate(run.pk, at=timezone.now())
        assert not DriverRun.objects.exists()

    def test_that_no_worker_heard_of_is_found_again(self) -> None:
        rate(40)
        client_of(executive_eva()).post(address().replace(PAGE, f"{PAGE}runs/"))
        run = DriverRun.objects.get()
        assert driver_runs.waiting(at=run.asked_at) == []
        later = run.asked_at + timedelta(seconds=30)
        assert driver_runs.waiting(at=later) == [run.pk]

    def test_is_shown_in_a_report(self) -> None:
        rate(80)
        calculated(executive_eva())
        query = QueryDict(address().partition("?")[2])
        report = drivers_report(executive_eva(), query, at=timezone.now())
        assert [f.kind for f in report.sections[0].figures] == ["bars", "scatter"]
        other = drivers_report(manager_milo(), query, at=timezone.now())
        assert other.sections[0].text == "This has not been calculated yet."


def yesterday(run: DriverRun) -> DriverRun:
    """As if all of it had been the day before."""
    day = timedelta(days=1)
    run.asked_at, run.since, run.until = (
        run.asked_at - day,
        run.since - day,
        run.until - day,
    )
    assert run.finished_at is not None
    run.finished_at -= day
    run.digest = "of yesterday"
    run.save()
    return run


class TestTheDayAfter:
    def test_shows_the_last_run_with_its_own_days(self) -> None:
        rate(80)
        run, _page = calculated(executive_eva())
        run = yesterday(run)
        client = client_of(executive_eva())
        page = " ".join(client.get(address()).content.decode().split())
        said = (
            f"Calculated last for {date_format(run.since)} to {date_format(run.until)}"
        )
        for words in (said, "has not been calculated yet", "n = 80", "days chosen"):
            assert words in page
        query = QueryDict(address().partition("?")[2])
        report = drivers_report(executive_eva(), query, at=timezone.now())
        assert said in report.sections[0].text
        first = client.get(PAGE).content.decode()
        assert "<li>Staff: " in first

    @pytest.mark.parametrize(
        "other", [{"outcome": "csat"}, {"driver": "staff"}, {"region": "North"}]
    )
    def test_shows_no_run_of_another_question(self, other: dict[str, str]) -> None:
        rate(40)
        run, _page = calculated(executive_eva())
        yesterday(run)
        page = client_of(executive_eva()).get(address(**other)).content.decode()
        assert "Calculated last" not in page

    def test_shows_no_run_of_days_that_are_mostly_others(self) -> None:
        rate(40)
        run, _page = calculated(executive_eva())
        DriverRun.objects.update(since=run.since - timedelta(days=50))
        DriverRun.objects.update(until=run.until - timedelta(days=50))
        page = client_of(executive_eva()).get(address()).content.decode()
        assert "Calculated last" not in page

    def test_begins_with_a_run_of_the_night(self) -> None:
        rate(80)
        run, _page = calculated(executive_eva())
        yesterday(run)
        now = timezone.now()
        assert driver_renewal.renew(at=now) == 1
        assert driver_renewal.renew(at=now) == 0
        [due] = driver_runs.waiting(at=now)
        driver_runs.calculate(due, at=now)
        page = client_of(executive_eva()).get(address()).content.decode()
        assert "n = 80" in page
        assert "Calculated last" not in page

    def test_keeps_what_was_asked_and_the_last_night_alone(self) -> None:
        rate(40)
        calculated(executive_eva())
        now = timezone.now()
        for night in range(1, 4):
            at = now + timedelta(days=night)
            assert driver_renewal.renew(at=at) == 1
            [due] = driver_runs.waiting(at=at)
            driver_runs.calculate(due, at=at)
        asked = local_day(now)
        days = sorted((run.until - asked).days for run in DriverRun.objects.all())
        assert days == [0, 2, 3]

    @pytest.mark.parametrize(
        ("fields", "who"),
        [
            ({"until": date(2020, 1, 1)}, {}),
            ({"asked_at": timezone.now() - timedelta(days=31)}, {}),
            ({"state": DriverRun.State.FAILED}, {}),
            ({}, {"is_active": False}),
            ({}, {"role": "agent"}),
        ],
    )
    def test_renews_nothing_that_nobody_reads(
        self, fields: dict[str, Any], who: dict[str, Any]
    ) -> None:
        run, _page = calculated(executive_eva())
        yesterday(run)
        DriverRun.objects.update(**fields)
        if who:
            User.objects.filter(pk=executive_eva().pk).update(**who)
        assert driver_renewal.renew(at=timezone.now()) == 0


class TestThePage:
    def test_lists_the_surveys_that_can_be_asked(self) -> None:
        survey = rating_survey()
        page = client_of(executive_eva()).get(PAGE).content.decode()
        assert f"?survey={survey.pk}" in page

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(PAGE).status_code == 403
        assert client_of(agent_ana()).post(f"{PAGE}runs/").status_code == 403

    @pytest.mark.parametrize(
        "query",
        ["survey=999999", "survey=x", "outcome=shoe", "period=custom", "driver=%00"],
    )
    def test_bears_any_address(self, query: str) -> None:
        rating_survey()
        client = client_of(executive_eva())
        assert client.get(f"{PAGE}?{query}").status_code in (200, 400)
        assert client.post(f"{PAGE}runs/?{query}").status_code == 302
