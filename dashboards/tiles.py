"""Tiles: one number in words, with its base, its change and how it is computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.exploring import EXPLORED
from dashboards.home import Overview, Rest
from dashboards.metric import Metric, Source, Unit
from dashboards.results import Amount, Counted, Measured, Median, Result
from dashboards.wording import (
    amount_text,
    count_text,
    n_text,
    percent_text,
    said_once,
)
from surveys.metrics import (
    NpsScore,
    RatingScore,
    Score,
    ShareScore,
)
from surveys.number_words import points_text, whole
from teams.access import can
from teams.models import User
from teams.roles import Ability

Tone = Literal["good", "bad", "neutral"]
Fact = tuple[str, str | Promise]

DASH = "–"
# Which tickets a tile leads to, for those who work on them.
_TABS = {"open_tickets": "all", "overdue_tickets": "overdue"}
# The page that says why, by what a number is made of.
_CAUSES: Mapping[Source, str] = {
    "loop": "closed_loop",
    "recovery": "closed_loop",
    "tickets": "closed_loop",
    "invitations": "reach",
    "orders": "value",
    "costs": "value",
    "comments": "comments",
}


@dataclass(frozen=True)
class Change:
    """`arrow` is empty unless the change is statistically significant."""

    words: str
    arrow: Literal["up", "down", ""] = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Tile:
    """`facts`: how the value is computed, as terms and descriptions in HTML. `aim` says
    how it stands to its target, if it has one."""

    metric: Metric
    value: str
    base: str
    interval: str = ""
    change: Change | None = None
    note: str = ""
    url: str = ""
    facts: SafeString = SafeString()
    aim: Change | None = None
    is_hidden: bool = False

    @cached_property
    def label(self) -> str:
        return str(self.metric.label)

    @property
    def is_explored(self) -> bool:
        """There is a page that tells it apart."""
        return self.metric.key in EXPLORED

    @cached_property
    def cause_url(self) -> str:
        """The page that says why; "" where there is none."""
        name = "explore" if self.is_explored else _CAUSES.get(self.metric.source)
        return reverse(f"dashboards:{name}") if name else ""


def answer_tiles(overview: Overview) -> list[Tile]:
    """What customers say."""
    return _aimed(overview.said, overview.targets)


def reach_tiles(rest: Rest) -> list[Tile]:
    """Who answers, and who stays."""
    return _aimed(rest.reach, rest.targets)


def loop_tiles(overview: Overview, user: User) -> list[Tile]:
    """What is done about it."""
    targets = overview.targets
    return [
        tile_of(result, target=targets.get(key), url=_tickets_url(user, key))
        for key, result in overview.done.items()
    ]


def _aimed(results: Mapping[str, Result], targets: Mapping[str, float]) -> list[Tile]:
    return [tile_of(result, target=targets.get(key)) for key, result in results.items()]


def tile_of(result: Result, *, target: float | None = None, url: str = "") -> Tile:
    """Any measured number as a tile; `target` is in the metric's unit."""
    aim = _aim(result, target) if target is not None else None
    match result:
        case Measured():
            return _measured(result, aim, url)
        case Counted():
            return _counted(result, aim, url)
    return _quantity(result, aim, url)


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


def hidden_note() -> str:
    return _("Too few answers: hidden, to protect people.")


def _measured(measured: Measured, aim: Change | None, url: str) -> Tile:
    notes = []
    if measured.is_hidden:
        notes.append(hidden_note())
    elif measured.is_low_base:
        notes.append(low_base_note())
    if measured.waiting:
        notes.append(
            ngettext(
                "%(number)s more is not due yet.",
                "%(number)s more are not due yet.",
                measured.waiting,
            )
            % {"number": count_text(measured.waiting)}
        )
    return Tile(
        measured.metric,
        value_text(measured),
        _base(measured.n),
        _interval(interval_text(measured)),
        _change(measured),
        " ".join(notes),
        url,
        _facts(_score_facts(measured.score)) + _definition(measured.metric),
        aim,
        measured.is_hidden,
    )


def _quantity(result: Median | Amount, aim: Change | None, url: str) -> Tile:
    value = DASH
    if result.value is not None:
        value = quantity_text(result, result.value)
    elif result.is_hidden:
        value = _("hidden")
    base = _base(result.n)
    if result.metric.unit == "minutes":
        base = _("%(base)s · working time") % {"base": base}
    interval = ""
    if result.low is not None and result.high is not None:
        interval = _("%(low)s to %(high)s") % {
            "low": quantity_text(result, result.low),
            "high": quantity_text(result, result.high),
        }
    return Tile(
        result.metric,
        value,
        base,
        _interval(interval),
        _quantity_change(result),
        hidden_note() if result.is_hidden else "",
        url,
        _definition(result.metric),
        aim,
        result.is_hidden,
    )


def quantity_text(result: Median | Amount, value: float) -> str:
    currency = result.currency if isinstance(result, Amount) else ""
    return amount_text(result.metric.unit, value, currency=currency)


def _counted(counted: Counted, aim: Change | None, url: str) -> Tile:
    live = counted.before is None
    return Tile(
        counted.metric,
        count_text(counted.value),
        _("right now") if live else _("in this period"),
        change=_count_change(counted),
        url=url,
        facts=_definition(counted.metric),
        aim=aim,
    )


def _base(n: int) -> str:
    return _("n = %(n)s") % {"n": n_text(n)} if n else _("no data yet")


@said_once
def _range(unit: Unit, low: int, high: int) -> str:
    return _("%(low)s to %(high)s") % {
        "low": _number(unit, low),
        "high": _number(unit, high),
    }


@said_once
def _number(unit: Unit, value: int) -> str:
    return points_text(value) if unit == "points" else percent_text(value)


def _interval(words: str) -> str:
    return _("95 %% interval: %(interval)s") % {"interval": words} if words else ""


def _aim(result: Result, target: float) -> Change:
    """Whether the target is reached; clearly so only where the interval says it."""
    unit = result.metric.unit
    words = {"target": amount_text(unit, target)}
    value, low, high = _ends(result)
    if value is None or low is None or high is None:
        return Change(_("Target: %(target)s") % words)
    if result.metric.better == "lower":
        value, low, high, target = -value, -high, -low, -target
    if low >= target:
        return Change(_("Target %(target)s: reached") % words, tone="good")
    if high < target:
        return Change(_("Target %(target)s: missed") % words, tone="bad")
    if value >= target:
        return Change(_("Target %(target)s: reached, but not clearly") % words)
    return Change(_("Target %(target)s: missed, but not clearly") % words)


def _ends(result: Result) -> tuple[float | None, float | None, float | None]:
    match result:
        case Measured(score=None):
            return None, None, None
        case Measured(score=Score() as score):
            return score.value, score.low, score.high
        case Counted():
            return result.value, result.value, result.value
        case Median() | Amount():
            return result.value, result.low, result.high
    raise TypeError(result)


def _change(measured: Measured) -> Change | None:
    change = measured.change
    if change is None:
        return None
    points = abs(whole(change.value))
    if not change.is_significant:
        return Change(
            ngettext(
                "No clear change (%(points)s point) since the period before",
                "No clear change (%(points)s points) since the period before",
                points,
            )
            % {"points": points_text(change.value)}
        )
    up = change.value > 0
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
        _tone(measured.metric, up=up),
    )


def _quantity_change(result: Median | Amount) -> Change | None:
    if result.value is None or result.before is None:
        return None
    before = quantity_text(result, result.before)
    words = _("%(value)s in the period before") % {"value": before}
    change = result.change if isinstance(result, Median) else None
    is_clear = change.is_significant if change else False
    if isinstance(result, Amount):
        is_clear = result.is_clear
    if not is_clear or result.value == result.before:
        return Change(words)
    up = result.value > result.before
    return Change(words, "up" if up else "down", _tone(result.metric, up=up))


def _tone(metric: Metric, *, up: bool) -> Tone:
    if metric.better == "neither":
        return "neutral"
    return "good" if up == (metric.better == "higher") else "bad"


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
            (_("Interval"), metric.interval),
            (_("Counted by"), metric.grain),
            (_("Definition"), _("version %(version)d") % {"version": metric.version}),
        ]
    )


def _facts(facts: Iterable[Fact]) -> SafeString:
    return format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts)


def _tickets_url(user: User, key: str) -> str:
    if key not in _TABS or not can(user, Ability.WORK_TICKETS):
        return ""
    return f"{reverse('tickets:list')}?tab={_TABS[key]}"
