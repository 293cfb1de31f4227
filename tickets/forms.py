"""What people may ask of the desk and enter on a ticket."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.models import Message
from surveys.intake import local_day
from surveys.invitations import language_for
from surveys.pages import NAMES
from teams.access import can
from teams.models import User
from teams.roles import Ability
from tickets.closure import Resolution
from tickets.closure_letter import UNREACHABLE, Words, draft_for, unreachable
from tickets.follow_up import reopens_until
from tickets.models import RootCause, Ticket
from tickets.routing import WORKERS

LONGEST_TEXT = 5_000


class ActForm(forms.Form):
    """The form of one act of one person on one ticket."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        ticket: Ticket,
        user: User,
        files: Any = None,
        initial: dict[str, Any] | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, files, auto_id=auto_id, initial=initial)
        self.offer(ticket, user)

    def offer(self, ticket: Ticket, user: User) -> None:
        """Fill in the choices that depend on who asks for what."""


class AssignmentForm(ActForm):
    to = forms.ModelChoiceField(
        User.objects.none(), label=_("New assignee"), empty_label=_("Choose…")
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assignable_by(user, ticket)


class NoteForm(ActForm):
    text = forms.CharField(
        label=_("Note"),
        help_text=_("Only colleagues read this. @name calls somebody to it."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        names = reverse("tickets:people", args=[ticket.number])
        self.fields["text"].widget.attrs["data-mentions"] = names


class ContactForm(ActForm):
    channel = forms.ChoiceField(
        label=_("Over which channel"), choices=Message.Channel.choices
    )
    is_reached = forms.TypedChoiceField(
        label=_("Reached?"),
        choices=[("1", _("Reached: we spoke or wrote")), ("0", _("Not reached"))],
        coerce=lambda value: value != "0",
        empty_value=None,
        initial="1",
        required=False,
        help_text=_("A try without success does not meet the promise."),
    )
    minutes = forms.IntegerField(
        label=_("How long (minutes)"), required=False, min_value=0, max_value=1_440
    )
    summary = forms.CharField(
        label=_("What was said"),
        help_text=_("Log it when the customer has really heard from you."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_is_reached(self) -> bool:
        """Reached, unless it was said that they were not."""
        return self.cleaned_data["is_reached"] is not False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        silent = given.get("is_reached") and not given.get("summary")
        if silent and "summary" not in self.errors:
            self.add_error("summary", _("Say what was said."))
        return given


class ResolutionForm(ActForm):
    preview = "tickets:letter_preview"

    root_cause = forms.ChoiceField(
        label=_("Root cause"),
        widget=forms.Select(attrs={"data-choice-search": _("Search the causes")}),
    )
    finding = forms.CharField(
        label=_("What was found"),
        help_text=_("For colleagues: how it came to that."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    outcome = forms.CharField(
        label=_("What was done"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tells_customer = forms.BooleanField(
        label=_("Tell the customer by e-mail, and ask whether it is solved"),
        required=False,
        initial=True,
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200)
    words = forms.CharField(
        label=_("Message"),
        help_text=_(
            "{outcome} becomes what you write under “What was done”. The link with "
            "which the customer answers is added below."
        ),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        self._offer_causes(ticket)
        self._offer_letter(ticket, user)

    def clean(self) -> dict[str, Any]:
        """What `closure.resolve` takes."""
        given = super().clean() or self.cleaned_data
        tells = bool(given.pop("tells_customer", False))
        words = Words(given.pop("subject", ""), given.pop("words", ""))
        if tells:
            for name, text in (("subject", words.subject), ("words", words.text)):
                if not text and name not in self.errors:
                    self.add_error(name, _("The customer has to read something."))
        if self.errors:
            return {}
        causes = given.pop("root_cause"), given.pop("finding"), given.pop("outcome")
        return {
            **given,
            "resolution": Resolution(*causes),
            "told": words if tells else None,
        }

    def _offer_letter(self, ticket: Ticket, user: User) -> None:
        """On by default where there is an address; else it is said why not."""
        if reason := unreachable(ticket.customer):
            for name in ("tells_customer", "subject", "words"):
                del self.fields[name]
            self.fields["outcome"].help_text = _(
                "The customer cannot be told by e-mail: %(reason)s."
            ) % {"reason": UNREACHABLE[reason]}
            self.preview = ""
            return
        assert ticket.customer is not None
        draft = draft_for(ticket, user)
        self.fields["subject"].initial = draft.subject
        self.fields["words"].initial = draft.text
        self.fields["outcome"].help_text = _(
            "The customer reads this: write it in their language, %(language)s."
        ) % {"language": NAMES[language_for(ticket.customer)]}

    def _offer_causes(self, ticket: Ticket) -> None:
        causes = RootCause.objects.filter(is_active=True, parent__is_active=True)
        self.causes = {
            str(cause.pk): cause
            for cause in causes.select_related("parent").order_by(
                "parent__position", "position"
            )
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, cause in self.causes.items():
            groups.setdefault(str(cause.parent), []).append((key, str(cause)))
        field = self.fields["root_cause"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose…")), *groups.items()]
        if str(ticket.root_cause_id) in self.causes:
            field.initial = str(ticket.root_cause_id)

    def clean_root_cause(self) -> RootCause:
        return self.causes[self.cleaned_data["root_cause"]]


class ReopeningForm(ActForm):
    reason = forms.CharField(
        label=_("Why is it not solved?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        if ticket.is_resolved:
            until = local_day(reopens_until(ticket))
            self.fields["reason"].help_text = _(
                "Until %(day)s the same deadlines go on, without the time in between; "
                "later a follow-up ticket with deadlines of its own opens."
            ) % {"day": date_format(until)}


def assignable_by(user: User, ticket: Ticket) -> QuerySet[User]:
    """Whom this person may give the ticket to.

    Leads and managers: anybody who works on tickets. Others may take it, or hand on
    what is theirs to a colleague of the ticket's team.
    """
    workers = User.objects.filter(is_active=True, role__in=WORKERS)
    allowed = workers.exclude(pk=ticket.assignee_id).order_by("name", "pk")
    if can(user, Ability.ASSIGN_TICKETS):
        return allowed
    if ticket.assignee_id != user.pk:
        return allowed.filter(pk=user.pk)
    colleagues = Q(memberships__team=ticket.team_id) | Q(led_teams=ticket.team_id)
    return allowed.filter(colleagues).distinct()
