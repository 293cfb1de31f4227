"""Every published number, declared once: what it is, of what, from where, since when.

Pages, exports and the API print these words beside the value. The calculation itself
is `surveys.metrics`; a change of either raises `version`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Unit = Literal["points", "percent", "answers", "tickets", "minutes"]
Better = Literal["higher", "lower", "neither"]
Source = Literal["answers", "loop", "tickets"]

Words = str | Promise


@dataclass(frozen=True)
class Metric:
    """`source` is a rollup, or `tickets` where the live rows are counted."""

    key: str
    label: Words
    unit: Unit
    formula: Words
    numerator: Words
    denominator: Words
    source: Source
    grain: Words
    better: Better
    version: int


_BY_ANSWER_DAY = _("by the day the answer arrived")
_BY_COHORT = _("by the day the answer that opened the ticket arrived")
_NOW = _("at this moment")
_COMPLETE = _("complete answers without tests")
_ALL = (
    Metric(
        key="nps",
        label=_("NPS"),
        unit="points",
        formula=_("100 × (promoters − detractors) ÷ answered; from −100 to 100"),
        numerator=_("promoters (9–10) less detractors (0–6)"),
        denominator=_("answers to the 0–10 question"),
        source="answers",
        grain=_BY_ANSWER_DAY,
        better="higher",
        version=1,
    ),
    Metric(
        key="csat",
        label=_("CSAT"),
        unit="percent",
        formula=_("100 × answers of 4 and 5 ÷ answered, on the scale 1–5"),
        numerator=_("answers of 4 and 5"),
        denominator=_("answers to the 1–5 satisfaction question"),
        source="answers",
        grain=_BY_ANSWER_DAY,
        better="higher",
        version=1,
    ),
    Metric(
        key="ces",
        label=_("CES (scale 1–7)"),
        unit="percent",
        formula=_("100 × answers of 5 to 7 ÷ answered; 7 is the easiest"),
        numerator=_("answers of 5, 6 and 7"),
        denominator=_("answers to the 1–7 effort question"),
        source="answers",
        grain=_BY_ANSWER_DAY,
        better="higher",
        version=1,
    ),
    Metric(
        key="ces5",
        label=_("CES (scale 1–5)"),
        unit="percent",
        formula=_("100 × answers of 4 and 5 ÷ answered; 5 is the easiest"),
        numerator=_("answers of 4 and 5"),
        denominator=_("answers to the 1–5 effort question"),
        source="answers",
        grain=_BY_ANSWER_DAY,
        better="higher",
        version=1,
    ),
    Metric(
        key="responses",
        label=_("Answers"),
        unit="answers",
        formula=_("number of complete answers; tests are never counted"),
        numerator=_COMPLETE,
        denominator=_("none, it is a count"),
        source="answers",
        grain=_BY_ANSWER_DAY,
        better="neither",
        version=1,
    ),
    Metric(
        key="open_tickets",
        label=_("Open tickets"),
        unit="tickets",
        formula=_("number of tickets that are not resolved"),
        numerator=_("tickets that are not resolved"),
        denominator=_("none, it is a count"),
        source="tickets",
        grain=_NOW,
        better="lower",
        version=1,
    ),
    Metric(
        key="overdue_tickets",
        label=_("Overdue tickets"),
        unit="tickets",
        formula=_("number of open tickets whose next deadline has passed"),
        numerator=_("open tickets past their next deadline"),
        denominator=_("none, it is a count"),
        source="tickets",
        grain=_NOW,
        better="lower",
        version=1,
    ),
    Metric(
        key="contact_in_sla",
        label=_("First contact in time"),
        unit="percent",
        formula=_("100 × met ÷ (met + breached); open and past due is breached"),
        numerator=_("tickets whose first contact was in time"),
        denominator=_(
            "tickets whose first contact was made or is past due; those not yet due"
            " are shown beside"
        ),
        source="loop",
        grain=_BY_COHORT,
        better="higher",
        version=1,
    ),
    Metric(
        key="resolution_in_sla",
        label=_("Resolved in time"),
        unit="percent",
        formula=_("100 × met ÷ (met + breached); open and past due is breached"),
        numerator=_("tickets that were resolved in time"),
        denominator=_(
            "tickets that were resolved or are past due; those not yet due are shown"
            " beside"
        ),
        source="loop",
        grain=_BY_COHORT,
        better="higher",
        version=1,
    ),
    Metric(
        key="contact_minutes",
        label=_("Median time to first contact"),
        unit="minutes",
        formula=_("median of the working time from the answer to the first contact"),
        numerator=_("working minutes of each ticket, pauses left out"),
        denominator=_("tickets with a first contact"),
        source="loop",
        grain=_BY_COHORT,
        better="lower",
        version=1,
    ),
    Metric(
        key="resolution_minutes",
        label=_("Median time to resolve"),
        unit="minutes",
        formula=_("median of the working time from the answer to the resolution"),
        numerator=_("working minutes of each ticket, pauses left out"),
        denominator=_("resolved tickets"),
        source="loop",
        grain=_BY_COHORT,
        better="lower",
        version=1,
    ),
)

METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _ALL}
SCORES = ("nps", "csat", "ces", "ces5")
