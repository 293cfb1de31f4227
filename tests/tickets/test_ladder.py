"""A promise climbs its ladder: each level once, in order, at its own instant."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from events.models import Event
from teams.models import Notification
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    lead_lena,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tickets.breaches import breach_overdue
from tickets.ladder import AT_THE_DEADLINE, USUAL, Step, climb, ladders_of
from tickets.models import (
    Clock,
    ClockEvent,
    Escalation,
    EscalationLevel,
    RootCause,
    SlaPolicy,
    Ticket,
)
from tickets.policies import change_priority
from tickets.working_time import WorkingCalendar

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
DUE = MONDAY_NINE + 24 * HOUR
OFFICE = WorkingCalendar("UTC", dict.fromkeys(range(5), (("09:00", "17:00"),)))
ALWAYS = WorkingCalendar("UTC", dict.fromkeys(range(7), (("00:00", "24:00"),)))
Notify, Reassign = EscalationLevel.Notify, EscalationLevel.Reassign


def a_clock(calendar: WorkingCalendar, *, minutes: int, **fields: object) -> Clock:
    """Not saved; of an open ticket."""
    start = MONDAY_NINE
    values: dict[str, object] = {
        "ticket": Ticket(status=Ticket.Status.OPEN),
        "target_minutes": minutes,
        "started_at": start,
        "due_at": calendar.due_at(start, minutes * MINUTE),
    }
    return Clock(**values | fields)


def clock_of(ticket: Ticket, kind: str = "first_contact") -> Clock:
    return ticket.clocks.get(kind=kind)


def fired(clock: Clock) -> list[tuple[int, datetime]]:
    levels = Escalation.objects.filter(clock=clock).order_by("pk")
    return [(level.percent, level.due_at) for level in levels]


def levels(*lines: tuple[int, str, str, bool]) -> None:
    """The whole ladder of the standard policy."""
    policy = SlaPolicy.objects.get()
    for percent, notify, reassign, raises in lines:
        EscalationLevel.objects.create(
            policy=policy,
            percent=percent,
            notify=notify,
            reassign=reassign,
            raises_priority=raises,
        )


def told(kind: str) -> set[object]:
    return {notice.user for notice in Notification.objects.filter(kind=kind)}


class TestClimbing:
    """Targets of sixteen working hours in an office open from nine to five."""

    STEPS = (Step(50), Step(75), Step(100), Step(150))

    @pytest.mark.parametrize(
        ("until", "percents", "next_at"),
        [
            ((2, 12), [], (2, 17)),
            ((2, 17), [50], (3, 13)),
            ((3, 13), [50, 75], (3, 17)),
            ((3, 17), [50, 75, 100], (4, 17)),
            ((4, 17), [50, 75, 100, 150], None),
        ],
    )
    def test_counts_working_time_alone(
        self,
        until: tuple[int, int],
        percents: list[int],
        next_at: tuple[int, int] | None,
    ) -> None:
        clock = a_clock(OFFICE, minutes=16 * 60)
        found = climb(clock, self.STEPS, OFFICE, _march(until))
        assert [step.percent for step, _at in found.fired] == percents
        assert found.fires_at == (_march(next_at) if next_at else None)

    def test_leaves_out_the_pauses(self) -> None:
        pause = [_march((2, 10)).isoformat(), _march((2, 15)).isoformat()]
        clock = a_clock(OFFICE, minutes=16 * 60, pauses=[pause])
        found = climb(clock, self.STEPS, OFFICE, MONDAY_NINE)
        assert found.fires_at == _march((3, 14))

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": Clock.State.MET},
            {"state": Clock.State.STOPPED},
            {"state": Clock.State.PAUSED, "pauses": [[DUE.isoformat(), None]]},
            {"state": Clock.State.BREACHED, "pauses": [[DUE.isoformat(), None]]},
        ],
    )
    def test_stands_still_where_the_clock_does(self, fields: dict[str, object]) -> None:
        clock = a_clock(ALWAYS, minutes=60, **fields)
        found = climb(clock, USUAL, ALWAYS, DUE + DAY)
        assert (list(found.fired), found.fires_at) == ([], None)

    def test_takes_what_lies_before_the_last_look_for_past(self) -> None:
        clock = a_clock(ALWAYS, minutes=100, fires_at=MONDAY_NINE + 60 * MINUTE)
        found = climb(clock, self.STEPS, ALWAYS, MONDAY_NINE + 80 * MINUTE)
        assert [step.percent for step, _at in found.fired] == [75]

    @given(
        minutes=st.integers(1, 20_000),
        looks=st.lists(st.integers(0, 40_000), max_size=6),
        percents=st.sets(st.integers(1, 1_000), max_size=6),
    )
    def test_fires_the_same_however_often_one_looks(
        self, minutes: int, looks: list[int], percents: set[int]
    ) -> None:
        steps = [Step(percent) for percent in sorted(percents | {100})]
        end = MONDAY_NINE + 60_000 * MINUTE
        at_once = climb(a_clock(OFFICE, minutes=minutes), steps, OFFICE, end)
        clock = a_clock(OFFICE, minutes=minutes)
        seen: list[tuple[Step, datetime]] = []
        for until in (*(MONDAY_NINE + n * MINUTE for n in sorted(looks)), end):
            found = climb(clock, steps, OFFICE, until)
            seen += found.fired
            clock.fired_percent, clock.fires_at = found.fired_percent, found.fires_at
            if any(step.percent == 100 for step, _at in found.fired):
                clock.state = Clock.State.BREACHED
        assert seen == list(at_once.fired)
        assert [at for _step, at in seen] == sorted(at for _step, at in seen)


@pytest.mark.django_db
class TestALadder:
    def test_is_the_usual_one_until_somebody_changes_it(self) -> None:
        policy = SlaPolicy.objects.get()
        assert ladders_of({policy.pk})[policy.pk] == USUAL

    def test_always_has_the_deadline_on_it(self) -> None:
        levels((80, Notify.ASSIGNEE, "", False), (200, Notify.LEAD, "", False))
        policy = SlaPolicy.objects.get()
        steps = ladders_of({policy.pk})[policy.pk]
        assert [step.percent for step in steps] == [80, 100, 200]
        assert steps[1] == AT_THE_DEADLINE


@pytest.mark.django_db
class TestTheTick:
    def test_arms_a_new_clock_without_firing(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + SECOND)
        assert clock_of(ticket).fires_at == MONDAY_NINE + 12 * HOUR
        assert not Escalation.objects.exists()

    def test_fires_each_level_once_at_its_instant(self) -> None:
        ticket = ticket_for(mara_detractor())
        for hours in range(1, 40):
            breach_overdue(at=MONDAY_NINE + hours * HOUR + SECOND)
        assert fired(clock_of(ticket)) == [
            (50, MONDAY_NINE + 12 * HOUR),
            (75, MONDAY_NINE + 18 * HOUR),
            (90, MONDAY_NINE + timedelta(hours=21, minutes=36)),
            (100, DUE),
            (150, MONDAY_NINE + 36 * HOUR),
        ]

    def test_tells_the_owner_first_and_then_the_lead(self) -> None:
        ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 13 * HOUR)
        assert told("ticket_contact_reached") == {owner_otto()}
        breach_overdue(at=MONDAY_NINE + 22 * HOUR)
        assert told("ticket_contact_reached") == {owner_otto(), lead_lena()}

    def test_writes_the_story_with_the_instants(self) -> None:
        ticket_for(mara_detractor())
        breach_overdue(at=DUE + SECOND)
        told = Event.objects.filter(
            name__in=("ticket.escalated", "ticket.sla_breached"),
            payload__clock="first_contact",
        ).order_by("id")
        assert [(e.name, e.payload.get("percent")) for e in told] == [
            ("ticket.escalated", 50),
            ("ticket.escalated", 75),
            ("ticket.escalated", 90),
            ("ticket.sla_breached", None),
        ]
        assert told[0].occurred_at == MONDAY_NINE + 12 * HOUR

    def test_leaves_a_paused_clock_alone_and_goes_on_after_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 13 * HOUR)
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + 14 * HOUR)
        breach_overdue(at=MONDAY_NINE + 100 * DAY)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 24 * HOUR)
        breach_overdue(at=MONDAY_NINE + 27 * HOUR)
        assert [percent for percent, _at in fired(clock_of(ticket))] == [50]
        breach_overdue(at=MONDAY_NINE + 28 * HOUR + SECOND)
        assert fired(clock_of(ticket))[1:] == [(75, MONDAY_NINE + 28 * HOUR)]

    def test_loses_no_level_to_a_pause_that_came_before_the_tick(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + SECOND)
        just_after = MONDAY_NINE + 12 * HOUR + SECOND
        ticket.pause(reason="customer", by=owner_otto(), at=just_after)
        ticket.resume(by=owner_otto(), at=just_after + HOUR)
        breach_overdue(at=just_after + HOUR)
        assert fired(clock_of(ticket)) == [(50, MONDAY_NINE + 12 * HOUR)]

    def test_stops_with_the_act_that_was_promised(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        breach_overdue(at=DUE + 10 * DAY)
        assert fired(clock_of(ticket)) == []
        assert clock_of(ticket).fires_at is None

    def test_fires_again_where_a_new_target_gives_the_time_back(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 13 * HOUR)
        clock = clock_of(ticket)
        clock.target_minutes, clock.due_at = 48 * 60, MONDAY_NINE + 48 * HOUR
        clock.fires_at = clock.started_at
        clock.save()
        ClockEvent.objects.create(
            clock=clock,
            kind="recalculated",
            happened_at=MONDAY_NINE + 14 * HOUR,
            due_at=clock.due_at,
            policy_version=2,
        )
        breach_overdue(at=MONDAY_NINE + 15 * HOUR)
        breach_overdue(at=MONDAY_NINE + 25 * HOUR)
        assert fired(clock) == [
            (50, MONDAY_NINE + 12 * HOUR),
            (50, MONDAY_NINE + 24 * HOUR),
        ]

    def test_goes_on_where_it_was_after_a_reopening(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        breach_overdue(at=MONDAY_NINE + 3 * DAY)
        resolve(ticket, MONDAY_NINE + 3 * DAY)
        ticket.reopen(reason="No", by=owner_otto(), at=MONDAY_NINE + 10 * DAY)
        breach_overdue(at=MONDAY_NINE + 11 * DAY)
        assert fired(clock_of(ticket, "resolution")) == [
            (50, MONDAY_NINE + 60 * HOUR),
            (75, MONDAY_NINE + 7 * DAY + 90 * HOUR),
        ]


@pytest.mark.django_db
class TestWhatALevelDoes:
    def test_hands_the_ticket_to_the_least_loaded(self) -> None:
        levels((60, Notify.ASSIGNEE, Reassign.LEAST_LOADED, False))
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 15 * HOUR)
        ticket.refresh_from_db()
        assert ticket.assignee == agent_ana()
        assert told("ticket_contact_reached") == {agent_ana()}
        event = Event.objects.get(name="ticket.assigned")
        assert event.payload["reason"] == "escalation"

    def test_hands_the_ticket_to_the_lead(self) -> None:
        levels((60, "", Reassign.LEAD, False))
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 15 * HOUR)
        ticket.refresh_from_db()
        assert ticket.assignee == lead_lena()
        did = Escalation.objects.get(percent=60).did
        assert did["assignee"] == [owner_otto().pk, lead_lena().pk]

    def test_raises_the_priority_by_one_step(self) -> None:
        levels((60, "", "", True))
        ticket = ticket_for(mara_detractor())
        assert ticket.priority == "high"
        breach_overdue(at=MONDAY_NINE + 15 * HOUR)
        ticket.refresh_from_db()
        assert ticket.priority == "urgent"

    def test_leaves_the_most_urgent_as_it_is(self) -> None:
        levels((60, "", "", True))
        ticket = ticket_for(mara_detractor())
        change_priority(ticket, priority="urgent", by=lead_lena(), at=MONDAY_NINE)
        breach_overdue(at=MONDAY_NINE + 15 * HOUR)
        assert "priority" not in Escalation.objects.get(percent=60).did


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestTwoTickers:
    def test_never_fire_a_level_twice(self) -> None:
        for _ in range(15):
            ticket_for()
        team = service_team()
        assert team.lead == lead_lena()

        def tick() -> None:
            for hours in range(10, 60, 5):
                breach_overdue(at=MONDAY_NINE + hours * HOUR)
            connection.close()

        _together(Thread(target=tick) for _ in range(3))
        breach_overdue(at=MONDAY_NINE + 60 * HOUR)
        contacts = Escalation.objects.filter(clock__kind="first_contact")
        assert contacts.count() == 15 * len(USUAL)
        name = "ticket.sla_breached"
        assert Event.objects.filter(name=name).count() == 15


def contact(ticket: Ticket, at: datetime) -> None:
    ticket.log_contact(channel="phone", summary="Called.", by=owner_otto(), at=at)


def resolve(ticket: Ticket, at: datetime) -> None:
    cause = RootCause.objects.get(key="service-wait")
    ticket.resolve(root_cause=cause, outcome="Done.", by=owner_otto(), at=at)


def _march(moment: tuple[int, int]) -> datetime:
    day, hour = moment
    return MONDAY_NINE.replace(day=day, hour=hour)


def _together(threads: Iterable[Thread]) -> None:
    started = list(threads)
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
