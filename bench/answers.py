"""Answers in bulk, drawn like those of the demo: who said what, where and when.

They are put where the intake would have put them, by COPY; nobody has reacted yet.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from random import Random
from uuid import UUID

from django.db import connection, transaction

from cem.demo import company, words
from customers.models import Customer
from events.outbox import lane_of
from surveys.models import Survey
from surveys.response_import import COLUMNS

KNOWN_SHARE = 0.75
COMMENT_SHARE = 0.6
RATED_SHARE = 0.8
# Some customers answer far more often than others, and every month there are more.
REGULARS, GROWTH = 1.6, 0.8
CHUNK = 20_000

# (low scores, the others) by kind, and the column of the metric.
SCORES: Mapping[str, tuple[Sequence[int], Sequence[int], str, int | None]] = {
    "nps": ((0, 2, 3, 4, 5, 5, 6, 6, 6), (7, 8, 8, 9, 9, 9, 10, 10), "nps", None),
    "csat": ((1, 2, 2), (3, 4, 4, 5, 5), "csat", None),
    "ces7": ((1, 2, 3, 3), (4, 5, 6, 6, 7), "ces", 7),
}
NEVER_NULL = (
    "locale",
    "comment",
    "language",
    "sentiment_label",
    "region",
    "product_line",
    "tier",
)
EVENT_COLUMNS = (
    *("name", "subject_type", "subject_id", "lane", "actor"),
    *("occurred_at", "payload"),
)
FILLED = (
    *("surveys_response", "events_event", "events_failure", "teams_notification"),
    *("dashboards_answercell", "dashboards_looprow", "dashboards_loopcell"),
    *("dashboards_answerday", "dashboards_answercolumn", "dashboards_answercross"),
    "dashboards_fillstate",
)


@dataclass(frozen=True)
class Asked:
    """One survey in the field."""

    survey: int
    version: int
    touchpoint: int
    plan: company.SurveyPlan


@dataclass(frozen=True)
class Known:
    id: int | None
    external_id: str
    locale: str
    region: str
    product_line: str
    tier: str


NOBODY = Known(None, "", "en", "", "", "")


@dataclass(frozen=True, slots=True)
class Answer:
    id: UUID
    at: datetime
    asked: Asked
    who: Known
    score: int
    ratings: Mapping[str, int]
    comment: str

    @property
    def given(self) -> dict[str, object]:
        said = {"comment": self.comment} if self.comment else {}
        return {"score": self.score, **self.ratings, **said}

    @property
    def metrics(self) -> dict[str, int | None]:
        _low, _high, column, scale = SCORES[self.asked.plan.kind]
        none = {"nps": None, "csat": None, "ces": None, "ces_scale": scale}
        return {**none, column: self.score}


def draw(
    seed: int, *, count: int, since: datetime, until: datetime, low_share: float
) -> Iterator[Answer]:
    """Answers in the order they were given, the same ones for the same seed."""
    rng = Random(seed)  # noqa: S311  nothing secret is drawn
    surveys, customers = _surveys(), _customers()
    span = until - since
    moments = sorted(rng.random() ** GROWTH for _ in range(count))
    weights = [asked.plan.weight for asked in surveys]
    for moment, asked in zip(
        moments, rng.choices(surveys, weights, k=count), strict=True
    ):
        who = NOBODY
        if rng.random() < KNOWN_SHARE:
            who = customers[int(len(customers) * rng.random() ** REGULARS)]
        yield _answer(rng, since + moment * span, asked, who, rng.random() < low_share)


def store(answers: Iterable[Answer], *, waiting: bool) -> None:
    """Responses, and where they are `waiting` for their handlers, their events."""
    source = iter(answers)
    with transaction.atomic():
        while chunk := list(islice(source, CHUNK)):
            copy("surveys_response", COLUMNS, map(_response, chunk), NEVER_NULL)
            if waiting:
                copy("events_event", EVENT_COLUMNS, map(_event, chunk), ("actor",))


def copy(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    never_null: Sequence[str],
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN "
            f"WITH (FORMAT csv, FORCE_NOT_NULL ({', '.join(never_null)}))",
            text,
        )


def forget_all() -> None:
    """Leave the company, but nobody who ever answered, and no ticket."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(FILLED)} CASCADE")


def settle() -> None:
    """As after a night: statistics are fresh and no vacuum is due."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _surveys() -> list[Asked]:
    plans = {plan.slug: plan for plan in company.SURVEYS}
    return [
        Asked(survey.pk, survey.version_id, survey.touchpoint_id, plans[survey.slug])
        for survey in Survey.objects.order_by("pk")
        if survey.version_id is not None and plans[survey.slug].weight
    ]


def _customers() -> list[Known]:
    found = Customer.objects.select_related("account").order_by("pk")
    return [
        Known(c.pk, c.external_id, c.locale, c.region, c.product_line, c.customer_tier)
        for c in found
    ]


def _answer(
    rng: Random, at: datetime, asked: Asked, who: Known, is_low: bool
) -> Answer:
    low, high, _column, _scale = SCORES[asked.plan.kind]
    comment = ""
    if rng.random() < COMMENT_SHARE:
        moods = words.COMMENTS[asked.plan.subject]
        comment = rng.choice(moods["bad" if is_low else "good"][who.locale])
    return Answer(
        # As events.ids makes them, but for the seed.
        UUID(
            int=int(at.timestamp() * 1000) << 80
            | 0x7 << 76
            | 0x2 << 62
            | rng.getrandbits(62)
        ),
        at,
        asked,
        who,
        rng.choice(low if is_low else high),
        {
            key: rng.randrange(1, 4) if is_low else rng.randrange(3, 6)
            for key, _en, _zh in asked.plan.attributes
            if rng.random() < RATED_SHARE
        },
        comment,
    )


def _response(answer: Answer) -> tuple[object, ...]:
    values: dict[str, object] = {
        **answer.metrics,
        "id": answer.id,
        "survey_id": answer.asked.survey,
        "version_id": answer.asked.version,
        "touchpoint_id": answer.asked.touchpoint,
        "customer_id": answer.who.id,
        "channel": "link",
        "locale": answer.who.locale,
        "state": "complete",
        "is_test": False,
        "opens_tickets": True,
        "submitted_at": answer.at.isoformat(),
        "day": answer.at.astimezone(UTC).date().isoformat(),
        "answers": json.dumps(answer.given, ensure_ascii=False),
        "comment": answer.comment,
        "wants_contact": False,
        "language": "",
        "sentiment_label": "",
        "topics": "{}",
        "region": answer.who.region,
        "product_line": answer.who.product_line,
        "tier": answer.who.tier,
        "attributes": "{}",
    }
    return tuple(values[name] for name in COLUMNS)


def _event(answer: Answer) -> tuple[object, ...]:
    metrics = answer.metrics
    payload = {
        "survey": answer.asked.survey,
        **{name: metrics[name] for name in ("nps", "csat", "ces")},
        "wants_contact": False,
        "customer": answer.who.id,
        "touchpoint": answer.asked.touchpoint,
        "day": answer.at.astimezone(UTC).date().isoformat(),
    }
    return (
        "survey.response_submitted",
        "response",
        str(answer.id),
        lane_of("response", answer.id),
        "",
        answer.at.isoformat(),
        json.dumps(payload),
    )
