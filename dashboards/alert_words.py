"""Rules and what they found, as sentences for whoever reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.alert_kinds import BAD_UP_TO, WEEKS
from dashboards.dimensions import DIMENSIONS, Value, names_of
from dashboards.models import AlertRule
from dashboards.registry import METRICS
from dashboards.wording import count_text, percent_text
from surveys.number_words import how_many_points, points_text
from teams.models import User

Found = Mapping[str, Any]


def number_text(metric: str, value: float) -> str:
    """A score in its unit: +12, 41 %."""
    if METRICS[metric].unit == "points":
        return points_text(value)
    return percent_text(value)


def segment_name(user: User, by: str, segment: str) -> str:
    """What the value is called; '' where nothing is told apart."""
    declared = next((d for d in DIMENSIONS.values() if d.key == by), None)
    if declared is None:
        return ""
    if not segment:
        return _("Not stated")
    value: Value = int(segment) if declared.is_number else segment
    return names_of(user, declared.key, [value]).get(value, segment)


def rule_sentence(rule: AlertRule) -> str:
    """When it opens and when it closes again."""
    return _RULES[rule.kind](rule)


def finding_sentence(rule: AlertRule, found: Found) -> str:
    """What was measured, on how many answers, and against what."""
    if found["value"] is None:
        return _("Too few answers to say: n = %(n)s.") % {"n": count_text(found["n"])}
    return _FINDINGS[rule.kind](rule, found)


def short_words(rule: AlertRule, found: Found) -> str:
    """The finding in a few words, for a list or a notice."""
    if rule.kind == AlertRule.Kind.SILENCE:
        return _("%(came)s answers instead of about %(expected)s") % {
            "came": count_text(found["n"]),
            "expected": count_text(round(found["against"] or 0)),
        }
    if rule.kind == AlertRule.Kind.RUN:
        return _("%(bad)s of %(n)s answers bad") % {
            "bad": count_text(int(found["value"] or 0)),
            "n": count_text(found["n"]),
        }
    if found["value"] is None:
        return _("too few answers")
    words = _("%(metric)s %(value)s (%(low)s to %(high)s, n = %(n)s)")
    return words % _measured(rule, found)


def _threshold_rule(rule: AlertRule) -> str:
    return _with_days(
        rule,
        _(
            "Opens when %(metric)s over %(days)s falls below %(level)s, and closes from "
            "%(clear)s on. At least %(least)s answers are needed."
        )
        if rule.direction == AlertRule.Direction.BELOW
        else _(
            "Opens when %(metric)s over %(days)s rises above %(level)s, and closes from "
            "%(clear)s down. At least %(least)s answers are needed."
        ),
    )


def _change_rule(rule: AlertRule) -> str:
    return _with_days(
        rule,
        _(
            "Opens when %(metric)s over %(days)s is significantly lower than over as "
            "many days before (p < 0.05), by %(points)s points or more, and closes when "
            "p is 0.2 or more. At least %(least)s answers are needed on both sides."
        )
        if rule.direction == AlertRule.Direction.BELOW
        else _(
            "Opens when %(metric)s over %(days)s is significantly higher than over as "
            "many days before (p < 0.05), by %(points)s points or more, and closes when "
            "p is 0.2 or more. At least %(least)s answers are needed on both sides."
        ),
    )


def _run_rule(rule: AlertRule) -> str:
    return _with_days(
        rule,
        _(
            "Opens when %(bad)s of the last %(least)s answers to %(metric)s are bad (up "
            "to %(score)s), and closes when at most %(few)s are. Answers older than "
            "%(days)s are not looked at."
        ),
    )


def _silence_rule(rule: AlertRule) -> str:
    return _with_days(
        rule,
        _(
            "Opens when so few answers came in %(days)s as come by chance less than once "
            "in a hundred times (Poisson; expected from the same weekdays of %(weeks)s "
            "weeks before), and closes when it is once in twenty times. Watched where at "
            "least %(least)s are expected."
        ),
    )


def _forecast_rule(rule: AlertRule) -> str:
    return _with_days(
        rule,
        _(
            "Opens when the straight line through the weeks of the last %(days)s says "
            "with 95 %% confidence that %(metric)s will stay below %(level)s on "
            "%(until)s, and closes when it leads to %(clear)s or more. At least 8 weeks "
            "with %(least)s answers each are needed."
        ),
    )


def _with_days(rule: AlertRule, sentence: str) -> str:
    days = ngettext("%(number)d day", "%(number)d days", rule.days)
    return sentence % {
        "metric": METRICS[rule.metric].label,
        "days": days % {"number": rule.days},
        "level": number_text(rule.metric, rule.level),
        "clear": number_text(rule.metric, rule.clear_level),
        "points": f"{rule.level:g}",
        "bad": f"{rule.level:g}",
        "few": f"{rule.clear_level:g}",
        "score": BAD_UP_TO[rule.metric],
        "least": count_text(rule.least),
        "weeks": WEEKS,
        "until": date_format(rule.until) if rule.until else "",
    }


def _threshold_found(rule: AlertRule, found: Found) -> str:
    return _("%(metric)s is %(value)s (%(low)s to %(high)s, n = %(n)s).") % (
        _measured(rule, found)
    )


def _change_found(rule: AlertRule, found: Found) -> str:
    return ngettext(
        "%(metric)s is %(value)s (%(low)s to %(high)s, n = %(n)s), after %(before)s "
        "(n = %(before_n)s): %(change)s point (%(change_low)s to %(change_high)s, "
        "p %(p)s).",
        "%(metric)s is %(value)s (%(low)s to %(high)s, n = %(n)s), after %(before)s "
        "(n = %(before_n)s): %(change)s points (%(change_low)s to %(change_high)s, "
        "p %(p)s).",
        how_many_points(found["change"]),
    ) % (
        _measured(rule, found)
        | {
            "before": number_text(rule.metric, found["against"]),
            "before_n": count_text(found["against_n"]),
            "change": points_text(found["change"]),
            "change_low": points_text(found["change_low"]),
            "change_high": points_text(found["change_high"]),
            "p": _chance(found["p_value"]),
        }
    )


def _run_found(rule: AlertRule, found: Found) -> str:
    return _("%(bad)s of the last %(n)s answers to %(metric)s are bad.") % {
        "bad": count_text(int(found["value"])),
        "n": count_text(found["n"]),
        "metric": METRICS[rule.metric].label,
    }


def _silence_found(rule: AlertRule, found: Found) -> str:
    return _(
        "%(came)s answers came where about %(expected)s were expected; by chance so few "
        "come with p %(p)s."
    ) % {
        "came": count_text(found["n"]),
        "expected": count_text(round(found["against"])),
        "p": _chance(found["p_value"]),
    }


def _forecast_found(rule: AlertRule, found: Found) -> str:
    return _(
        "On %(until)s %(metric)s is expected to be %(value)s (%(low)s to %(high)s), by "
        "the weeks so far (n = %(n)s); the target is %(level)s."
    ) % (
        _measured(rule, found)
        | {
            "until": date_format(rule.until) if rule.until else "",
            "level": number_text(rule.metric, found["against"]),
        }
    )


def _measured(rule: AlertRule, found: Found) -> dict[str, Any]:
    return {
        "metric": METRICS[rule.metric].label,
        "value": number_text(rule.metric, found["value"]),
        "low": number_text(rule.metric, found["low"]),
        "high": number_text(rule.metric, found["high"]),
        "n": count_text(found["n"]),
    }


def _chance(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


_RULES: Mapping[str, Callable[[AlertRule], str]] = {
    AlertRule.Kind.THRESHOLD: _threshold_rule,
    AlertRule.Kind.CHANGE: _change_rule,
    AlertRule.Kind.RUN: _run_rule,
    AlertRule.Kind.SILENCE: _silence_rule,
    AlertRule.Kind.FORECAST: _forecast_rule,
}
_FINDINGS: Mapping[str, Callable[[AlertRule, Found], str]] = {
    AlertRule.Kind.THRESHOLD: _threshold_found,
    AlertRule.Kind.CHANGE: _change_found,
    AlertRule.Kind.RUN: _run_found,
    AlertRule.Kind.SILENCE: _silence_found,
    AlertRule.Kind.FORECAST: _forecast_found,
}
