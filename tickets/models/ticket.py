"""A case: a low answer that somebody owns until the customer is content."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField
from django.db import models, transaction
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Message
from events import outbox
from events.models import Event
from journeys.models import Touchpoint
from surveys.models import Response
from teams.access import ScopedQuerySet
from teams.models import Team, User
from teams.notices import notify
from teams.roles import Ability
from tickets import clocks, pause_limits
from tickets.models.clock import Clock
from tickets.models.note import Note
from tickets.models.pause import Pause
from tickets.models.root_cause import RootCause
from tickets.models.rule import Rule

# Of priorities, the most pressing first.
URGENCY = ("urgent", "high", "normal", "low")
# Where tickets without a deadline stand in the order of deadlines.
NO_DEADLINE = datetime(9000, 1, 1, tzinfo=UTC)
# By what the desk narrows what is open, and what people's scopes narrow.
NARROWING = (
    "status",
    "priority",
    "team",
    "assignee",
    "touchpoint",
    "region",
    "product_line",
    "tier",
    "problem_type",
    "closure",
    "waits_for_owner",
    "opened_at",
)


class IllegalAct(Exception):
    """The ticket does not allow this now; a sentence for the user."""


class TicketQuerySet(ScopedQuerySet["Ticket"]):
    SEEN_WITH = Ability.WORK_TICKETS
    SCOPE_FIELDS = {
        "region": "region",
        "product_line": "product_line",
        "tier": "tier",
        "team": "team",
    }

    def open(self) -> Self:
        return self.exclude(status=Ticket.Status.RESOLVED)

    def resolved(self) -> Self:
        return self.filter(status=Ticket.Status.RESOLVED)

    def overdue(self, *, at: datetime) -> Self:
        """Open, and the next unmet deadline has passed."""
        return self.open().filter(sort_due_at__lt=at)

    def of(self, user: User) -> Self:
        return self.filter(assignee=user)

    def of_teams_of(self, user: User) -> Self:
        mine = Team.objects.of(user)
        return self.filter(team__in=mine)

    def search(self, words: str) -> Self:
        """By number or external id, or every word at the beginning of one of the
        ticket's: subject, customer, company, the customer's own words."""
        number = number_in(words)
        if number is not None:
            known = Customer.objects.filter(external_id=words.strip())
            by_id = Q() if words.strip().startswith("#") else Q(customer__in=known)
            return self.filter(Q(number=number) | by_id)
        return self.filter(Holds(F("words__words"), SearchQuery(Value(words))))


def number_in(words: str) -> int | None:
    """The ticket that the words name, as `#1043` or `1043`."""
    number = words.strip().removeprefix("#")
    is_number = number.isascii() and number.isdigit() and len(number) < 18
    return int(number) if is_number else None


class SearchQuery(Func):
    """What is asked for, cut up like the words that it is looked for in."""

    function = "cem_search_query"
    output_field = SearchQueryField()


class Holds(Func):
    """Whether the words on the left hold those asked for on the right."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


class Ticket(models.Model):
    """Opened by one answer (`response`); later answers are attached (`answers`)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("ticket", "Open")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved")

    class Closure(models.TextChoices):
        """Empty: the customer was not asked, or cannot be."""

        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        DISPUTED = "disputed", _("not solved, says the customer")
        UNCONFIRMED = "unconfirmed", _("closed without an answer")

    Priority = Rule.Priority

    number = models.BigAutoField(primary_key=True)
    # The answer that it began with, which a follow-up shares: which one ticket takes
    # care of an answer is told, and kept unique, by `TicketAnswer`.
    response = models.ForeignKey(
        Response, models.PROTECT, related_name="opened_tickets"
    )
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="+")
    rule_version = models.PositiveIntegerField(null=True)
    problem_type = models.CharField(
        _("problem type"), max_length=60, blank=True, default="", db_default=""
    )
    tags = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("tags"),
        default=list,
        blank=True,
        db_default=[],
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="watched_tickets"
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="tickets"
    )
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="tickets")
    subject = models.CharField(_("subject"), max_length=200)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.OPEN
    )
    priority = models.CharField(
        _("priority"), max_length=10, choices=Rule.Priority.choices
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets")
    # Never empty: a ticket without an owner is a promise that nobody keeps.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tickets"
    )
    # Nobody was free: the lead answers for it until somebody is.
    waits_for_owner = models.BooleanField(default=False, db_default=False)
    opened_at = models.DateTimeField()
    first_contact_due_at = models.DateTimeField()
    first_contacted_at = models.DateTimeField(null=True)
    resolution_due_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    # The earliest deadline of an unmet clock; null when resolved.
    next_due_at = models.DateTimeField(null=True)
    root_cause = models.ForeignKey(
        RootCause, models.PROTECT, null=True, related_name="tickets"
    )
    # What was found, and what was done about it.
    finding = models.TextField(
        _("what was found"), blank=True, default="", db_default=""
    )
    outcome = models.TextField(_("outcome"), blank=True)
    # What the customer says of the outcome, once they were told.
    closure = models.CharField(
        max_length=12, choices=Closure.choices, blank=True, default="", db_default=""
    )
    closure_asked_at = models.DateTimeField(null=True)
    closure_answered_at = models.DateTimeField(null=True)
    # The first message of the customer that nobody has answered yet.
    unanswered_since = models.DateTimeField(null=True)
    # The customer came back after the time in which a ticket can be reopened.
    follow_up_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="follow_ups"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged"
    )
    reopened_count = models.PositiveSmallIntegerField(default=0)
    # As on the response that opened it; `day` is that response's day, the cohort.
    region = models.CharField(max_length=80, blank=True)
    product_line = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    # Of the priority, for sorting: 0 is urgent.
    urgency = models.GeneratedField(
        expression=Case(
            *(When(priority=p, then=Value(i)) for i, p in enumerate(URGENCY)),
            default=Value(len(URGENCY)),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    # Of the next deadline, for sorting: the key of every page of the desk.
    sort_due_at = models.GeneratedField(
        expression=Coalesce("next_due_at", Value(NO_DEADLINE)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the desk: what is open, in each order; what it narrows by stands
            # in the index, so that passing over a ticket costs no visit to the table.
            models.Index(
                fields=["sort_due_at", "number"],
                include=NARROWING,
                condition=~Q(status="resolved"),
                name="ticket_queue",
            ),
            models.Index(
                fields=["urgency", "sort_due_at", "number"],
                include=NARROWING,
                condition=~Q(status="resolved"),
                name="ticket_queue_by_priority",
            ),
            models.Index(
                fields=["number"],
                include=NARROWING,
                condition=~Q(status="resolved"),
                name="ticket_queue_by_number",
            ),
            models.Index(
                fields=["assignee", "sort_due_at", "number"],
                condition=~Q(status="resolved"),
                name="ticket_queue_of_person",
            ),
            models.Index(
                fields=["team", "sort_due_at", "number"],
                condition=~Q(status="resolved"),
                name="ticket_queue_of_team",
            ),
            # Read by the desk where resolved tickets are asked for too.
            models.Index(fields=["sort_due_at", "number"], name="ticket_by_due"),
            models.Index(
                fields=["urgency", "sort_due_at", "number"], name="ticket_by_priority"
            ),
            models.Index(
                fields=["opened_at"], include=NARROWING[:-1], name="ticket_opened"
            ),
            # Read by routing: the open ticket a second low answer attaches to.
            models.Index(
                fields=["customer", "touchpoint"],
                condition=~Q(status="resolved"),
                name="ticket_open_at_touchpoint",
            ),
            # Read where somebody becomes free.
            models.Index(
                fields=["team", "opened_at"],
                condition=Q(waits_for_owner=True),
                name="ticket_waiting",
            ),
            # Read by the closing of what the customer is silent about.
            models.Index(
                fields=["closure_asked_at"],
                condition=Q(closure="asked"),
                name="ticket_asked",
            ),
            # Read by the question of how it is now, some weeks after.
            models.Index(
                fields=["resolved_at"],
                condition=Q(merged_into__isnull=True, status="resolved"),
                name="ticket_resolved",
            ),
            # Read by the loop rollups.
            models.Index(fields=["day"], name="ticket_cohort"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    def get_absolute_url(self) -> str:
        # Not reversed: the workers that write notices never load the views.
        return f"/tickets/{self.number}/"

    @property
    def is_resolved(self) -> bool:
        return self.status == self.Status.RESOLVED

    @property
    def needs_contact(self) -> bool:
        """The customer is known and has not heard from us yet."""
        return self.customer_id is not None and self.first_contacted_at is None

    @property
    def thread(self) -> str:
        """What ties messages with the customer to this ticket."""
        return f"ticket:{self.number}"

    @transaction.atomic
    def assign(self, *, to: User, by: User, at: datetime) -> None:
        """Hand it to somebody who may work on it. Raises IllegalAct."""
        self.hold()
        self.refuse_if_resolved()
        if to.pk == self.assignee_id:
            raise IllegalAct(
                gettext("This ticket is already with %(name)s.") % {"name": to}
            )
        if not Ticket.objects.visible_to(to).filter(pk=self.pk).exists():
            raise IllegalAct(
                gettext("%(name)s may not see this ticket.") % {"name": to}
            )
        before, self.assignee, self.waits_for_owner = self.assignee_id, to, False
        self.save(update_fields=["assignee", "waits_for_owner"])
        self.record("ticket.assigned", by=by, at=at, before=before, to=to.pk)
        if to.pk != by.pk:
            self.tell_owner("ticket_assigned", at=at)

    @transaction.atomic
    def note(self, text: str, *, by: User, at: datetime) -> Note:
        """Keep words among ourselves; the customer never sees them."""
        self.hold()
        note = self.write_note(text, by=by, at=at)
        self.record("ticket.noted", by=by, at=at, note=note.pk)
        return note

    @transaction.atomic
    def log_contact(
        self, *, channel: str, summary: str, by: User, at: datetime
    ) -> None:
        """We spoke with the customer; the first time meets the first-contact clock."""
        self.hold()
        self.keep_contact(channel, summary, by=by, at=at)
        self.contacted(channel=channel, by=by, at=at)

    def contacted(self, *, channel: str, by: User, at: datetime) -> None:
        """The customer heard from us. The caller holds the row and kept the words."""
        self.answered(by=by, at=at)
        if self.first_contacted_at is not None:
            self.record("ticket.contacted", by=by, at=at, channel=channel)
            return
        self.settle_pause(at=at)
        self.first_contacted_at = at
        if self.status == self.Status.OPEN:
            self.status = self.Status.IN_PROGRESS
        held = clocks.clocks_of(self)
        if not held[Clock.Kind.FIRST_CONTACT].is_finished:
            clocks.meet(held[Clock.Kind.FIRST_CONTACT], by=by, at=at)
        self.save_state(held, "first_contacted_at")
        self.record("ticket.first_contacted", by=by, at=at, channel=channel)
        self.close_loop(by=by, at=at)

    @transaction.atomic
    def resolve(
        self,
        *,
        root_cause: RootCause,
        outcome: str,
        finding: str = "",
        by: User,
        at: datetime,
    ) -> None:
        """Say why it went wrong and what came of it. Raises IllegalAct.

        A known customer has to have heard from us first: a status is no contact.
        """
        self.hold()
        self.refuse_if_resolved()
        self._refuse_resolution(root_cause, outcome)
        self.settle_pause(at=at)
        self.status, self.resolved_at = self.Status.RESOLVED, at
        self.root_cause, self.outcome = root_cause, outcome.strip()
        # What the customer said of an earlier outcome is not said of this one.
        self.finding, self.closure = finding.strip(), ""
        held = clocks.clocks_of(self)
        clocks.meet(held[Clock.Kind.RESOLUTION], by=by, at=at)
        self._stop_the_rest(held, by=by, at=at)
        self.save_state(
            held, "resolved_at", "root_cause", "outcome", "finding", "closure"
        )
        self.write_note(self.outcome, by=by, at=at)
        self.record("ticket.resolved", by=by, at=at, root_cause=root_cause.key)
        self.close_loop(by=by, at=at)

    @transaction.atomic
    def reopen(self, *, reason: str, by: User, at: datetime) -> None:
        """It was not solved after all; the time it was resolved does not count."""
        self.hold()
        self.go_on(reason=reason, by=by, at=at)
        self.write_note(reason, by=by, at=at)
        if self.assignee_id != by.pk:
            self.tell_owner("ticket_reopened", at=at)

    def go_on(self, *, reason: str, by: User | None, at: datetime) -> None:
        """Let the same promises run again, also where a customer asks for it (`by`
        nobody). The caller holds the row."""
        if self.merged_into_id is not None:
            raise IllegalAct(
                gettext("This ticket was merged into #%(number)d: split it off first.")
                % {"number": self.merged_into_id}
            )
        if self.resolved_at is None:
            raise IllegalAct(gettext("This ticket is not resolved."))
        held = clocks.clocks_of(self)
        for clock in held.values():
            stopped = clock.state == Clock.State.STOPPED
            if clock.kind == Clock.Kind.RESOLUTION or stopped:
                clocks.reopen(
                    clock, resolved_at=self.resolved_at, reason=reason, by=by, at=at
                )
        contacted = self.first_contacted_at is not None
        self.status = self.Status.IN_PROGRESS if contacted else self.Status.OPEN
        self.resolved_at, self.closure = None, ""
        self.reopened_count += 1
        self.save_state(held, "resolved_at", "reopened_count", "closure")
        self.record("ticket.reopened", by=by, at=at, times=self.reopened_count)

    @transaction.atomic
    def pause(
        self,
        *,
        reason: str,
        words: str = "",
        until: datetime | None = None,
        by: User,
        at: datetime,
    ) -> None:
        """Let the clocks stand still, for a reason a customer could be told.

        `reason` is one of Pause.Reason. With `until` they go on then by themselves.
        Raises IllegalAct.
        """
        self.hold()
        self.refuse_if_resolved()
        self.settle_pause(at=at)
        self._refuse_pause(reason, until, at=at)
        allowance = pause_limits.allowance_of(self, at=at)
        if allowance and (refusal := allowance.refusal(until)):
            raise IllegalAct(refusal)
        Pause.objects.create(
            ticket=self,
            reason=reason,
            words=words.strip()[:200],
            started_at=at,
            started_by=by,
            resumes_at=until,
            limit_at=allowance.until if allowance else None,
        )
        held = clocks.clocks_of(self)
        for clock in held.values():
            clocks.pause(clock, reason=reason, by=by, at=at)
        self.save_deadlines(held.values())
        until_iso = until.isoformat() if until else None
        self.record("ticket.paused", by=by, at=at, reason=reason, until=until_iso)

    @transaction.atomic
    def resume(self, *, by: User | None, at: datetime, reason: str = "") -> None:
        """Let them go on; `by` nobody where they do by themselves. Raises IllegalAct."""
        self.hold()
        self.refuse_if_resolved()
        if not self.settle_pause(at=at):
            self._let_go_on(by=by, at=at, reason=reason)

    def settle_pause(self, *, at: datetime) -> bool:
        """End a pause whose time is over, as of that instant, before anything else
        happens: the tick may not have come by yet. Whether it did. The caller holds
        the row."""
        pause = self.pauses.filter(ended_at__isnull=True).first()
        if pause is None or pause.ends_at is None or pause.ends_at > at:
            return False
        reason = "limit" if pause.ends_by_limit else "planned"
        self._let_go_on(by=None, at=pause.ends_at, reason=reason)
        kind = "ticket_pause_limit" if pause.ends_by_limit else "ticket_goes_on"
        self.tell_owner(kind, at=at)
        return True

    def _let_go_on(self, *, by: User | None, at: datetime, reason: str) -> None:
        if not self._end_pause(by=by, at=at):
            raise IllegalAct(gettext("The clocks are running already."))
        held = clocks.clocks_of(self)
        for clock in held.values():
            clocks.resume(clock, by=by, at=at, reason=reason)
        self.save_deadlines(held.values())
        self.record("ticket.resumed", by=by, at=at, reason=reason)

    def _refuse_pause(
        self, reason: str, until: datetime | None, *, at: datetime
    ) -> None:
        if reason not in Pause.Reason.values:
            raise IllegalAct(gettext("Choose why the clocks stand still."))
        if self.pauses.filter(ended_at__isnull=True).exists():
            raise IllegalAct(gettext("The clocks stand still already."))
        if until is not None and until <= at:
            raise IllegalAct(gettext("The clocks can only go on later than now."))
        if until is None and reason == Pause.Reason.LATER_CALL:
            raise IllegalAct(gettext("Say when the customer wants to be called."))

    def _end_pause(self, *, by: User | None, at: datetime) -> bool:
        """Whether there was one."""
        open_one = self.pauses.filter(ended_at__isnull=True)
        return bool(open_one.update(ended_at=at, ended_by=by))

    def answered(self, *, by: User | None, at: datetime) -> None:
        """The customer's open message has its answer. The caller holds the row."""
        if self.unanswered_since is None:
            return
        self.unanswered_since = None
        held = clocks.clocks_of(self)
        clock = held.get(Clock.Kind.NEXT_RESPONSE)
        if clock and not clock.is_finished:
            clocks.meet(clock, by=by, at=at)
        self.save_state(held, "unanswered_since")

    def save_deadlines(self, held: Iterable[Clock]) -> None:
        """Copy the clocks' deadlines here, where the lists read them."""
        self.read_deadlines(held)
        self.save(
            update_fields=["first_contact_due_at", "resolution_due_at", "next_due_at"]
        )

    def hold(self) -> None:
        """Lock the row and read it again: what the page showed may be old."""
        rows = Ticket.objects.select_for_update(no_key=True, of=("self",))
        self.refresh_from_db(from_queryset=rows)

    def refuse_if_resolved(self) -> None:
        if self.is_resolved:
            raise IllegalAct(gettext("This ticket is already resolved."))

    def _stop_the_rest(self, held: dict[str, Clock], *, by: User, at: datetime) -> None:
        """What a resolved ticket promises no more."""
        whys = {
            Clock.Kind.FIRST_CONTACT: "nobody to contact",
            Clock.Kind.NEXT_RESPONSE: "resolved",
        }
        for kind, why in whys.items():
            clock = held.get(kind)
            if clock and clock.state in (Clock.State.RUNNING, Clock.State.PAUSED):
                clocks.stop(clock, reason=why, by=by, at=at)
        self._end_pause(by=by, at=at)

    def _refuse_resolution(self, root_cause: RootCause, outcome: str) -> None:
        if self.needs_contact:
            raise IllegalAct(
                gettext(
                    "Contact the customer first, and log it here: nobody’s case is "
                    "solved before they have heard from us."
                )
            )
        if self.tasks.filter(done_at__isnull=True, dropped_at__isnull=True).exists():
            raise IllegalAct(
                gettext(
                    "A department still has an open task for this ticket. Wait until "
                    "it is done, or drop it."
                )
            )
        if root_cause.parent_id is None or not root_cause.is_active:
            raise IllegalAct(gettext("Choose a root cause, not a group of causes."))
        if not outcome.strip():
            raise IllegalAct(gettext("Say what came of it."))

    def read_deadlines(self, held: Iterable[Clock]) -> None:
        """The same without saving."""
        by_kind = {clock.kind: clock for clock in held}
        self.first_contact_due_at = by_kind[Clock.Kind.FIRST_CONTACT].due_at
        self.resolution_due_at = by_kind[Clock.Kind.RESOLUTION].due_at
        open_deadlines = [clock.due_at for clock in clocks.unmet(by_kind.values())]
        self.next_due_at = (
            None if self.is_resolved else min(open_deadlines, default=None)
        )

    def save_state(self, held: dict[str, Clock], *fields: str) -> None:
        self.read_deadlines(held.values())
        self.save(
            update_fields=[
                "status",
                "first_contact_due_at",
                "resolution_due_at",
                "next_due_at",
                *fields,
            ]
        )

    def write_note(self, text: str, *, by: User, at: datetime) -> Note:
        return Note.objects.create(ticket=self, author=by, text=text, created_at=at)

    def keep_contact(
        self, channel: str, summary: str, *, by: User, at: datetime
    ) -> None:
        """A message to the customer; a note where we do not know who it is."""
        if self.customer is None:
            self.write_note(summary, by=by, at=at)
            return
        Message.objects.create(
            customer=self.customer,
            direction=Message.Direction.OUT,
            channel=channel,
            text=summary,
            thread=self.thread,
            happened_at=at,
            author=by.email[:80],
        )

    def close_loop(self, *, by: User, at: datetime) -> None:
        if self.is_resolved and self.first_contacted_at is not None:
            self.record("loop.closed", by=by, at=at)

    def record(
        self, name: str, *, by: User | None, at: datetime, **payload: Any
    ) -> None:
        outbox.record_all([self.event_for(name, by=by, at=at, **payload)])

    def event_for(
        self, name: str, *, by: User | None, at: datetime, **payload: Any
    ) -> Event:
        """What `record` writes, unsaved."""
        return outbox.event_for(
            name,
            subject=("ticket", self.number),
            at=at,
            actor=by.email[:80] if by else "",
            payload={"day": self.day.isoformat(), **payload},
        )

    def tell_owner(self, kind: str, *, at: datetime) -> None:
        notify(
            self.assignee_id,
            kind,
            at=at,
            url=self.get_absolute_url(),
            number=self.number,
            subject=self.subject,
        )
