"""A survey with a question of every kind, and answers to it, for tests of results."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from surveys.document import Document, plain, read_document
from surveys.models import Partial, Response, Survey
from tests.personas import MONDAY_NINE, manager_milo, support_call


def text(words: str) -> dict[str, str]:
    return {"en": words, "zh-hans": f"{words}？"}


def options(*ids: str, **kinds: str) -> list[dict[str, Any]]:
    return [
        {"id": one, "text": text(one.title()), "kind": kinds.get(one, "option")}
        for one in ids
    ]


def rows(*ids: str) -> list[dict[str, Any]]:
    return [{"id": one, "text": text(one.title())} for one in ids]


def element(id: str, type: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "text": text(id.title()), **fields}


ELEMENTS = (
    [
        element("score", "nps", scale=10),
        element("food", "rating", scale=5),
        element("why", "long_text"),
    ],
    [
        element(
            "reason",
            "single_choice",
            options=options("work", "fun", "other", other="other"),
        ),
        element("used", "multiple_choice", options=options("app", "web", "desk")),
        element("order", "ranking", options=options("price", "time")),
        element("parts", "matrix", scale=5, rows=rows("seat", "crew")),
    ],
    [
        element("trips", "number"),
        element("day", "date"),
        element("quote", "consent", required=False),
        element("mail", "email"),
    ],
)


def document(*pages: list[dict[str, Any]]) -> Document:
    return read_document(
        {
            "schema_version": 2,
            "title": text("Trip"),
            "pages": [
                {"id": f"p{number}", "title": text(f"Page {number}"), "elements": page}
                for number, page in enumerate(pages or ELEMENTS, 1)
            ],
            "endings": [{"id": "end", "title": text("Bye")}],
        }
    )


def trip_survey(draft: Document | None = None) -> Survey:
    survey = Survey.objects.create(
        slug="trip",
        name="Trip",
        touchpoint=support_call(),
        draft=plain(draft or document()),
        created_at=MONDAY_NINE,
    )
    survey.publish(by=manager_milo(), at=MONDAY_NINE)
    return survey


def republished(survey: Survey, draft: Document) -> None:
    survey.draft = plain(draft)
    survey.publish(by=manager_milo(), at=timezone.now())


def answered(
    survey: Survey,
    answers: dict[str, Any],
    *,
    at: datetime | None = None,
    seconds: int | None = None,
    id: UUID | None = None,
    **fields: Any,
) -> Response:
    assert survey.version
    moment = at or timezone.now()
    return Response.objects.create(
        id=id or uuid4(),
        survey=survey,
        version=fields.pop("version", survey.version),
        touchpoint=survey.touchpoint,
        answers=answers,
        nps=answers.get("score"),
        comment=answers.get("why", ""),
        submitted_at=moment,
        started_at=moment - timedelta(seconds=seconds) if seconds is not None else None,
        day=moment.date(),
        **{"channel": Response.Channel.LINK, "locale": "en", **fields},
    )


def begun(survey: Survey, page: str, *, at: datetime, **fields: Any) -> Partial:
    return Partial.objects.create(
        id=uuid4(),
        survey=survey,
        version=survey.version,
        page=page,
        saved_at=at,
        started_at=at,
        **{"channel": "link", "locale": "en", "answers": {"score": "3"}, **fields},
    )
