"""Floor and product by turns: what each does in a second, and what a request costs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median

from bench import cost, load


@dataclass(frozen=True)
class Run:
    """CPU-ms are per request: of the server's processes and of the database's."""

    per_second: float
    p99_ms: float
    app_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


@dataclass(frozen=True)
class Side:
    """One server under load; `database` is the postmaster whose work counts too."""

    port: int
    pid: int
    database: int
    requests: Callable[[], Iterator[bytes]]

    def run(self, *, connections: int, count: int) -> Run:
        # Made beforehand: making them is not the server's work.
        prepared = iter(list(islice(self.requests(), count)))
        app, database = cost.cpu_seconds(self.pid), cost.cpu_seconds(self.database)
        result = load.run(self.port, prepared, connections=connections, count=count)
        app = cost.cpu_seconds(self.pid) - app
        database = cost.cpu_seconds(self.database) - database
        if set(result.statuses) != {200}:
            raise RuntimeError(f"not every answer was 200: {result.statuses}")
        return Run(
            result.per_second,
            result.percentile(99),
            app / count * 1000,
            database / count * 1000,
        )


@dataclass(frozen=True)
class Comparison:
    """Medians of both sides and the median of the paired ratios."""

    floor: Run
    product: Run
    throughput: float
    cpu: float
    p99: float


def compare(
    floor: Side, product: Side, *, connections: int, count: int, rounds: int
) -> Comparison:
    pairs = []
    for side in (floor, product):  # warm-up
        side.run(connections=connections, count=count // 4)
    for _ in range(rounds):
        pairs.append(
            (
                floor.run(connections=connections, count=count),
                product.run(connections=connections, count=count),
            )
        )
    floors, products = zip(*pairs, strict=True)
    return Comparison(
        floor=_median(floors),
        product=_median(products),
        throughput=median(p.per_second / f.per_second for f, p in pairs),
        cpu=median(p.cpu_ms / f.cpu_ms for f, p in pairs),
        p99=median(p.p99_ms / f.p99_ms for f, p in pairs),
    )


def _median(runs: tuple[Run, ...]) -> Run:
    return Run(
        median(run.per_second for run in runs),
        median(run.p99_ms for run in runs),
        median(run.app_ms for run in runs),
        median(run.database_ms for run in runs),
    )
