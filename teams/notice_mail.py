"""Notices that people want by mail: one letter each, or one for many at a time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import lazy

from events.models import Delivery
from teams.letters import post_letter
from teams.models import Notification, User
from teams.notice_hours import mail_leaves_at
from teams.notices import sentence_for, usual

# Said when the letter is written, in its reader's language.
_in_words = lazy(sentence_for, str)
WINDOW = timedelta(minutes=10)
# So many are written out in a digest; the rest is a number and a link.
WRITTEN_OUT = 20
PEOPLE = 500


def post_due(*, at: datetime) -> int:
    """Queue the letters that are due; return how many were queued.

    Any number may run at once: each takes people whom no other holds.
    """
    due = Notification.objects.filter(mail_due_at__lte=at).order_by()
    people = due.values_list("user_id", flat=True).distinct()[:PEOPLE]
    return sum(_post_for(person, at=at) for person in list(people))


@transaction.atomic
def _post_for(person: int, *, at: datetime) -> int:
    held = User.objects.select_for_update(no_key=True, skip_locked=True)
    user = held.filter(pk=person).first()
    if user is None:
        return 0
    due = _due_of(user, at=at)
    leaves_at = _leaves_at(user, due, at=at) if due else at
    if leaves_at > at:
        _of(due).update(mail_due_at=leaves_at)
        return 0
    if len(due) > settings.NOTICES_AT_ONCE:
        _post_digest(user, due, at=at)
        letters = 1
    else:
        letters = sum(_post_one(user, notice, at=at) for notice in due)
    _of(due).update(mail_due_at=None)
    return letters


def _due_of(user: User, *, at: datetime) -> list[Notification]:
    """What is to be mailed; what was read meanwhile, or cannot be any more, is not."""
    waiting = user.notifications.filter(mail_due_at__lte=at)
    due = list(waiting.order_by("created_at", "pk"))
    wanted = [n for n in due if user.is_active and not _was_read(n)]
    if len(wanted) < len(due):
        left_out = {notice.pk for notice in due} - {notice.pk for notice in wanted}
        Notification.objects.filter(pk__in=left_out).update(mail_due_at=None)
    return wanted


def _was_read(notice: Notification) -> bool:
    """By a person; who wants none under the bell has them read from the start."""
    return notice.read_at is not None and notice.read_at > notice.created_at


def _leaves_at(user: User, due: Sequence[Notification], *, at: datetime) -> datetime:
    """After quiet hours, and not within ten minutes of too many other letters."""
    leaves_at = mail_leaves_at(user, at=at)
    if leaves_at > at:
        return leaves_at
    recent = Delivery.objects.filter(
        subject_type="user",
        subject_id=str(user.pk),
        key__startswith="notice",
        created_at__gt=at - WINDOW,
    )
    letters = list(recent.order_by("created_at").values_list("key", "created_at"))
    digests = [sent_at for key, sent_at in letters if key.startswith("notices-")]
    if digests:
        return digests[-1] + WINDOW
    most = settings.NOTICES_AT_ONCE
    # More than that at once are one letter anyway.
    too_many = letters and len(due) <= most < len(letters) + len(due)
    return letters[0][1] + WINDOW if too_many else at


def _post_one(user: User, notice: Notification, *, at: datetime) -> int:
    post_letter(
        "teams/email/notice",
        to=user,
        key=f"notice-{notice.pk}",
        at=at,
        context={"sentence": _in_words(notice), "url": notice.url},
    )
    return 1


def _post_digest(user: User, due: Sequence[Notification], *, at: datetime) -> None:
    kinds = Counter(notice.kind for notice in due)
    post_letter(
        "teams/email/digest",
        to=user,
        key=f"notices-{user.pk}-{due[-1].pk}",
        at=at,
        context={
            "count": len(due),
            "kinds": [(usual(kind).label, n) for kind, n in kinds.most_common()],
            "notices": [(_in_words(n), n.url) for n in due[-WRITTEN_OUT:][::-1]],
            "more": max(0, len(due) - WRITTEN_OUT),
        },
    )


def _of(notices: Sequence[Notification]) -> "QuerySet[Notification]":
    return Notification.objects.filter(pk__in=[notice.pk for notice in notices])
