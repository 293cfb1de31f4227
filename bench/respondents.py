"""The respondent's road: the page, and the answer stored with everything on."""

from collections.abc import Iterator
from itertools import repeat

from bench import load, place
from bench.compare import Comparison, Run, Side, compare
from bench.data import SLUG, posts
from bench.report import Row
from cem.local.engines import Engines
from surveys.models import Survey

CONNECTIONS = 8


def measure(engines: Engines, survey: Survey, *, count: int, rounds: int) -> list[Row]:
    place.python("-m", "bench.floor.tables")
    database = engines.postgres.pid
    with (
        place.server("bench.floor.wsgi:application") as (floor_port, floor_pid),
        place.server("cem.wsgi:application") as (port, pid),
    ):

        def compared(floor_path: str, path: str, *, is_post: bool) -> Comparison:
            def requests(to: str) -> Iterator[bytes]:
                return posts(to, survey) if is_post else repeat(load.get(to))

            return compare(
                Side(floor_port, floor_pid, database, lambda: requests(floor_path)),
                Side(port, pid, database, lambda: requests(path)),
                connections=CONNECTIONS,
                count=count,
                rounds=rounds,
            )

        stored = compared("/insert/", f"/s/{SLUG}/", is_post=True)
        shown = compared("/ok/", f"/s/{SLUG}/", is_post=False)
    return [*_stored_rows(stored), *_shown_rows(shown)]


def _stored_rows(found: Comparison) -> list[Row]:
    what = "answer stored / bare ORM two inserts"
    detail = (
        f"{found.product.per_second:.0f} / {found.floor.per_second:.0f} per s, "
        f"CPU-ms {_cost(found.product)} / {_cost(found.floor)}, "
        f"p99 {found.product.p99_ms:.1f} / {found.floor.p99_ms:.1f} ms"
    )
    return [
        Row(f"{what}: throughput", found.throughput, ">=", 1.0, detail),
        Row(f"{what}: CPU", found.cpu, "<=", 1.0, detail),
        Row(f"{what}: p99", found.p99, "<=", 1.2, detail),
    ]


def _shown_rows(found: Comparison) -> list[Row]:
    detail = (
        f"{found.product.per_second:.0f} / {found.floor.per_second:.0f} per s, "
        f"CPU-ms {_cost(found.product)} / {_cost(found.floor)}"
    )
    return [Row("page shown / view that says ok", found.throughput, ">=", 0.85, detail)]


def _cost(run: Run) -> str:
    return f"{run.app_ms:.2f}+{run.database_ms:.2f}"
