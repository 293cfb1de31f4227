"""Loading is authorising: what a person may not see is not there for them (404)."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from surveys.models import Response, Survey
from teams.models import User


def get_survey_for(user: User, pk: int) -> Survey:
    visible = Survey.objects.visible_to(user)
    return get_object_or_404(
        visible.select_related("version", "trial", "touchpoint__team"), pk=pk
    )


def get_response_for(user: User, pk: UUID) -> Response:
    visible = Response.objects.visible_to(user)
    return get_object_or_404(
        visible.select_related("survey", "version", "customer", "touchpoint"), pk=pk
    )
