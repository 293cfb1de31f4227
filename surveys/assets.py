"""Pictures of a survey: its logo, and those beside questions.

Everybody who has the id may see one: the pages they stand on are public.
"""

from datetime import datetime
from pathlib import PurePath
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import outbox
from surveys.document import Document
from surveys.document_pictures import pictures_in, with_pictures
from surveys.models import Asset, Survey
from surveys.raster import Measured, NoPicture, measured
from teams.models import User

MOST_BYTES = 300 * 1024
MOST_PIXELS = 4_000
MOST_PICTURES = 200
NAME_LENGTH = 120
ADDRESS = "/s-assets/"


class UnusablePicture(Exception):
    """A sentence for the user."""


def address_of(asset: object) -> str:
    """Where respondents' browsers fetch the picture."""
    return f"{ADDRESS}{asset}"


@transaction.atomic
def keep_picture(
    survey: Survey, file: "UploadedFile[bytes]", *, by: User | None, at: datetime
) -> Asset:
    """Check the file and keep it with the survey. Raises UnusablePicture."""
    content, shape = _checked(file)
    if survey.assets.count() >= MOST_PICTURES:
        raise UnusablePicture(_("This survey has too many pictures already."))
    asset = Asset.objects.create(
        survey=survey,
        name=PurePath(file.name or "picture").name[-NAME_LENGTH:],
        content_type=shape.content_type,
        content=content,
        width=shape.width,
        height=shape.height,
        created_by=by,
        created_at=at,
    )
    outbox.record(
        "survey.picture_added",
        subject=("survey", survey.pk),
        at=at,
        actor=by.email if by else "",
        payload={"asset": str(asset.pk), "name": asset.name},
    )
    return asset


def adopted(
    survey: Survey, document: Document, *, by: User | None, at: datetime
) -> Document:
    """The document with copies of its pictures that hang on this survey.

    Pictures go when their survey is thrown away; those of a copy have to stay.
    """
    names: dict[str, str] = {}
    for picture in Asset.objects.filter(pk__in=pictures_in(document)):
        old = str(picture.pk)
        if picture.survey_id != survey.pk:
            picture.pk, picture.survey = uuid4(), survey
            picture.created_by, picture.created_at = by, at
            picture.save(force_insert=True)
        names[old] = str(picture.pk)
    return with_pictures(document, names)


def _checked(file: "UploadedFile[bytes]") -> tuple[bytes, Measured]:
    if (file.size or 0) > MOST_BYTES:
        raise UnusablePicture(
            _("The picture is larger than %(most)s KB.") % {"most": MOST_BYTES // 1024}
        )
    content = file.read()
    try:
        shape = measured(content)
    except NoPicture as error:
        raise UnusablePicture(
            _("This file is no picture. Choose a PNG, JPEG or WebP file.")
        ) from error
    if max(shape.width, shape.height) > MOST_PIXELS:
        raise UnusablePicture(
            _("The picture is more than %(most)s pixels wide or high.")
            % {"most": MOST_PIXELS}
        )
    return content, shape
