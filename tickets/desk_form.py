"""Search, filters and order of the desk, as they stand in the page's address."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from teams.models import User
from teams.roles import Role
from teams.templatetags.quick_fields import labelled
from tickets.desk import ANY, Due, Opened, Sort, Tab
from tickets.desk_choices import choices_for, kept
from tickets.models import Rule, Ticket


class OfferedField(forms.CharField):
    """One of what is offered; other words are asked for too, and find nothing."""

    def __init__(self, *, label: Any, empty: Any, is_key: bool = False) -> None:
        self.empty, self.is_key = empty, is_key
        super().__init__(
            label=label, required=False, max_length=80, widget=forms.Select
        )

    def offer(self, choices: list[tuple[str, str]], chosen: str) -> None:
        widget = self.widget
        assert isinstance(widget, forms.Select)
        known = [("", self.empty), *choices]
        if chosen and all(chosen != value for value, _label in known):
            known.append((chosen, chosen))
        widget.choices = known

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or not self.is_key or text == "me":
            return text
        if not (text.isascii() and text.isdigit() and len(text) < 18):
            raise forms.ValidationError(_("Choose one of the list."))
        return int(text)


class DeskForm(forms.Form):
    """An unknown value finds nothing."""

    q = forms.CharField(
        label=_("Number, customer or words"), required=False, max_length=100
    )
    tab = forms.ChoiceField(
        choices=Tab.choices, required=False, widget=forms.HiddenInput
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Not resolved")), *Ticket.Status.choices, (ANY, _("Any"))],
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        required=False,
        choices=[("", _("Any")), *Rule.Priority.choices],
    )
    due = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", _("Any")), *Due.choices]
    )
    assignee = OfferedField(label=_("Assignee"), empty=_("Anybody"), is_key=True)
    team = OfferedField(label=_("Team"), empty=_("Any"), is_key=True)
    touchpoint = OfferedField(label=_("Touchpoint"), empty=_("Any"), is_key=True)
    region = OfferedField(label=_("Region"), empty=_("Any"))
    tier = OfferedField(label=_("Tier"), empty=_("Any"))
    problem_type = OfferedField(label=_("Problem type"), empty=_("Any"))
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)
    opened = forms.ChoiceField(
        label=_("Opened in"),
        required=False,
        choices=[("", _("Any time")), *Opened.choices],
    )
    closure = forms.ChoiceField(
        label=_("The customer says"),
        required=False,
        choices=[("", _("Any")), *Ticket.Closure.choices],
    )
    paused = forms.BooleanField(label=_("Clock stands still"), required=False)
    waits_for_owner = forms.BooleanField(
        label=_("Waits until somebody is free"), required=False
    )
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=Sort.choices)

    def __init__(self, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__(params)
        self.user = user
        self.is_valid()

    @property
    def drawn(self) -> SafeString:
        """What narrows and sorts, as HTML: dearer than the lines that it leads to, so
        it is remembered as long as its choices are where nothing is chosen."""
        if self.is_filtered:
            return self._draw()
        return kept(f"fields-{get_language()}", self.user, self._draw)

    def _draw(self) -> SafeString:
        self._offer()
        shown = (field for field in self if field.name not in ("q", "tab"))
        return SafeString("".join(labelled(field, "filter") for field in shown))

    def _offer(self) -> None:
        offered = choices_for(self.user)
        offered = offered | {"assignee": [("me", str(_("Me"))), *offered["assignee"]]}
        for name, field in self.fields.items():
            if isinstance(field, OfferedField):
                field.offer(offered[name], str(self.data.get(name) or ""))

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
        return bool(self.narrowing & set(self.chosen)) or "q" in self.chosen

    @property
    def is_filtered(self) -> bool:
        """By more than words: the filters stand open."""
        return bool(self.narrowing & set(self.chosen)) or "sort" in self.chosen

    @property
    def narrowing(self) -> set[str]:
        return set(self.fields) - {"tab", "sort", "q"}

    @property
    def chosen(self) -> dict[str, str]:
        """What the address says, in the form's order, without what is empty."""
        return {
            name: str(self.data[name]) for name in self.fields if self.data.get(name)
        }
