"""An incident: 10,000 low scores at once become tickets, by one worker."""

import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

from django.db.models import Count, F, Q
from django.utils import timezone

from bench import answers, place
from bench.report import Row
from events.models import Event, Failure
from events.tasks import drain
from surveys.models import Response
from teams.models import Notification, User
from teams.roles import Role
from tickets import clocks, rule_drafts
from tickets.models import Clock, Ticket, TicketAnswer
from tickets.policies import targets_for
from tickets.reconciliation import GRACE, missing_tickets
from tickets.rule_publication import publish

ANSWERS = 10_000
AN_HOUR = timedelta(hours=1)
TAG = "incident"


def measure(*, rounds: int) -> list[Row]:
    answers.forget_all()
    _tag_and_tell()
    rates = [_incident(seed) for seed in range(1, rounds + 1)]
    detail = (
        f"{ANSWERS:,} low scores in an hour, {median(r[1] for r in rates):,.0f} of them "
        f"a second; each ticket with its clocks, tag, owner and lead told"
    )
    opened = median(rate[0] for rate in rates)
    return [Row("tickets opened in an incident (per s)", opened, ">=", 500, detail)]


def _tag_and_tell() -> None:
    """The rules as they come, but each does everything that costs."""
    by = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)[0]
    for rule in rule_drafts.rules_in_force():
        rule_drafts.save(
            replace(rule, tags=(TAG,), tells_lead=True),
            revision=rule_drafts.current_revision(),
            by=by,
            at=timezone.now(),
        )
    publish(revision=rule_drafts.current_revision(), by=by, at=timezone.now())


def _incident(seed: int) -> tuple[float, float]:
    """Tickets and low scores a second."""
    answers.forget_all()
    until = timezone.now() - GRACE
    drawn = answers.draw(
        seed, count=ANSWERS, since=until - AN_HOUR, until=until, low_share=1.0
    )
    answers.store(drawn, waiting=True)
    answers.settle()
    told = list(Event.objects.filter(dispatched_at=None).values_list("id", flat=True))
    with place.worker(queues="loop"):
        started = time.perf_counter()
        drain.delay()
        while Event.objects.filter(id__in=told, dispatched_at=None).exists():
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        while Event.objects.filter(dispatched_at=None).exists():
            drain.delay()
            time.sleep(0.5)
    _check()
    return Ticket.objects.count() / seconds, ANSWERS / seconds


def _check() -> None:
    """Fast and wrong does not count."""
    assert not Failure.objects.exists()
    assert not missing_tickets(at=timezone.now())
    assert TicketAnswer.objects.count() == Response.objects.count() == ANSWERS
    tickets = Ticket.objects.select_related("team__working_hours", "rule__sla_policy")
    assert not tickets.exclude(tags=[TAG]).exists()
    assert not tickets.exclude(assignee__is_active=True).exists()
    _check_clocks({ticket.number: ticket for ticket in tickets})
    _check_notices()


def _check_clocks(tickets: dict[int, Ticket]) -> None:
    """Each deadline worked out again, one by one."""
    running = Clock.objects.filter(state=Clock.State.RUNNING)
    assert running.count() == 2 * len(tickets)
    for clock in running:
        ticket = tickets[clock.ticket_id]
        assert ticket.rule is not None
        targets = targets_for(
            ticket.rule.sla_policy, priority=ticket.priority, tier=ticket.tier
        )
        assert clock.target_minutes == targets.of(clock.kind)
        calendar = clocks.calendar_of(ticket.team.working_hours)
        due = clocks.deadline(calendar, clock.started_at, clock.target_minutes)
        assert (clock.started_at, clock.due_at) == (ticket.opened_at, due)


def _check_notices() -> None:
    kinds = Notification.objects.values_list("kind").annotate(Count("pk"))
    counts = dict(kinds.order_by())
    opened = Ticket.objects.count()
    assert counts["ticket_assigned"] == opened
    assert counts["ticket_answer_attached"] == ANSWERS - opened
    led = Ticket.objects.filter(~Q(assignee=F("team__lead"))).count()
    assert counts["ticket_lead_told"] == led
