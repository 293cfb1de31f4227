"""Scores in templates."""

from django import template

from surveys.number_words import points_text, whole

register = template.Library()


@register.filter
def score_text(value: float, kind: str) -> str:
    """NPS with its sign, the others as whole percent, without unit."""
    return points_text(value) if kind == "nps" else str(whole(value))
