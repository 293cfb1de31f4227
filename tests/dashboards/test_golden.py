"""A small company whose every number was worked out by hand: golden/expected.csv."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from customers.models import Interaction
from dashboards import loop_rollup
from dashboards.measuring import Question, answered
from dashboards.models import Uncovered
from dashboards.periods import Period
from dashboards.registry import METRICS
from dashboards.results import Counted, Measured, Result
from dashboards.selection import Filters
from events import outbox
from events.ids import uuid7
from surveys.models import Invitation, Partial, Response, Survey
from tests.dashboards.answers import MONDAY, give, store
from tests.dashboards.rated import rated_survey
from tests.dashboards.test_loop_rollup import cause
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    customer,
    executive_eva,
    nps_survey,
    support_call,
)
from tests.tickets.answers import ticket_for
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = Period(MONDAY, MONDAY + 6 * DAY)
# The loop's answers have a week of their own: they are answers, too.
LOOP_WEEK = Period(MONDAY - 28 * DAY, MONDAY - 22 * DAY)
LOOP_START = MONDAY_NINE - 28 * DAY
# Worked out by hand where the figures they need are, beside their formulas.
ELSEWHERE = {
    "recovered_rate": "test_loop_pages.py",
    "recovery_effect": "test_recovery_effect.py",
    "lifetime_value": "test_money.py",
    "acquisition_cost": "test_money.py",
    "service_cost": "test_money.py",
    "return_on_experience": "test_money.py",
}


def lines(name: str) -> Iterator[dict[str, str]]:
    with (GOLDEN / name).open() as file:
        yield from csv.DictReader(file)


EXPECTED = {line["key"]: line for line in lines("expected.csv")}


class TestEveryNumber:
    def test_has_an_answer_by_hand(self) -> None:
        assert set(EXPECTED) | set(ELSEWHERE) == set(METRICS)
        for module in ELSEWHERE.values():
            assert (Path(__file__).parent / module).exists()

    def test_of_what_customers_say_is_as_by_hand(self) -> None:
        survey = rated_survey()
        answer(survey)
        begin(survey)
        question = Question(
            executive_eva(), Filters(survey=survey.pk), WEEK, AT, element="stars"
        )
        check(question, ["answers", "comments", "ratings", "sessions"])

    def test_of_invitations_is_as_by_hand(self) -> None:
        invite()
        check(Question(executive_eva(), Filters(), WEEK, AT), ["invitations"])

    def test_of_the_loop_is_as_by_hand(self) -> None:
        open_tickets()
        at = LOOP_START + 40 * HOUR
        question = Question(executive_eva(), Filters(), LOOP_WEEK, at)
        check(question, ["loop", "tickets"])

    def test_of_orders_and_tasks_is_as_by_hand(self) -> None:
        buy()
        check(Question(executive_eva(), Filters(), WEEK, AT), ["orders", "behaviour"])


def check(question: Question, sources: list[str]) -> None:
    keys = [key for key in EXPECTED if METRICS[key].source in sources]
    found = answered(question, keys)
    got = {key: (_value(found[key]), _n(found[key])) for key in keys}
    assert got == {
        key: (pytest.approx(float(EXPECTED[key]["value"])), int(EXPECTED[key]["n"]))
        for key in keys
    }


def _value(result: Result) -> float | None:
    if isinstance(result, Measured):
        return result.score.value if result.score else None
    return result.value


def _n(result: Result) -> int:
    return result.value if isinstance(result, Counted) else result.n


def answer(survey: Survey) -> None:
    rows = []
    for line in lines("answers.csv"):
        effort, scale = line["ces"] or line["ces5"], 7 if line["ces"] else 5
        rows.append(
            {
                "survey": survey,
                "nps": int(line["nps"]),
                "csat": int(line["csat"]),
                "ces": int(effort),
                "ces_scale": scale,
                "answers": {"stars": int(line["stars"])},
                "comment": "As told.",
                "sentiment_label": line["sentiment"],
                "started_at": MONDAY_NINE - timedelta(seconds=int(line["seconds"])),
                "submitted_at": MONDAY_NINE,
                "opens_tickets": False,
            }
        )
    store(rows)
    store([{"survey": survey, "state": "over_quota", "nps": 5}] * 2)
    store([{"survey": survey, "is_test": True, "nps": 5, "comment": "A test."}])
    outbox.drain()
    # Enrichment judged the comments; here they are judged as the file says.
    for row in rows:
        Response.objects.filter(nps=row["nps"], answers=row["answers"]).update(
            sentiment_label=row["sentiment_label"]
        )


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def begin(survey: Survey) -> None:
    """Four left, and one is still answering."""
    assert survey.version is not None
    for minutes in (10, 40, 50, 60, 70):
        Partial.objects.create(
            id=uuid7(),
            survey=survey,
            version=survey.version,
            channel="link",
            locale="en",
            page="page1",
            answers={"score": 3},
            started_at=WEEK_END - timedelta(minutes=minutes + 1),
            saved_at=WEEK_END - timedelta(minutes=minutes),
        )


WEEK_END = _at_noon(MONDAY) + 6 * DAY + 12 * HOUR
AT = WEEK_END - timedelta(minutes=1)


def invite() -> None:
    """Ten delivered, six of them answered; one was skipped."""
    for number in range(11):
        invitation = Invitation.objects.create(
            survey=nps_survey(),
            customer=customer(f"guest_{'abcdefghijk'[number]}"),
            created_at=MONDAY_NINE,
            expires_at=MONDAY_NINE + DAY,
            sent_at=MONDAY_NINE if number < 10 else None,
            delivered_at=MONDAY_NINE if number < 10 else None,
            completed_at=MONDAY_NINE + HOUR if number < 6 else None,
            skipped_reason="" if number < 10 else "opted_out",
        )
        if number < 6:
            give(9, invitation=invitation, opens_tickets=False)
    outbox.drain()


def open_tickets() -> None:
    for line in lines("tickets.csv"):
        ticket = ticket_for(at=LOOP_START + int(line["opened_hour"]) * HOUR)
        if line["contact_hour"]:
            ticket.log_contact(
                channel="phone",
                summary="Hello",
                by=agent_ana(),
                at=_hour(line, "contact"),
            )
        if line["resolve_hour"]:
            ticket.resolve(
                root_cause=cause(),
                outcome="Done",
                by=agent_ana(),
                at=_hour(line, "resolve"),
            )
        if line["reopen_hour"]:
            ticket.reopen(reason="No", by=agent_ana(), at=_hour(line, "reopen"))
        Ticket.objects.filter(pk=ticket.pk).update(closure=line["closure"])
    outbox.drain()
    numbers = list(Ticket.objects.values_list("number", flat=True))
    loop_rollup.fold(numbers, newest_at=LOOP_START)
    for _ in range(2):
        Uncovered.objects.create(
            response_id=uuid7(),
            day=LOOP_WEEK.start,
            survey_id=nps_survey().pk,
            touchpoint_id=support_call().pk,
            team_id=support_call().team_id,
            found_at=LOOP_START,
        )


def _hour(line: dict[str, str], act: str) -> datetime:
    return LOOP_START + int(line[f"{act}_hour"]) * HOUR


def buy() -> None:
    start = _at_noon(MONDAY)
    for line in lines("orders.csv"):
        Interaction.objects.create(
            customer=customer(f"buyer_{line['customer']}"),
            kind=line["kind"],
            occurred_at=start + int(line["day"]) * DAY,
            value=line["value"] or None,
            currency="EUR" if line["value"] else "",
        )
    for line in lines("tasks.csv"):
        numbers = {
            name: int(line[name]) for name in ("seconds", "clicks") if line[name]
        }
        Interaction.objects.create(
            customer=customer("buyer_ann"),
            kind="task",
            touchpoint_key=support_call().key,
            occurred_at=start + DAY,
            data={"outcome": line["outcome"], **numbers},
        )
