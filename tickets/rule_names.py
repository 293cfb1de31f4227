"""What the rules of a list refer to, by id: read once for a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from customers.conditions import Fields
from journeys.models import Touchpoint
from teams.models import Team, User
from tickets.models import SlaPolicy
from tickets.rule_fields import offered_fields


@dataclass(frozen=True)
class Known:
    teams: Mapping[int, Team]
    people: Mapping[int, User]
    policies: Mapping[int, SlaPolicy]
    fields: Fields
    touchpoints: frozenset[str]


def known() -> Known:
    touchpoints = list(Touchpoint.objects.in_order())
    return Known(
        teams=Team.objects.select_related("working_hours").in_bulk(),
        people=User.objects.in_bulk(),
        policies=SlaPolicy.objects.prefetch_related("targets").in_bulk(),
        fields=offered_fields(touchpoints),
        touchpoints=frozenset(spot.key for spot in touchpoints),
    )
