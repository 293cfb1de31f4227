"""What answers can be told apart by, declared once: its words, and where it is stored.

Journey, stage and owning team are those of the touchpoint today, the account is the
customer's today; the others are as at answer time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Account
from journeys.models import Journey, Stage, Touchpoint
from surveys.models import Response, Survey
from teams.access import scope_condition
from teams.models import Team, User

Dimension = Literal[
    "survey",
    "touchpoint",
    "region",
    "product_line",
    "tier",
    "channel",
    "language",
    "journey",
    "stage",
    "team",
    "account",
]
Value = int | str


@dataclass(frozen=True)
class Declared:
    """`lookup` leads from `surveys.Response` to the value; numbers are primary keys."""

    key: Dimension
    label: str | Promise
    lookup: str
    is_number: bool


DIMENSIONS: Mapping[Dimension, Declared] = {
    declared.key: declared
    for declared in (
        Declared("survey", _("Survey"), "survey_id", True),
        Declared("touchpoint", _("Touchpoint"), "touchpoint_id", True),
        Declared("region", _("Region"), "region", False),
        Declared("product_line", _("Product line"), "product_line", False),
        Declared("tier", _("Tier"), "tier", False),
        Declared("channel", _("Channel"), "channel", False),
        Declared("language", _("Language"), "locale", False),
        Declared("journey", _("Journey"), "touchpoint__stage__journey_id", True),
        Declared(
            "stage", pgettext_lazy("journey", "Stage"), "touchpoint__stage_id", True
        ),
        Declared("team", _("Team"), "touchpoint__team_id", True),
        Declared("account", _("Company"), "customer__account_id", True),
    )
}


def names_of(
    user: User, dimension: Dimension, values: Collection[Value]
) -> dict[Value, str]:
    """What these values are called; those the person may not know of are left out."""
    if dimension == "channel":
        labels = dict(Response.Channel.choices)
        return {value: str(labels.get(str(value), value)) for value in values}
    found = _named(user, dimension)
    if found is None:
        return {value: str(value) for value in values}
    rows = found.filter(pk__in=[value for value in values if value])
    return dict(rows.values_list("pk", "name"))


def _named(user: User, dimension: Dimension) -> QuerySet[Any, Model] | None:
    match dimension:
        case "survey":
            return Survey.objects.visible_to(user)
        case "touchpoint":
            return Touchpoint.objects.filter(scope_condition(user, {"team": "team"}))
        case "journey":
            return Journey.objects.all()
        case "stage":
            return Stage.objects.all()
        case "team":
            return Team.objects.filter(scope_condition(user, {"team": "pk"}))
        case "account":
            return Account.objects.visible_to(user)
    return None
