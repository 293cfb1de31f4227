"""Surveys in work: made, changed, thrown away."""

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
from surveys import draft_changes, uploads
from surveys.assets import adopted
from surveys.document import Document, plain, read_document
from surveys.document_pictures import pictures_in
from surveys.markup import cleaned
from surveys.models import Response, Survey
from surveys.stamps import renew
from teams.models import User

SLUG_LENGTH = 80


class CannotDiscard(Exception):
    """The survey has been in the field; a sentence for the user."""


class StaleDraft(Exception):
    """Somebody else changed the draft meanwhile; `survey` is as it is now."""

    def __init__(self, survey: Survey) -> None:
        super().__init__(f"{survey.slug} is at revision {survey.draft_revision}")
        self.survey = survey


class OtherMeaning(Exception):
    """Answers under this id are of another kind: they would be mixed up."""

    def __init__(self, element_id: str) -> None:
        super().__init__(element_id)
        self.element_id = element_id


@dataclass(frozen=True)
class Basics:
    """What a survey is called and where it asks. An empty slug is made of the name."""

    name: str
    slug: str
    touchpoint: Touchpoint


@transaction.atomic
def create_survey(
    *, basics: Basics, document: Document, by: User | None, at: datetime
) -> Survey:
    survey = Survey.objects.create(
        name=basics.name,
        slug=basics.slug or free_slug(basics.name),
        touchpoint=basics.touchpoint,
        draft=plain(document),
        draft_by=by,
        draft_at=at,
        created_by=by,
        created_at=at,
    )
    if pictures_in(document):
        survey.draft = plain(adopted(survey, document, by=by, at=at))
        survey.save(update_fields=["draft"])
    _record("created", survey, by=by, at=at)
    return survey


@transaction.atomic
def change_draft(
    survey: Survey, *, revision: int, changes: object, by: User, at: datetime
) -> bool:
    """Make the changes on the draft that they were made for; `survey` is brought up to
    date. Whether everything was kept as it was sent: forbidden markup is taken out.

    What is in the field stays as it is until published. Raises StaleDraft,
    ChangeRefused, UnreadableDocument, and OtherMeaning.
    """
    _lock(survey, revision)
    before = plain(read_document(survey.draft))
    texts: list[tuple[str, str]] = []

    def clean(text: str) -> str:
        texts.append((text, cleaned(text)))
        return texts[-1][1]

    document = draft_changes.applied(before, changes, clean=clean)
    _check_meanings(survey, before, document)
    _keep(survey, document, by=by, at=at)
    return all(sent == kept for sent, kept in texts)


@transaction.atomic
def replace_draft(
    survey: Survey, *, revision: int, document: Document, by: User, at: datetime
) -> None:
    """Put a whole other document in place of the draft. Raises StaleDraft."""
    _lock(survey, revision)
    _keep(survey, plain(document), by=by, at=at)


@transaction.atomic
def change_basics(survey: Survey, *, basics: Basics, by: User, at: datetime) -> None:
    """Name it anew and let it ask elsewhere.

    The address is fixed once the survey has been in the field: links are out there.
    """
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    old_slug = survey.slug
    survey.name, survey.touchpoint = basics.name, basics.touchpoint
    if survey.version_id is None:
        survey.slug = basics.slug or free_slug(basics.name)
    survey.save(update_fields=["name", "touchpoint", "slug"])
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
    uploads.discard(survey)
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


def used_ids(survey: Survey) -> dict[str, tuple[str, Any]]:
    """What each element id has meant in the versions so far: its type and its scale."""
    documents = survey.versions.order_by("-pk").values_list("document", flat=True)
    return {
        element_id: meaning
        for document in documents
        for element_id, meaning in draft_changes.meanings_of(document)
    }


def _lock(survey: Survey, revision: int) -> None:
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    if survey.draft_revision != revision:
        raise StaleDraft(survey)


def _keep(survey: Survey, document: dict[str, Any], *, by: User, at: datetime) -> None:
    is_new_minute = survey.draft_by_id != by.pk or _minute(survey.draft_at) != _minute(
        at
    )
    survey.draft = document
    survey.draft_revision += 1
    survey.draft_by, survey.draft_at = by, at
    survey.save(
        update_fields=["draft", "draft_revision", "draft_by", "draft_at"],
    )
    # A person who types saves every second: one entry a minute says enough.
    if is_new_minute:
        _record("changed", survey, by=by, at=at)


def _minute(at: datetime | None) -> datetime | None:
    return at and at.replace(second=0, microsecond=0)


def _check_meanings(
    survey: Survey, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    known = dict(draft_changes.meanings_of(before))
    news = [
        (element_id, meaning)
        for element_id, meaning in draft_changes.meanings_of(after)
        if known.get(element_id) != meaning
    ]
    used = used_ids(survey) if news else {}
    for element_id, meaning in news:
        if used.get(element_id, meaning) != meaning:
            raise OtherMeaning(element_id)


def _record(act: str, survey: Survey, *, by: User | None, at: datetime) -> None:
    outbox.record(
        f"survey.{act}",
        subject=("survey", survey.pk),
        at=at,
        actor=by.email if by else "",
        payload={"name": survey.name, "slug": survey.slug},
    )
