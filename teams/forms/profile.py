"""A person's own name, language and presence."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams import time_zones
from teams.models import User


def _zones() -> list[tuple[str, Any]]:
    return [("", _("as the installation")), *time_zones.choices()]


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
        help_text=_(
            "Not at work today? Then new tickets go to others, and what comes near its "
            "deadline to your lead. For longer, enter an absence with a deputy."
        ),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lazy(_zones, list),
        help_text=_("Pages show its time; quiet hours are counted in it."),
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
            "time_zone": user.time_zone,
        }
