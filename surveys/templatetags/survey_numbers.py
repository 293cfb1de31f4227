"""Scores and shares in templates."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from surveys.number_words import points_text, whole

register = template.Library()


@register.filter
def score_text(value: float, kind: str) -> str:
    """NPS with its sign, the others as whole percent, without unit."""
    return points_text(value) if kind == "nps" else str(whole(value))


@register.filter
def percent(value: float, digits: int = 0) -> str:
    """“12 %”, in the manner of the language; `value` is the percentage."""
    shown = number_format(value, digits) if digits else whole(value)
    return _("%(percent)s %%") % {"percent": shown}
