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

from dashboards.forms import DEFAULT_PRESET, NONE
from dashboards.home import overview
from dashboards.periods import ImpossiblePeriod, Period, Preset, period_for
from dashboards.published import Number, numbers_of
from dashboards.registry import METRICS
from dashboards.selection import Filters, touchpoints
from surveys.intake import local_day
from surveys.models import Survey
from teams.access import can
from teams.api import caller
from teams.models import User
from teams.roles import Ability

SEGMENT_HELP = f"As written on the customers; {NONE} for those without."


class MetricFilters(serializers.Serializer[Any]):
    metric = serializers.MultipleChoiceField(
        choices=sorted(METRICS),
        required=False,
        help_text="Repeat it for several; else all.",
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
    n = serializers.IntegerField()
    is_hidden = serializers.BooleanField()
    is_low_base = serializers.BooleanField()
    change = ChangeSerializer(
        allow_null=True, help_text="Against the equally long period before."
    )
    before = serializers.FloatField(allow_null=True)
    waiting = serializers.IntegerField(
        allow_null=True, help_text="Tickets that are not due yet; not part of n."
    )
    formula = serializers.CharField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    grain = serializers.CharField()
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
    shown = overview(user, period=span, filters=_filters(user, asked), at=at)
    wanted = asked.get("metric") or METRICS.keys()
    return {
        "since": span.start,
        "until": span.end,
        "as_of": shown.filled_to,
        "results": [n for n in numbers_of(shown) if n.key in wanted],
        "next": None,
    }


def _filters(user: User, asked: dict[str, Any]) -> Filters:
    surveys = Survey.objects.visible_to(user)
    places = touchpoints(user)
    return Filters(
        survey=_id_of(surveys, "slug", asked.get("survey"), "survey"),
        touchpoint=_id_of(places, "key", asked.get("touchpoint"), "touchpoint"),
        region=_segment(asked.get("region")),
        product_line=_segment(asked.get("product_line")),
        tier=_segment(asked.get("tier")),
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
