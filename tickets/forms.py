"""What people may ask of the desk and enter on a ticket."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Message
from journeys.models import Touchpoint
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability, Role
from tickets.desk import Sort, Tab
from tickets.models import RootCause, Rule, SlaPolicy, Ticket
from tickets.routing import WORKERS

LONGEST_TEXT = 5_000
# A year; longer promises are typing errors.
LONGEST_MINUTES = 365 * 24 * 60


class DeskForm(forms.Form):
    """Search, filters and order of the list. An unknown value finds nothing."""

    q = forms.CharField(
        label=_("Number, customer or words"), required=False, max_length=100
    )
    tab = forms.ChoiceField(
        choices=Tab.choices, required=False, widget=forms.HiddenInput
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Not resolved")), *Ticket.Status.choices, ("any", _("Any"))],
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        required=False,
        choices=[("", _("Any")), *Rule.Priority.choices],
    )
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"),
        label=_("Team"),
        required=False,
        empty_label=_("Any"),
    )
    assignee = forms.ModelChoiceField(
        User.objects.filter(role__in=WORKERS).order_by("name"),
        label=_("Assignee"),
        required=False,
        empty_label=_("Anybody"),
    )
    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.order_by("name"),
        label=_("Touchpoint"),
        required=False,
        empty_label=_("Any"),
    )
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=Sort.choices)

    def __init__(self, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__(params)
        self.user = user
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.widget.attrs["class"] = "form-select"
            field.widget.attrs["id"] = f"filter-{name}"
        self.is_valid()

    @property
    def tab_name(self) -> str:
        """Without a choice: agents see theirs, leads their teams’, managers all."""
        usual = {Role.AGENT: Tab.MINE, Role.TEAM_LEAD: Tab.TEAM}
        return self.cleaned_data.get("tab") or usual.get(Role(self.user.role), Tab.ALL)

    @property
    def sort_name(self) -> str:
        return self.cleaned_data.get("sort") or Sort.DUE

    @property
    def is_narrowed(self) -> bool:
        narrowing = (set(self.fields) - {"tab", "sort"}) & set(self.data)
        return any(self.data.get(name) for name in narrowing)


class ActForm(forms.Form):
    """The form of one act of one person on one ticket."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        ticket: Ticket,
        user: User,
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, auto_id=auto_id)
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
        help_text=_("Only colleagues read this."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ContactForm(ActForm):
    channel = forms.ChoiceField(
        label=_("Over which channel"), choices=Message.Channel.choices
    )
    summary = forms.CharField(
        label=_("What was said"),
        help_text=_("Log it when the customer has really heard from you."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ResolutionForm(ActForm):
    root_cause = forms.ChoiceField(label=_("Root cause"))
    outcome = forms.CharField(
        label=_("Outcome"),
        help_text=_("What was done, and how the customer took it."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
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


class PolicyChoice(forms.ModelChoiceField[SlaPolicy]):
    def label_from_instance(self, obj: SlaPolicy) -> str:
        return obj.label


class RuleForm(forms.ModelForm[Rule]):
    """What a rule does; when it holds is not edited here."""

    class Meta:
        model = Rule
        fields = ("team", "strategy", "priority", "sla_policy")
        field_classes: ClassVar = {"sla_policy": PolicyChoice}


class PolicyForm(forms.ModelForm[SlaPolicy]):
    first_contact_minutes = forms.IntegerField(
        label=_("First contact within (minutes)"),
        min_value=1,
        max_value=LONGEST_MINUTES,
    )
    resolution_minutes = forms.IntegerField(
        label=_("Resolved within (minutes)"), min_value=1, max_value=LONGEST_MINUTES
    )

    class Meta:
        model = SlaPolicy
        fields = ("first_contact_minutes", "resolution_minutes")


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
