"""The scores that an initiative's effect is made of."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from surveys.metrics import NpsScore
from surveys.number_words import MINUS, points_text
from surveys.templatetags.survey_numbers import percent
from tickets.initiative_effect import Part

register = template.Library()


@register.filter
def signed(value: float | Decimal) -> str:
    """Points with their sign and one decimal: +4.5, −7.0."""
    return f"{MINUS if value < 0 else '+'}{number_format(abs(float(value)), 1)}"


@register.filter
def score_words(part: Part) -> str:
    """The value and its interval, and whether it rests on few answers."""
    score = part.score
    if score is None:
        return _("hidden") if part.n else "–"
    say = points_text if isinstance(score, NpsScore) else percent
    words = _("%(value)s (%(low)s to %(high)s)") % {
        "value": say(score.value),
        "low": say(score.low),
        "high": say(score.high),
    }
    return _("%(words)s · low base") % {"words": words} if score.is_low_base else words
