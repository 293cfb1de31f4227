"""What belongs to one ticket beside its clocks: tasks, files, links, views of many."""

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import Message
from teams.access import can, scope_condition
from teams.models import DataScope, Team, User
from teams.roles import Ability
from tickets.models.note import Note
from tickets.models.ticket import Ticket, TicketQuerySet


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> Self:
        """Those of customers within the person's scopes, given to a department or
        from a team that they may see."""
        if not can(user, Ability.WORK_TICKETS):
            return self.none()
        return self.filter(seen_tasks(user))

    def open(self) -> Self:
        return self.filter(done_at__isnull=True, dropped_at__isnull=True)

    def closed(self) -> Self:
        return self.exclude(done_at__isnull=True, dropped_at__isnull=True)


def seen_tasks(user: User) -> Q:
    """Which tasks the person's scopes let them see."""
    team = {DataScope.Dimension.TEAM.value: "team"}
    case = {
        dimension: f"ticket__{lookup}"
        for dimension, lookup in TicketQuerySet.SCOPE_FIELDS.items()
    }
    customers = {k: v for k, v in case.items() if k not in team}
    of_team = scope_condition(user, team)
    of_team |= scope_condition(user, {key: case[key] for key in team})
    return scope_condition(user, customers) & of_team


class Task(models.Model):
    """A piece of work for another department, with a clock of its own (`clock`) from
    when it was given. The ticket cannot be resolved while one is open."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="tasks")
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="tasks", verbose_name=_("department")
    )
    # Never empty, like a ticket's.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks"
    )
    title = models.CharField(_("what is to be done"), max_length=200)
    text = models.TextField(_("details"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    result = models.TextField(_("result"), blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the department's list of open tasks.
            models.Index(
                fields=["team", "created_at"],
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="task_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        # Not reversed: the workers that write notices never load the views.
        return f"/tickets/tasks/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None


class TicketLink(models.Model):
    """Two tickets that have to do with each other."""

    class Kind(models.TextChoices):
        RELATED = "related", _("related")
        DUPLICATE = "duplicate", _("duplicate")
        SPLIT = "split", _("split off")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "other"], name="linked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"


class Attachment(models.Model):
    """A file on a ticket, kept outside the web root under `key`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments")
    note = models.ForeignKey(
        Note, models.CASCADE, null=True, related_name="attachments"
    )
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, related_name="attachments"
    )
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class Macro(models.Model):
    """Words with placeholders, and what else is done at the same press."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    subject_en = models.CharField(_("English subject"), max_length=200, blank=True)
    subject_zh = models.CharField(_("Chinese subject"), max_length=200, blank=True)
    text_en = models.TextField(_("English words"))
    text_zh = models.TextField(_("Chinese words"))
    # {"pause": reason, "priority": …, "tags": [...]}, all optional.
    acts = models.JSONField(default=dict, blank=True)
    # Empty: everybody's.
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="macros",
        verbose_name=_("team"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    def __str__(self) -> str:
        return self.name

    def words(self, language: str = "") -> str:
        """In the language asked for, else the reader's."""
        chinese = (language or get_language() or "").startswith("zh")
        return self.text_zh if chinese else self.text_en


class SavedView(models.Model):
    """A search of the desk under a name: one person's, or a team's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="ticket_views"
    )
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="ticket_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1_000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkAct(models.Model):
    """One act on many tickets, with what it changed, so that it can be undone."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="bulk_acts"
    )
    act = models.CharField(max_length=20)
    # Number → what stood there before.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    done_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.act} of {self.by_id}"


class ClosureRequest(models.Model):
    """The customer was told the outcome and asked; `token` is in the link they got."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="closure_requests")
    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, related_name="closure_request"
    )
    language = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_solved = models.BooleanField(null=True)
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"closure of {self.ticket_id}"


class InboundMail(models.Model):
    """A mail that came in, as it came: its `header_id` (Message-ID) is taken once."""

    class State(models.TextChoices):
        NEW = "new", _("not looked at yet")
        MATCHED = "matched", _("on a ticket")
        UNMATCHED = "unmatched", _("belongs to no ticket")
        AUTO_REPLY = "auto_reply", _("automatic answer")
        BOUNCE = "bounce", _("could not be delivered")
        REFUSED = "refused", _("refused")

    header_id = models.CharField(max_length=250, unique=True)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=300, blank=True)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, related_name="inbound_mails"
    )
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, related_name="inbound_mail"
    )

    def __str__(self) -> str:
        return self.header_id
