"""The form of what happened when."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.forms import DateInput
from dashboards.models import Annotation
from dashboards.periods import EARLIEST
from dashboards.selection import touchpoints
from teams.forms.blank_choices import word_blanks
from teams.models import User


class AnnotationForm(forms.ModelForm[Annotation]):
    class Meta:
        model = Annotation
        fields: ClassVar = [
            "kind",
            "title",
            "happened_on",
            "ended_on",
            "touchpoint",
            "note",
        ]
        widgets: ClassVar = {
            "happened_on": DateInput(),
            "ended_on": DateInput(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar = {
            "ended_on": _("Only for what lasted longer than a day."),
            "touchpoint": _("Leave it empty for what concerned the whole company."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["touchpoint"]
        assert isinstance(place, forms.ModelChoiceField)
        place.queryset = touchpoints(user).order_by("name")
        place.empty_label = str(_("Everywhere"))
        word_blanks(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("happened_on"), cleaned.get("ended_on")
        if first and first < EARLIEST:
            self.add_error("happened_on", _("The first day must lie after 1970."))
        if first and last and last < first:
            self.add_error("ended_on", _("The last day lies before the first day."))
        return cleaned
