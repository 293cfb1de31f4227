"""Two groups read from an address: `a.` and `b.` before a filter say whose it is.

Filters without a prefix are both groups'. The second group is one of its own, all the
others that the common filters leave, or the first one in the period before.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.sections import CARRIED
from teams.models import User

Against = Literal["group", "rest", "before"]
AGAINST: dict[Against, str | Promise] = {
    "rest": _("All the others"),
    "group": _("A second group of your choice"),
    "before": _("The same group in the period before"),
}
_PERIOD = ("period", "since", "until")


class SideForm(FilterForm):
    """The filters of one group, under names of its own."""

    def __init__(
        self, query: QueryDict, *, side: str, user: User, today: date, **more: Any
    ) -> None:
        self.side = side
        asked = side_query(query, side)
        for name, values in list(asked.lists()):
            asked.setlist(f"{side}.{name}", list(values))
        super().__init__(asked, user=user, today=today, auto_id=f"id_{side}_%s", **more)
        # The form puts the company's name for its number, under the plain name.
        asked[f"{side}.account"] = self.data.get("account", "")
        self.data = asked

    def add_prefix(self, field_name: str) -> str:
        return f"{self.side}.{field_name}"


@dataclass(frozen=True)
class Asked:
    """Both forms, and what the first group is compared with."""

    first: SideForm
    second: SideForm
    common: FilterForm
    against: Against

    @property
    def is_valid(self) -> bool:
        forms = (self.first, self.second) if self.against == "group" else (self.first,)
        return all(form.is_valid() for form in (*forms, self.common))


def read_compared(query: QueryDict, *, user: User, today: date) -> Asked:
    against = query.get("against", "")
    return Asked(
        SideForm(query, side="a", user=user, today=today),
        SideForm(query, side="b", user=user, today=today),
        FilterForm(side_query(query, ""), user=user, today=today),
        against if against in AGAINST else _likely(query),
    )


def side_query(query: QueryDict, side: str) -> QueryDict:
    """One group's filters under their plain names, the common ones among them.

    A side that says anything of its period says all of it.
    """
    asked = QueryDict(mutable=True)
    own_period = any(query.get(f"{side}.{name}") for name in _PERIOD)
    for name in CARRIED:
        own = query.getlist(f"{side}.{name}") if side else []
        common = [] if own_period and name in _PERIOD else query.getlist(name)
        if own or common:
            asked.setlist(name, own or common)
    asked.setdefault("period", DEFAULT_PRESET)
    return asked


def _likely(query: QueryDict) -> Against:
    return "group" if any(name.startswith("b.") for name in query) else "rest"
