"""Deadlines and states of tickets in words and tones."""

from datetime import datetime, timedelta

from django import template

from surveys.templatetags.survey_numbers import percent
from tickets import time_left, tones

register = template.Library()

register.filter("status_tone", tones.status_tone)
register.filter("priority_tone", tones.priority_tone)
register.filter("clock_tone", tones.clock_tone)
register.simple_tag(time_left.words, name="time_left_words")


@register.inclusion_tag("tickets/_time_left.html")
def time_left_until(due_at: datetime, now: datetime) -> dict[str, object]:
    """A deadline that keeps counting while the page is open."""
    return {
        "due_at": due_at,
        "words": time_left.time_left(due_at, at=now),
        "tone": tones.due_tone(due_at, at=now),
    }


@register.filter
def minutes(count: int) -> str:
    """A number of minutes of working time as hours and minutes."""
    return time_left.working_time(timedelta(minutes=count))


@register.filter
def span(time: timedelta) -> str:
    """A length of working time as hours and minutes."""
    return time_left.working_time(time) or time_left.duration(time)


@register.filter
def span_until(start: datetime, end: datetime) -> str:
    return span(end - start)


@register.filter
def share_in_percent(share: float) -> str:
    """A share of one, in whole percent."""
    return percent(share * 100)
