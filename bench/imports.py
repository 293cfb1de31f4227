"""A file of answers imported with everything on, against COPY of the same rows.

A worker folds the answers into the rollups while more of them come in, as it does in
an installation; the clock stops when the last one is in.
"""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from django.db import connection
from django.utils import timezone

from bench import answers, place
from bench.report import Row
from cem.demo import company, words
from dashboards.rollups import rollup_differences
from events.models import Event
from surveys.import_lines import BadLine
from surveys.import_map import Column, ImportMap
from surveys.models import Response, Survey
from surveys.published import get_version
from surveys.response_import import COLUMNS, ResponseImport, Tally

LINES = 100_000
RATINGS = tuple(key for key, _en, _zh in company.ON_BOARD)
MAP = ImportMap(
    id="id",
    submitted_at="at",
    region="region",
    tier="tier",
    answers={key: Column(columns=(key,)) for key in ("score", "comment", *RATINGS)},
    attributes={"route": "route"},
)
PAGE_KB = 4


@dataclass
class _Watch:
    """How much memory the import holds, from a fifth of the file on."""

    memory_mb: list[float] = field(default_factory=list)

    def bad_line(self, line: BadLine) -> None:
        raise AssertionError(line)

    def batch_done(self, tally: Tally, *, bytes_read: int) -> None:
        if tally.lines >= LINES // 5:
            self.memory_mb.append(_resident_mb())


def measure(*, rounds: int) -> list[Row]:
    survey = Survey.objects.get(slug="flight-reviews")
    ratios, per_second, growth = [], [], []
    with TemporaryDirectory() as folder, place.worker():
        path = Path(folder) / "answers.csv"
        for seed in range(rounds):
            _write(path, seed)
            answers.forget_all()
            answers.settle()
            watch = _Watch()
            imported = _timed_import(path, survey, watch)
            copied = _timed_copy()
            ratios.append(copied / imported)
            per_second.append(LINES / imported)
            growth.append(max(watch.memory_mb) - watch.memory_mb[0])
    detail = (
        f"{LINES:,} lines, {median(per_second):,.0f} lines/s until a worker beside the "
        "import has the last one in the rollups"
    )
    return [
        Row("import / COPY of the same rows", median(ratios), ">=", 0.4, detail),
        Row("import: memory from 20 % to 100 %, MB", max(growth), "<=", 20),
    ]


def _timed_import(path: Path, survey: Survey, watch: _Watch) -> float:
    assert survey.version_id is not None
    importing = ResponseImport(
        version=get_version(survey.version_id),
        touchpoint_id=survey.touchpoint_id,
        map=MAP,
        now=timezone.now(),
    )
    started = time.perf_counter()
    tally = importing.run(path, watch)
    _wait_until_folded()
    seconds = time.perf_counter() - started
    assert tally.imported == LINES == Response.objects.count()
    assert not rollup_differences()
    return seconds


def _wait_until_folded() -> None:
    while Event.objects.filter(dispatched_at__isnull=True).exists():
        time.sleep(0.01)


def _timed_copy() -> float:
    """The rows as they came out of the import, into the same table once more."""
    columns = ", ".join(COLUMNS)
    with TemporaryDirectory() as folder, connection.cursor() as cursor:
        rows = Path(folder) / "rows"
        with rows.open("wb") as out:
            cursor.cursor.copy_expert(
                f"COPY surveys_response ({columns}) TO STDOUT", out
            )
        answers.forget_all()
        with rows.open("rb") as source:
            started = time.perf_counter()
            cursor.cursor.copy_expert(
                f"COPY surveys_response ({columns}) FROM STDIN", source
            )
            return time.perf_counter() - started


def _write(path: Path, seed: int) -> None:
    header = ("id", "at", "score", "comment", *RATINGS, "region", "tier", "route")
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(_lines(seed))


def _lines(seed: int) -> Iterator[tuple[object, ...]]:
    rng = Random(seed)  # noqa: S311
    said = (
        words.COMMENTS["flight"]["good"]["en"] + words.COMMENTS["flight"]["bad"]["en"]
    )
    first = timezone.now() - timedelta(days=730)
    for number in range(LINES):
        at = first + timedelta(seconds=number * 600)
        yield (
            f"{seed}-{number}",
            at.isoformat(timespec="seconds"),
            rng.randrange(11),
            rng.choice(said) if number % 3 else "",
            *(rng.choice(("", "1", "2", "3", "4", "5")) for _ in RATINGS),
            rng.choice(company.REGIONS),
            rng.choice(company.TIERS),
            "Lyon to Oslo",
        )


def _resident_mb() -> float:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * PAGE_KB / 1024
