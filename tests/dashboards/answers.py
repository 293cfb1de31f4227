"""Answers of these tests: stored with their event, and drained when asked."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from events import outbox
from events.ids import uuid7
from surveys.models import Response, Survey
from tests.personas import MONDAY_NINE, NPS_DOCUMENT, manager_milo, nps_survey

MONDAY = MONDAY_NINE.date()


def give(
    *scores: int, day: date = MONDAY, metric: str = "nps", **fields: Any
) -> list[Response]:
    """One answer for each score, with its event; not drained."""
    scale = {"ces": {"ces_scale": 7}, "ces5": {"ces_scale": 5}}.get(metric, {})
    column = "ces" if metric == "ces5" else metric
    return store([fields | scale | {column: score, "day": day} for score in scores])


@transaction.atomic
def store(rows: Sequence[dict[str, Any]]) -> list[Response]:
    survey = nps_survey()
    found = Response.objects.bulk_create([_response(survey, row) for row in rows])
    outbox.record_all(
        [
            outbox.event_for(
                "survey.response_submitted",
                subject=("response", response.id),
                at=response.submitted_at,
            )
            for response in found
        ]
    )
    return found


def _response(default: Survey, row: dict[str, Any]) -> Response:
    survey = row.get("survey", default)
    day = row.get("day", MONDAY)
    values = {
        "id": uuid7(),
        "survey": survey,
        "version": survey.version,
        "touchpoint": survey.touchpoint,
        "channel": Response.Channel.API,
        "locale": "en",
        "submitted_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        "day": day,
        "answers": {},
    }
    return Response(**values | row)


def other_survey() -> Survey:
    """A second published survey at the same touchpoint."""
    found = Survey.objects.filter(slug="second-look").first()
    if found:
        return found
    survey = Survey.objects.create(
        slug="second-look",
        name="Second look",
        touchpoint=nps_survey().touchpoint,
        draft=NPS_DOCUMENT,
        created_by=manager_milo(),
        created_at=MONDAY_NINE,
    )
    survey.publish(by=manager_milo(), at=MONDAY_NINE)
    return survey


def mixed_rows(seed: int, size: int) -> list[dict[str, Any]]:
    """Reproducible answers of every kind, tests and partial ones among them."""
    dice = random.Random(seed)
    surveys = [nps_survey(), other_survey()]
    return [
        {
            "survey": dice.choice(surveys),
            "day": MONDAY + timedelta(days=dice.randrange(70)),
            "nps": dice.choice([None, *range(11)]),
            "csat": dice.choice([None, *range(1, 6)]),
            **dice.choice(
                [{}, {"ces": dice.randint(1, 7), "ces_scale": 7}]
                + [{"ces": dice.randint(1, 5), "ces_scale": 5}]
            ),
            "region": dice.choice(["", "North", "South"]),
            "product_line": dice.choice(["", "Jet", "Rail"]),
            "tier": dice.choice(["standard", "gold"]),
            "is_test": dice.random() < 0.1,
            "state": dice.choice(["complete", "complete", "complete", "over_quota"]),
            "opens_tickets": False,
        }
        for _ in range(size)
    ]
