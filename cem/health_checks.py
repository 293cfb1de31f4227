"""What the numbers mean: one line per check, with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cem.health import Health, Rows

LAG_WARNS, LAG_FAILS = 10, 60  # seconds
SEEN_WITHIN = 30  # seconds
MAIL_READ_WITHIN = 180  # seconds
DELIVERY_WARNS = 120  # seconds


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """`advice` says what to do, and is empty when there is nothing to do."""

    label: str | Promise
    state: State
    finding: str | Promise
    advice: str | Promise = ""


def judge(health: Health) -> Iterator[Check]:
    yield _database(health)
    if health.database:
        yield _migrations(health)
    yield _valkey(health)
    if health.rows:
        yield from _queues(health.rows)


def _database(health: Health) -> Check:
    label = _("Database")
    if health.database:
        return Check(label, State.OK, _("PostgreSQL answers."))
    advice = _("Start PostgreSQL, or correct DATABASE_URL.")
    return Check(label, State.FAIL, _("PostgreSQL does not answer."), advice)


def _migrations(health: Health) -> Check:
    label = _("Tables")
    if not health.migrations_pending:
        return Check(label, State.OK, _("The tables are those of this version."))
    finding = _("Migrations that are not applied: %(count)d.") % {
        "count": health.migrations_pending
    }
    return Check(label, State.FAIL, finding, _("Run manage.py migrate."))


def _valkey(health: Health) -> Check:
    label = _("Valkey")
    if health.valkey:
        return Check(label, State.OK, _("Valkey answers."))
    return Check(
        label,
        State.FAIL,
        _("Valkey does not answer: nothing is lost, but nothing is worked on."),
        _("Start Valkey, or correct REDIS_URL."),
    )


def _queues(rows: Rows) -> Iterator[Check]:
    yield _seen(rows, "worker", _("Worker"))
    yield _seen(rows, "sender", _("Sender of messages"))
    if settings.IMAP_HOST:
        yield _mailbox(rows)
    yield _lag(rows)
    yield _failures(rows)
    yield _deliveries(rows)
    yield _clocks(rows)
    yield _owners(rows)
    yield _rollups(rows)


def _seen(rows: Rows, part: str, label: str | Promise) -> Check:
    advice = _("Start a Celery worker and Celery beat, and read their log.")
    age = rows.heartbeats.get(part)
    if age is None:
        return Check(label, State.FAIL, _("Never seen at work."), advice)
    finding = _("Last seen at work %(seconds)d s ago.") % {"seconds": age}
    if age <= SEEN_WITHIN:
        return Check(label, State.OK, finding)
    return Check(label, State.FAIL, finding, advice)


def _mailbox(rows: Rows) -> Check:
    label = _("Mailbox")
    age = rows.heartbeats.get("fetcher")
    if age is not None and age <= MAIL_READ_WITHIN:
        finding = _("Last seen at work %(seconds)d s ago.") % {"seconds": age}
        return Check(label, State.OK, finding)
    missing = (
        _("The mailbox was never read: customers’ answers do not come in.")
        if age is None
        else _("The mailbox was not read lately: customers’ answers do not come in.")
    )
    advice = _("Read the worker’s log, and correct IMAP_HOST and the others.")
    return Check(label, State.FAIL, missing, advice)


def _rollups(rows: Rows) -> Check:
    label = _("Rollups")
    if not rows.rollup_differences:
        return Check(label, State.OK, _("The dashboard counts what is stored."))
    finding = _("Last night's comparison found differences: %(count)d.") % {
        "count": rows.rollup_differences
    }
    return Check(label, State.FAIL, finding, _("Run manage.py rebuild_rollups."))


def _lag(rows: Rows) -> Check:
    label = _("Events")
    finding = _("Waiting: %(count)d, the oldest for %(seconds)d s.") % {
        "count": rows.undispatched,
        "seconds": rows.lag_seconds,
    }
    if rows.lag_seconds < LAG_WARNS:
        return Check(label, State.OK, finding)
    state = State.WARN if rows.lag_seconds < LAG_FAILS else State.FAIL
    return Check(label, state, finding, _("Start more workers of the queue “loop”."))


def _failures(rows: Rows) -> Check:
    label = _("Failed reactions")
    finding = _("Tried again: %(waiting)d, given up: %(parked)d.") % {
        "waiting": rows.failures_waiting,
        "parked": rows.failures_parked,
    }
    if rows.failures_parked:
        advice = _("Read the errors on the health page, mend them, try again.")
        return Check(label, State.FAIL, finding, advice)
    state = State.WARN if rows.failures_waiting else State.OK
    return Check(label, state, finding)


def _deliveries(rows: Rows) -> Check:
    label = _("Messages to customers")
    finding = _("Waiting: %(queued)d, given up: %(parked)d.") % {
        "queued": rows.deliveries_queued,
        "parked": rows.deliveries_parked,
    }
    if rows.deliveries_parked:
        advice = _("Read the errors on the health page, mend them, send again.")
        return Check(label, State.WARN, finding, advice)
    if rows.delivery_delay_seconds > DELIVERY_WARNS:
        advice = _("Start more workers of the queue “mail”.")
        return Check(label, State.WARN, finding, advice)
    return Check(label, State.OK, finding)


def _clocks(rows: Rows) -> Check:
    label = _("Deadlines")
    if not rows.clocks_not_fired:
        return Check(label, State.OK, _("Every missed deadline was noticed."))
    finding = _("Missed deadlines that were not noticed: %(count)d.") % {
        "count": rows.clocks_not_fired
    }
    advice = _("Start a Celery worker and Celery beat, and read their log.")
    return Check(label, State.FAIL, finding, advice)


def _owners(rows: Rows) -> Check:
    label = _("Owners")
    if not rows.unattended_tickets:
        return Check(label, State.OK, _("Somebody looks after every ticket."))
    finding = _("Tickets that nobody at work looks after: %(count)d.") % {
        "count": rows.unattended_tickets
    }
    advice = _("See who is away, and give the teams’ leads a deputy.")
    return Check(label, State.WARN, finding, advice)
