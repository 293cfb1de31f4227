"""Customers by what they last said: content, in between, or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Scale = Literal["nps", "csat", "ces", "ces5"]
GroupKey = Literal["high", "middle", "low", "none"]
GROUP_KEYS: tuple[GroupKey, ...] = ("high", "middle", "low", "none")


@dataclass(frozen=True)
class Grouping:
    """`column` of `surveys.Response`, on a scale of `points`; from `high` on one is
    content, up to `low` not. The same bottom groups as the rules a company begins with."""

    label: str | Promise
    column: str
    points: int | None
    high: int
    low: int
    names: Mapping[GroupKey, str | Promise]


NOT_ASKED = _("no score before the period")


def _names(
    high: str | Promise, middle: str | Promise, low: str | Promise
) -> Mapping[GroupKey, str | Promise]:
    return {"high": high, "middle": middle, "low": low, "none": NOT_ASKED}


_EFFORT = _names(_("easy"), _("in between"), _("hard"))
GROUPINGS: Mapping[Scale, Grouping] = {
    "nps": Grouping(
        _("NPS"),
        "nps",
        None,
        9,
        6,
        _names(_("promoters"), _("passives"), _("detractors")),
    ),
    "csat": Grouping(
        _("CSAT"),
        "csat",
        None,
        4,
        2,
        _names(_("satisfied"), _("neutral"), _("dissatisfied")),
    ),
    "ces": Grouping(_("CES (scale 1–7)"), "ces", 7, 5, 3, _EFFORT),
    "ces5": Grouping(_("CES (scale 1–5)"), "ces", 5, 4, 2, _EFFORT),
}
