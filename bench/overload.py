"""Ten times the connections that the web server has threads for."""

from collections.abc import Iterator
from itertools import islice
from statistics import median

from bench import load, place
from bench.data import SLUG, posts
from bench.report import Row
from surveys.models import Survey

# Two web processes of four threads: as many database connections at most.
POOL = 8
TIMES = 10
REFUSED_ON_PURPOSE = {429, 503}


def measure(survey: Survey, *, count: int, rounds: int) -> list[Row]:
    ratios, errors = [], 0
    with place.server("cem.wsgi:application") as (port, _pid):

        def run(connections: int) -> load.Load:
            made: Iterator[bytes] = iter(
                list(islice(posts(f"/s/{SLUG}/", survey), count))
            )
            return load.run(port, made, connections=connections, count=count)

        run(POOL)
        for _ in range(rounds):
            peak, crowd = run(POOL), run(POOL * TIMES)
            ratios.append(crowd.per_second / peak.per_second)
            errors += sum(
                times
                for status, times in crowd.statuses.items()
                if status != 200 and status not in REFUSED_ON_PURPOSE
            )
    detail = f"{POOL * TIMES} connections against {POOL}, {count:,} answers each"
    return [
        Row("throughput at 10 × the pool / peak", median(ratios), ">=", 0.8, detail),
        Row("errors that nobody meant", errors, "<=", 0),
    ]
