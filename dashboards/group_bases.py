"""How many answers and customers stand behind groups side by side: what to hide of them.

A group of a dimension is the same that other pages show, so it is hidden as they do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Q, Value, When

from customers.models import Interaction
from dashboards.counting import Counts, Key
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.grouping import Group, Grouping
from dashboards.orders import bounds
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.remainders import GROUP, OF_ANSWERS, Bases, told_apart
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters, answers
from teams.models import User

OF_CUSTOMERS = ("customers", "buyers")
_NAMES = (*SCORES, *OF_CUSTOMERS)
_INSIDE = "inside"


@dataclass(frozen=True)
class Grouped:
    """`currency` of the orders that make a buyer."""

    user: User
    period: Period
    currency: str

    def hidden(
        self, grouping: Grouping, groups: Sequence[Group], filters: Filters
    ) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
        """By score and by OF_CUSTOMERS the keys of groups; what of all together."""
        in_all = self.bases({}).hidden(filters)
        if grouping.key in DIMENSIONS:
            return self._of_dimension(_dimension(grouping), groups, filters), in_all
        if grouping.is_disjoint:
            by_key = {group.key: group.condition for group in groups}
            found = self.bases(by_key).hidden_values(filters, GROUP)
            return {
                name: frozenset(group.key for group in groups if group.key in hidden)
                for name, hidden in found.items()
            }, in_all
        return self._each_alone(groups, filters), in_all

    def _of_dimension(
        self, by: Dimension, groups: Sequence[Group], filters: Filters
    ) -> Mapping[str, frozenset[str]]:
        found = self.bases({}).hidden_values(filters, by)
        values = {group.key: group.value for group in groups}
        return {
            name: frozenset(key for key, value in values.items() if value in hidden)
            for name, hidden in found.items()
        }

    def _each_alone(
        self, groups: Sequence[Group], filters: Filters
    ) -> Mapping[str, frozenset[str]]:
        """Groups that overlap: each against those outside it."""
        found = {
            group.key: self.bases({_INSIDE: group.condition}).hidden_values(
                filters, GROUP
            )
            for group in groups
        }
        return {
            name: frozenset(key for key, of in found.items() if _INSIDE in of[name])
            for name in _NAMES
        }

    def bases(self, groups: Mapping[str, Q]) -> Bases:
        """GROUP tells apart by these conditions."""
        which = Case(
            *(When(condition, then=Value(key)) for key, condition in groups.items()),
            default=Value(""),
            output_field=CharField(),
        )
        sizes = {key: Count("pk", filter=_gave(key)) for key in SCORES} | {
            "customers": Count("customer", distinct=True),
            "buyers": Count("customer", distinct=True, filter=self._has_bought()),
        }
        days = (self.period.start, self.period.end)

        def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
            found = answers(self.user, filters).filter(day__range=days)
            return told_apart(found, by, {**OF_ANSWERS, GROUP: which}, **sizes)

        return Bases(read, _NAMES)

    def _has_bought(self) -> Q:
        since, until = bounds(self.period)
        orders = Interaction.objects.filter(
            kind="order",
            occurred_at__gte=since,
            occurred_at__lt=until,
            currency=self.currency,
            value__isnull=False,
        )
        return Q(customer__in=orders.order_by().values("customer"))


def _gave(score: str) -> Q:
    column = "ces" if score == "ces5" else score
    given = Q(**{f"{column}__isnull": False})
    if column == "ces":
        given &= Q(ces_scale=len(SCORE_COLUMNS[score]))
    return given


def _dimension(grouping: Grouping) -> Dimension:
    return next(dimension for dimension in DIMENSIONS if dimension == grouping.key)
