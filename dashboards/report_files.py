"""PDF files and pictures of a page: asked for, made by a worker, kept for a week.

Every attempt writes a file of its own name: a worker that was given up and comes back
later finds the work done, and drops its file.
"""

import logging
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dashboards import chromium
from dashboards.models import ReportFile, WorkState
from dashboards.ordering import ask_for_file
from dashboards.rendering import pictures_of
from dashboards.report import Impossible, Report
from dashboards.report_parts import only
from dashboards.report_work import MOST_ATTEMPTS, claim, fail, finish, view_of
from dashboards.shareable import PAGES
from events import audit
from teams.access import can
from teams.models import User
from teams.notices import notify
from teams.roles import Ability
from teams.time_zones import zone_of

log = logging.getLogger("cem.dashboards")

KEPT = timedelta(days=7)
# No attempt lasts so long: what is older and has no row belongs to nobody.
STRAY = timedelta(days=1)
CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png"}
# Percent: the numbers are there, now they are drawn.
COUNTED = 40


def report_for(
    user: User, page: str, query: QueryDict, part: str, *, at: datetime
) -> Report:
    """The page, or a part of it. Raises Http404, PermissionDenied and Impossible."""
    if page not in PAGES:
        raise Http404
    if not can(user, Ability.SEE_DASHBOARDS):
        raise PermissionDenied
    made = PAGES[page].build(user, query, at=at)
    return only(made, part) if part else made


def ask_for(  # noqa: PLR0913  what is asked for, by whom and when
    user: User,
    page: str,
    query: QueryDict,
    *,
    part: str,
    kind: str,
    at: datetime,
    language: str,
) -> ReportFile:
    """A file of what these show; the same again while one is under way.

    Raises what `report_for` raises.
    """
    made = report_for(user, page, query, part, at=at)
    what = {
        "page": page,
        "query": query.urlencode(),
        "part": part,
        "kind": ReportFile.Kind(kind),
        "language": language,
    }
    same = ReportFile.objects.under_way().filter(asked_by=user, **what)
    if found := same.first():
        ask_for_file(found.pk)  # whoever takes it up does so once
        return found
    order = ReportFile.objects.create(
        asked_by=user,
        asked_at=at,
        title=made.title[:200],
        expires_at=at + KEPT,
        **what,
    )
    transaction.on_commit(partial(ask_for_file, order.pk))
    return order


def start_again(order: ReportFile, *, at: datetime) -> None:
    """After it failed, or the person's scopes are new."""
    ended = (WorkState.DONE, WorkState.FAILED)
    same = ReportFile.objects.filter(pk=order.pk, state__in=ended)
    if same.update(
        state=WorkState.WAITING,
        attempts=0,
        progress=0,
        problem="",
        file_name="",
        expires_at=at + KEPT,
    ):
        if order.file_name:
            path_of(order).unlink(missing_ok=True)
        transaction.on_commit(partial(ask_for_file, order.pk))


def write(file_id: int, *, at: datetime) -> None:
    """Make the file, unless somebody else does; the person is told how it ended."""
    if not claim(ReportFile, file_id, at=at):
        return
    order = ReportFile.objects.select_related("asked_by").get(pk=file_id)
    user = order.asked_by
    with translation.override(order.language), timezone.override(zone_of(user)):
        try:
            _write(order, at=at)
        except Impossible as problem:
            _give_up(order, str(problem), at=at)
        except (Http404, PermissionDenied):
            _give_up(order, _("You may not see this page any more."), at=at)
        except (OperationalError, InterfaceError):
            raise  # the server's trouble, not the file's: the next round tries again
        except chromium.NoPicture as problem:
            log.warning("File %s was not drawn: %s", order.pk, problem)
            if order.attempts >= MOST_ATTEMPTS or chromium.find_program() is None:
                _give_up(order, _("The browser that draws it failed."), at=at)
            else:
                _put_back(order)
        except Exception:
            _give_up(order, _("Something unexpected stopped the file."), at=at)
            raise


def path_of(order: ReportFile) -> Path:
    return Path(settings.REPORTS_DIR).joinpath(order.file_name)


def is_outdated(order: ReportFile) -> bool:
    """Whether the person sees other numbers by now than those in the file."""
    return order.view != view_of(order.asked_by)


def sweep(*, at: datetime) -> int:
    """Delete the files that have expired or belong to nobody; how many rows went."""
    swept, _by_model = ReportFile.objects.filter(expires_at__lte=at).delete()
    folder = Path(settings.REPORTS_DIR)
    if not folder.is_dir():
        return swept
    named = ReportFile.objects.exclude(file_name="")
    known = set(named.values_list("file_name", flat=True))
    before = (at - STRAY).timestamp()
    for path in folder.iterdir():
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
    return swept


def _write(order: ReportFile, *, at: datetime) -> None:
    user, query = order.asked_by, QueryDict(order.query)
    view = view_of(user)
    made = report_for(user, order.page, query, order.part, at=at)
    ReportFile.objects.filter(pk=order.pk).update(progress=COUNTED, worked_at=Now())
    is_pdf = order.kind == ReportFile.Kind.PDF
    pictures = pictures_of(made, at=at, pdf=is_pdf, png=not is_pdf)
    order.file_name = f"{uuid4().hex}.{order.kind}"
    path = path_of(order)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _put(path, (pictures.pdf if is_pdf else pictures.png) or b"")
        _finish(order, view, at=at)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _put(path: Path, held: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(held)


@transaction.atomic
def _finish(order: ReportFile, view: str, *, at: datetime) -> None:
    if not finish(
        order,
        file_name=order.file_name,
        view=view,
        progress=100,
        expires_at=at + KEPT,
    ):
        path_of(order).unlink(missing_ok=True)
        return
    note_export(order.asked_by, order.page, order.query, order.kind, at=at)
    _notify(order, "report_ready", at=at)


def note_export(user: User, page: str, query: str, kind: str, *, at: datetime) -> None:
    """Who took what out is on record."""
    audit.note(
        "dashboard.exported",
        subject=("dashboard", page),
        by=user.email,
        at=at,
        payload={"format": kind, "query": query},
    )


def _put_back(order: ReportFile) -> None:
    ReportFile.objects.filter(pk=order.pk, state=WorkState.RUNNING).update(
        state=WorkState.WAITING
    )


@transaction.atomic
def _give_up(order: ReportFile, problem: str, *, at: datetime) -> None:
    if fail(order, problem):
        _notify(order, "report_failed", at=at)


def _notify(order: ReportFile, kind: str, *, at: datetime) -> None:
    url = f"/dashboards/reports/files/{order.pk}/"
    notify(order.asked_by, kind, at=at, url=url, title=order.title)
