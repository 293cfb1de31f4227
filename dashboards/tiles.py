"""Tiles: one number in words, with its base, its change and how it is computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.registry import Metric, Unit
from dashboards.series import Counted, InTime, Measured, Median, Overview
from dashboards.wording import count_text, minutes_text, percent_text, said_once
from surveys.metrics import HIDDEN_BELOW, NpsScore, RatingScore, Score, ShareScore
from surveys.number_words import points_text, whole
from teams.access import can
from teams.models import User
from teams.roles import Ability

Tone = Literal["good", "bad", "neutral"]
Fact = tuple[str, str | Promise]

DASH = "–"


@dataclass(frozen=True)
class Change:
    """`arrow` is empty unless the change is statistically significant."""

    words: str
    arrow: Literal["up", "down", ""] = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Tile:
    """`facts`: how the value is computed, as terms and descriptions in HTML."""

    metric: Metric
    value: str
    base: str
    interval: str = ""
    change: Change | None = None
    note: str = ""
    url: str = ""
    facts: SafeString = SafeString()

    @cached_property
    def label(self) -> str:
        return str(self.metric.label)


def answer_tiles(overview: Overview) -> list[Tile]:
    return [*map(_measured, overview.scores), _counted(overview.answers)]


def loop_tiles(overview: Overview, user: User) -> list[Tile]:
    loop = overview.loop
    return [
        _counted(overview.open_tickets, url=_tickets_url(user)),
        _counted(overview.overdue_tickets, url=_tickets_url(user, tab="overdue")),
        _in_time(loop.contact),
        _in_time(loop.resolution),
        _median(loop.contact_minutes),
        _median(loop.resolution_minutes),
    ]


def value_text(measured: Measured) -> str:
    if measured.score is None:
        return _("hidden") if measured.is_hidden else DASH
    return _number(measured.metric.unit, whole(measured.score.value))


def interval_text(measured: Measured) -> str:
    """The 95 % interval; empty where the value is not shown."""
    if measured.score is None:
        return ""
    low, high = whole(measured.score.low), whole(measured.score.high)
    return _range(measured.metric.unit, low, high)


def low_base_note() -> str:
    return _("Low base: read with care.")


def _measured(measured: Measured, *, note: str = "") -> Tile:
    if measured.is_hidden:
        note = _("Fewer than %(least)d: hidden, to protect people.") % {
            "least": HIDDEN_BELOW
        }
    elif measured.is_low_base:
        note = " ".join(filter(None, [low_base_note(), note]))
    return Tile(
        measured.metric,
        value_text(measured),
        _("n = %(n)s") % {"n": count_text(measured.n)},
        _interval(measured),
        _change(measured),
        note,
        facts=_facts(_score_facts(measured.score)) + _definition(measured.metric),
    )


def _in_time(in_time: InTime) -> Tile:
    waiting = ""
    if in_time.waiting:
        waiting = ngettext(
            "%(number)s more is not due yet.",
            "%(number)s more are not due yet.",
            in_time.waiting,
        ) % {"number": count_text(in_time.waiting)}
    return _measured(in_time.share, note=waiting)


def _median(median: Median) -> Tile:
    value, note = DASH, ""
    if median.minutes is not None:
        value = minutes_text(median.minutes)
    elif median.is_hidden:
        value = _("hidden")
        note = _("Fewer than %(least)d: hidden, to protect people.") % {
            "least": HIDDEN_BELOW
        }
    base = _("n = %(n)s · working time") % {"n": count_text(median.n)}
    return Tile(
        median.metric,
        value,
        base,
        change=_median_change(median),
        note=note,
        facts=_definition(median.metric),
    )


def _counted(counted: Counted, *, url: str = "") -> Tile:
    live = counted.before is None
    return Tile(
        counted.metric,
        count_text(counted.value),
        _("right now") if live else _("in this period"),
        change=_count_change(counted),
        url=url,
        facts=_definition(counted.metric),
    )


@said_once
def _range(unit: Unit, low: int, high: int) -> str:
    return _("%(low)s to %(high)s") % {
        "low": _number(unit, low),
        "high": _number(unit, high),
    }


@said_once
def _number(unit: Unit, value: int) -> str:
    return points_text(value) if unit == "points" else percent_text(value)


def _interval(measured: Measured) -> str:
    if measured.score is None:
        return ""
    return _("95 %% interval: %(interval)s") % {"interval": interval_text(measured)}


def _change(measured: Measured) -> Change | None:
    change = measured.change
    if change is None:
        return None
    points = abs(whole(change.value))
    if not change.is_significant:
        return Change(
            _("No clear change (%(points)s points) since the period before")
            % {"points": points_text(change.value)}
        )
    up = change.value > 0
    good = up == (measured.metric.better == "higher")
    words = (
        ngettext(
            "%(points)d point higher than the period before",
            "%(points)d points higher than the period before",
            points,
        )
        if up
        else ngettext(
            "%(points)d point lower than the period before",
            "%(points)d points lower than the period before",
            points,
        )
    )
    return Change(
        words % {"points": points},
        "up" if up else "down",
        "good" if good else "bad",
    )


def _median_change(median: Median) -> Change | None:
    if median.minutes is None or median.before is None:
        return None
    difference = median.minutes - median.before
    words = _("as long as in the period before")
    if whole(difference) > 0:
        words = _("%(time)s longer than in the period before")
    elif whole(difference) < 0:
        words = _("%(time)s shorter than in the period before")
    return Change(words % {"time": minutes_text(abs(difference))})


def _count_change(counted: Counted) -> Change | None:
    if counted.before is None:
        return None
    return Change(
        _("%(number)s in the period before") % {"number": count_text(counted.before)}
    )


def _score_facts(score: Score | None) -> tuple[Fact, ...]:
    if isinstance(score, NpsScore):
        groups = _(
            "%(promoters)s promoters, %(passives)s passives, %(detractors)s detractors"
        ) % {
            "promoters": count_text(score.promoters),
            "passives": count_text(score.passives),
            "detractors": count_text(score.detractors),
        }
        return ((_("Counted"), groups),)
    if not isinstance(score, ShareScore):
        return ()
    counted = _("%(part)s of %(n)s") % {
        "part": count_text(score.top),
        "n": count_text(score.n),
    }
    facts: list[Fact] = [(_("Counted"), counted)]
    if isinstance(score, RatingScore):
        facts.append((_("Mean"), f"{score.mean:.2f}"))
    return tuple(facts)


@said_once
def _definition(metric: Metric) -> SafeString:
    return _facts(
        [
            (_("Formula"), metric.formula),
            (_("Numerator"), metric.numerator),
            (_("Denominator"), metric.denominator),
            (_("Counted by"), metric.grain),
            (_("Definition"), _("version %(version)d") % {"version": metric.version}),
        ]
    )


def _facts(facts: Iterable[Fact]) -> SafeString:
    return format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts)


def _tickets_url(user: User, *, tab: str = "all") -> str:
    if not can(user, Ability.WORK_TICKETS):
        return ""
    return f"{reverse('tickets:list')}?tab={tab}"
