"""Classes of Django that their stubs call generic and Django itself does not (5.2).

`django_stubs_ext` knows them all, but loads Django's admin and much else to get at them.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Field
from django.forms import BaseFormSet
from django.forms.models import BaseModelForm, ModelChoiceField

_CLASSES: tuple[Any, ...] = (
    BaseFormSet,
    BaseModelForm,
    Field,
    ModelChoiceField,
    Paginator,
)


def allow() -> None:
    """Let classes be written as their stubs are: ModelForm[Customer], Field[str, str]."""
    for each in _CLASSES:
        each.__class_getitem__ = classmethod(_itself)


def _itself(cls: type[Any], _of: object) -> type[Any]:
    return cls
