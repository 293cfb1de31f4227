"""Excel files too large to wait for: asked for, written by a worker, kept for a week.

The row of the export says what is to be done, so a lost message costs a minute. Every
attempt writes a file of its own name: a worker that was given up and comes back later
finds the work done, and drops its file.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.export import record_export
from surveys.intake import local_day
from surveys.language import choose_language
from surveys.models import Export, Survey
from surveys.models.response import ResponseQuerySet
from surveys.result_filters import AnswerFilters, answers_for, filters_for
from surveys.tallies import view_of
from surveys.workbook import MOST_ROWS, write_workbook
from teams.models import User
from teams.notices import notify

KEPT = timedelta(days=7)
# A file that ends every worker must not be picked up for ever.
MOST_ATTEMPTS = 3
# No attempt lasts so long: what is older and has no row belongs to nobody.
STRAY = timedelta(days=1)


class TooLarge(Exception):
    """More answers than a sheet holds; a sentence for the user."""


class _Dropped(Exception):
    """Swept, or finished by somebody else, while we wrote."""


def ask_for(
    survey: Survey,
    given: Mapping[str, str],
    *,
    by: User,
    at: datetime,
    language: str,
) -> Export:
    """A file of what these filters leave; the same again while one is under way.

    Raises TooLarge.
    """
    filters = {name: given[name] for name in AnswerFilters.base_fields if name in given}
    same = Export.objects.under_way().filter(
        survey=survey, asked_by=by, filters=filters, language=language
    )
    if found := same.first():
        return found
    answers = answers_for(survey, filters, user=by, today=local_day(at))
    rows = answers.order_by()[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        raise TooLarge(
            _(
                "That is more than %(most)s answers. Choose a shorter period, or take"
                " the CSV file, which holds any number."
            )
            % {"most": f"{MOST_ROWS:,}"}
        )
    return Export.objects.create(
        survey=survey,
        asked_by=by,
        asked_at=at,
        filters=filters,
        language=language,
        rows=rows,
        expires_at=at + KEPT,
    )


def start_again(export: Export, *, at: datetime) -> None:
    """After it failed or its worker is gone, or the person's scopes are new. Does
    nothing while a worker writes it."""
    if export.is_under_way(at=at):
        return
    before = path_of(export) if export.file_name else None
    same = Export.objects.filter(pk=export.pk, state=export.state)
    if not same.update(
        state=Export.State.WAITING,
        attempts=0,
        done_rows=0,
        file_name="",
        expires_at=at + KEPT,
    ):
        return
    if before:
        before.unlink(missing_ok=True)


def write(export_id: int, *, at: datetime) -> None:
    """Write the file, unless somebody else does; the person is told how it ended."""
    export = _claim(export_id, at)
    if export is None:
        return
    if export.attempts > MOST_ATTEMPTS:
        _give_up(export, at)
        return
    try:
        _write(export, at)
    except _Dropped:
        return
    except (OperationalError, InterfaceError):
        raise  # the server's trouble, not the file's: the next round tries again
    except Exception:
        _give_up(export, at)
        raise


def path_of(export: Export) -> Path:
    return Path(settings.EXPORTS_DIR) / export.file_name


def is_outdated(export: Export) -> bool:
    """Whether the person sees other answers by now than those in the file."""
    return export.view != _view_of(export)


def sweep(*, at: datetime) -> int:
    """Delete the files that have expired or belong to nobody; how many rows went."""
    expired = Export.objects.filter(expires_at__lte=at)
    swept, _by_model = expired.delete()
    folder = Path(settings.EXPORTS_DIR)
    if not folder.is_dir():
        return swept
    known = set(
        Export.objects.exclude(file_name="").values_list("file_name", flat=True)
    )
    for path in folder.iterdir():
        if path.name not in known and _is_stray(path, at):
            _remove(path)
    return swept


def _claim(export_id: int, at: datetime) -> Export | None:
    free = Export.objects.to_write(at=at).filter(pk=export_id)
    running = Export.State.RUNNING
    if not free.update(
        state=running, attempts=F("attempts") + 1, worked_at=Now(), done_rows=0
    ):
        return None
    return Export.objects.select_related("asked_by").get(pk=export_id)


def _write(export: Export, at: datetime) -> None:
    survey = Survey.objects.visible_to(export.asked_by).filter(pk=export.survey_id)
    if (found := survey.first()) is None:
        _give_up(export, at)  # no longer this person's
        return
    export.survey = found
    export.view = _view_of(export)
    export.file_name = f"{uuid4().hex}.xlsx"
    try:
        n = _write_file(export)
        _finish(export, n, at)
    except BaseException:
        path_of(export).unlink(missing_ok=True)
        raise


def _write_file(export: Export) -> int:
    folder = Path(settings.EXPORTS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        translation.override(export.language),
        tempfile.TemporaryDirectory(dir=folder) as scratch,
        _opened(path_of(export)) as file,
    ):
        return write_workbook(
            file,
            export.survey,
            _answers(export),
            choose_language(export.language, ""),
            folder=scratch,
            told=lambda n: _tell(export, n),
        )


def _answers(export: Export) -> ResponseQuerySet:
    """Those that the person may see now, of the days they asked about."""
    today = local_day(export.asked_at)
    return answers_for(export.survey, export.filters, user=export.asked_by, today=today)


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _tell(export: Export, n: int) -> None:
    running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
    if not running.update(done_rows=n, worked_at=Now()):
        raise _Dropped


@transaction.atomic
def _finish(export: Export, n: int, at: datetime) -> None:
    running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
    if not running.update(
        state=Export.State.READY,
        rows=n,
        done_rows=n,
        file_name=export.file_name,
        view=export.view,
        expires_at=at + KEPT,
    ):
        raise _Dropped
    record_export(
        export.survey,
        by=export.asked_by,
        at=at,
        kind="xlsx",
        n=n,
        filters=urlencode(export.filters),
    )
    _notify(export, "export_ready", at, rows=f"{n:,}")


@transaction.atomic
def _give_up(export: Export, at: datetime) -> None:
    running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
    if running.update(state=Export.State.FAILED):
        _notify(export, "export_failed", at)


def _notify(export: Export, kind: str, at: datetime, **params: str) -> None:
    notify(
        export.asked_by_id,
        kind,
        at=at,
        url=export.get_absolute_url(),
        survey=export.survey.name,
        **params,
    )


def _view_of(export: Export) -> str:
    filters = filters_for(export.survey, export.filters)
    today = local_day(export.asked_at)
    return view_of(filters.asked(export.survey, export.asked_by, today))


def _is_stray(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < (at - STRAY).timestamp()
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
