"""A person's own name, language and presence."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams.models import User


class ProfileForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as the browser says")), *settings.LANGUAGES],
    )
    is_present = forms.BooleanField(
        label=_("I am at work"),
        required=False,
        help_text=_("People who are away get no new tickets and keep those they have."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One per form: a button keeps the words of the language it was first shown in.
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.base_fields, Submit("save", _("Save")))

    @staticmethod
    def values_of(user: User) -> dict[str, object]:
        return {
            "name": user.name,
            "language": user.language,
            "is_present": user.is_present,
        }
