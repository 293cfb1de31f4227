"""Forms for one customer, their consent, and one account."""

import json
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.import_lines import number_or_text
from customers.models import Account, Consent, Customer
from customers.scopes import may_hold
from teams.access import can
from teams.forms.blank_choices import word_blanks
from teams.models import User
from teams.roles import Ability

SCOPED = ("region", "product_line", "tier")


def _unframed(*fields: str) -> FormHelper:
    """The page brings the form tag and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*fields)
    return helper


class AttributesField(forms.CharField):
    """Free attributes as lines of “name: value”; lists and objects are JSON."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {_written(known)}" for name, known in value.items())

    def to_python(self, value: Any) -> dict[str, Any]:  # type: ignore[override]
        lines = [line for line in (value or "").splitlines() if line.strip()]
        attributes = dict(self._pair(line) for line in lines)
        if len(attributes) < len(lines):
            raise forms.ValidationError(_("Two lines have the same name."))
        return attributes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != self.to_python(data))

    def _pair(self, line: str) -> tuple[str, Any]:
        name, colon, text = (part.strip() for part in line.partition(":"))
        if not (name and colon and len(name) <= 80):
            raise forms.ValidationError(
                _("“%(line)s” is not of the form “name: value”.") % {"line": line[:60]}
            )
        return name, _read(text)


class CustomerForm(forms.ModelForm[Customer]):
    """New customers need an external id; later it stays as it is."""

    attributes = AttributesField(
        label=gettext_lazy("Attributes"),
        required=False,
        help_text=gettext_lazy("One per line, for example “tenure: 12”."),
    )

    class Meta:
        model = Customer
        fields = (
            "external_id",
            "name",
            "email",
            "phone",
            "account",
            "locale",
            "time_zone",
            "region",
            "product_line",
            "tier",
            "attributes",
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            del self.fields["external_id"]
        account: Any = self.fields["account"]
        account.queryset = self._accounts()
        word_blanks(self)
        zones = [("", _("Not known"))]
        zones += ((zone, zone) for zone in sorted(available_timezones()))
        self.fields["time_zone"].widget = forms.Select(choices=zones)
        locale: Any = self.fields["locale"]
        locale.help_text = _("A code such as en or zh-hans.")
        locale.validators.append(
            RegexValidator(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$")
        )
        for name in SCOPED:
            self.fields[name].widget.attrs["list"] = f"known-{name}"
        self.helper = _unframed(*self.fields)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone."))
        return zone

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not may_hold(self.user, {name: values.get(name, "") for name in SCOPED}):
            raise forms.ValidationError(
                _("With this region, product line or tier you could not see them.")
            )
        return values

    def _accounts(self) -> Any:
        own = Account.objects.filter(customers=self.instance.pk or 0)
        return (Account.objects.visible_to(self.user) | own).distinct().order_by("name")


class ConsentForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("The customer agreed to be contacted by"),
        choices=Consent.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def granted(self) -> dict[str, bool]:
        """Each channel, and whether it is ticked."""
        ticked = self.cleaned_data["channels"]
        return {channel: channel in ticked for channel in Consent.Channel.values}


class AccountForm(forms.ModelForm[Account]):
    """The owner answers for the account, so it is somebody who works tickets."""

    class Meta:
        model = Account
        fields = ("external_id", "name", "owner", "tier", "region")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            del self.fields["external_id"]
        owners = [
            person.pk
            for person in User.objects.filter(is_active=True)
            if can(person, Ability.WORK_TICKETS) or person.pk == self.instance.owner_id
        ]
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(pk__in=owners).order_by("name")
        word_blanks(self)
        for name in ("tier", "region"):
            self.fields[name].widget.attrs["list"] = f"known-{name}"
        self.helper = _unframed(*self.fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        held = {name: values.get(name, "") for name in ("region", "tier")}
        if not may_hold(self.user, held, dimensions=tuple(held)):
            raise forms.ValidationError(
                _("With this region or tier you could not see the account.")
            )
        return values


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Any:
    if text.startswith(("[", "{")) or text in ("true", "false", "null"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return number_or_text(text)
