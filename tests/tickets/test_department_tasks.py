"""A department's task has an owner and a clock of its own from when it was given."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from events.models import Event
from teams.models import DataScope, Membership, Notification, Team, User, WorkingHours
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    mara_detractor,
    owner_otto,
    user,
)
from tests.tickets.answers import ticket_for
from tickets import task_lists
from tickets.breaches import breach_overdue
from tickets.department_tasks import (
    drop_task,
    finish_task,
    give_on_unattended,
    give_task,
    hand_on_task,
)
from tickets.models import (
    Clock,
    Escalation,
    EscalationLevel,
    IllegalAct,
    RootCause,
    SlaPolicy,
    Task,
    Ticket,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


def packer_pia() -> User:
    return user("packer_pia", Role.AGENT)


def driver_dan() -> User:
    return user("driver_dan", Role.AGENT)


def chief_carl() -> User:
    """Leads the warehouse."""
    return user("chief_carl", Role.TEAM_LEAD)


def warehouse() -> Team:
    """Pia and Dan work in it, from nine to five on weekdays."""
    team, created = Team.objects.get_or_create(
        name="Warehouse", defaults={"lead": chief_carl()}
    )
    if created:
        team.working_hours = WorkingHours.objects.create(
            name="Day shift", weekly={str(d): [["09:00", "17:00"]] for d in range(5)}
        )
        team.save()
        for member in (packer_pia(), driver_dan()):
            Membership.objects.create(team=team, user=member)
    return team


def a_task(
    ticket: Ticket | None = None, *, at: datetime = MONDAY_NINE, minutes: int = 480
) -> Task:
    return give_task(
        ticket or ticket_for(mara_detractor()),
        team=warehouse(),
        title="Send the missing part",
        text="The left hinge.",
        minutes=minutes,
        by=owner_otto(),
        at=at,
    )


def resolve(ticket: Ticket, at: datetime) -> None:
    cause = RootCause.objects.get(key="service-wait")
    ticket.log_contact(channel="phone", summary="Called.", by=owner_otto(), at=at)
    ticket.resolve(root_cause=cause, outcome="Done.", by=owner_otto(), at=at)


def notices(kind: str) -> set[User]:
    return {notice.user for notice in Notification.objects.filter(kind=kind)}


@pytest.mark.django_db
class TestGiving:
    def test_finds_the_least_loaded_and_tells_them(self) -> None:
        ticket = ticket_for(mara_detractor())
        warehouse()
        Ticket.objects.update(assignee=packer_pia())
        task = a_task(ticket)
        assert task.assignee == driver_dan()
        assert notices("task_given") == {driver_dan()}

    def test_goes_to_the_lead_where_nobody_is_free(self) -> None:
        warehouse()
        User.objects.filter(pk__in=[packer_pia().pk, driver_dan().pk]).update(
            is_present=False
        )
        assert a_task().assignee == chief_carl()

    def test_runs_on_the_departments_hours_from_then_on(self) -> None:
        task = a_task(at=MONDAY_NINE + 7 * HOUR)
        assert task.clock.started_at == MONDAY_NINE + 7 * HOUR
        assert task.clock.due_at == MONDAY_NINE + DAY + 7 * HOUR

    def test_may_be_done_several_times_on_a_ticket(self) -> None:
        ticket = ticket_for(mara_detractor())
        a_task(ticket)
        a_task(ticket)
        assert ticket.clocks.filter(kind=Clock.Kind.TASK).count() == 2

    def test_is_refused_on_a_resolved_ticket(self) -> None:
        ticket = ticket_for(mara_detractor())
        resolve(ticket, MONDAY_NINE + HOUR)
        with pytest.raises(IllegalAct):
            a_task(ticket)

    def test_is_told_in_the_tickets_story(self) -> None:
        task = a_task()
        event = Event.objects.get(name="ticket.task_given")
        assert event.subject_id == str(task.ticket_id)
        assert event.payload["title"] == "Send the missing part"


@pytest.mark.django_db
class TestAnOpenTask:
    def test_keeps_the_ticket_from_being_resolved(self) -> None:
        task = a_task()
        with pytest.raises(IllegalAct, match="open task"):
            resolve(task.ticket, MONDAY_NINE + HOUR)
        finish_task(task, result="Sent.", by=task.assignee, at=MONDAY_NINE + HOUR)
        resolve(task.ticket, MONDAY_NINE + 2 * HOUR)
        assert task.ticket.is_resolved

    def test_leaves_the_tickets_own_deadlines_alone(self) -> None:
        ticket = ticket_for(mara_detractor())
        due_at = ticket.next_due_at
        a_task(ticket, minutes=10)
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + HOUR)
        ticket.refresh_from_db()
        assert ticket.next_due_at == due_at

    def test_does_not_stand_still_with_the_ticket(self) -> None:
        task = a_task()
        task.ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        assert not Clock.objects.get(task=task).is_paused


@pytest.mark.django_db
class TestFinishing:
    def test_meets_the_clock_and_tells_the_owner_of_the_ticket(self) -> None:
        task = a_task()
        finish_task(task, result="Sent.", by=task.assignee, at=MONDAY_NINE + HOUR)
        clock = Clock.objects.get(task=task)
        assert (clock.state, clock.minutes_used) == (Clock.State.MET, 60)
        assert notices("task_done") == {owner_otto()}

    def test_late_is_late(self) -> None:
        task = a_task()
        finish_task(task, result="Sent.", by=task.assignee, at=MONDAY_NINE + 2 * DAY)
        clock = Clock.objects.get(task=task)
        assert clock.state == Clock.State.MET_LATE
        assert clock.breached_at == MONDAY_NINE + 8 * HOUR

    def test_is_for_the_department(self) -> None:
        task = a_task()
        with pytest.raises(IllegalAct):
            finish_task(task, result="Sent.", by=agent_ana(), at=MONDAY_NINE)

    def test_happens_once(self) -> None:
        task = a_task()
        finish_task(task, result="Sent.", by=task.assignee, at=MONDAY_NINE)
        with pytest.raises(IllegalAct, match="not open"):
            drop_task(task, reason="No", by=task.assignee, at=MONDAY_NINE)

    @pytest.mark.parametrize("words", ["", "   "])
    def test_needs_words(self, words: str) -> None:
        task = a_task()
        with pytest.raises(IllegalAct):
            finish_task(task, result=words, by=task.assignee, at=MONDAY_NINE)


@pytest.mark.django_db
class TestDropping:
    def test_stops_the_clock_and_frees_the_ticket(self) -> None:
        task = a_task()
        drop_task(task, reason="Found it.", by=owner_otto(), at=MONDAY_NINE + HOUR)
        assert Clock.objects.get(task=task).state == Clock.State.STOPPED
        assert notices("task_dropped") == {task.assignee}
        resolve(task.ticket, MONDAY_NINE + 2 * HOUR)


@pytest.mark.django_db
class TestHandingOn:
    def test_keeps_the_clock(self) -> None:
        task = a_task()
        other = ({packer_pia(), driver_dan()} - {task.assignee}).pop()
        due_at = task.clock.due_at
        hand_on_task(task, to=other, by=task.assignee, at=MONDAY_NINE + HOUR)
        task.refresh_from_db()
        assert (task.assignee, task.clock.due_at) == (other, due_at)
        assert other in notices("task_given")

    def test_is_refused_to_who_may_not_see_it(self) -> None:
        task = a_task()
        other = ({packer_pia(), driver_dan()} - {task.assignee}).pop()
        DataScope.objects.create(
            user=other, effect="deny", dimension="region", value="North"
        )
        with pytest.raises(IllegalAct, match="may not see"):
            hand_on_task(task, to=other, by=task.assignee, at=MONDAY_NINE)


@pytest.mark.django_db
class TestATaskNobodyLooksAfter:
    def test_goes_on_when_its_owner_leaves(self) -> None:
        task = a_task()
        gone = task.assignee
        User.objects.filter(pk=gone.pk).update(is_active=False)
        assert give_on_unattended(at=MONDAY_NINE) == 1
        task.refresh_from_db()
        assert task.assignee in {packer_pia(), driver_dan()} - {gone}

    def test_waits_for_who_is_away_until_the_first_warning(self) -> None:
        task = a_task()
        User.objects.filter(pk=task.assignee_id).update(is_present=False)
        assert give_on_unattended(at=MONDAY_NINE) == 0
        breach_overdue(at=MONDAY_NINE + 5 * HOUR)
        assert give_on_unattended(at=MONDAY_NINE + 5 * HOUR) == 1

    def test_stays_with_a_lead_whom_nobody_stands_in_for(self) -> None:
        task = a_task()
        everybody = User.objects.filter(pk__in=[packer_pia().pk, driver_dan().pk])
        everybody.update(is_active=False)
        assert give_on_unattended(at=MONDAY_NINE) == 1
        task.refresh_from_db()
        assert task.assignee == chief_carl()
        assert give_on_unattended(at=MONDAY_NINE) == 0


@pytest.mark.django_db
class TestWhoSeesATask:
    def sees(self, person: User, task: Task) -> bool:
        return Task.objects.visible_to(person).filter(pk=task.pk).exists()

    def scope(self, person: User, dimension: str, value: object) -> None:
        DataScope.objects.create(
            user=person, effect="allow", dimension=dimension, value=str(value)
        )

    def test_is_the_department_though_it_sees_no_other_tickets(self) -> None:
        task = a_task()
        self.scope(packer_pia(), "team", warehouse().pk)
        assert self.sees(packer_pia(), task)
        assert not Ticket.objects.visible_to(packer_pia()).exists()

    def test_is_the_team_of_the_ticket(self) -> None:
        task = a_task()
        self.scope(agent_ana(), "team", task.ticket.team_id)
        assert self.sees(agent_ana(), task)

    def test_is_not_another_department(self) -> None:
        task = a_task()
        self.scope(agent_ana(), "team", 0)
        assert not self.sees(agent_ana(), task)

    def test_is_nobody_outside_of_the_customers_region(self) -> None:
        task = a_task()
        self.scope(packer_pia(), "region", "South")
        assert not self.sees(packer_pia(), task)

    def test_is_nobody_who_does_not_work_on_tickets(self) -> None:
        assert not self.sees(executive_eva(), a_task())


@pytest.mark.django_db
class TestTheLadderOfATask:
    def test_tells_the_department_and_then_who_waits_for_it(self) -> None:
        task = a_task()
        breach_overdue(at=MONDAY_NINE + 5 * HOUR)
        assert notices("task_reached") == {task.assignee}
        breach_overdue(at=MONDAY_NINE + 8 * HOUR + SECOND)
        assert notices("task_breached") == {task.assignee, chief_carl(), owner_otto()}

    def test_hands_the_task_to_the_departments_lead(self) -> None:
        EscalationLevel.objects.create(
            policy=SlaPolicy.objects.get(), percent=100, reassign="lead", notify=""
        )
        task = a_task()
        breach_overdue(at=MONDAY_NINE + 9 * HOUR)
        task.refresh_from_db()
        assert task.assignee == chief_carl()
        assert task.ticket.assignee == owner_otto()
        assert Escalation.objects.get(percent=100).did["assignee"][1] == chief_carl().pk


@pytest.mark.django_db
class TestTheList:
    def test_counts_what_each_tab_lists(self) -> None:
        task = a_task()
        for person in (task.assignee, chief_carl(), owner_otto(), lead_lena()):
            tasks = task_lists.tasks_for(person)
            counts = task_lists.tab_counts(tasks, person)
            for tab in task_lists.Tab:
                listed = task_lists.in_tab(tasks, tab, person)
                assert counts[tab.value] == len(listed)

    def test_is_due_first(self) -> None:
        ticket = ticket_for(mara_detractor())
        later, sooner = a_task(ticket, minutes=900), a_task(ticket, minutes=60)
        assert list(task_lists.tasks_for(chief_carl())) == [sooner, later]

    @pytest.mark.parametrize("words", ["hinge", "MISSING", "warehouse", "#{number}"])
    def test_finds_by_words_and_number(self, words: str) -> None:
        task = a_task()
        asked = words.format(number=task.ticket_id)
        assert list(task_lists.tasks_for(chief_carl(), words=asked)) == [task]


@pytest.mark.django_db
class TestThePages:
    @pytest.fixture
    def pia(self, client: Client) -> Client:
        warehouse()
        client.force_login(packer_pia())
        return client

    def test_give_a_task_from_the_ticket(self, client: Client) -> None:
        ticket = ticket_for(mara_detractor())
        client.force_login(owner_otto())
        given = {"team": warehouse().pk, "title": "Look", "text": "", "hours": "8"}
        answer = client.post(f"/tickets/{ticket.number}/tasks/", given)
        assert answer.status_code == 302
        assert Task.objects.get().clock.target_minutes == 480
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert Task.objects.get().get_absolute_url() in page

    def test_refuse_an_absurd_target_in_words(self, client: Client) -> None:
        ticket = ticket_for(mara_detractor())
        client.force_login(owner_otto())
        given = {"team": warehouse().pk, "title": "Look", "hours": "-3"}
        answer = client.post(f"/tickets/{ticket.number}/tasks/", given)
        assert answer.status_code == 422
        assert not Task.objects.exists()

    def test_show_the_list_and_the_task(self, pia: Client) -> None:
        task = a_task()
        page = pia.get("/tickets/tasks/?tab=all").content.decode()
        assert task.title in page
        page = pia.get(task.get_absolute_url()).content.decode()
        assert "The left hinge." in page

    def test_are_not_found_outside_of_the_scope(self, pia: Client) -> None:
        task = a_task()
        DataScope.objects.create(
            user=packer_pia(), effect="deny", dimension="region", value="North"
        )
        assert pia.get(task.get_absolute_url()).status_code == 404
        assert task.title not in pia.get("/tickets/tasks/?tab=all").content.decode()

    def test_are_refused_to_who_works_on_no_ticket(self, client: Client) -> None:
        client.force_login(executive_eva())
        assert client.get("/tickets/tasks/").status_code == 403

    def test_finish_hand_on_and_drop(self, pia: Client) -> None:
        ticket = ticket_for(mara_detractor())
        done, handed, dropped = a_task(ticket), a_task(ticket), a_task(ticket)
        to = ({packer_pia(), driver_dan()} - {handed.assignee}).pop().pk
        for task, noun, given in (
            (done, "result", {"result": "Sent."}),
            (handed, "assignment", {"to": to}),
            (dropped, "dropping", {"reason": "Not ours."}),
        ):
            answer = pia.post(f"{task.get_absolute_url()}{noun}/", given)
            assert answer.status_code == 302
            task.refresh_from_db()
        assert done.done_at
        assert handed.assignee_id == to
        assert dropped.dropped_at

    def test_say_why_an_act_is_refused(self, pia: Client) -> None:
        task = a_task()
        finish_task(task, result="Sent.", by=packer_pia(), at=MONDAY_NINE)
        answer = pia.post(f"{task.get_absolute_url()}result/", {"result": "Again"})
        assert answer.status_code == 409
        assert "not open any more" in answer.content.decode()
