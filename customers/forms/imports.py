"""Forms for bringing in a file of customers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.import_columns import BadMapping, Target, check_columns


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "Up to 20 MB, with column names in the first line. Comma, semicolon, tab or"
            " | between the cells; UTF-8, UTF-16 or GB 18030."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )


class ColumnsForm(forms.Form):
    """One select per column of the file: `column_0`, `column_1`, …"""

    def __init__(self, *args: Any, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.header = header
        for index, name in enumerate(header):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=_("Meaning of “%(column)s”") % {"column": name},
                choices=Target.choices,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                check_columns(self.columns(), self.header)
            except BadMapping as problem:
                raise forms.ValidationError(str(problem)) from problem
        return values

    def columns(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]
