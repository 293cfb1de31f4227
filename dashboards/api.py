"""The API's numbers: what the dashboard shows, with n, interval and definition."""

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Account
from dashboards.forms import DEFAULT_PRESET, NONE
from dashboards.measuring import Question, UnknownMetric, answered
from dashboards.periods import ImpossiblePeriod, Period, Preset, period_for
from dashboards.published import Number, number_of
from dashboards.registry import METRICS
from dashboards.selection import Filters, touchpoints
from dashboards.series import filled_to
from surveys.intake import local_day
from surveys.models import Response as Answer
from surveys.models import Survey
from teams.access import can
from teams.api import caller
from teams.models import User
from teams.roles import Ability

SEGMENT_HELP = f"As written on the customers; {NONE} for those without."


def _declared(asked: str) -> str:
    """The key in `nps` or `nps@1`. ValidationError where it names nothing we have."""
    key, at, version = asked.partition("@")
    if key not in METRICS:
        raise serializers.ValidationError(
            _("There is no number “%(key)s”.") % {"key": key}
        )
    if at and version != str(METRICS[key].version):
        raise serializers.ValidationError(
            _("“%(key)s” is defined in version %(version)d; no other is kept.")
            % {"key": key, "version": METRICS[key].version}
        )
    return key


class MetricFilters(serializers.Serializer[Any]):
    metric = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text=(
            "Repeat it for several; else all that need no question. `nps@1` insists on"
            " that version of the definition."
        ),
    )
    question = serializers.CharField(
        required=False,
        max_length=90,
        help_text="For ratings: a question of the survey, or `question.row`.",
    )
    period = serializers.ChoiceField(
        [choice for choice in Preset.values if choice != Preset.CUSTOM],
        default=DEFAULT_PRESET.value,
        help_text="Left aside where since and until are given.",
    )
    since = serializers.DateField(required=False, help_text="The first day.")
    until = serializers.DateField(required=False, help_text="The last day, included.")
    survey = serializers.SlugField(required=False)
    touchpoint = serializers.SlugField(required=False, help_text="Its key.")
    region = serializers.CharField(
        required=False, max_length=80, help_text=SEGMENT_HELP
    )
    product_line = serializers.CharField(
        required=False, max_length=80, help_text=SEGMENT_HELP
    )
    tier = serializers.CharField(required=False, max_length=40, help_text=SEGMENT_HELP)
    channel = serializers.ChoiceField(Answer.Channel.values, required=False)
    language = serializers.CharField(required=False, max_length=10)
    journey = serializers.IntegerField(required=False, help_text="Its number.")
    stage = serializers.IntegerField(required=False, help_text="Its number.")
    team = serializers.IntegerField(required=False, help_text="Its number.")
    account = serializers.CharField(
        required=False, max_length=80, help_text="Its external id."
    )
    attribute = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="name:value; repeat it for several, which all must hold.",
    )

    def validate_metric(self, asked: list[str]) -> list[str]:
        return [_declared(each) for each in asked]

    def validate_attribute(self, pairs: list[str]) -> list[tuple[str, str]]:
        found = [pair.partition(":") for pair in pairs]
        if not all(name and colon for name, colon, _value in found):
            raise serializers.ValidationError(_("Write it as name:value."))
        return [(name, value) for name, _colon, value in found]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            attrs["span"] = self._span(attrs)
        except ImpossiblePeriod as problem:
            raise serializers.ValidationError({"until": str(problem)}) from problem
        return attrs

    def _span(self, attrs: dict[str, Any]) -> Period:
        first, last = attrs.get("since"), attrs.get("until")
        if not first and not last:
            return period_for(attrs["period"], today=local_day(self.context["now"]))
        if not (first and last):
            raise ImpossiblePeriod(
                _("A custom range needs a first day and a last day.")
            )
        return Period(first, last)


class ChangeSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    p_value = serializers.FloatField()


class NumberSerializer(serializers.Serializer[Number]):
    """`value` is null where nothing was measured, and where n is too small to show."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field named so
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(
        allow_null=True, help_text="Null where it is that small that nothing is shown."
    )
    is_hidden = serializers.BooleanField()
    is_low_base = serializers.BooleanField()
    change = ChangeSerializer(
        allow_null=True, help_text="Against the equally long period before."
    )
    before = serializers.FloatField(allow_null=True)
    waiting = serializers.IntegerField(
        allow_null=True, help_text="Tickets that are not due yet; not part of n."
    )
    currency = serializers.CharField()
    formula = serializers.CharField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    interval = serializers.CharField(help_text="The method of low and high.")
    source = serializers.CharField()  # type: ignore[assignment]  # a field named so
    grain = serializers.CharField()
    better = serializers.CharField()
    version = serializers.IntegerField()


class MetricsSerializer(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="When the newest counted answer came."
    )
    results = NumberSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: one page.")


class MetricList(APIView):
    """The key numbers of a period, as far as you may see."""

    @extend_schema(
        parameters=[MetricFilters], responses=MetricsSerializer, tags=["metrics"]
    )
    def get(self, request: Request) -> Response:
        user, now = caller(request), timezone.now()
        if not can(user, Ability.SEE_DASHBOARDS):
            raise PermissionDenied(_("Your role may not see dashboards."))
        asked = MetricFilters(data=request.query_params, context={"now": now})
        asked.is_valid(raise_exception=True)
        answer = _answer(user, asked.validated_data, at=now)
        return Response(MetricsSerializer(answer).data)


def _answer(user: User, asked: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    span: Period = asked["span"]
    question = Question(
        user, _filters(user, asked), span, at, element=asked.get("question", "")
    )
    try:
        found = answered(question, asked.get("metric") or _without_question(question))
    except UnknownMetric as unknown:
        raise serializers.ValidationError({"question": str(unknown)}) from unknown
    return {
        "since": span.start,
        "until": span.end,
        "as_of": filled_to(),
        "results": [number_of(result) for result in found.values()],
        "next": None,
    }


def _without_question(question: Question) -> list[str]:
    """Every number; ratings only where it is said of which question."""
    asks = question.element and question.filters.survey is not None
    return [
        key for key, metric in METRICS.items() if asks or metric.source != "ratings"
    ]


def _filters(user: User, asked: dict[str, Any]) -> Filters:
    surveys = Survey.objects.visible_to(user)
    accounts = Account.objects.visible_to(user)
    return Filters(
        survey=_id_of(surveys, "slug", asked.get("survey"), "survey"),
        touchpoint=_id_of(
            touchpoints(user), "key", asked.get("touchpoint"), "touchpoint"
        ),
        region=_segment(asked.get("region")),
        product_line=_segment(asked.get("product_line")),
        tier=_segment(asked.get("tier")),
        channel=asked.get("channel"),
        language=asked.get("language"),
        journey=asked.get("journey"),
        stage=asked.get("stage"),
        team=asked.get("team"),
        account=_id_of(accounts, "external_id", asked.get("account"), "account"),
        attributes=tuple(asked.get("attribute") or ()),
    )


def _id_of(
    rows: QuerySet[Any, Model], field: str, value: str | None, name: str
) -> int | None:
    if value is None:
        return None
    pk = rows.filter(**{field: value}).values_list("pk", flat=True).first()
    if pk is None:
        raise serializers.ValidationError({name: _("There is none that you may see.")})
    return int(pk)


def _segment(value: str | None) -> str | None:
    return "" if value == NONE else value
