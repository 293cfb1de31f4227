"""What people may ask of the audit trail, and the trail as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from events import audit, audit_chain
from events.audit_chain import NotGenuine, Verified
from events.models import Event


@dataclass(frozen=True)
class Asked:
    """Days are the company's, both included; None has no limit. `subject` is like
    `ticket:1043`; `name` the beginning of an event's name."""

    since: date | None = None
    until: date | None = None
    person: str = ""
    subject: str = ""
    name: str = ""
    # The customers' own answers, imports and mails have no person behind them.
    only_people: bool = False

    def events(self) -> QuerySet[Event]:
        asked = Q()
        if self.since:
            asked &= Q(occurred_at__gte=_midnight(self.since))
        if self.until:
            asked &= Q(occurred_at__lt=_midnight(self.until + timedelta(days=1)))
        if self.person:
            asked &= Q(actor__iexact=self.person)
        if self.only_people:
            asked &= ~Q(actor="")
        if self.name:
            asked &= Q(name__startswith=self.name)
        if self.subject:
            kind, _colon, key = self.subject.partition(":")
            asked &= Q(subject_type=kind)
            asked &= Q(subject_id=key) if key else Q()
        return Event.objects.filter(asked)


def export(asked: Asked, *, by: str, at: datetime, previous: str = "") -> Iterator[str]:
    """The lines of the file; that it was taken away is an entry of the trail, too."""
    with transaction.atomic():
        audit.note("audit.exported", subject=("audit", ""), by=by, at=at)
    header = {
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
        "person": asked.person,
        "subject": asked.subject,
        "name": asked.name,
        "only_people": asked.only_people,
        "exported_at": at.isoformat(),
        "exported_by": by,
        "site": settings.SITE_URL,
    }
    entries = audit.entries(asked.events())
    return audit_chain.chained(header, entries, audit.signing_key(), previous=previous)


def public_key() -> str:
    return audit_chain.public_key_of(audit.signing_key())


def end_of(file: Path) -> str:
    """The last hash of an earlier file of ours. Raises OSError or NotGenuine."""
    with file.open(encoding="utf-8") as lines:
        return audit_chain.verify(lines, public_key()).end


def refuse_gap(earlier: Path, later: Verified, key: str) -> None:
    """Raises NotGenuine where `later` does not continue the file `earlier`."""
    with earlier.open(encoding="utf-8") as lines:
        end = audit_chain.verify(lines, key).end
    if later.header.get("previous") != end:
        raise NotGenuine(1, "this file does not continue the other one")


def _midnight(day: date) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
