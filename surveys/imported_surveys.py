"""Surveys made of files: looked at first, then made, or put into a draft."""

import base64
import json
import secrets
from dataclasses import asdict
from datetime import datetime

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import outbox
from surveys import studio
from surveys.assets import UnusablePicture, keep_picture
from surveys.definitions import Definition, Note
from surveys.document import Document, plain, read_document
from surveys.document_pictures import pictures_in, with_pictures
from surveys.draft_changes import meanings_of
from surveys.models import Survey
from teams.models import User

KEPT_SECONDS = 3_600


class CannotLoad(Exception):
    """The file cannot go into this draft; a sentence for the user."""


def put_aside(definition: Definition, *, by: User) -> str:
    """Keep what was read until the person has seen the report; a key to it."""
    key = secrets.token_urlsafe(18)
    kept = {
        "name": definition.name,
        "document": plain(definition.document),
        "notes": [asdict(note) for note in definition.notes],
        "pictures": {
            asset: base64.b64encode(content).decode()
            for asset, content in definition.pictures.items()
        },
    }
    cache.set(_place(key, by), json.dumps(kept), KEPT_SECONDS)
    return key


def find_put_aside(key: str, *, by: User) -> Definition | None:
    """None when it was too long ago, or somebody else's."""
    kept = cache.get(_place(key[:80], by)) if key else None
    if kept is None:
        return None
    raw = json.loads(kept)
    return Definition(
        raw["name"],
        read_document(raw["document"]),
        tuple(Note(**note) for note in raw["notes"]),
        {asset: base64.b64decode(c) for asset, c in raw["pictures"].items()},
    )


@transaction.atomic
def survey_from(
    definition: Definition, *, basics: studio.Basics, by: User, at: datetime
) -> Survey:
    """A new survey, pictures included. Raises UnusablePicture."""
    # Its pictures hang on the survey, so they can only come after it.
    document = with_pictures(definition.document, {})
    survey = studio.create_survey(basics=basics, document=document, by=by, at=at)
    if definition.pictures:
        survey.draft = plain(_with_own_pictures(survey, definition, by=by, at=at))
        survey.save(update_fields=["draft"])
    _record(survey, by=by, at=at)
    return survey


@transaction.atomic
def load_into_draft(
    survey: Survey, definition: Definition, *, revision: int, by: User, at: datetime
) -> None:
    """Replace the draft. Raises studio.StaleDraft, CannotLoad and UnusablePicture."""
    used = studio.used_ids(survey)
    for element_id, meaning in meanings_of(plain(definition.document)):
        if used.get(element_id, meaning) != meaning:
            raise CannotLoad(
                _(
                    "There are answers of another kind under “%(id)s”. Make a new survey"
                    " of this file instead."
                )
                % {"id": element_id}
            )
    document = _with_own_pictures(survey, definition, by=by, at=at)
    studio.replace_draft(survey, revision=revision, document=document, by=by, at=at)
    _record(survey, by=by, at=at)


def _with_own_pictures(
    survey: Survey, definition: Definition, *, by: User, at: datetime
) -> Document:
    """Those in the file get a new id; those that the survey has already stay."""
    wanted = pictures_in(definition.document)
    own = {str(pk) for pk in survey.assets.values_list("pk", flat=True)}
    names = {asset: asset for asset in wanted & own}
    for asset in wanted - own:
        if asset in definition.pictures:
            file = SimpleUploadedFile("picture", definition.pictures[asset])
            names[asset] = str(keep_picture(survey, file, by=by, at=at).pk)
    return with_pictures(definition.document, names)


def _record(survey: Survey, *, by: User, at: datetime) -> None:
    outbox.record(
        "survey.definition_imported",
        subject=("survey", survey.pk),
        at=at,
        actor=by.email,
        payload={"name": survey.name},
    )


def _place(key: str, by: User) -> str:
    return f"survey-import:{by.pk}:{key}"


__all__ = [
    "CannotLoad",
    "UnusablePicture",
    "find_put_aside",
    "load_into_draft",
    "put_aside",
    "survey_from",
]
