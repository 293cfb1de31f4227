"""A new API token: what it is for and what it may do."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from teams.models import ApiToken

READ, BOTH = "read", "read write"


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What will use it, for example: CRM."),
    )
    scopes = forms.ChoiceField(
        label=_("It may"),
        choices=[(READ, _("only read")), (BOTH, _("read and write"))],
        initial=READ,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One per form: a button keeps the words of the language it was first shown in.
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *self.base_fields, Submit("save", _("Make a token"))
        )

    def clean_scopes(self) -> list[str]:
        return [
            str(ApiToken.Scope(word)) for word in self.cleaned_data["scopes"].split()
        ]
