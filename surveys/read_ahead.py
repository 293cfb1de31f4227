"""Making the next items while the last one is being used."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def read_ahead(items: Iterator[T], *, depth: int) -> Generator[T, None, None]:
    """The same items, made by a thread that is at most `depth` of them ahead.

    What goes wrong while making one is raised in its place. `items` must not touch
    the database: connections belong to their thread.
    """
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = deque(thread.submit(next, items, end) for _ in range(depth))
        while (item := coming.popleft().result()) is not end:
            coming.append(thread.submit(next, items, end))
            yield item  # type: ignore[misc]  # `end` has just been ruled out
