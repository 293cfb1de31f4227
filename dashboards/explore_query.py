"""What the address of the explorer asks for, beside its filters."""

from dataclasses import dataclass
from typing import Literal, cast

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dashboards.asked import refuse_other_version
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.exploring import COUNT, EXPLORED
from dashboards.report import Impossible

Sort = Literal["n", "value", "difference", "name"]
SORTS: dict[Sort, str | Promise] = {
    "n": gettext_lazy("most answers first"),
    "value": gettext_lazy("worst first"),
    "difference": gettext_lazy("furthest below the others first"),
    "name": pgettext_lazy("sorting", "by name"),
}


@dataclass(frozen=True)
class Asked:
    """`by` is None where the address leaves it to us."""

    metric: str
    by: Dimension | None
    sort: Sort
    words: str
    only_low: bool


def read_asked(query: QueryDict) -> Asked:
    """Raises Impossible with a sentence."""
    metric = metric_in(query)
    by = query.get("by", "")
    if by and by not in DIMENSIONS:
        raise Impossible(_("Answers cannot be told apart by “%(by)s”.") % {"by": by})
    sort = query.get("sort", "")
    return Asked(
        metric,
        cast(Dimension, by) if by else None,
        sort if sort in SORTS else "n",
        query.get("q", "").replace("\0", "").strip()[:100],
        query.get("rows") == "low" and metric != COUNT,
    )


def metric_in(query: QueryDict) -> str:
    """The metric asked for, in a version that is known. Raises Impossible."""
    key = query.get("metric") or "nps"
    if key not in EXPLORED:
        raise Impossible(_("There is no number “%(key)s” to look into.") % {"key": key})
    refuse_other_version(key, query)
    return key
