"""What holds for every start, target and pause, and for every life of a ticket."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Message
from teams.models import WorkingHours
from tests.personas import MONDAY_NINE, admin_ada, owner_otto, service_team
from tests.tickets.answers import ticket_for
from tests.tickets.test_clocks import contact, resolve
from tickets import calendar_changes, clocks
from tickets.breaches import breach_overdue
from tickets.models import IllegalAct, SlaPolicy, Ticket
from tickets.pauses import resume_due
from tickets.policies import change_priority
from tickets.replay import replay
from tickets.unheard import take_back_contact
from tickets.working_time import Interval, Patchwork, WorkingCalendar

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BERLIN = WorkingCalendar(
    "Europe/Berlin",
    dict.fromkeys(range(5), (("09:00", "12:30"), ("13:15", "18:00"))),
)
NIGHTS = WorkingCalendar(
    "Asia/Shanghai", dict.fromkeys(range(7), (("00:00", "03:00"), ("20:00", "24:00")))
)
CHANGED = datetime(2026, 3, 27, 15, tzinfo=UTC)
PATCHED = Patchwork(((MONDAY_NINE, BERLIN), (CHANGED, NIGHTS)))
COUNTING = st.sampled_from([BERLIN, NIGHTS, PATCHED])
STARTS = st.integers(0, 31 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 10, tzinfo=UTC) + minutes * MINUTE
)
TARGETS = st.integers(1, 60 * 60).map(lambda minutes: minutes * MINUTE)
LENGTHS = st.integers(0, 5 * 24 * 60).map(lambda minutes: minutes * MINUTE)


@st.composite
def pauses(draw: st.DrawFn) -> list[Interval]:
    starts = draw(st.lists(STARTS, max_size=4))
    return [(start, start + draw(LENGTHS)) for start in starts]


@given(COUNTING, STARTS, TARGETS, pauses())
def test_elapsed_until_the_deadline_is_the_target(
    calendar: clocks.Counting,
    start: datetime,
    target: timedelta,
    stood: list[Interval],
) -> None:
    due = calendar.due_at(start, target, pauses=stood)
    assert calendar.elapsed(start, due, pauses=stood) == target


@given(COUNTING, STARTS, TARGETS, STARTS, LENGTHS, LENGTHS)
def test_a_longer_pause_never_makes_it_earlier(
    calendar: clocks.Counting,
    start: datetime,
    target: timedelta,
    paused: datetime,
    length: timedelta,
    more: timedelta,
) -> None:
    short = calendar.due_at(start, target, pauses=[(paused, paused + length)])
    long = calendar.due_at(start, target, pauses=[(paused, paused + length + more)])
    assert long >= short


@given(COUNTING, STARTS, TARGETS, STARTS, LENGTHS, LENGTHS)
def test_a_split_pause_is_the_same_pause(
    calendar: clocks.Counting,
    start: datetime,
    target: timedelta,
    paused: datetime,
    length: timedelta,
    more: timedelta,
) -> None:
    middle, end = paused + length, paused + length + more
    whole = calendar.due_at(start, target, pauses=[(paused, end)])
    split = calendar.due_at(start, target, pauses=[(middle, end), (paused, middle)])
    assert whole == split


@given(COUNTING, STARTS, TARGETS, st.sampled_from(["Asia/Tokyo", "America/New_York"]))
def test_the_zone_that_the_start_is_written_in_changes_nothing(
    calendar: clocks.Counting, start: datetime, target: timedelta, zone: str
) -> None:
    elsewhere = start.astimezone(ZoneInfo(zone))
    assert calendar.due_at(start, target) == calendar.due_at(elsewhere, target)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pause", "resume", "contact", "resolve", "reopen", "priority"]
            + ["hours", "tick", "bounce"]
        ),
        st.integers(1, 30),
    ),
    max_size=9,
)


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS, is_known=st.booleans())
def test_the_history_gives_the_deadline_after_any_life(
    acts: list[tuple[str, int]], is_known: bool
) -> None:
    team = service_team()
    if team.working_hours is None:
        team.working_hours = WorkingHours.objects.create(
            name="Office", weekly={str(d): [["09:00", "17:00"]] for d in range(5)}
        )
        team.save()
    number, now = (
        ticket_for(_somebody(is_known), wants_contact=True).number,
        MONDAY_NINE,
    )
    SlaPolicy.objects.update(pause_minutes=8 * 60)
    for name, hours in acts:
        now += hours * HOUR
        try:
            _act(Ticket.objects.get(pk=number), name, now)
        except IllegalAct:
            continue
    for clock in Ticket.objects.get(pk=number).clocks.all():
        assert replay(clock) == clock.due_at


def _somebody(is_known: bool) -> Customer | None:
    """Another one each time: a customer has one open ticket at a touchpoint."""
    if not is_known:
        return None
    return Customer.objects.create(external_id=uuid4().hex, created_at=MONDAY_NINE)


def _act(ticket: Ticket, name: str, now: datetime) -> None:
    by, other = owner_otto(), "low" if ticket.priority != "low" else "normal"
    acts: dict[str, Callable[[], object]] = {
        "pause": lambda: ticket.pause(reason="supplier", by=by, at=now),
        "resume": lambda: ticket.resume(by=by, at=now),
        "contact": lambda: contact(ticket, now),
        "resolve": lambda: resolve(ticket, now),
        "reopen": lambda: ticket.reopen(reason="Again", by=by, at=now),
        "priority": lambda: change_priority(ticket, priority=other, by=by, at=now),
        "bounce": lambda: _bounce(ticket, now),
        "hours": lambda: _change_hours(ticket, now),
        "tick": lambda: (breach_overdue(at=now), resume_due(at=now)),
    }
    acts[name]()


def _bounce(ticket: Ticket, now: datetime) -> None:
    Message.objects.filter(thread=ticket.thread).update(bounced_at=now)
    take_back_contact(ticket, at=now)


def _change_hours(ticket: Ticket, now: datetime) -> None:
    hours = ticket.team.working_hours
    assert hours is not None
    close = "13:00" if hours.weekly["0"] == [["09:00", "17:00"]] else "17:00"
    hours.set_hours(
        by=admin_ada(),
        at=now,
        weekly={str(d): [["09:00", close]] for d in range(5)},
    )
    mark = (hours.pk, hours.version)
    calendar_changes.move_clocks_on(
        hours.pk, before=(hours.pk, hours.version - 1), now=mark, at=now
    )
