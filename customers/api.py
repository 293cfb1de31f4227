"""The API's customers and what they did."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.api_fields import CustomerReference, ExternalIdField, FreeObject
from customers.identification import NotYourCustomer, identify_customer
from customers.models import Customer, Interaction
from events import outbox
from teams.access import can
from teams.api import caller, idempotency_key
from teams.idempotency import idempotent
from teams.models import User
from teams.roles import Ability

# Clocks of other systems run ahead of ours by this much at most.
AHEAD = timedelta(minutes=10)


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    account = serializers.SlugRelatedField[Any]("external_id", read_only=True)
    tier = serializers.CharField(source="customer_tier", read_only=True)

    class Meta:
        model = Customer
        fields = (
            "id",
            "external_id",
            "name",
            "email",
            "phone",
            "locale",
            "time_zone",
            "region",
            "product_line",
            "tier",
            "account",
            "attributes",
            "created_at",
        )
        read_only_fields = fields


class CustomerFilters(serializers.Serializer[Any]):
    search = serializers.CharField(
        required=False, help_text="Words of the name, e-mail, phone or company."
    )
    external_id = ExternalIdField(required=False)


@extend_schema(parameters=[CustomerFilters], tags=["customers"])
class CustomerList(generics.ListAPIView[Customer]):
    """The customers that you may see, newest first."""

    serializer_class = CustomerSerializer
    newest_by = ("-id",)

    def get_queryset(self) -> QuerySet[Customer]:
        wanted = CustomerFilters(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = Customer.objects.visible_to(caller(self.request))
        if words := wanted.validated_data.get("search"):
            rows = rows.search(words)
        if external_id := wanted.validated_data.get("external_id"):
            rows = rows.filter(external_id=external_id)
        return rows.select_related("account")


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """`external_id` is the sender's own key: the same one stores once."""

    customer = CustomerReference()
    touchpoint = serializers.SlugField(
        source="touchpoint_key", max_length=80, required=False
    )
    data = FreeObject(required=False)  # type: ignore[assignment]  # a field named so
    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="ISO 4217, for example EUR."
    )
    external_id = ExternalIdField(required=False)

    class Meta:
        model = Interaction
        fields = (
            "customer",
            "kind",
            "occurred_at",
            "touchpoint",
            "value",
            "currency",
            "data",
            "external_id",
        )
        extra_kwargs = {"value": {"required": False}}

    def validate_occurred_at(self, value: Any) -> Any:
        if value > self.context["now"] + AHEAD:
            raise serializers.ValidationError(_("This lies in the future."))
        return value


class StoredId(serializers.Serializer[Any]):
    id = serializers.IntegerField()


class InteractionIntake(APIView):
    """Something that a customer did: an order, a call, a visit."""

    @extend_schema(
        request=InteractionSerializer,
        responses={201: StoredId, 200: StoredId},
        parameters=[idempotency_key],
        tags=["interactions"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user, now = caller(request), timezone.now()
        if not can(user, Ability.EDIT_CUSTOMERS):
            raise PermissionDenied(_("Your role may not do this."))
        read = InteractionSerializer(data=request.data, context={"now": now})
        read.is_valid(raise_exception=True)
        try:
            interaction, is_new = _store(read.validated_data, by=user, at=now)
        except NotYourCustomer as error:
            raise PermissionDenied(str(error)) from error
        return Response({"id": interaction.pk}, status=201 if is_new else 200)


@transaction.atomic
def _store(values: dict[str, Any], *, by: User, at: Any) -> tuple[Interaction, bool]:
    reference = values.pop("customer")["external_id"]
    customer = identify_customer(external_id=reference, facts={}, by=by, at=at)
    external_id = values.pop("external_id", None)
    if external_id is None:
        interaction, is_new = (
            Interaction.objects.create(customer=customer, **values),
            True,
        )
    else:
        interaction, is_new = Interaction.objects.get_or_create(
            external_id=external_id, defaults={"customer": customer, **values}
        )
    if interaction.customer_id != customer.pk:
        raise serializers.ValidationError(
            {"external_id": _("This key belongs to another customer's interaction.")}
        )
    if is_new:
        outbox.record(
            "customer.interaction_recorded",
            subject=("customer", customer.pk),
            at=at,
            actor=by.email,
            payload={"interaction": interaction.pk, "kind": interaction.kind},
        )
    return interaction, is_new
