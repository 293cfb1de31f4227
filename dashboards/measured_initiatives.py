"""Initiatives that are done, with their measured effect."""

from datetime import date

from django.utils.translation import gettext as _

from dashboards.report import Table, Value
from dashboards.share_words import difference_text
from dashboards.tiles import DASH
from surveys.metrics import Difference
from teams.models import User
from tickets.initiative_effect import effect_of
from tickets.models import Initiative

MOST = 5


def initiatives_table(user: User, *, today: date) -> Table:
    """The latest ones that the person may see. Against the other touchpoints."""
    done = Initiative.objects.visible_to(user).filter(
        state=Initiative.State.DONE, done_on__isnull=False
    )
    rows = []
    for initiative in done.order_by("-done_on", "-pk")[:MOST]:
        found = effect_of(initiative, user, today=today)
        score = found.refused or _value(found.score)
        causes = DASH if found.refused else _value(found.causes)
        rows.append((initiative.title, score, causes))
    return Table(
        _("Initiatives and what they changed"),
        (_("Initiative"), _("NPS"), _("Tickets of its causes per 100 answers")),
        tuple(rows),
        is_words=True,
    )


def _value(found: Difference | None) -> str | Value:
    if found is None:
        return DASH
    return Value(difference_text(found), found.value, found.low, found.high)
