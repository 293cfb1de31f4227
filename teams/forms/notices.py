"""Which notices a person counts under the bell and which come by mail, and when not."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from teams.notice_kinds import TOPICS, Kind, topic_of

Row = tuple[Kind, BoundField, BoundField]


def _time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class NoticeForm(forms.Form):
    """`kinds` are offered; `wishes` are the ways in which each comes now."""

    quiet_from = _time_field(_("No mail from"))
    quiet_until = _time_field(_("until"))

    def __init__(
        self,
        *args: Any,
        kinds: Mapping[str, Kind],
        wishes: Mapping[str, tuple[bool, bool]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for name, kind in kinds.items():
            in_app, by_mail = wishes[name]
            for way, wanted in (("bell", in_app), ("mail", by_mail)):
                self.fields[f"{way}_{name}"] = forms.BooleanField(
                    label=kind.label, required=False, initial=wanted
                )

    def topics(self) -> Iterator[tuple[Any, list[Row]]]:
        """Each topic with its kinds and their two boxes."""
        for topic, names in groupby(self.kinds, key=topic_of):
            yield TOPICS[topic][0], [self._row(name) for name in names]

    def _row(self, name: str) -> Row:
        return self.kinds[name], self[f"bell_{name}"], self[f"mail_{name}"]

    def wishes(self) -> dict[str, tuple[bool, bool]]:
        """What was chosen: under the bell, by mail."""
        chosen = self.cleaned_data
        return {
            name: (chosen[f"bell_{name}"], chosen[f"mail_{name}"])
            for name in self.kinds
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = [cleaned.get("quiet_from"), cleaned.get("quiet_until")]
        if not self.errors and (given[0] is None) != (given[1] is None):
            raise ValidationError(_("Give both times, or none."))
        if not self.errors and given[0] is not None and given[0] == given[1]:
            raise ValidationError(_("Give two different times, or none."))
        return cleaned
