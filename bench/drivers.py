"""Key drivers of 100,000 answers with 14 attributes, as a worker calculates them."""

import time

import numpy as np

from bench.report import Row
from dashboards.drivers import SAMPLES, relative_importance

ANSWERS, ATTRIBUTES = 100_000, 14


def measure() -> list[Row]:
    """Ratings with a mood in common and some left out, as people give them."""
    dice = np.random.default_rng(1)
    mood = dice.normal(0, 0.8, (ANSWERS, 1))
    felt = 3 + mood + dice.normal(0, 1, (ANSWERS, ATTRIBUTES))
    ratings = np.clip(np.rint(felt), 1, 5)
    outcome = ratings[:, :5].sum(axis=1) + dice.normal(0, 2, ANSWERS)
    told: list[int] = []
    started = time.perf_counter()
    report = relative_importance(
        ratings,
        outcome,
        [f"attribute {place}" for place in range(ATTRIBUTES)],
        progress=lambda done, _total: told.append(done),
    )
    took = time.perf_counter() - started
    if told[-1] != SAMPLES or report.refused:
        raise RuntimeError(f"not all samples were calculated: {told} {report.refused}")
    return [
        Row(
            f"key drivers, {ANSWERS:,} × {ATTRIBUTES}, {SAMPLES} samples: seconds",
            took,
            "<=",
            10,
            f"R² {report.r2:.3f}, told {len(told)} times how far it is",
        )
    ]
