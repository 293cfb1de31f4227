"""Words and looks of gestures."""

from decimal import Decimal

from django import template

from tickets import recoveries
from tickets.models import Recovery

register = template.Library()

_TONES = {
    Recovery.State.ASKED: "warning",
    Recovery.State.APPROVED: "info",
    Recovery.State.GIVEN: "good",
    Recovery.State.REFUSED: "bad",
}


@register.filter
def money(amount: Decimal) -> str:
    """In the company's currency."""
    return recoveries.money(amount)


@register.filter
def recovery_tone(state: str) -> str:
    return _TONES.get(Recovery.State(state), "")
