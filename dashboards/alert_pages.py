"""What the pages of alerts show, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboards.alert_figures import watched_figure
from dashboards.alert_kinds import Finding
from dashboards.alert_rules import (
    ImpossibleRule,
    Watched,
    filters_of,
    histories,
    query_for,
    watched_by,
)
from dashboards.alert_simulation import looks
from dashboards.alert_words import (
    finding_sentence,
    rule_sentence,
    segment_name,
    short_words,
)
from dashboards.asked import filter_words
from dashboards.explore_links import explore_url
from dashboards.figures import Figure
from dashboards.models import Alert, AlertRule
from surveys.intake import local_day

DRAWN_DAYS = 90


@dataclass(frozen=True)
class Line:
    """An alert in a list. `where`: its segment and the rule's filters."""

    alert: Alert
    where: str
    words: str


@dataclass(frozen=True)
class RuleLine:
    rule: AlertRule
    sentence: str
    where: str
    open_alerts: int


@dataclass(frozen=True)
class Explained:
    """`first` and `last` are what was measured when it opened and lately; the figure is
    None where the rule cannot be looked at any more."""

    rule_words: str
    where: str
    first: str
    last: str
    explore: str
    figure: Figure | None


def lines_of(alerts: Iterable[Alert], *, today: date) -> list[Line]:
    return [
        Line(
            alert,
            where_of(alert.rule, alert.segment, today=today),
            short_words(alert.rule, alert.finding),
        )
        for alert in alerts
    ]


def rule_lines_of(rules: Iterable[AlertRule], *, today: date) -> list[RuleLine]:
    """`rules` carry `open_alerts`."""
    return [
        RuleLine(
            rule,
            rule_sentence(rule),
            where_of(rule, None, today=today),
            getattr(rule, "open_alerts", 0),
        )
        for rule in rules
    ]


def explain(alert: Alert, *, at: datetime) -> Explained:
    rule = alert.rule
    last = local_day(alert.closed_at or at)
    query = query_for(rule, alert.segment)
    query["period"] = "custom"
    query["since"] = (last - timedelta(days=rule.days - 1)).isoformat()
    query["until"] = last.isoformat()
    return Explained(
        rule_words=rule_sentence(rule),
        where=where_of(rule, alert.segment, today=local_day(at)),
        first=finding_sentence(rule, alert.first_finding),
        last=finding_sentence(rule, alert.last_finding),
        explore=explore_url(query),
        figure=_figure(alert, last),
    )


def where_of(rule: AlertRule, segment: str | None, *, today: date) -> str:
    """“Touchpoint: Support call · Region: North”; the segment None: of all of them."""
    try:
        words = filter_words(
            rule.owner, filters_of(rule.query, rule.owner, today=today)
        )
    except ImpossibleRule as problem:
        words = [str(problem)]
    if segment is not None and rule.by:
        words.insert(0, segment_name(rule.owner, rule.by, segment))
    return " · ".join(words) or _("All answers")


def _figure(alert: Alert, last: date) -> Figure | None:
    rule = alert.rule
    try:
        watched = watched_by(rule, today=last)
        seen = _seen(alert, watched, last)
    except ImpossibleRule:
        return None
    marks = [(local_day(alert.opened_at), _("opened"))]
    if alert.closed_at:
        marks.append((local_day(alert.closed_at), pgettext("alert", "closed")))
    known = [(day, said) for day, said in marks if day in seen]
    return watched_figure(rule, seen, known, key="alert")


def _seen(alert: Alert, watched: Watched, last: date) -> dict[date, Finding | None]:
    first = last - timedelta(days=DRAWN_DAYS - 1)
    since = first - timedelta(days=watched.condition.lookback - 1)
    found = histories(alert.rule.owner, watched, since=since, until=last)
    if watched.condition.kind != "change":
        found = {s: h for s, h in found.items() if str(s) == alert.segment}
    seen = looks(watched.condition, found, first=first, last=last)
    return {
        day: next((f for s, f in findings.items() if str(s) == alert.segment), None)
        for day, findings in seen.items()
    }
