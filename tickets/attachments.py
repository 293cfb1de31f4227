"""Files on tickets: checked by what they are, kept outside the web root.

A file is written before its row: who dies between the two leaves a stray file, which
the sweep takes away, and never a row without its file.
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Message
from surveys.file_kinds import FileKind, kind_of
from surveys.uploads import ending_of, true_name
from teams.models import User
from tickets.models import Attachment, Note, Ticket

MB = 1024 * 1024
MOST_MB = 15
MOST_FILES = 10
# What mail servers take in one letter, base64 and all.
MOST_MB_TOGETHER = 20
STRAYS_STAY = timedelta(days=1)
File: TypeAlias = "UploadedFile[bytes]"


class RefusedFile(Exception):
    """A file that is not kept; a sentence that names it and says why."""


def check(file: File) -> FileKind:
    """Raises RefusedFile."""
    words = {"name": file.name or _("file"), "most": MOST_MB}
    size = file.size or 0
    if size == 0:
        raise RefusedFile(_("“%(name)s” is empty.") % words)
    if size > MOST_MB * MB:
        raise RefusedFile(_("“%(name)s” is larger than %(most)d MB.") % words)
    assert file.file is not None
    kind = kind_of(file.file)
    if kind is None:
        raise RefusedFile(
            _(
                "“%(name)s” is of no kind that we keep: pictures, PDF, text, Word, "
                "Excel and OpenDocument files."
            )
            % words
        )
    ending = ending_of(file.name or "")
    if ending and not kind.is_called(ending):
        raise RefusedFile(_("“%(name)s” is not what its ending says.") % words)
    return kind


def check_all(files: Sequence[File]) -> None:
    """As files of one message. Raises RefusedFile."""
    if len(files) > MOST_FILES:
        raise RefusedFile(
            _("At most %(most)d files go with one message.") % {"most": MOST_FILES}
        )
    for file in files:
        check(file)
    if sum(file.size or 0 for file in files) > MOST_MB_TOGETHER * MB:
        raise RefusedFile(
            _("Together the files are larger than %(most)d MB.")
            % {"most": MOST_MB_TOGETHER}
        )


def keep(
    ticket: Ticket,
    upload: File,
    *,
    by: User | None,
    at: datetime,
    note: Note | None = None,
    message: Message | None = None,
) -> Attachment:
    """Keep a file of the ticket, of a note or of a message. Raises RefusedFile."""
    kind = check(upload)
    attachment = Attachment(
        ticket=ticket,
        note=note,
        message=message,
        name=true_name(upload.name or "", kind),
        size=upload.size or 0,
        content_type=kind.content_type,
        key=str(uuid4()),
        created_at=at,
        created_by=by,
    )
    path = path_of(attachment)
    try:
        _write(path, upload)
        with transaction.atomic():
            attachment.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return attachment


def path_of(attachment: Attachment) -> Path:
    return Path(settings.ATTACHMENTS_DIR) / attachment.key


@transaction.atomic
def record_download(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Who looked at a customer's file belongs in the log."""
    attachment.ticket.record(
        "ticket.file_downloaded", by=by, at=at, file=str(attachment.pk)
    )


def sweep(*, at: datetime) -> int:
    """Delete files without a row, a day after they came; how many there were."""
    folder = Path(settings.ATTACHMENTS_DIR)
    if not folder.is_dir():
        return 0
    before = (at - STRAYS_STAY).timestamp()
    old = {
        path.name: path for path in folder.iterdir() if path.stat().st_mtime < before
    }
    known = set(Attachment.objects.filter(key__in=old).values_list("key", flat=True))
    strays = [path for name, path in old.items() if name not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def _write(path: Path, file: File) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
