"""Whom we ask, and who answers."""

from typing import Literal

from django.utils.translation import gettext_lazy as _

from dashboards.declarations.words import (
    BY_ANSWER_DAY,
    BY_SENDING,
    ORDER,
    WILSON,
)
from dashboards.metric import Better, Metric, Words


def _time(key: str, label: Words, formula: Words) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="seconds",
        formula=formula,
        numerator=_("seconds from the first page to sending, of each answer"),
        denominator=_("complete answers whose start is known"),
        interval=ORDER,
        source="sessions",
        grain=BY_ANSWER_DAY,
        better="lower",
    )


def _share(
    key: str,
    label: Words,
    words: tuple[Words, Words, Words],
    source: Literal["sessions", "invitations"],
    better: Better,
) -> Metric:
    formula, numerator, denominator = words
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=WILSON,
        source=source,
        grain=BY_SENDING if source == "invitations" else BY_ANSWER_DAY,
        better=better,
    )


REACH = (
    _share(
        "response_rate",
        _("Response rate"),
        (
            _("100 × (completed + kept partial answers) ÷ delivered invitations"),
            _("invitations that were answered, or answered in part"),
            _("invitations that were delivered; some may still be answered"),
        ),
        "invitations",
        "higher",
    ),
    _share(
        "completion_rate",
        _("Completion rate"),
        (
            _("100 × completed ÷ started"),
            _("complete answers"),
            _("answers that were begun: complete, over quota, or saved and not sent"),
        ),
        "sessions",
        "higher",
    ),
    _share(
        "abandonment_rate",
        _("Abandonment"),
        (
            _("100 × left ÷ started; who was here in the last 30 minutes has not left"),
            _("answers that were begun and left"),
            _("answers that were begun: complete, over quota, or saved and not sent"),
        ),
        "sessions",
        "lower",
    ),
    _time(
        "answer_seconds",
        _("Median time to answer"),
        _("median of the time from the first page to sending"),
    ),
    _time(
        "answer_seconds_p90",
        _("Time to answer, 90th percentile"),
        _("nine in ten answers took no longer"),
    ),
)
