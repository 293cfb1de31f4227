"""The form for a target, and targets in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dashboards.forms import DateInput
from dashboards.metric import Metric, Unit
from dashboards.models import Target
from dashboards.registry import METRICS
from dashboards.targets import RANGES, WITH_TARGET
from dashboards.wording import amount_text

_UNITS: Mapping[Unit, Any] = {
    "points": _("points"),
    "percent": "%",
    "scale": _("points of the scale"),
    "tickets": _("tickets"),
    "minutes": _("minutes"),
    "seconds": _("seconds"),
    "money": _("the orders' currency"),
    "times": _("orders"),
    "clicks": _("clicks"),
}


@dataclass(frozen=True)
class Line:
    """A metric and what it shall reach, in words."""

    metric: Metric
    target: str


class TargetForm(forms.Form):
    """`cleaned_data` are the arguments of `set_target`; no value ends the target."""

    metric = forms.ChoiceField(label=pgettext_lazy("metric", "Number"))
    value = forms.FloatField(
        label=_("Target"),
        required=False,
        help_text=_("In the unit of the number. Leave it empty to end the target."),
    )
    from_day = forms.DateField(
        label=_("From"),
        widget=DateInput(),
        help_text=_("Periods that end before this day keep the target they had."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["metric"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (key, lazystr(f"{METRICS[key].label} ({_UNITS[METRICS[key].unit]})"))
            for key in WITH_TARGET
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        metric, value = METRICS.get(cleaned.get("metric", "")), cleaned.get("value")
        if metric is None or value is None:
            return cleaned
        low, high = RANGES.get(metric.unit, (0.0, None))
        if (low is not None and value < low) or (high is not None and value > high):
            self.add_error("value", _out_of_range(metric, low, high))
        return cleaned


def lines_of(targets: Mapping[str, float]) -> list[Line]:
    """In the order of the registry."""
    return [
        Line(metric, amount_text(metric.unit, targets[key]))
        for key, metric in METRICS.items()
        if key in targets
    ]


def line_of(target: Target) -> Line | None:
    """None of a metric that is not declared any more."""
    metric = METRICS.get(target.metric)
    if metric is None:
        return None
    words = gettext("none any more")
    if target.value is not None:
        words = amount_text(metric.unit, target.value)
    return Line(metric, words)


def _out_of_range(metric: Metric, low: float | None, high: float | None) -> str:
    if high is None:
        return gettext("This number is never below %(low)g.") % {"low": low}
    return gettext("This number lies between %(low)g and %(high)g.") % {
        "low": low,
        "high": high,
    }
