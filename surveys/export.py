"""A survey's answers as a table for spreadsheets, written while they are read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.http import StreamingHttpResponse

from customers.spreadsheets import csv_response
from events import outbox
from surveys.document import read_document
from surveys.models import Response, Survey
from surveys.models.response import ResponseQuerySet
from teams.models import User

CHUNK = 2_000
FIXED = (
    "id",
    "submitted_at",
    "day",
    "version",
    "channel",
    "locale",
    "is_test",
    "nps",
    "csat",
    "ces",
    "ces_scale",
    "comment",
    "wants_contact",
    "sentiment",
    "topics",
    "customer",
    "region",
    "product_line",
    "tier",
)


def export_answers(
    survey: Survey, responses: ResponseQuerySet, *, by: User, at: datetime
) -> StreamingHttpResponse:
    """The download; who took it is on record."""
    with transaction.atomic():
        outbox.record(
            "survey.answers_exported",
            subject=("survey", survey.pk),
            at=at,
            actor=by.email,
        )
    return csv_response(f"{survey.slug}-answers.csv", _rows(survey, responses))


def _rows(survey: Survey, responses: ResponseQuerySet) -> Iterator[Sequence[object]]:
    elements = _element_ids(survey)
    yield [*FIXED, *(f"answer:{element}" for element in elements)]
    rows = responses.select_related("customer", "version")
    for response in rows.iterator(chunk_size=CHUNK):
        yield [*_fixed(response), *(response.answers.get(e, "") for e in elements)]


def _fixed(response: Response) -> Sequence[object]:
    return (
        response.id,
        response.submitted_at.isoformat(),
        response.day.isoformat(),
        response.version.number or "",
        response.channel,
        response.locale,
        response.is_test,
        response.nps,
        response.csat,
        response.ces,
        response.ces_scale,
        response.comment,
        response.wants_contact,
        response.sentiment_label,
        " ".join(response.topics),
        response.customer.external_id if response.customer else "",
        response.region,
        response.product_line,
        response.tier,
    )


def _element_ids(survey: Survey) -> list[str]:
    """Every question there has been, in the order of its first appearance."""
    versions = survey.versions.order_by("pk").values_list("document", flat=True)
    documents = [read_document(document) for document in versions]
    return list(dict.fromkeys(e.id for d in documents for e in d.elements))
