"""The floor's two pages."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from bench.floor.models import Outbox, Response


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    """Two rows by the ORM in one transaction; the form is trusted as it is."""
    form = request.POST
    with transaction.atomic():
        response = Response.objects.create(
            id=UUID(form["form"][:36]),
            survey=1,
            score=int(form["a-score"]),
            answers=dict(form.items()),
            comment=form["a-comment"],
            submitted_at=timezone.now(),
        )
        Outbox.objects.create(
            name="response_submitted",
            subject=str(response.id),
            payload={"score": response.score},
        )
    return HttpResponse("thanks")


urlpatterns = [path("ok/", ok), path("insert/", insert)]
