"""The API's surveys and answers."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse
from rest_framework.views import APIView

from customers.api_fields import (
    CustomerInBrief,
    CustomerReference,
    ExternalIdField,
    FlatFacts,
    check_fact_lengths,
)
from customers.identification import NotYourCustomer, identify_customer
from events.ids import uuid7
from surveys import intake
from surveys.answers import InvalidAnswers
from surveys.models import Response, Survey
from surveys.pages import sentence_for
from surveys.published import Version, get_version
from teams.access import can
from teams.api import caller, idempotency_key
from teams.idempotency import idempotent
from teams.models import User
from teams.roles import Ability


class SurveySerializer(serializers.ModelSerializer[Survey]):
    touchpoint = serializers.SlugRelatedField[Any]("key", read_only=True)
    version = serializers.IntegerField(
        source="version.number",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="The number of the live version; null before the first.",
    )

    class Meta:
        model = Survey
        fields: tuple[str, ...] = (
            "slug",
            "name",
            "state",
            "touchpoint",
            "version",
            "created_at",
        )
        read_only_fields = fields


class SurveyWithDocument(SurveySerializer):
    document = serializers.JSONField(
        source="version.document",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="The live version's pages, elements and endings.",
    )

    class Meta(SurveySerializer.Meta):
        fields = (*SurveySerializer.Meta.fields, "document")
        read_only_fields = fields


@extend_schema(tags=["surveys"])
class SurveyList(generics.ListAPIView[Survey]):
    """The surveys that you may see, newest first."""

    serializer_class = SurveySerializer
    newest_by = ("-id",)

    def get_queryset(self) -> QuerySet[Survey]:
        visible = Survey.objects.visible_to(caller(self.request))
        return visible.select_related("touchpoint", "version").defer("draft")


@extend_schema(tags=["surveys"])
class SurveyDetail(generics.RetrieveAPIView[Survey]):
    """One survey with the document that customers answer now."""

    serializer_class = SurveyWithDocument
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Survey]:
        visible = Survey.objects.visible_to(caller(self.request))
        return visible.select_related("touchpoint", "version").defer("draft")


class AnswersSerializer(serializers.Serializer[Any]):
    """Answers by element id; the same `id` sent again stores nothing twice."""

    id = serializers.UUIDField(required=False)
    answers = serializers.DictField()
    locale = serializers.ChoiceField(
        [code for code, _name in settings.LANGUAGES], required=False
    )
    customer = CustomerReference(required=False)
    attributes = FlatFacts(
        required=False,
        help_text="region, product_line and tier count as such; the rest is kept.",
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The version that was shown; the live one where it is left out.",
    )

    def validate_attributes(self, value: dict[str, str]) -> dict[str, str]:
        check_fact_lengths(value)
        return value


class StoredResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class AnswersRefused(serializers.ValidationError):
    status_code = 422


class NotAccepted(APIException):
    """The survey does not take these answers now; the detail says why."""

    status_code = 409


class SurveyGone(NotAccepted):
    status_code = 410


class ResponseIntake(APIView):
    """A customer's answers, from another system."""

    @extend_schema(
        request=AnswersSerializer,
        responses={201: StoredResponse, 200: StoredResponse},
        parameters=[idempotency_key],
        tags=["responses"],
    )
    @idempotent
    def post(self, request: Request, slug: str) -> ApiResponse:
        user, now = caller(request), timezone.now()
        survey = get_object_or_404(Survey.objects.visible_to(user), slug=slug)
        if not can(user, Ability.EDIT_SURVEYS):
            raise PermissionDenied(_("Your role may not do this."))
        read = AnswersSerializer(data=request.data)
        read.is_valid(raise_exception=True)
        receipt = _submit(survey, read.validated_data, by=user, at=now)
        return ApiResponse(
            {"id": str(receipt.response_id)}, status=201 if receipt.is_new else 200
        )


@transaction.atomic  # a refused answer makes no customer known
def _submit(
    survey: Survey, values: dict[str, Any], *, by: User, at: datetime
) -> intake.Receipt:
    """Store the answers; what stands against it becomes a problem with its status."""
    version = _version_of(survey, values.get("version"))
    submission = intake.Submission(
        response_id=values.get("id") or uuid7(),
        answers=values["answers"],
        locale=values.get("locale", settings.LANGUAGE_CODE),
        channel=Response.Channel.API,
        customer_id=_customer_id(values, by=by, at=at),
        attributes=values.get("attributes", {}),
    )
    try:
        return intake.submit_response(version=version, submission=submission, at=at)
    except InvalidAnswers as error:
        raise AnswersRefused(
            {"answers": {p.element_id: [sentence_for(p)] for p in error.problems}},
        ) from error
    except intake.SurveyClosed as error:
        raise SurveyGone(error.sentence) from error
    except intake.NotStored as error:
        raise NotAccepted(error.sentence) from error


def _version_of(survey: Survey, number: int | None) -> Version:
    if survey.version_id is None:
        raise NotAccepted(_("This survey has not been published yet."))
    if number is None:
        return get_version(survey.version_id)
    shown = survey.versions.filter(number=number).first()
    if shown is None:
        raise serializers.ValidationError({"version": _("There is no such version.")})
    return get_version(shown.pk)


def _customer_id(values: dict[str, Any], *, by: User, at: datetime) -> int | None:
    reference = values.get("customer")
    if reference is None:
        return None
    try:
        customer = identify_customer(
            external_id=reference["external_id"],
            facts=values.get("attributes", {}),
            by=by,
            at=at,
        )
    except NotYourCustomer as error:
        raise PermissionDenied(str(error)) from error
    return customer.pk


class ResponseSerializer(serializers.ModelSerializer[Response]):
    survey = serializers.SlugRelatedField[Any]("slug", read_only=True)
    version = serializers.IntegerField(
        source="version.number", read_only=True, allow_null=True
    )
    customer = CustomerInBrief(read_only=True, allow_null=True)
    touchpoint = serializers.SlugRelatedField[Any]("key", read_only=True)
    topics = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Response
        fields = (
            "id",
            "survey",
            "version",
            "customer",
            "touchpoint",
            "channel",
            "locale",
            "state",
            "submitted_at",
            "day",
            "answers",
            "nps",
            "csat",
            "ces",
            "ces_scale",
            "comment",
            "wants_contact",
            "language",
            "sentiment",
            "sentiment_label",
            "topics",
            "region",
            "product_line",
            "tier",
            "attributes",
        )
        read_only_fields = fields


class InstantField(serializers.CharField):
    """An ISO date (that day's start in the company's time zone) or an instant."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        if day is not None:
            zone = timezone.get_default_timezone()
            return datetime.combine(day, time.min, tzinfo=zone)
        # A space is what a plus sign becomes in an address that was not escaped.
        return serializers.DateTimeField().to_internal_value(text.replace(" ", "+"))


class ResponseFilters(serializers.Serializer[Any]):
    survey = serializers.SlugField(required=False)
    customer = ExternalIdField(required=False, help_text="An external id.")
    since = InstantField(required=False, help_text="From this date or instant on.")
    until = InstantField(required=False, help_text="Before this date or instant.")


@extend_schema(parameters=[ResponseFilters], tags=["responses"])
class ResponseList(generics.ListAPIView[Response]):
    """The answers that you may see, newest first, without test answers."""

    serializer_class = ResponseSerializer
    newest_by = ("-submitted_at", "id")
    LOOKUPS = {
        "survey": "survey__slug",
        "customer": "customer__external_id",
        "since": "submitted_at__gte",
        "until": "submitted_at__lt",
    }

    def get_queryset(self) -> QuerySet[Response]:
        wanted = ResponseFilters(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        conditions = {self.LOOKUPS[k]: v for k, v in wanted.validated_data.items()}
        visible = Response.objects.visible_to(caller(self.request))
        return visible.filter(is_test=False, **conditions).select_related(
            "survey", "version", "customer", "touchpoint"
        )
