"""What a rule measures, drawn day by day with its limit."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.alert_kinds import Finding
from dashboards.alert_words import number_text
from dashboards.figures import Figure
from dashboards.models import AlertRule
from dashboards.registry import METRICS
from dashboards.wording import count_text

Kind = AlertRule.Kind


def watched_figure(
    rule: AlertRule,
    findings: Mapping[date, Finding | None],
    marks: Sequence[tuple[date, str]] = (),
    *,
    key: str = "simulation",
) -> Figure:
    """A line for what was measured and one for what it is held against."""
    days = sorted(findings)
    seen = [findings[day] for day in days]
    labels = [date_format(day, "SHORT_DATE_FORMAT") for day in days]
    title = _title(rule)
    return Figure(
        key=key,
        kind="line",
        title=title,
        caption=title,
        data={
            "labels": labels,
            "series": [_measured(rule, seen), _against(rule, seen)],
            "marks": [{"at": days.index(day), "label": said} for day, said in marks],
            "unit": _unit(rule),
            "fromZero": rule.kind in (Kind.RUN, Kind.SILENCE),
        },
        columns=(_("Day"), _name(rule), _("95 % interval"), _against_name(rule), "n"),
        rows=tuple(
            (label, *_row(rule, finding))
            for label, finding in zip(labels, seen, strict=True)
        ),
        file_labels=tuple(day.isoformat() for day in days),
    )


def _measured(rule: AlertRule, seen: Sequence[Finding | None]) -> dict[str, Any]:
    series: dict[str, Any] = {
        "name": _name(rule),
        "values": [_value(finding) for finding in seen],
    }
    if rule.kind not in (Kind.RUN, Kind.SILENCE):
        series["low"] = [f.low if f else None for f in seen]
        series["high"] = [f.high if f else None for f in seen]
    return series


def _against(rule: AlertRule, seen: Sequence[Finding | None]) -> dict[str, Any]:
    return {
        "name": _against_name(rule),
        "values": [finding.against if finding else None for finding in seen],
    }


def _value(finding: Finding | None) -> float | None:
    return finding.value if finding else None


def _row(rule: AlertRule, finding: Finding | None) -> tuple[str, str, str, str]:
    if finding is None:
        return "–", "", "", "0"
    interval = ""
    if finding.low is not None and finding.high is not None:
        interval = _("%(low)s to %(high)s") % {
            "low": _text(rule, finding.low),
            "high": _text(rule, finding.high),
        }
    return (
        _text(rule, finding.value),
        interval,
        _text(rule, finding.against),
        count_text(finding.n),
    )


def _text(rule: AlertRule, value: float | None) -> str:
    if value is None:
        return "–"
    if rule.kind in (Kind.RUN, Kind.SILENCE):
        return count_text(round(value))
    return number_text(rule.metric, value)


def _unit(rule: AlertRule) -> str:
    if rule.kind in (Kind.RUN, Kind.SILENCE):
        return ""
    return METRICS[rule.metric].unit


def _title(rule: AlertRule) -> str:
    return _("%(what)s, as it was on each day") % {"what": _name(rule)}


def _name(rule: AlertRule) -> str:
    if rule.kind == Kind.SILENCE:
        return _("Answers that came")
    if rule.kind == Kind.RUN:
        return _("Bad answers")
    label = str(METRICS[rule.metric].label)
    if rule.kind == Kind.FORECAST:
        return _("%(metric)s expected in the end") % {"metric": label}
    return label


def _against_name(rule: AlertRule) -> str:
    return {
        Kind.THRESHOLD: _("Limit"),
        Kind.CHANGE: _("The period before"),
        Kind.RUN: _("Limit"),
        Kind.SILENCE: _("Answers expected"),
        Kind.FORECAST: _("Target"),
    }[Kind(rule.kind)]
