"""Ten million answers of one company, made by COPY: skewed as real ones are."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from dashboards.dimensions import Dimension, Value
from events import outbox
from journeys.models import Touchpoint
from surveys.models import Survey
from surveys.response_import import COLUMNS
from surveys.submitted import RESPONSE_SUBMITTED, RESPONSES_IMPORTED

SURVEYS = 8
REGIONS = [f"Region {number}" for number in range(1, 11)]
PRODUCT_LINES = [f"Line {number}" for number in range(1, 13)]
TIERS = ["standard", "silver", "gold", "platinum"]
CHANNELS = ["link", "personal", "embed", "kiosk", "api"]
LANGUAGES = ["en", "zh-hans"]
SEGMENTS = (REGIONS, PRODUCT_LINES, TIERS, CHANNELS)
CHUNK, BATCH = 50_000, 10_000
# Of three answers, one has a comment.
COMMENTS = [
    "",
    "",
    "The crew were kind, but boarding took far too long and nobody told us why.",
]
NOTHING = "\\N"


@dataclass(frozen=True)
class World:
    surveys: Sequence[tuple[int, int, int]]  # with version and touchpoint
    regions: Sequence[str]
    values: Mapping[Dimension, Sequence[Value]]


def found_world(model: Survey) -> World:
    """Eight surveys at touchpoints of their own, in one journey of the demo's company."""
    assert model.version_id is not None
    owners = list(Touchpoint.objects.order_by("pk")[:SURVEYS])
    surveys = []
    for number in range(SURVEYS):
        like = owners[number % len(owners)]
        place = Touchpoint.objects.create(
            stage=like.stage,
            key=f"bench-{number}",
            name=f"Place {number}",
            channel=like.channel,
            team=like.team,
        )
        survey = Survey.objects.create(
            slug=f"bench-{number}",
            name=f"Survey {number}",
            touchpoint=place,
            draft=model.draft,
            created_by=model.created_by,
            created_at=model.created_at,
        )
        surveys.append((survey.pk, model.version_id, place.pk))
    values: dict[Dimension, Sequence[Value]] = {
        "touchpoint": [one[2] for one in surveys],
        "region": REGIONS,
        "product_line": PRODUCT_LINES,
        "tier": TIERS,
        "channel": CHANNELS,
    }
    return World(surveys, REGIONS, values)


def fill(world: World, *, rows: int, since: date, until: date) -> None:
    """The history, without events; indexes are built when it is there."""
    with connection.cursor() as cursor:
        indexes = _drop_indexes(cursor)
        for chunk in _chunks(world, rows, since, until, seed=1):
            _copy(line for _id, line in chunk)
        for statement in indexes:
            cursor.execute(statement)


def import_more(world: World, *, rows: int, since: date, until: date) -> None:
    """As an import stores it: each batch with its event, which waits."""
    now = datetime.now(UTC)
    for chunk in _chunks(world, rows, since, until, seed=2, size=BATCH):
        with transaction.atomic():
            _copy(line for _id, line in chunk)
            outbox.record(
                RESPONSES_IMPORTED,
                subject=("survey", world.surveys[0][0]),
                at=now,
                payload={
                    "responses": [id for id, _line in chunk],
                    "may_open_tickets": False,
                },
            )


def arrive(world: World, *, count: int, seed: int, until: datetime) -> None:
    """Answers of just now, each with its event."""
    day = until.date()
    [chunk] = _chunks(world, count, day, day, seed=seed, size=count)
    with transaction.atomic():
        _copy(line for _id, line in chunk)
        outbox.record_all(
            [
                outbox.event_for(
                    RESPONSE_SUBMITTED,
                    subject=("response", id),
                    at=until,
                    payload={"survey": world.surveys[0][0], "day": day.isoformat()},
                )
                for id, _line in chunk
            ]
        )


def _chunks(
    world: World, rows: int, since: date, until: date, *, seed: int, size: int = CHUNK
) -> Iterator[list[tuple[str, str]]]:
    """Ids and lines in the order they came; every month there are a few more."""
    rng = np.random.default_rng(seed)
    days = (until - since).days + 1
    moments = np.sort(rng.random(rows) ** 0.8) * days
    for first in range(0, rows, size):
        yield _lines(world, rng, moments[first : first + size], since)


def _lines(
    world: World, rng: np.random.Generator, moments: NDArray[np.float64], since: date
) -> list[tuple[str, str]]:
    count = len(moments)
    survey = _skewed(rng, len(world.surveys), count)
    nps = np.clip(np.round(rng.normal(8 - survey % 3, 2, count)), 0, 10).astype(int)
    segments = (_skewed(rng, len(part), count).tolist() for part in SEGMENTS)
    drawn = zip(
        moments.tolist(),
        survey.tolist(),
        nps.tolist(),
        rng.integers(1, 6, count).tolist(),
        rng.integers(0, 2**60, count).tolist(),
        *segments,
        strict=True,
    )
    days = [
        (since + timedelta(days=n)).isoformat() for n in range(int(moments[-1]) + 1)
    ]
    epoch = datetime.combine(since, datetime.min.time(), UTC).timestamp()
    lines = []
    for moment, asked, score, rating, chance, *segment in drawn:
        day, second = divmod(int(moment * 86_400), 86_400)
        id = f"{int((epoch + moment * 86_400) * 1000):012x}7{chance & 4095:03x}8{chance:015x}"
        at = f"{days[day]} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+00"
        who, where = _segments(*segment)
        line = (
            f"{id}\t{_asked(world.surveys[asked])}\t{who}\t{at}\t{days[day]}\t"
            f"{_given(asked, score, rating)}\t{where}\n"
        )
        lines.append((id, line))
    return lines


@cache
def _asked(survey: tuple[int, int, int]) -> str:
    return "\t".join(map(str, (*survey, NOTHING)))


@cache
def _segments(region: int, line: int, tier: int, channel: int) -> tuple[str, str]:
    """What comes before the answers, and what after."""
    language = LANGUAGES[region == 0]
    before = (CHANNELS[channel], language, "complete", "f", "f")
    after = (REGIONS[region], PRODUCT_LINES[line], TIERS[tier], "{}")
    return "\t".join(before), "\t".join(after)


@cache
def _given(survey: int, nps: int, rating: int) -> str:
    """Every survey asks for NPS, some for satisfaction, few for effort."""
    comment = COMMENTS[(nps + rating) % 3]
    keys = ("seat", "staff", "food", "ground", "wifi", "value", "speed")
    given = {"score": nps, **dict.fromkeys(keys, rating), "comment": comment}
    csat = rating if survey % 2 else NOTHING
    ces = rating + 1 if survey % 4 == 0 else NOTHING
    scale = NOTHING if ces == NOTHING else 7
    values = (json.dumps(given), nps, csat, ces, scale, comment, "f", "", "", "{}")
    return "\t".join(map(str, values))


def _skewed(rng: np.random.Generator, values: int, count: int) -> NDArray[np.int64]:
    """The first value most often, as Zipf has it."""
    weights = 1 / np.arange(1, values + 1)
    return rng.choice(values, count, p=weights / weights.sum())


def _copy(lines: Iterator[str]) -> None:
    text = io.StringIO("".join(lines))
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY surveys_response ({', '.join(COLUMNS)}) FROM STDIN", text
        )


def _drop_indexes(cursor: CursorWrapper) -> list[str]:
    """What makes the answers' indexes again; keys stay."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'surveys_response'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]
