"""Inviting people, changing them, and narrowing what they see."""

import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams.models import DataScope, User
from teams.roles import Role
from teams.scope_values import choices

_COMMAS = re.compile(r"[,，;；、]")
LONGEST_SKILL = 40


class PersonForm(forms.Form):
    """`person` is who is changed; None for somebody new."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.AGENT.value
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as the browser says")), *settings.LANGUAGES],
        help_text=_("Letters and pages speak it; people can change it themselves."),
    )
    capacity = forms.IntegerField(
        label=_("Most open tickets"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Beyond it, new tickets go to others. Empty: no limit."),
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=400,
        help_text=_("Separated by commas, for example: chinese, refunds."),
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        self.person = person
        if person:
            kwargs["initial"] = {
                **{name: getattr(person, name) for name in self.base_fields},
                "skills": ", ".join(person.skills),
            }
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        label = _("Save") if person else _("Send the invitation")
        if not person:
            # Nobody knows yet how much they will do.
            del self.fields["capacity"], self.fields["skills"]
        self.helper.layout = Layout(*self.fields, Submit("save", label))

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        taken = User.objects.filter(email__iexact=email)
        if self.person:
            taken = taken.exclude(pk=self.person.pk)
        if taken.exists():
            raise ValidationError(_("Somebody signs in with this address already."))
        return email

    def clean_skills(self) -> list[str]:
        """Each once, in lower case, as routing compares them."""
        words = _COMMAS.split(self.cleaned_data["skills"].lower())
        skills = sorted({word.strip() for word in words if word.strip()})
        if any(len(skill) > LONGEST_SKILL for skill in skills):
            raise ValidationError(_("A skill has 40 characters at most."))
        return skills


class ScopeForm(forms.Form):
    effect = forms.ChoiceField(label=_("This person"), choices=DataScope.Effect.choices)
    what = forms.ChoiceField(label=_("Part of the data"), choices=lazy(choices, list))

    def clean(self) -> dict[str, Any]:
        """`region:North` → dimension and value."""
        cleaned: dict[str, Any] = super().clean() or {}
        dimension, _colon, value = cleaned.pop("what", "").partition(":")
        return {**cleaned, "dimension": dimension, "value": value}
