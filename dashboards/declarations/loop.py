"""What is done about low answers."""

from typing import Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.declarations.words import (
    A_COUNT,
    BY_COHORT,
    NOW,
    ORDER,
    WILSON,
)
from dashboards.metric import Metric, Words

_QUALIFYING = _("answers that a rule takes, with or without a ticket")


def _rate(
    key: str,
    label: Words,
    numerator: Words,
    *,
    better: Literal["higher", "lower"] = "higher",
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=_("100 × such answers ÷ qualifying answers"),
        numerator=numerator,
        denominator=_QUALIFYING,
        interval=WILSON,
        source="loop",
        grain=BY_COHORT,
        better=better,
    )


def _in_time(key: str, label: Words, numerator: Words, denominator: Words) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=_("100 × met ÷ (met + breached); open and past due is breached"),
        numerator=numerator,
        denominator=denominator,
        interval=WILSON,
        source="loop",
        grain=BY_COHORT,
        better="higher",
    )


def _time(key: str, label: Words, formula: Words, denominator: Words) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="minutes",
        formula=formula,
        numerator=_("working minutes of each ticket, pauses left out"),
        denominator=denominator,
        interval=ORDER,
        source="loop",
        grain=BY_COHORT,
        better="lower",
    )


def _tickets(key: str, label: Words, formula: Words, numerator: Words) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="tickets",
        formula=formula,
        numerator=numerator,
        denominator=A_COUNT,
        interval=A_COUNT,
        source="tickets",
        grain=NOW,
        better="lower",
    )


_CONTACTED = _("tickets with a first contact")
_RESOLVED = _("resolved tickets")

LOOP = (
    _rate("coverage", _("Coverage"), _("qualifying answers with a ticket")),
    _in_time(
        "contact_in_sla",
        _("First contact in time"),
        _("tickets whose first contact was in time"),
        _(
            "tickets whose first contact was made or is past due; those not yet due"
            " are shown beside"
        ),
    ),
    _in_time(
        "resolution_in_sla",
        _("Resolved in time"),
        _("tickets that were resolved in time"),
        _(
            "tickets that were resolved or are past due; those not yet due are shown"
            " beside"
        ),
    ),
    _time(
        "contact_minutes",
        _("Median time to first contact"),
        _("median of the working time from the answer to the first contact"),
        _CONTACTED,
    ),
    _time(
        "contact_minutes_p90",
        _("Time to first contact, 90th percentile"),
        _("nine in ten first contacts took no longer"),
        _CONTACTED,
    ),
    _time(
        "resolution_minutes",
        _("Median time to resolve"),
        _("median of the working time from the answer to the resolution"),
        _RESOLVED,
    ),
    _time(
        "resolution_minutes_p90",
        _("Time to resolve, 90th percentile"),
        _("nine in ten resolutions took no longer"),
        _RESOLVED,
    ),
    _rate(
        "closed_rate",
        _("Resolved"),
        _(
            "qualifying answers whose ticket is resolved; of merged tickets the one that goes on"
        ),
    ),
    _rate(
        "confirmed_rate",
        _("Confirmed by the customer"),
        _("qualifying answers whose customer said that it is solved"),
    ),
    _rate(
        "unobjected_rate",
        _("No objection"),
        _("qualifying answers whose customer was asked and said nothing"),
    ),
    _rate(
        "reopened_rate",
        pgettext_lazy("rate", "Reopened"),
        _("qualifying answers whose ticket was taken up again after it was resolved"),
        better="lower",
    ),
    Metric(
        key="recovered_rate",
        label=_("Recovered"),
        unit="percent",
        formula=_("100 × such answers ÷ qualifying answers"),
        numerator=_("qualifying answers whose next score left the bottom group"),
        denominator=_QUALIFYING,
        interval=WILSON,
        source="recovery",
        grain=BY_COHORT,
        better="higher",
    ),
    Metric(
        key="recovery_effect",
        label=_("Recovery effect"),
        unit="percent",
        formula=_(
            "share that left the bottom group among those contacted in time, less that"
            " among comparable low scorers not contacted in time"
        ),
        numerator=_("next scores out of the bottom group"),
        denominator=_("low scorers who answered again, on both sides"),
        interval=_("stratified (Greenland and Robins)"),
        source="recovery",
        grain=BY_COHORT,
        better="higher",
    ),
    _tickets(
        "open_tickets",
        _("Open tickets"),
        _("number of tickets that are not resolved"),
        _("tickets that are not resolved"),
    ),
    _tickets(
        "overdue_tickets",
        _("Overdue tickets"),
        _("number of open tickets whose next deadline has passed"),
        _("open tickets past their next deadline"),
    ),
    _tickets(
        "old_tickets",
        _("Open for more than 7 days"),
        _("number of open tickets that were opened more than 7 days ago"),
        _("open tickets older than 7 days"),
    ),
)
