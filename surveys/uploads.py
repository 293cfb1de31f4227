"""Files that respondents send: checked by what they are, kept outside the web root.

A file is kept as soon as it arrives, under an id that the page then carries instead, so
that nobody chooses it twice. What no answer came to need is swept away.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, F, Func, OuterRef, TextField
from django.db.models.functions import Cast

from events import outbox
from surveys.answers import Problem, clean_text
from surveys.document import Document
from surveys.elements import FileElement
from surveys.file_kinds import FileKind, kind_of
from surveys.form_answers import FIELD
from surveys.models import Partial, Response, Survey, Upload
from surveys.published import Version

MB = 1024 * 1024
MOST_MB = 100
NAME_LENGTH = 120
# What file systems and their users stumble over.
UNSAFE = re.compile(
    r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
KEPT_WITHOUT_ANSWER = timedelta(days=7)
# At a time; the sweep comes again.
MOST_SWEPT = 5_000
NAMELESS = "file"


@dataclass(frozen=True)
class Received:
    """The raw answers with the ids of kept files, and which files were not kept."""

    answers: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)


def file_elements(document: Document) -> list[FileElement]:
    return [one for one in document.elements if isinstance(one, FileElement)]


def room_for(document: Document) -> int:
    """Bytes that the files of one form may take together."""
    together = sum(element.most_mb for element in file_elements(document))
    return MB * min(together, MOST_MB)


def receive(
    files: Mapping[str, "UploadedFile[bytes]"],
    *,
    version: Version,
    response_id: UUID,
    answers: Mapping[str, object],
    at: datetime,
) -> Received:
    """Keep the files of a form. An id that stands for a file of somebody else, or for
    none, is dropped from the answers. Raises OSError where no file can be kept."""
    elements = file_elements(version.document)
    sent = [(e, files[FIELD + e.id]) for e in elements if FIELD + e.id in files]
    if not sent and not any(e.id in answers for e in elements):
        return Received(answers)
    # Answers that have been sent keep the files they were sent with.
    if Response.objects.filter(id=response_id).exists():
        return Received(answers)
    mine = _kept_ids(response_id)
    others = {e.id for e in elements if answers.get(e.id) not in mine[e.id]}
    kept = {name: given for name, given in answers.items() if name not in others}
    problems = []
    for element, file in sent:
        found = _keep(element, file, version, response_id, at)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            kept[element.id] = str(found.pk)
    return Received(kept, problems)


def path_of(upload_id: UUID) -> Path:
    return Path(settings.UPLOADS_DIR) / str(upload_id)


@transaction.atomic
def record_download(upload: Upload, *, by: str, at: datetime) -> None:
    """Who looked at a customer's file belongs in the log."""
    outbox.record(
        "survey.file_downloaded",
        subject=("response", upload.response_id),
        at=at,
        actor=by,
        payload={"survey": upload.survey_id, "file": str(upload.pk)},
    )


def erase(response_ids: Iterable[UUID]) -> int:
    """Delete every file that came with these answers; how many there were. The files
    themselves go when the transaction is committed."""
    return _delete(Upload.objects.filter(response_id__in=list(response_ids)))


def discard(survey: Survey) -> int:
    """Delete every file that was sent to a survey; how many there were."""
    return _delete(Upload.objects.filter(survey=survey))


def sweep(*, at: datetime) -> int:
    """Delete what no answer refers to a week after it came; how many files that was."""
    before = at - KEPT_WITHOUT_ANSWER
    strays = _sweep_strays(before)
    old = Upload.objects.filter(created_at__lt=before).order_by("created_at")
    begun = Partial.objects.filter(id=OuterRef("response_id"), saved_at__gte=before)
    named = Func(F("answers"), OuterRef("element"), function="jsonb_extract_path_text")
    sent = Response.objects.filter(id=OuterRef("response_id")).annotate(
        file=Cast(named, TextField())
    )
    unclaimed = old.exclude(Exists(begun)).exclude(
        Exists(sent.filter(file=Cast(OuterRef("id"), TextField())))
    )[:MOST_SWEPT]
    return strays + _delete(Upload.objects.filter(pk__in=[e.pk for e in unclaimed]))


def true_name(given: str, kind: FileKind) -> str:
    """For people: what the customer called it, with an ending that is true."""
    path = PurePosixPath(clean_text(given).replace("\\", "/"))
    stem = UNSAFE.sub("", path.stem).strip(" .") or NAMELESS
    ending = ending_of(given)
    if ending not in kind.endings:
        ending = kind.endings[0]
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"


def ending_of(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix[1:].lower()[:20]


def _keep(
    element: FileElement,
    file: "UploadedFile[bytes]",
    version: Version,
    response_id: UUID,
    at: datetime,
) -> Upload | Problem:
    kind = _checked(element, file)
    if isinstance(kind, Problem):
        return kind
    upload = Upload(
        id=uuid4(),
        survey_id=version.survey_id,
        element=element.id,
        response_id=response_id,
        name=true_name(file.name or "", kind),
        content_type=kind.content_type,
        size=file.size or 0,
        created_at=at,
    )
    try:
        _write(path_of(upload.pk), file)
        upload.save(force_insert=True)
    except BaseException:
        path_of(upload.pk).unlink(missing_ok=True)
        raise
    return upload


def _checked(element: FileElement, file: "UploadedFile[bytes]") -> FileKind | Problem:
    size = file.size or 0
    if size == 0:
        return Problem(element.id, "file_empty")
    if size > element.most_mb * MB:
        return Problem(element.id, "file_too_large", {"most": element.most_mb})
    assert file.file is not None
    kind = kind_of(file.file)
    ending = ending_of(file.name or "")
    if kind is None or kind.type not in element.accepts:
        return Problem(element.id, "file_not_accepted")
    if ending and not kind.is_called(ending):
        return Problem(element.id, "file_disguised", {"ending": ending})
    return kind


def _write(path: Path, file: "UploadedFile[bytes]") -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)


class _KeptIds(dict[str, set[str]]):
    def __missing__(self, key: str) -> set[str]:
        return set()


def _kept_ids(response_id: UUID) -> _KeptIds:
    found = _KeptIds()
    rows = Upload.objects.filter(response_id=response_id).values_list("element", "id")
    for element, upload_id in rows:
        found[element] = {*found[element], str(upload_id)}
    return found


def _delete(uploads: Any) -> int:
    paths = [path_of(key) for key in uploads.values_list("pk", flat=True)]
    uploads.delete()

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)
    return len(paths)


def _sweep_strays(before: datetime) -> int:
    """Files without a row: the process ended between the one and the other."""
    folder = Path(settings.UPLOADS_DIR)
    if not folder.is_dir():
        return 0
    old = [
        path for path in folder.iterdir() if path.stat().st_mtime < before.timestamp()
    ]
    known = {str(key) for key in Upload.objects.values_list("pk", flat=True)}
    strays = [path for path in old if path.name not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
