"""Does who answers look like who our customers are? By tier and by region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count

from dashboards.counting import Counts, Key, counts
from dashboards.dimensions import Dimension
from dashboards.orders import customers, tier
from dashboards.periods import Period
from dashboards.raking import (
    Cell,
    WeightedNps,
    Weights,
    index,
    rake,
    weighted_nps,
)
from dashboards.remainders import GROUP, Bases, added_up
from dashboards.selection import Filters
from dashboards.series import scores_in
from surveys import metrics
from surveys.metrics import NpsScore, ShareScore
from teams.models import User

# The places of a cell.
Margin = Literal["tier", "region"]
MARGINS: tuple[Margin, ...] = ("tier", "region")


@dataclass(frozen=True)
class Represented:
    """One tier or region: its share of the base and of the answers.

    `index`: 100 where both are the same; its interval is that of the answers' share
    over the base's. None where it is hidden.
    """

    value: str
    base: ShareScore
    answers: ShareScore | None
    index: tuple[float, float, float] | None


@dataclass(frozen=True)
class Representation:
    """`margins` by the names of MARGINS. `unknown` answers say no tier or no region, so
    nobody knows whom they stand for; they are in no share."""

    margins: Mapping[str, Sequence[Represented]]
    base: int
    known: int
    unknown: int


@dataclass(frozen=True)
class Population:
    """Customers and answers by cell, tier then region; empty values left out."""

    base: Mapping[Cell, int]
    answers: Mapping[Cell, Counts]
    unknown: int

    @property
    def answered(self) -> dict[Cell, int]:
        return {cell: found["responses"] for cell, found in self.answers.items()}

    def margin(self, place: int) -> dict[str, int]:
        """The base by the values of one margin."""
        return _margin(self.base, place)


def population(user: User, period: Period, filters: Filters) -> Population:
    rows = (
        customers(user, filters)
        .order_by()
        .values_list(tier(), "region")
        .annotate(n=Count("pk"))
    )
    base: dict[Cell, int] = {(t, region): n for t, region, n in rows if t and region}
    found = counts(user, filters, since=period.start, until=period.end, by=MARGINS)
    known: dict[Cell, Counts] = {
        tuple(map(str, cell)): c for cell, c in found.items() if all(cell)
    }
    unknown = sum(c["responses"] for cell, c in found.items() if not all(cell))
    return Population(base, known, unknown)


def representation(found: Population) -> Representation:
    return Representation(
        {name: _represented(found, place) for place, name in enumerate(MARGINS)},
        sum(found.base.values()),
        sum(found.answered.values()),
        found.unknown,
    )


def weights_of(found: Population) -> Weights:
    """Raises raking.CannotWeight, and ValueError where nobody answered."""
    return rake(found.answered, [found.margin(place) for place in range(len(MARGINS))])


def is_weighted_hidden(user: User, period: Period, filters: Filters) -> bool:
    """Whether all answers less those that say tier and region, of this selection or of
    what it leaves out, would give away a few."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        columns = [dimension for dimension in by if dimension != GROUP]
        more = [name for name in MARGINS if name not in columns]
        found = counts(
            user, filters, since=period.start, until=period.end, by=[*columns, *more]
        )
        return added_up(
            (
                tuple(
                    _is_known([*columns, *more], key)
                    if dimension == GROUP
                    else key[columns.index(dimension)]
                    for dimension in by
                ),
                {"nps": sum(scores_in("nps", parts).values())},
            )
            for key, parts in found.items()
        )

    bases = Bases(read, ["nps"])
    hidden = bases.hidden_values(filters, GROUP)["nps"]
    return _KNOWN in hidden or bool(bases.hidden(filters))


_KNOWN = "known"


def _is_known(columns: Sequence[Dimension], key: Key) -> str:
    values = dict(zip(columns, key, strict=True))
    return _KNOWN if all(values[name] for name in MARGINS) else ""


def nps_both_ways(
    found: Population, weights: Weights
) -> tuple[NpsScore | None, WeightedNps | None]:
    """Of the same answers, without and with weights."""
    plain: dict[int, int] = {}
    groups: dict[Cell, tuple[int, int, int]] = {}
    for cell in weights.by_cell:
        scores = scores_in("nps", found.answers[cell])
        for score, n in scores.items():
            plain[score] = plain.get(score, 0) + n
        if (score_of := metrics.nps(scores)) is not None:
            groups[cell] = (
                score_of.promoters,
                score_of.passives,
                score_of.detractors,
            )
    return metrics.nps(plain), weighted_nps(weights, groups)


def _represented(found: Population, place: int) -> list[Represented]:
    base, answered = found.margin(place), _margin(found.answered, place)
    people, answers = sum(base.values()), sum(answered.values())
    hidden = metrics.hidden_groups(answered)
    lines = []
    for value, n in sorted(base.items(), key=lambda item: -item[1]):
        share = metrics.share(n, people)
        assert share is not None
        got = metrics.share(answered.get(value, 0), answers)
        shown = None if value in hidden or got is None or got.is_hidden else got
        lines.append(Represented(value, share, shown, _index(share, shown)))
    return lines


def _index(
    base: ShareScore, answers: ShareScore | None
) -> tuple[float, float, float] | None:
    """The base is counted, not sampled, so the answers' interval alone counts."""
    if answers is None:
        return None
    return tuple(  # type: ignore[return-value]  # three of three
        index(share, base.value) for share in (answers.value, answers.low, answers.high)
    )


def _margin(cells: Mapping[Cell, int], place: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for cell, n in cells.items():
        found[cell[place]] = found.get(cell[place], 0) + n
    return found
