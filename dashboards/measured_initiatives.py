"""Initiatives that are done, with their measured effect."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from dashboards.registry import METRICS
from dashboards.report import Table, Value
from dashboards.share_words import difference_text
from dashboards.tiles import DASH
from surveys.metrics import Difference
from teams.models import User
from tickets.initiative_effect import Effect, effect_of
from tickets.models import Initiative

MOST = 5


def initiatives_table(user: User, *, today: date) -> Table:
    """The latest ones that the person may see, a line for each thing measured."""
    done = Initiative.objects.visible_to(user).filter(
        state=Initiative.State.DONE, done_on__isnull=False
    )
    rows = [
        (initiative.title, *measured)
        for initiative in done.order_by("-done_on", "-pk")[:MOST]
        for measured in _measured(effect_of(initiative, user, today=today))
    ]
    return Table(
        _("Initiatives and what they changed"),
        (
            _("Initiative"),
            _("Measured in"),
            _("Change against the other touchpoints"),
        ),
        tuple(rows),
        is_words=True,
    )


def _measured(found: Effect) -> Iterator[tuple[str, str | Value]]:
    if found.refused:
        yield DASH, found.refused
    for score in found.scores:
        change = _value(score.change) if score.change else score.refused
        yield str(METRICS[score.metric].label), change
    if found.causes:
        yield _("Tickets of its causes per 100 answers"), _value(found.causes)


def _value(found: Difference) -> Value:
    return Value(difference_text(found), found.value, found.low, found.high)
