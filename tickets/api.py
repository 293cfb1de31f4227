"""The API's tickets."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers

from customers.api_fields import CustomerInBrief, ExternalIdField
from teams.api import caller
from tickets.models import Ticket


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """`answers` are the ids of every answer the ticket takes care of."""

    response = serializers.UUIDField(source="response_id", read_only=True)
    answers = serializers.SerializerMethodField()
    customer = CustomerInBrief(read_only=True, allow_null=True)
    touchpoint = serializers.SlugRelatedField[Any]("key", read_only=True)
    team = serializers.SlugRelatedField[Any]("name", read_only=True)
    assignee = serializers.SlugRelatedField[Any]("email", read_only=True)
    root_cause = serializers.SlugRelatedField[Any](
        "key", read_only=True, allow_null=True
    )

    class Meta:
        model = Ticket
        fields = (
            "number",
            "response",
            "answers",
            "customer",
            "touchpoint",
            "subject",
            "status",
            "priority",
            "team",
            "assignee",
            "opened_at",
            "first_contact_due_at",
            "first_contacted_at",
            "resolution_due_at",
            "resolved_at",
            "next_due_at",
            "root_cause",
            "outcome",
            "reopened_count",
            "region",
            "product_line",
            "tier",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_answers(self, ticket: Ticket) -> list[str]:
        return sorted(str(answer.response_id) for answer in ticket.answers.all())


class TicketFilters(serializers.Serializer[Any]):
    response = serializers.UUIDField(
        required=False, help_text="Any answer that the ticket takes care of."
    )
    customer = ExternalIdField(required=False, help_text="An external id.")
    status = serializers.ChoiceField(Ticket.Status.choices, required=False)
    assignee = serializers.EmailField(required=False)
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)


@extend_schema(parameters=[TicketFilters], tags=["tickets"])
class TicketList(generics.ListAPIView[Ticket]):
    """The tickets that you may see, newest first."""

    serializer_class = TicketSerializer
    newest_by = ("-number",)
    LOOKUPS = {
        "response": "answers__response_id",
        "customer": "customer__external_id",
        "status": "status",
        "assignee": "assignee__email__iexact",
    }

    def get_queryset(self) -> QuerySet[Ticket]:
        wanted = TicketFilters(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = Ticket.objects.visible_to(caller(self.request))
        if wanted.validated_data["overdue"]:
            rows = rows.overdue(at=timezone.now())
        for name, lookup in self.LOOKUPS.items():
            if name in wanted.validated_data:
                rows = rows.filter(**{lookup: wanted.validated_data[name]})
        return rows.select_related(
            "customer", "touchpoint", "team", "assignee", "root_cause"
        ).prefetch_related("answers")
