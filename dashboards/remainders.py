"""What filters leave out: a number is not shown where that would be a few.

Whoever sees a share with a filter and without it can subtract one from the other. This
is for numbers whose parts are not counted group by group; scores of answers go through
`suppression`, which looks at whole tables.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dashboards.selection import Filters
from surveys.metrics import is_hidden


def leave_few(n: int, wholes: Iterable[int]) -> bool:
    """Whether a number that rests on `n` gives away a few when subtracted from one that
    rests on any of the `wholes`."""
    return any(whole > n and is_hidden(whole - n) for whole in wholes)


def leave_few_in_both(
    both: tuple[int, int], wholes: Iterable[tuple[int, int]]
) -> tuple[bool, bool]:
    """The same of numbers of this period and of the one before."""
    wholes = list(wholes)
    return (
        leave_few(both[0], (now for now, _before in wholes)),
        leave_few(both[1], (before for _now, before in wholes)),
    )


def wider(filters: Filters) -> Iterator[Filters]:
    """The filters less each of them."""
    for dimension in filters.given:
        # A dimension's name is that of the field.
        yield replace(filters, **{dimension: None})  # type: ignore[arg-type]
    for given in filters.attributes:
        left = tuple(each for each in filters.attributes if each != given)
        yield replace(filters, attributes=left)
