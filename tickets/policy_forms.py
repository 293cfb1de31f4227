"""What people enter of a policy: targets as times, and the exceptions as a table."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models import SlaPolicy, Ticket
from tickets.policy_changes import Exempt, rows_of
from tickets.time_left import working_time

# A year; longer promises are typing errors.
LONGEST_MINUTES = 365 * 24 * 60
LONGEST_DAYS = 365
_TIME = re.compile(
    r"(?:(?P<hours>\d{1,7})\s*(?:h|hours?|小时))?\s*"
    r"(?:(?P<minutes>\d{1,7})\s*(?:m|min|minutes?|分钟|分)?)?",
    re.IGNORECASE,
)


class MinutesField(forms.CharField):
    """Working time such as “90 min”, “24 h”, “1 h 30 min”, as minutes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"placeholder": _("24 h")}))
        super().__init__(max_length=40, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return working_time(timedelta(minutes=value)) if type(value) is int else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = _TIME.fullmatch(text.strip())
        if not found:
            raise ValidationError(
                gettext("“%(text)s” is not a time. Write it like 90 min or 24 h.")
                % {"text": text}
            )
        minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise ValidationError(gettext("Promise between one minute and a year."))
        return minutes


class _Targets(forms.Form):
    first_contact_minutes = MinutesField(label=_("First contact within"))
    next_response_minutes = MinutesField(
        label=_("Answer to each message within"),
        required=False,
        help_text=_("Empty: no promise."),
    )
    resolution_minutes = MinutesField(label=_("Resolved within"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        contact = cleaned.get("first_contact_minutes")
        resolution = cleaned.get("resolution_minutes")
        if contact and resolution and contact > resolution:
            self.add_error(
                "resolution_minutes",
                _("Nothing is resolved before the first contact: give it more time."),
            )
        return cleaned


class PolicyForm(_Targets):
    name = forms.CharField(label=_("Name"), max_length=120)
    reopen_days = forms.IntegerField(
        label=_("Days in which a ticket can be reopened"),
        min_value=0,
        max_value=LONGEST_DAYS,
        help_text=_("After that a customer who comes back gets a new, linked ticket."),
    )
    silence_days = forms.IntegerField(
        label=_("Days until silence closes a ticket"),
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("When the customer was told the outcome and does not answer."),
    )
    re_ask_days = forms.IntegerField(
        label=_("Days until the customer is asked again"),
        min_value=0,
        max_value=LONGEST_DAYS,
        help_text=_(
            "So long after a ticket is resolved, its customer gets the same survey once "
            "more, so that we see whether they are recovered. 0: never."
        ),
    )
    pause_minutes = MinutesField(
        label=_("Paused at most, in all"),
        required=False,
        help_text=_(
            "Working time of all pauses of a ticket together; when it is used up, the "
            "clocks go on by themselves. Empty: no limit."
        ),
    )
    field_order = (
        "name",
        "first_contact_minutes",
        "next_response_minutes",
        "resolution_minutes",
        "pause_minutes",
    )

    def __init__(self, data: Any = None, *, policy: SlaPolicy, name: str = "") -> None:
        self.policy = policy
        initial = {field: getattr(policy, field) for field in self.base_fields}
        super().__init__(data, initial=initial | ({"name": name} if name else {}))

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = SlaPolicy.objects.filter(name=name).exclude(pk=self.policy.pk)
        if taken.exists():
            raise ValidationError(_("There is a policy with this name already."))
        return name


class ExemptForm(_Targets):
    """One exception. A row in which nothing was entered does not count."""

    priority = forms.ChoiceField(
        label=_("Priority"),
        required=False,
        choices=[("", _("any priority")), *Ticket.Priority.choices],
    )
    tier = forms.CharField(
        label=_("Tier"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": "tiers", "placeholder": _("any tier")}),
    )
    field_order = ("priority", "tier")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Exempt.__dataclass_fields__:
            look = "form-select" if name == "priority" else "form-control"
            self.fields[name].widget.attrs["class"] = look

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("priority") and not cleaned.get("tier"):
            self.add_error("priority", _("Choose a priority, a tier, or both."))
        return cleaned

    @property
    def row(self) -> Exempt:
        names = Exempt.__dataclass_fields__
        return Exempt(**{name: self.cleaned_data[name] for name in names})


class _Exempts(forms.BaseFormSet[ExemptForm]):
    def clean(self) -> None:
        seen = set()
        for row in self.rows:
            case = (row.priority, row.tier.casefold())
            if case in seen:
                raise ValidationError(_("Two exceptions are for the same case."))
            seen.add(case)

    @property
    def rows(self) -> list[Exempt]:
        return [
            form.row
            for form in self.forms
            if form.is_valid() and form.has_changed() and not self._gone(form)
        ] + self._kept()

    def _gone(self, form: ExemptForm) -> bool:
        return bool(form.cleaned_data.get("DELETE"))

    def _kept(self) -> list[Exempt]:
        return [
            form.row
            for form in self.initial_forms
            if form.is_valid() and not form.has_changed()
        ]


ExemptFormSet = forms.formset_factory(
    ExemptForm, formset=_Exempts, extra=2, can_delete=True, max_num=60
)


def exempts_of(policy: SlaPolicy, data: Any = None) -> _Exempts:
    initial = [
        {name: getattr(row, name) for name in Exempt.__dataclass_fields__}
        for row in rows_of(policy)
    ]
    found = ExemptFormSet(data, initial=initial, prefix="rows")
    assert isinstance(found, _Exempts)
    return found


def known_tiers() -> list[str]:
    tiers = Customer.objects.exclude(tier="").order_by("tier")
    return list(tiers.values_list("tier", flat=True).distinct()[:40])
