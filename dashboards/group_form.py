"""What the page of groups is asked: filters, and how to tell groups apart."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.grouping import BY, Grouping
from surveys.intake import local_day
from teams.models import User

DEFAULT_BY = "nps"


class GroupForm(FilterForm):
    by = forms.ChoiceField(label=_("Groups by"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field = self.fields["by"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(one.label)) for key, one in BY.items()]
        self.order_fields(["by", "period", "since", "until"])

    @property
    def grouping(self) -> Grouping:
        return BY[self.cleaned_data["by"] or DEFAULT_BY]


class SegmentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Segment.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a segment of this name already."))
        return name


def form_of(user: User, query: QueryDict, *, at: datetime) -> GroupForm:
    given = query.copy()
    given.setdefault("period", DEFAULT_PRESET)
    given.setdefault("by", DEFAULT_BY)
    return GroupForm(given, user=user, today=local_day(at))
