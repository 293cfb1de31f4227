"""One letter of a schedule: the page as its reader may see it now, in their language.

A reader outside gets what a share link of the owner's would show. The letter becomes a
delivery in the transaction that ends the order: exactly one, however often a worker
dies over it.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards import chromium, schedules, sharing
from dashboards.asked import scope_words
from dashboards.models import Mailing, Reader
from dashboards.rendering import Pictures, pictures_of
from dashboards.report import Impossible, Report
from dashboards.report_work import MOST_ATTEMPTS, claim, fail, finish, view_of
from dashboards.shareable import PAGES
from dashboards.spreadsheets import CSV, XLSX, csv_of, xlsx_of
from events import outbox
from events.deliveries import queue_delivery
from surveys.metrics import HIDDEN_BELOW, LOW_BASE_BELOW, hiding_below
from teams.access import can
from teams.models import User
from teams.notices import notify
from teams.roles import Ability
from teams.time_zones import zone_of

log = logging.getLogger("cem.dashboards")

PICTURE = "report@cem"


class _NotSent(Exception):
    """This letter cannot be made; a sentence for the owner, said in their language."""

    def __init__(self, sentence: str | Promise, **params: str) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


_UNEXPECTED = gettext_lazy("Something unexpected stopped the letter.")
_NO_PICTURES = gettext_lazy("The picture and the PDF file could not be made this time.")


@dataclass(frozen=True)
class _File:
    name: str
    content_type: str
    held: bytes
    content_id: str = ""


def write_letter(mailing_id: int, *, at: datetime) -> None:
    """Write it, unless somebody else does; the owner is told of what went wrong."""
    if not claim(Mailing, mailing_id, at=at):
        return
    found = Mailing.objects.select_related("schedule__owner", "reader__user")
    mailing = found.get(pk=mailing_id)
    if mailing.reader and mailing.reader.left_at:
        finish(mailing)
        return
    if mailing.attempts > MOST_ATTEMPTS:
        _give_up(mailing, _NotSent(_UNEXPECTED), at=at)
        return
    try:
        _write(mailing, at=at)
    except _NotSent as problem:
        _give_up(mailing, problem, at=at)
    except (OperationalError, InterfaceError):
        raise  # the server's trouble, not the letter's: the next round tries again
    except Exception:
        _give_up(mailing, _NotSent(_UNEXPECTED), at=at)
        raise


def _write(mailing: Mailing, *, at: datetime) -> None:
    person = _eyes_of(mailing)
    language = _language_of(mailing)
    with translation.override(language), timezone.override(zone_of(person)):
        report = _report_for(mailing, person, at=at)
        files, problem = _files_of(mailing, report, at=at)
        content = _content(mailing, report, files, problem, at=at)
    kept = [(uuid4().hex, file) for file in files]
    content["files"] = [_about(key, file) for key, file in kept]
    try:
        for key, file in kept:
            _keep(key, file.held)
        _queue(mailing, person, content, lacks_pictures=bool(problem), at=at)
    except BaseException:
        for key, _file in kept:
            _path_of(key).unlink(missing_ok=True)
        raise


def _eyes_of(mailing: Mailing) -> User:
    """Whose scope the letter shows. Raises _NotSent."""
    reader, owner = mailing.reader, mailing.schedule.owner
    person = reader.user if reader and reader.user else owner
    if not can(person, Ability.SEE_DASHBOARDS):
        raise _NotSent(
            gettext_lazy("%(name)s may not see dashboards."), name=person.name
        )
    if reader and not reader.user and not sharing.may_share(owner):
        raise _NotSent(
            gettext_lazy("%(name)s may not share dashboards outside the company."),
            name=owner.name,
        )
    return person


def _language_of(mailing: Mailing) -> str:
    reader = mailing.reader
    person = reader.user if reader else mailing.schedule.owner
    return (person.language if person else "") or mailing.schedule.language


def _report_for(mailing: Mailing, person: User, *, at: datetime) -> Report:
    schedule = mailing.schedule
    if schedule.page not in PAGES:
        raise _NotSent(gettext_lazy("This page does not exist any more."))
    least = LOW_BASE_BELOW if schedule.hides_low_base else HIDDEN_BELOW
    try:
        with hiding_below(least):
            made = PAGES[schedule.page].build(person, QueryDict(schedule.query), at=at)
    except Impossible as problem:
        raise _NotSent(str(problem)) from problem
    except (Http404, PermissionDenied) as problem:
        raise _NotSent(
            gettext_lazy("%(name)s may not see this page."), name=person.name
        ) from problem
    return sharing.for_strangers(made, shows_comments=schedule.shows_comments)


def _files_of(
    mailing: Mailing, report: Report, *, at: datetime
) -> tuple[list[_File], str]:
    """The attachments, and what is to be said of those that are missing."""
    schedule = mailing.schedule
    files, problem, pictures = [], "", Pictures()
    try:
        pictures = pictures_of(report, at=at, pdf=schedule.with_pdf, png=True)
    except chromium.NoPicture as reason:
        log.warning("Letter %s goes without pictures: %s", mailing.pk, reason)
        problem = str(_NO_PICTURES)
    name = _file_name(mailing)
    if pictures.png:
        files.append(_File(f"{name}.png", "image/png", pictures.png, PICTURE))
    if pictures.pdf:
        files.append(_File(f"{name}.pdf", "application/pdf", pictures.pdf))
    if schedule.with_csv:
        files.append(_File(f"{name}.csv", CSV, csv_of(report)))
    if schedule.with_xlsx:
        files.append(_File(f"{name}.xlsx", XLSX, xlsx_of(report, at=at)))
    return files, problem


def _content(
    mailing: Mailing, report: Report, files: list[_File], problem: str, *, at: datetime
) -> dict[str, Any]:
    schedule, reader = mailing.schedule, mailing.reader
    leave = ""
    if reader:
        leave = f"{settings.SITE_URL}/d/leave/{schedules.token_of(reader)}/"
    words = {
        "schedule": schedule,
        "report": report,
        "language": translation.get_language(),
        "picture": PICTURE if any(f.content_id for f in files) else "",
        "problem": problem,
        "notes": list(_notes(mailing)),
        "page_url": _page_url(mailing),
        "leave": leave,
        "at": at,
    }
    subject = f"{schedule.label} – {date_format(timezone.localtime(at).date())}"
    headers = {"Auto-Submitted": "auto-generated"}
    if leave:
        # RFC 8058: mail programs offer it as a button.
        headers["List-Unsubscribe"] = f"<{leave}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return {
        "subject": " ".join(subject.split()),
        "text": render_to_string("dashboards/email/report.txt", words).strip() + "\n",
        "html": render_to_string("dashboards/email/report.html", words),
        "headers": headers,
    }


def _notes(mailing: Mailing) -> Iterator[str]:
    """What the reader has to know of whose view this is."""
    reader, owner = mailing.reader, mailing.schedule.owner
    if reader is None:
        yield _("You asked to see this letter now; nobody else got it.")
        return
    person = reader.user or owner
    if reader.view and reader.view != view_of(person):
        yield _(
            "What %(name)s may see has changed since the last letter, so the numbers"
            " cover another part of the company."
        ) % {"name": person.name}
        yield from scope_words(person) or (
            _("%(name)s sees everything now.") % {"name": person.name},
        )


def _page_url(mailing: Mailing) -> str:
    """For those of us who can sign in."""
    if mailing.reader and not mailing.reader.user:
        return ""
    schedule = mailing.schedule
    page = PAGES[schedule.page]
    return settings.SITE_URL + page.url(QueryDict(schedule.query))


@transaction.atomic
def _queue(
    mailing: Mailing,
    person: User,
    content: dict[str, Any],
    *,
    lacks_pictures: bool,
    at: datetime,
) -> None:
    delivery = queue_delivery(
        key=f"report-{mailing.pk}",
        channel="email",
        recipient=_recipient(mailing),
        content=content,
        at=at,
        subject=("schedule", mailing.schedule_id),
    )
    problem = _for_owner(mailing, _NO_PICTURES) if lacks_pictures else ""
    if not finish(mailing, problem=problem, delivery=delivery):
        raise _NotSent(_UNEXPECTED)
    if mailing.reader:
        Reader.objects.filter(pk=mailing.reader.pk).update(view=view_of(person))
    outbox.record(
        "dashboard.report_mailed",
        subject=("schedule", mailing.schedule_id),
        at=at,
        payload={"delivery": delivery.pk, "due_at": mailing.due_at.isoformat()},
    )


def _recipient(mailing: Mailing) -> str:
    reader = mailing.reader
    if reader is None:
        return mailing.schedule.owner.email
    return reader.user.email if reader.user else reader.address


@transaction.atomic
def _give_up(mailing: Mailing, problem: _NotSent, *, at: datetime) -> None:
    schedule = mailing.schedule
    if not fail(mailing, _for_owner(mailing, problem)):
        return
    notify(
        schedule.owner,
        "schedule_failed",
        at=at,
        url=f"/dashboards/reports/schedules/{schedule.pk}/",
        title=schedule.label,
        reader=_recipient(mailing),
    )


def _for_owner(mailing: Mailing, sentence: _NotSent | Promise) -> str:
    schedule = mailing.schedule
    with translation.override(schedule.owner.language or schedule.language):
        return str(sentence)


def _file_name(mailing: Mailing) -> str:
    day = timezone.localtime(mailing.due_at).date()
    kept = "".join(c if c.isalnum() else "-" for c in mailing.schedule.label)
    return f"{kept.strip('-')[:60] or 'report'}-{day.isoformat()}"


def _about(key: str, file: _File) -> dict[str, str]:
    about = {"key": key, "name": file.name, "content_type": file.content_type}
    return about | ({"content_id": file.content_id} if file.content_id else {})


def _keep(key: str, held: bytes) -> None:
    path = _path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as f:
        f.write(held)


def _path_of(key: str) -> Path:
    # As the transport reads it; swept a day later, with all that belongs to no ticket.
    return Path(settings.ATTACHMENTS_DIR).joinpath(str(UUID(key)))
