"""What customers say."""

from django.utils.translation import gettext_lazy as _

from dashboards.declarations.words import (
    A_COUNT,
    ADJUSTED_WALD,
    BY_ANSWER_DAY,
    STUDENT,
    WILSON,
)
from dashboards.metric import Metric, Words


def _share(
    key: str, label: Words, formula: Words, numerator: Words, denominator: Words
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=WILSON,
        source="answers",
        grain=BY_ANSWER_DAY,
        better="higher",
    )


def _mean(key: str, label: Words, denominator: Words) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="scale",
        formula=_("sum of the scores ÷ answered"),
        numerator=_("the scores added up"),
        denominator=denominator,
        interval=STUDENT,
        source="answers",
        grain=BY_ANSWER_DAY,
        better="higher",
    )


_NPS = _("answers to the 0–10 question")
_CSAT = _("answers to the 1–5 satisfaction question")
_CES = _("answers to the 1–7 effort question")
_CES5 = _("answers to the 1–5 effort question")
_COMMENTS = _("answers with a comment")
_SENTIMENT = _("100 × comments judged so ÷ all comments")
_RATED = _("answers to the rating question or to the row of a matrix")


def _sentiment(key: str, label: Words, numerator: Words, *, good: bool) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=_SENTIMENT,
        numerator=numerator,
        denominator=_COMMENTS,
        interval=WILSON,
        source="comments",
        grain=BY_ANSWER_DAY,
        better="higher" if good else "lower",
    )


ATTITUDE = (
    Metric(
        key="nps",
        label=_("NPS"),
        unit="points",
        formula=_("100 × (promoters − detractors) ÷ answered; from −100 to 100"),
        numerator=_("promoters (9–10) less detractors (0–6)"),
        denominator=_NPS,
        interval=ADJUSTED_WALD,
        source="answers",
        grain=BY_ANSWER_DAY,
        better="higher",
    ),
    _share(
        "csat",
        _("CSAT"),
        _("100 × answers of 4 and 5 ÷ answered, on the scale 1–5"),
        _("answers of 4 and 5"),
        _CSAT,
    ),
    _share(
        "ces",
        _("CES (scale 1–7)"),
        _("100 × answers of 5 to 7 ÷ answered; 7 is the easiest"),
        _("answers of 5, 6 and 7"),
        _CES,
    ),
    _share(
        "ces5",
        _("CES (scale 1–5)"),
        _("100 × answers of 4 and 5 ÷ answered; 5 is the easiest"),
        _("answers of 4 and 5"),
        _CES5,
    ),
    _mean("csat_mean", _("CSAT, mean"), _CSAT),
    _mean("ces_mean", _("CES (scale 1–7), mean"), _CES),
    _mean("ces5_mean", _("CES (scale 1–5), mean"), _CES5),
    Metric(
        key="rating_top",
        label=_("Rating, two highest"),
        unit="percent",
        formula=_("100 × answers with the two highest points ÷ answered"),
        numerator=_("answers with the two highest points of the scale"),
        denominator=_RATED,
        interval=WILSON,
        source="ratings",
        grain=BY_ANSWER_DAY,
        better="higher",
    ),
    Metric(
        key="rating_mean",
        label=_("Rating, mean"),
        unit="scale",
        formula=_("sum of the points ÷ answered"),
        numerator=_("the points added up"),
        denominator=_RATED,
        interval=STUDENT,
        source="ratings",
        grain=BY_ANSWER_DAY,
        better="higher",
    ),
    _sentiment(
        "sentiment_positive",
        _("Positive comments"),
        _("comments that sound positive"),
        good=True,
    ),
    _sentiment(
        "sentiment_neutral",
        _("Neutral comments"),
        _("comments that sound neutral"),
        good=True,
    ),
    _sentiment(
        "sentiment_negative",
        _("Negative comments"),
        _("comments that sound negative"),
        good=False,
    ),
    _sentiment(
        "sentiment_unread",
        _("Comments not yet analysed"),
        _("comments that nobody has judged yet, or in a language without words"),
        good=False,
    ),
    Metric(
        key="responses",
        label=_("Answers"),
        unit="answers",
        formula=_("number of complete answers; tests are never counted"),
        numerator=_("complete answers without tests"),
        denominator=A_COUNT,
        interval=A_COUNT,
        source="answers",
        grain=BY_ANSWER_DAY,
        better="neither",
    ),
)
