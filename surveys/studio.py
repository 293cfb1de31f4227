"""Surveys in work: made, worded, thrown away."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events import outbox
from journeys.models import Touchpoint
from surveys.document import Document, plain, read_document
from surveys.drafts import document_from, new_document
from surveys.models import Response, Survey
from surveys.stamps import renew
from teams.models import User

SLUG_LENGTH = 80


class CannotDiscard(Exception):
    """The survey has been in the field; a sentence for the user."""


@dataclass(frozen=True)
class Basics:
    """What a survey is called and where it asks. An empty slug is made of the name."""

    name: str
    slug: str
    touchpoint: Touchpoint


@transaction.atomic
def create_survey(
    *, basics: Basics, kind: str, by: User | None, at: datetime
) -> Survey:
    """A draft of this kind in its default wording."""
    survey = Survey.objects.create(
        name=basics.name,
        slug=basics.slug or free_slug(basics.name),
        touchpoint=basics.touchpoint,
        draft=plain(new_document(kind)),
        created_by=by,
        created_at=at,
    )
    _record("created", survey, by=by, at=at)
    return survey


@transaction.atomic
def save_draft(
    survey: Survey,
    *,
    basics: Basics,
    values: Mapping[str, Any],
    by: User | None,
    at: datetime,
) -> None:
    """Word the draft anew; what is in the field stays as it is until published.

    The address is fixed once the survey has been in the field: links are out there.
    """
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    old_slug = survey.slug
    document = document_from(
        values,
        draft=read_document(survey.draft),
        earlier=_versions_of(survey),
    )
    survey.draft = plain(document)
    survey.name, survey.touchpoint = basics.name, basics.touchpoint
    if survey.version_id is None:
        survey.slug = basics.slug or free_slug(basics.name)
    survey.save(update_fields=["draft", "name", "touchpoint", "slug"])
    _record("changed", survey, by=by, at=at)
    transaction.on_commit(partial(renew, old_slug))
    transaction.on_commit(partial(renew, survey.slug))


@transaction.atomic
def discard_draft(survey: Survey, *, by: User | None, at: datetime) -> None:
    """Throw away a survey that was never published, its test answers with it.

    Raises CannotDiscard for any other.
    """
    if survey.versions.filter(number__isnull=False).exists():
        raise CannotDiscard(_("This survey has been published. Close it instead."))
    _record("discarded", survey, by=by, at=at)
    Response.objects.filter(survey=survey, is_test=True).delete()
    Survey.objects.filter(pk=survey.pk).update(trial=None)
    transaction.on_commit(partial(renew, survey.slug))
    survey.delete()


def free_slug(name: str) -> str:
    """An address made of the name that no other survey has."""
    plain = slugify(name)[: SLUG_LENGTH - 5].strip("-_")
    slug = plain or f"survey-{secrets.token_hex(3)}"
    while Survey.objects.filter(slug=slug).exists():
        slug = f"{plain or 'survey'}-{secrets.token_hex(2)}"
    return slug


def _versions_of(survey: Survey) -> list[Document]:
    documents = survey.versions.values_list("document", flat=True)
    return [read_document(document) for document in documents]


def _record(act: str, survey: Survey, *, by: User | None, at: datetime) -> None:
    outbox.record(
        f"survey.{act}",
        subject=("survey", survey.pk),
        at=at,
        actor=by.email if by else "",
        payload={"name": survey.name, "slug": survey.slug},
    )
