"""A rehearsal of rules on 100,000 answers, by one worker's process."""

import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

from django.utils import timezone

from bench import answers
from bench.report import Row
from events import outbox
from teams.models import User
from teams.roles import Role
from tickets import rehearsal, rule_drafts
from tickets.models import Rehearsal, Ticket
from tickets.rule_drafts import DraftRule

ANSWERS = 100_000
LOW_SHARE = 0.2


def measure(*, rounds: int) -> list[Row]:
    _have_past()
    by = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)[0]
    _draft(by)
    seconds = [_rehearse(by) for _ in range(rounds)]
    rule_drafts.discard(
        revision=rule_drafts.current_revision(), by=by, at=timezone.now()
    )
    detail = f"{ANSWERS:,} answers of 90 days, {LOW_SHARE:.0%} low, 6 rules against 4"
    return [Row("rehearsal of the rules (s)", median(seconds), "<=", 20, detail)]


def _have_past() -> None:
    """Answers with the tickets that they opened in truth."""
    answers.forget_all()
    until = timezone.now() - timedelta(minutes=5)
    drawn = answers.draw(
        7,
        count=ANSWERS,
        since=until - timedelta(days=89),
        until=until,
        low_share=LOW_SHARE,
    )
    answers.store(drawn, waiting=True)
    outbox.drain()
    answers.settle()


def _draft(by: User) -> None:
    """Two more rules, of which one asks for the past and one for words, come first."""
    usual = rule_drafts.rules_in_force()
    policy = usual[0].sla_policy
    third = {
        "all": [
            {"field": "low_in_90_days", "op": "gte", "value": 3},
            {"field": "days_since_ticket", "op": "gte", "value": 7},
        ]
    }
    words = {
        "any": [
            {"field": "comment", "op": "contains", "value": "waited"},
            {"field": "account_tier", "op": "eq", "value": "platinum"},
        ]
    }
    for name, condition in (("Third low answer", third), ("Waited", words)):
        rule = DraftRule(
            rule_drafts.new_key(), name, condition=condition, sla_policy=policy
        )
        _save(rule, by)
        for _ in usual:
            rule_drafts.move(
                rule.key,
                up=True,
                revision=rule_drafts.current_revision(),
                by=by,
                at=timezone.now(),
            )
    _save(replace(usual[0], strategy="least_loaded", priority="high"), by)


def _save(rule: DraftRule, by: User) -> None:
    revision = rule_drafts.current_revision()
    rule_drafts.save(rule, revision=revision, by=by, at=timezone.now())


def _rehearse(by: User) -> float:
    now = timezone.now()
    one = rehearsal.ask_for(by=by, at=now)
    started = time.perf_counter()
    rehearsal.rehearse(one.pk, at=now)
    seconds = time.perf_counter() - started
    _check(Rehearsal.objects.get(pk=one.pk))
    return seconds


def _check(one: Rehearsal) -> None:
    """Today's rules have to come to what they really opened."""
    assert one.state == Rehearsal.State.DONE, one.error
    assert one.total == ANSWERS
    assert one.result["today"]["tickets"] == Ticket.objects.count()
    assert one.result["draft"]["tickets"] > one.result["today"]["tickets"]
