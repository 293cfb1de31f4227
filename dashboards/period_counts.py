"""The answers' counts of a period and of the one before, read once.

A page asks for its numbers, for their lines, for the period before, and, so that no
filter gives away what another hides, for each filter without the others. All of that is
in one reading, which tells the answers apart by every filter that is set.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.counting import (
    Counts,
    Key,
    Part,
    is_crossed,
    of_answers,
    of_cells,
    of_stale,
    total,
)
from dashboards.dimensions import Dimension, Value
from dashboards.narrowing import Narrowing, Only, is_rolled_up, narrowing
from dashboards.periods import BEFORE, Period, Stretch
from dashboards.selection import Attribute, Filters, answers
from teams.models import User

if TYPE_CHECKING:
    from dashboards.crossing import Block, Test

Name = Dimension | Attribute


@dataclass(frozen=True)
class PeriodCounts:
    """What the person may see, by bucket and by `names`: parts or packed `blocks`, the
    buckets of which are a column.

    The value of an attribute is whether an answer has it.
    """

    names: tuple[Name, ...]
    parts: Sequence[Part]
    blocks: "Sequence[Block]" = ()

    def counts(
        self,
        filters: Filters,
        by: Sequence[Dimension] = (),
        *,
        is_before: bool = False,
        in_buckets: bool = False,
    ) -> Mapping[Key, Counts]:
        """As `counting.counts`, of filters and dimensions among those read.

        `is_before`: of the period before, which has no buckets.
        """
        wanted = _values_of(filters)
        if self.blocks:
            return self._packed(wanted, by, is_before, in_buckets)
        found: dict[Key, list[Counts]] = defaultdict(list)
        for key, part in self._parts(wanted, by, is_before):
            found[key if in_buckets else key[1:]].append(part)
        return {key: total(parts) for key, parts in found.items()}

    def _parts(
        self, wanted: Mapping[Name, Value], by: Sequence[Dimension], is_before: bool
    ) -> Iterable[Part]:
        tests = [(self.names.index(n) + 1, value) for n, value in wanted.items()]
        places = [0, *(self.names.index(name) + 1 for name in by)]
        for key, part in self.parts:
            if (key[0] == BEFORE) is is_before and all(key[i] == v for i, v in tests):
                yield tuple(key[place] for place in places), part

    def _packed(
        self,
        wanted: Mapping[Name, Value],
        by: Sequence[Dimension],
        is_before: bool,
        in_buckets: bool,
    ) -> Mapping[Key, Counts]:
        from dashboards.crossed_counts import BUCKET, counted_blocks

        # Only what the rollup knows is packed, so there are no attributes here.
        tests: dict[str, Test] = {
            str(name): Only(frozenset([value])) for name, value in wanted.items()
        }
        tests[BUCKET] = lambda bucket: (bucket == BEFORE) is is_before
        told_by = (BUCKET, *by) if in_buckets else by
        return counted_blocks(self.blocks, told_by, tests)


def period_counts(user: User, filters: Filters, period: Period) -> PeriodCounts:
    """Everything that a question with these filters may ask of the answers' counts."""
    days = Stretch(period.start, period.end, period.grain, period.preceding_start)
    return _read(user, filters, days)


def whole_counts(
    user: User, filters: Filters, period: Period, *, by: Sequence[Dimension] = ()
) -> PeriodCounts:
    """The same without buckets, which are more to read. Told apart by more dimensions
    than those of the filters, it knows nothing of the period before."""
    before = period.start if by else period.preceding_start
    return _read(user, filters, Stretch(period.start, period.end, None, before), by)


def _read(
    user: User, filters: Filters, days: Stretch, by: Sequence[Dimension] = ()
) -> PeriodCounts:
    dimensions = tuple(dict.fromkeys((*filters.given, *by)))
    if not is_rolled_up(filters, by):
        names = (*dimensions, *dict.fromkeys(filters.attributes))
        return PeriodCounts(names, of_answers(answers(user, Filters()), names, days))
    asked = narrowing(user, Filters(), dimensions)
    if not is_crossed(asked, days):
        return PeriodCounts(dimensions, of_cells(asked, days))
    return _crossed(user, asked, days)


def _crossed(user: User, asked: Narrowing, days: Stretch) -> PeriodCounts:
    # Needs numpy, which few pages do.
    from dashboards.crossed_counts import (
        BUCKET,
        blocks_of,
        gathered,
        of_dimensions,
        read_blocks,
        told_in_time,
    )
    from dashboards.crossing import joined

    blocks, stale = read_blocks(asked.columns, days)
    told_apart = (of_dimensions(block, asked) for block in joined(blocks))
    waiting = of_stale(answers(user, Filters()), asked.by, days, stale)
    found = [block for block in told_apart if block]
    found += blocks_of(waiting, asked.by, in_buckets=days.has_buckets)
    in_time = list(map(told_in_time, found))
    return PeriodCounts(asked.by, (), gathered(in_time, (BUCKET, *asked.by)))


def _values_of(filters: Filters) -> dict[Name, Value]:
    values: dict[Name, Value] = {**filters.given}  # type: ignore[dict-item]  # a dimension is a name
    return values | dict.fromkeys(filters.attributes, True)
