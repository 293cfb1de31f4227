"""Alerts opened, told of, put off, acted on and closed.

A look at a rule measures in its owner's scope, in a transaction of its own, and only
where answers were folded or a day has begun since the last look.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dashboards import answer_rollup
from dashboards.alert_kinds import Finding, look
from dashboards.alert_rules import (
    ImpossibleRule,
    condition_of,
    histories,
    is_quiet,
    next_step,
    watched_by,
)
from dashboards.alert_words import segment_name, short_words
from dashboards.dimensions import Value
from dashboards.models import Alert, AlertRule, AnswerCell, FillState, Shape
from dashboards.selection import Filters
from events import outbox
from journeys.models import Touchpoint
from surveys.intake import local_day
from teams.access import can
from teams.models import Team, User
from teams.notices import notify
from teams.roles import Ability
from tickets import initiatives
from tickets.models import IllegalAct, Initiative, RootCause

log = logging.getLogger("cem.dashboards")

# What tells one state of the answers from another, by the fields of a rule.
Stamp = Mapping[str, Any]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_SNOOZE = timedelta(days=90)


def look_at_rules(*, at: datetime) -> int:
    """Look at every rule whose answers may have changed; how many were looked at.

    A rule that fails says so on its page and is tried again with the next answers; it
    keeps nobody else waiting.
    """
    stamp = _stamp(at)
    due = AlertRule.objects.filter(is_on=True).exclude(**stamp)
    looked = 0
    for rule_id in due.order_by("looked_at", "pk").values_list("pk", flat=True):
        try:
            looked += look_at_rule(rule_id, stamp=stamp, at=at)
        except ImpossibleRule as problem:
            _note(rule_id, str(problem), stamp=stamp, at=at)
        except Exception:
            log.exception("The alert rule %s could not be looked at.", rule_id)
            problem_words = _("It failed; the log says why.")
            _note(rule_id, problem_words, stamp=stamp, at=at)
    return looked


@transaction.atomic
def look_at_rule(rule_id: int, *, stamp: Stamp, at: datetime) -> bool:
    """False where another look holds it, or it is off. Raises ImpossibleRule."""
    rule = _held(rule_id)
    if rule is None:
        return False
    if not can(rule.owner, Ability.SEE_DASHBOARDS):
        raise ImpossibleRule(_("Its owner may not see dashboards any more."))
    today = local_day(at)
    watched = watched_by(rule, today=today)
    since = today - timedelta(days=watched.condition.lookback - 1)
    found = look(
        watched.condition,
        histories(rule.owner, watched, since=since, until=today),
        day=today,
    )
    _follow(rule, watched.filters, {str(s): f for s, f in found.items()}, at=at)
    _note(rule_id, "", stamp=stamp, at=at)
    return True


def tell_waiting(*, at: datetime) -> None:
    """Tell of what opened in quiet hours, and of what was put off until now."""
    for alert in _open_alerts().filter(told_at__isnull=True):
        with transaction.atomic():
            held = Alert.objects.select_for_update().get(pk=alert.pk)
            if held.is_open and held.told_at is None:
                _tell(held, alert.rule, at=at)
    for alert in _open_alerts().filter(snoozed_until__lte=at):
        with transaction.atomic():
            _wake(alert, at=at)


@transaction.atomic
def acknowledge(alert: Alert, *, by: User, at: datetime) -> None:
    """Somebody has seen it and sees to it; the first one counts."""
    _hold(alert)
    if alert.acknowledged_at is not None:
        return
    alert.acknowledged_at, alert.acknowledged_by = at, by
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    _record("alert.acknowledged", alert, by=by, at=at)


@transaction.atomic
def snooze(alert: Alert, *, until: datetime, by: User, at: datetime) -> None:
    """Put it off: it is out of the way until then, and told of again. IllegalAct."""
    _hold(alert)
    if not alert.is_open:
        raise IllegalAct(_("It is closed already."))
    if not at < until <= at + LONGEST_SNOOZE:
        raise IllegalAct(_("Choose a day within the next 90 days."))
    alert.snoozed_until, alert.snoozed_by = until, by
    alert.save(update_fields=["snoozed_until", "snoozed_by"])
    _record("alert.snoozed", alert, by=by, at=at, until=until.isoformat())


@transaction.atomic
def unsnooze(alert: Alert, *, by: User, at: datetime) -> None:
    """Back to the open ones; nothing where it is not put off."""
    _hold(alert)
    if alert.snoozed_until is None:
        return
    alert.snoozed_until = alert.snoozed_by = None
    alert.save(update_fields=["snoozed_until", "snoozed_by"])
    _record("alert.unsnoozed", alert, by=by, at=at)


@transaction.atomic
def begin_initiative(
    alert: Alert,
    initiative: Initiative,
    *,
    causes: Iterable[RootCause],
    touchpoints: Iterable[Touchpoint],
    by: User,
    at: datetime,
) -> None:
    """Store a new initiative that came from it; who begins it has seen it. IllegalAct."""
    _hold(alert)
    if alert.initiative_id is not None:
        raise IllegalAct(_("An initiative was begun from it already."))
    initiatives.save(initiative, causes=causes, touchpoints=touchpoints, by=by, at=at)
    alert.initiative = initiative
    alert.save(update_fields=["initiative"])
    _record("alert.initiative_begun", alert, by=by, at=at, initiative=initiative.pk)
    acknowledge(alert, by=by, at=at)


@transaction.atomic
def save_rule(
    rule: AlertRule,
    *,
    people: Iterable[User],
    teams: Iterable[Team],
    by: User,
    at: datetime,
) -> None:
    """Store a new or a changed rule; it is looked at with the next round.

    What a rule had opened closes when it watches something else from now on.
    """
    before = AlertRule.objects.select_for_update().filter(pk=rule.pk).first()
    if before is None:
        rule.owner, rule.created_at = by, at
    is_other = before is None or _asks(before) != _asks(rule)
    if is_other:
        rule.changed_at = at
    _forget_look(rule)
    rule.save()
    rule.people.set(people)
    rule.teams.set(teams)
    name = "alert_rule.changed" if before else "alert_rule.added"
    _record_rule(name, rule, by=by, at=at)
    if is_other:
        _close_all(rule, at=at)


@transaction.atomic
def turn(rule: AlertRule, *, is_on: bool, by: User, at: datetime) -> None:
    """On or off; off closes what is open. The same again changes nothing."""
    held = AlertRule.objects.select_for_update().get(pk=rule.pk)
    if held.is_on == is_on:
        return
    rule.is_on, rule.changed_at = is_on, at
    _forget_look(rule)
    rule.save(update_fields=["is_on", "changed_at", "looked_on", "failure"])
    name = "alert_rule.turned_on" if is_on else "alert_rule.turned_off"
    _record_rule(name, rule, by=by, at=at)
    if not is_on:
        _close_all(rule, at=at)


@transaction.atomic
def delete_rule(rule: AlertRule, *, by: User, at: datetime) -> None:
    """With every alert it ever opened."""
    _record_rule("alert_rule.deleted", rule, by=by, at=at)
    rule.delete()


def readers_of(alert: Alert, rule: AlertRule) -> list[User]:
    """Whom to tell: the chosen people and teams and the owner, as far as each may see
    what it is about."""
    teams = rule.teams.all()
    chosen = User.objects.filter(is_active=True).filter(
        Q(pk=rule.owner_id)
        | Q(pk__in=rule.people.values("pk"))
        | Q(pk__in=User.objects.filter(memberships__team__in=teams).values("pk"))
        | Q(pk__in=teams.values("lead"))
    )
    return [
        user
        for user in chosen.order_by("pk")
        if Alert.objects.visible_to(user).filter(pk=alert.pk).exists()
    ]


def _follow(
    rule: AlertRule, filters: Filters, found: Mapping[str, Finding], *, at: datetime
) -> None:
    """Open, close or go on with the alert of each segment."""
    latest = {
        alert.segment: alert
        for alert in Alert.objects.filter(rule=rule)
        .order_by("segment", "-opened_at", "-pk")
        .distinct("segment")
    }
    for segment, finding in found.items():
        alert = latest.get(segment)
        step = next_step(
            finding.verdict,
            is_open=alert is not None and alert.is_open,
            closed_at=_cleared_at(alert, rule),
            at=at,
            pause=timedelta(hours=rule.cooldown_hours),
        )
        if step == "open":
            _open(rule, filters, segment, finding, at=at)
        elif alert is not None and alert.is_open and finding.verdict != "unknown":
            _go_on(alert, finding, closes=step == "close", at=at)


def _asks(rule: AlertRule) -> tuple[object, ...]:
    return condition_of(rule), rule.query, rule.by


def _cleared_at(alert: Alert | None, rule: AlertRule) -> datetime | None:
    """What closed because the rule was changed asks for no pause."""
    if alert is None or alert.closed_at is None:
        return None
    return alert.closed_at if alert.closed_at > rule.changed_at else None


def _open(
    rule: AlertRule, filters: Filters, segment: str, finding: Finding, *, at: datetime
) -> None:
    alert = Alert.objects.create(
        rule=rule,
        segment=segment,
        opened_at=at,
        first_finding=finding.as_json(),
        last_finding=finding.as_json(),
        **_about(rule, filters, segment),
    )
    _record("alert.opened", alert, by=None, at=at, finding=finding.as_json())
    _tell(alert, rule, at=at)


def _about(rule: AlertRule, filters: Filters, segment: str) -> dict[str, Value | None]:
    """The one region, product line, tier and team that it is about, where it is."""
    given: dict[str, Value] = dict(filters.given.items())
    if rule.by:
        given[rule.by] = segment
    team = given.get("team")
    place = given.get("touchpoint")
    if team is None and place:
        found = Touchpoint.objects.filter(pk=int(place)).values_list("team", flat=True)
        team = found.first()
    return {
        "region": given.get("region"),
        "product_line": given.get("product_line"),
        "tier": given.get("tier"),
        "team": int(team) if team else None,
    }


def _go_on(alert: Alert, finding: Finding, *, closes: bool, at: datetime) -> None:
    alert.last_finding = finding.as_json()
    if closes:
        alert.closed_at = at
        _record("alert.cleared", alert, by=None, at=at, finding=finding.as_json())
    alert.save(update_fields=["last_finding", "closed_at"])


def _tell(alert: Alert, rule: AlertRule, *, at: datetime) -> None:
    """Once an episode; in quiet hours not yet."""
    if is_quiet(rule, at=at):
        return
    alert.told_at = at
    alert.save(update_fields=["told_at"])
    for reader in readers_of(alert, rule):
        _notify(reader, "alert_opened", alert, rule, at=at)


def _wake(alert: Alert, *, at: datetime) -> None:
    held = Alert.objects.select_for_update().get(pk=alert.pk)
    if held.snoozed_until is None or held.snoozed_until > at:
        return
    sleeper = held.snoozed_by
    held.snoozed_until = held.snoozed_by = None
    held.save(update_fields=["snoozed_until", "snoozed_by"])
    if sleeper is not None:
        _notify(sleeper, "alert_again", held, alert.rule, at=at)


def _notify(
    reader: User, kind: str, alert: Alert, rule: AlertRule, *, at: datetime
) -> None:
    with translation.override(reader.language):
        name = segment_name(rule.owner, rule.by, alert.segment)
        words = short_words(rule, alert.finding)
        notify(
            reader,
            kind,
            at=at,
            url=reverse("dashboards:alert", args=[alert.pk]),
            rule=rule.name,
            words=f"{name}: {words}" if name else words,
        )


def _open_alerts() -> Any:
    return Alert.objects.filter(closed_at__isnull=True).select_related("rule__owner")


def _close_all(rule: AlertRule, *, at: datetime) -> None:
    for alert in Alert.objects.filter(rule=rule, closed_at__isnull=True):
        alert.closed_at = at
        alert.save(update_fields=["closed_at"])
        _record("alert.closed_with_rule", alert, by=None, at=at)


def _held(rule_id: int) -> AlertRule | None:
    return (
        AlertRule.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("owner")
        .filter(pk=rule_id, is_on=True)
        .first()
    )


def _hold(alert: Alert) -> None:
    """Lock the row and see it as it is now."""
    Alert.objects.select_for_update().get(pk=alert.pk)
    alert.refresh_from_db()


def _note(rule_id: int, problem: str, *, stamp: Stamp, at: datetime) -> None:
    AlertRule.objects.filter(pk=rule_id).update(
        failure=problem[:300], looked_at=at, **stamp
    )


def _forget_look(rule: AlertRule) -> None:
    rule.looked_on = None
    rule.failure = ""


def _stamp(at: datetime) -> Stamp:
    """What a look sees: the day, and how far and with how many answers the rollup is
    filled. Late answers move only the number, corrected ones only the time."""
    state = FillState.objects.filter(rollup=answer_rollup.ROLLUP).first()
    every = AnswerCell.objects.filter(shape=Shape.ALL)
    return {
        "looked_on": local_day(at),
        "looked_to": state.filled_to if state else NEVER,
        "looked_answers": every.aggregate(n=Sum("responses"))["n"] or 0,
    }


def _record(
    name: str, alert: Alert, *, by: User | None, at: datetime, **payload: Any
) -> None:
    outbox.record(
        name,
        subject=("alert", alert.pk),
        at=at,
        actor=by.email[:80] if by else "",
        payload={"rule": alert.rule_id, "segment": alert.segment, **payload},
    )


def _record_rule(name: str, rule: AlertRule, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("alert_rule", rule.pk),
        at=at,
        actor=by.email[:80],
        payload={"name": rule.name},
    )
