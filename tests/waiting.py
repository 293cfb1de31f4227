"""Waiting for what other processes do, and saying what was waited for in vain."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(
    condition: Callable[[], T], *, seconds: float, what: str, every: float = 0.05
) -> T:
    """The first true value of `condition`. Raises AssertionError when time is up."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(every)
    return found
