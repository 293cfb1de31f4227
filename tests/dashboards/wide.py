"""Every dimension treated as one with thousands of values."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

PLACES = ("counting", "crossed_counts", "contributions")


@contextmanager
def wide_dimensions() -> Iterator[None]:
    with ExitStack() as patches:
        for place in PLACES:
            patches.enter_context(patch(f"dashboards.{place}.MANY", 0))
        patches.enter_context(patch("surveys.hidden_tables.MOST_CELLS", -1))
        yield
