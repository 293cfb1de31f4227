"""The list under the bell: found by words, and a storm of notices as one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from teams.models import Notification, User
from teams.models.notification import NotificationQuerySet
from teams.notice_kinds import Kind
from teams.notice_mail import WINDOW
from teams.notices import SENTENCES, sentence_for, usual

# Older ones are found by words or within a storm's line.
LONGEST = 5_000


@dataclass(frozen=True)
class Line:
    """One notice, or `count` of them between `since` and `until`."""

    pk: int
    since: datetime
    until: datetime
    count: int = 1
    unread: int = 0

    @property
    def is_storm(self) -> bool:
        return self.count > 1


@dataclass(frozen=True)
class Entry:
    """A line as it is shown."""

    line: Line
    sentence: str
    kind: Kind | None
    url: str


def found_for(
    user: User,
    *,
    words: str = "",
    only_unread: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> NotificationQuerySet:
    """A person's notices, the newest first; `words` as they would read them."""
    found = user.notifications.order_by("-created_at", "-id")
    if only_unread:
        found = found.unread()
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lte=until)
    if words:
        found = found.annotate(said=Cast("params", TextField())).filter(
            Q(said__icontains=words) | Q(kind__in=_kinds_saying(words))
        )
    return found


def lines_of(found: NotificationQuerySet, *, grouped: bool) -> list[Line]:
    """With `grouped`, more than `NOTICES_AT_ONCE` within ten minutes are one line."""
    rows = list(found.values_list("pk", "created_at", "read_at")[:LONGEST])
    lines: list[Line] = []
    start = 0
    while start < len(rows):
        end = start + 1
        while grouped and end < len(rows) and _within(rows[start], rows[end]):
            end += 1
        if end - start <= settings.NOTICES_AT_ONCE:
            end = start + 1
        lines.append(_line(rows[start:end]))
        start = end
    return lines


def entries_of(lines: Iterable[Line]) -> list[Entry]:
    """What a page of lines says, in one query."""
    lines = list(lines)
    notices = Notification.objects.in_bulk([line.pk for line in lines])
    return [_entry(line, notices[line.pk]) for line in lines if line.pk in notices]


def _entry(line: Line, notice: Notification) -> Entry:
    if line.is_storm:
        return Entry(line, "", None, "")
    return Entry(line, sentence_for(notice), usual(notice.kind), notice.url)


def _within(first: Sequence[object], other: Sequence[object]) -> bool:
    newest, older = first[1], other[1]
    assert isinstance(newest, datetime)
    assert isinstance(older, datetime)
    return newest - older < WINDOW


def _line(rows: Sequence[tuple[int, datetime, datetime | None]]) -> Line:
    return Line(
        pk=rows[0][0],
        since=rows[-1][1],
        until=rows[0][1],
        count=len(rows),
        unread=sum(read_at is None for _pk, _at, read_at in rows),
    )


def _kinds_saying(words: str) -> list[str]:
    low = words.lower()
    return [kind for kind, said in SENTENCES.items() if low in str(said).lower()]
