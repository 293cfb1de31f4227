"""What a list of choices says where nothing is chosen: words instead of dashes."""

from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _

DASHES: Any = BLANK_CHOICE_DASH[0][1]


def word_blanks(form: forms.BaseForm) -> None:
    """Where Django would show dashes; what a form words itself stays."""
    for field in form.fields.values():
        words: Any = _("Choose…") if field.required else _("None")
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label == DASHES:
                field.empty_label = words
        elif isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            field.choices = [
                (value, words if label == DASHES else label) for value, label in choices
            ]
