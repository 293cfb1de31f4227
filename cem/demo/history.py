"""Eighteen months of the example company, step by step, through the use cases.

In each step of a few days: customers answer, the outbox is drained, agents contact and resolve what is
due in their plan, and the breach tick runs. Some tickets are left overdue on purpose.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from cem.demo import care, words
from cem.demo.answers import Field
from cem.demo.outer_loop import weigh
from events import outbox
from teams.models import User
from tickets import breaches, closure, pauses, re_asking
from tickets.models import Pause, ReAsk, RootCause, Ticket

ANSWERS_PER_DAY = (5, 9)
# The company has begun to ask more often: the desk has fresh work.
LATELY = timedelta(days=16)
STEP = timedelta(days=6)
# A bad month: a strike at the airports.
STRIKE = (timedelta(days=210), timedelta(days=240))
IN_TIME_SHARE, LATE_SHARE = 0.82, 0.13
REOPENED_SHARE = 0.05
GESTURE_SHARE = 0.08
PAUSED_SHARE = 0.15
# Of those who are asked again some weeks after.
ANSWERS_AGAIN = 0.55
# Since then; each letter costs the seeding time.
ASKING_AGAIN = timedelta(days=150)
TELLING = timedelta(days=240)
SOLVED_SHARE, NOT_SOLVED_SHARE = 0.55, 0.07


@dataclass(order=True)
class Act:
    """Something an agent will do to a ticket at an instant."""

    at: datetime
    number: int
    do: Callable[[Ticket, User, datetime], None] = field(compare=False)


@dataclass
class History:
    rng: Random
    asked: Field
    causes: list[RootCause]
    # From then on customers hear the outcome.
    tells_from: datetime
    acts: list[Act] = field(default_factory=list)
    last_number: int = 0

    def live(self, *, since: datetime, until: datetime) -> None:
        start = since
        while start < until:
            end = min(start + STEP, until)
            self._live_step(start, end, age=start - since, whole=until - since)
            start = end

    def _live_step(
        self, start: datetime, end: datetime, *, age: timedelta, whole: timedelta
    ) -> None:
        seconds = int((end - start).total_seconds())
        per_day = self.rng.randint(*ANSWERS_PER_DAY)
        if whole - age <= LATELY:
            per_day *= 5
        count = per_day * seconds // 86_400
        instants = sorted(self.rng.randrange(seconds) for _ in range(count))
        with transaction.atomic():
            for second in instants:
                at = start + timedelta(seconds=second)
                self.asked.answer_something(at=at, drift=_drift(age, whole))
        outbox.drain()
        self._plan_new_tickets(end)
        self._act_until(end)
        breaches.breach_overdue(at=end)
        closure.close_silent(at=end)
        if whole - age <= ASKING_AGAIN:
            self._ask_again(end, until=start - age + whole)

    def _ask_again(self, now: datetime, *, until: datetime) -> None:
        """Some weeks after: some answer, most of them in a better mood."""
        re_asking.ask_due(at=now)
        waiting = ReAsk.objects.filter(skipped="", decided_at=now)
        for re_ask in waiting.select_related(
            "ticket", "invitation__survey", "invitation__customer"
        ):
            at = now + timedelta(hours=self.rng.uniform(2, 90))
            if at < until and self.rng.random() < ANSWERS_AGAIN:
                self.asked.answer_again(re_ask, at=at)

    def _plan_new_tickets(self, now: datetime) -> None:
        new = Ticket.objects.filter(number__gt=self.last_number).order_by("number")
        for ticket in new:
            self.last_number = ticket.number
            self._plan(ticket)

    def _plan(self, ticket: Ticket) -> None:
        luck = self.rng.random()
        if luck < IN_TIME_SHARE:
            hours = self.rng.uniform(0.5, 23)
        elif luck < IN_TIME_SHARE + LATE_SHARE:
            hours = self.rng.uniform(25, 90)
        else:
            hours = self.rng.uniform(200, 900)
        contacted = ticket.opened_at + timedelta(hours=hours)
        resolved = contacted + timedelta(hours=self.rng.expovariate(1 / 40) + 0.3)
        self._push(contacted, ticket, self._contact)
        if self.rng.random() < PAUSED_SHARE:
            self._push(contacted + timedelta(minutes=5), ticket, self._pause)
        self._push(resolved, ticket, self._resolve)
        if ticket.customer_id and self.rng.random() < GESTURE_SHARE:
            self._push(contacted + timedelta(minutes=20), ticket, self._offer)
        if self.rng.random() < REOPENED_SHARE:
            reopened = resolved + timedelta(hours=self.rng.uniform(5, 60))
            self._push(reopened, ticket, self._reopen)
            again = reopened + timedelta(hours=self.rng.uniform(5, 40))
            self._push(again, ticket, self._resolve)

    def _push(
        self,
        at: datetime,
        ticket: Ticket,
        do: Callable[[Ticket, User, datetime], None],
    ) -> None:
        heapq.heappush(self.acts, Act(at, ticket.number, do))

    @transaction.atomic
    def _act_until(self, end: datetime) -> None:
        while self.acts and self.acts[0].at < end:
            act = heapq.heappop(self.acts)
            ticket = Ticket.objects.select_related("assignee").get(pk=act.number)
            if ticket.next_due_at and ticket.next_due_at < act.at:
                breaches.breach_overdue(at=act.at)
            act.do(ticket, ticket.assignee, act.at)

    def _contact(self, ticket: Ticket, agent: User, at: datetime) -> None:
        ticket.log_contact(
            channel=self.rng.choice(["phone", "phone", "email"]),
            summary=self.rng.choice(words.CALLS),
            by=agent,
            at=at,
        )

    def _pause(self, ticket: Ticket, agent: User, at: datetime) -> None:
        if ticket.is_resolved:
            return
        reason = self.rng.choice([Pause.Reason.CUSTOMER, Pause.Reason.SUPPLIER])
        ticket.pause(reason=reason, by=agent, at=at)
        until = at + timedelta(hours=self.rng.uniform(1, 15))
        self._push(until, ticket, self._resume)

    def _resume(self, ticket: Ticket, agent: User, at: datetime) -> None:
        if pauses.is_paused(ticket):
            ticket.resume(by=agent, at=at)

    def _offer(self, ticket: Ticket, agent: User, at: datetime) -> None:
        if not ticket.is_resolved:
            may_wait = at > self.tells_from + TELLING - LATELY
            care.offer_something(ticket, self.rng, may_wait=may_wait, by=agent, at=at)

    def _resolve(self, ticket: Ticket, agent: User, at: datetime) -> None:
        if ticket.is_resolved:
            return
        [cause] = self.rng.choices(self.causes, weigh(self.causes))
        outcome = self.rng.choice(words.OUTCOMES)
        is_told = care.resolve(
            ticket,
            cause=cause,
            outcome=outcome,
            is_told=at >= self.tells_from,
            by=agent,
            at=at,
        )
        if is_told:
            self._plan_answer(ticket, at)

    def _plan_answer(self, ticket: Ticket, at: datetime) -> None:
        """Solved, not solved, or silence."""
        luck, later = self.rng.random(), at + timedelta(hours=self.rng.uniform(2, 90))
        if luck < SOLVED_SHARE:
            self._push(later, ticket, self._confirm)
        elif luck < SOLVED_SHARE + NOT_SOLVED_SHARE:
            self._push(later, ticket, self._dispute)
            again = later + timedelta(hours=self.rng.uniform(5, 40))
            self._push(again, ticket, self._resolve)

    def _confirm(self, ticket: Ticket, agent: User, at: datetime) -> None:
        care.hear(ticket, is_solved=True, words="", at=at)

    def _dispute(self, ticket: Ticket, agent: User, at: datetime) -> None:
        said = self.rng.choice(words.NOT_SOLVED)
        care.hear(ticket, is_solved=False, words=said, at=at)

    def _reopen(self, ticket: Ticket, agent: User, at: datetime) -> None:
        if ticket.is_resolved:
            ticket.reopen(reason="The customer wrote again.", by=agent, at=at)


def _drift(age: timedelta, whole: timedelta) -> float:
    """Things got better over the months, but for the strike."""
    if STRIKE[0] <= age < STRIKE[1]:
        return -0.16
    return 0.08 * (age / whole)
