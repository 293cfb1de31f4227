"""Who is away, who stands in, and who may say so."""

from datetime import timedelta

import pytest
from django.test import Client

from events.models import Event
from teams import absences
from teams.models import Absence, Notification, User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    owner_otto,
    service_team,
)
from tickets import presence

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def planned(
    person: User, deputy: User, start: int = 0, end: int = 5, hand_over_at: int = 0
) -> Absence:
    """Days are counted from Monday, nine o'clock."""
    return Absence(
        user=person,
        deputy=deputy,
        starts_at=MONDAY_NINE + start * DAY,
        ends_at=MONDAY_NINE + end * DAY,
        hand_over_at=hand_over_at,
    )


def enter(person: User, deputy: User, start: int = 0, end: int = 5) -> Absence:
    absence = planned(person, deputy, start, end)
    return absences.enter(absence, by=person, at=MONDAY_NINE)


class TestEntering:
    def test_is_recorded_and_told_to_the_deputy(self) -> None:
        enter(owner_otto(), agent_ana())
        event = Event.objects.get(name="absence.entered")
        assert (event.subject_id, event.payload["deputy"]) == (
            str(owner_otto().pk),
            agent_ana().pk,
        )
        notice = Notification.objects.get(user=agent_ana())
        assert notice.params == {
            "name": "Owner Otto",
            "start": "2026-03-02",
            "end": "2026-03-07",
        }

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [(5, 5, "later"), (5, 4, "later"), (-9, -2, "over already"), (0, 400, "year")],
    )
    def test_refuses_a_span_that_cannot_be(
        self, start: int, end: int, words: str
    ) -> None:
        with pytest.raises(absences.NotAnAbsence, match=words):
            enter(owner_otto(), agent_ana(), start, end)

    def test_refuses_oneself_as_deputy(self) -> None:
        with pytest.raises(absences.NotAnAbsence, match="Somebody else"):
            enter(owner_otto(), owner_otto())

    @pytest.mark.parametrize(("start", "end"), [(4, 6), (-1, 1), (1, 2), (0, 5)])
    def test_refuses_what_overlaps(self, start: int, end: int) -> None:
        enter(owner_otto(), agent_ana(), 0, 5)
        with pytest.raises(absences.NotAnAbsence, match="Owner Otto is away from"):
            enter(owner_otto(), manager_milo(), start, end)

    def test_allows_one_right_after_the_other(self) -> None:
        enter(owner_otto(), agent_ana(), 0, 5)
        enter(owner_otto(), agent_ana(), 5, 9)
        assert Absence.objects.count() == 2

    def test_allows_to_change_what_is_there(self) -> None:
        absence = enter(owner_otto(), agent_ana(), 0, 5)
        absence.ends_at += DAY
        absences.enter(absence, by=owner_otto(), at=MONDAY_NINE)
        assert Event.objects.filter(name="absence.changed").count() == 1


class TestARing:
    def test_of_two_is_refused(self) -> None:
        enter(owner_otto(), agent_ana())
        with pytest.raises(absences.NotAnAbsence) as refusal:
            enter(agent_ana(), owner_otto())
        assert "Agent Ana → Owner Otto → Agent Ana" in str(refusal.value)

    def test_of_three_is_refused(self) -> None:
        enter(owner_otto(), agent_ana())
        enter(agent_ana(), manager_milo())
        with pytest.raises(absences.NotAnAbsence):
            enter(manager_milo(), owner_otto(), 4, 6)

    def test_is_none_where_no_instant_is_shared(self) -> None:
        enter(owner_otto(), agent_ana(), 0, 5)
        enter(agent_ana(), manager_milo(), 3, 9)
        enter(manager_milo(), owner_otto(), 5, 9)

    def test_that_got_in_anyhow_ends_where_it_closes(self) -> None:
        planned(owner_otto(), agent_ana()).save()
        planned(agent_ana(), owner_otto()).save()
        chain = absences.chain_of(owner_otto(), at=MONDAY_NINE)
        assert list(chain) == [agent_ana()]
        assert presence.stand_in_for(owner_otto(), at=MONDAY_NINE) is None


class TestStandingIn:
    def test_is_for_nobody_who_is_at_work(self) -> None:
        assert presence.stand_in_for(owner_otto(), at=MONDAY_NINE) == owner_otto()

    def test_begins_and_ends_with_the_absence(self) -> None:
        enter(owner_otto(), agent_ana(), 0, 5)
        before, last = MONDAY_NINE - DAY, MONDAY_NINE + 5 * DAY
        assert presence.stand_in_for(owner_otto(), at=before) == owner_otto()
        assert presence.stand_in_for(owner_otto(), at=MONDAY_NINE) == agent_ana()
        assert presence.stand_in_for(owner_otto(), at=last) == owner_otto()

    def test_passes_on_to_the_deputy_s_deputy(self) -> None:
        enter(owner_otto(), agent_ana())
        enter(agent_ana(), manager_milo())
        assert presence.stand_in_for(owner_otto(), at=MONDAY_NINE) == manager_milo()

    @pytest.mark.parametrize(
        "state", [{"is_present": False}, {"is_active": False}, {"role": "executive"}]
    )
    def test_needs_somebody_who_can(self, state: dict[str, object]) -> None:
        enter(owner_otto(), agent_ana())
        User.objects.filter(pk=agent_ana().pk).update(**state)
        assert presence.stand_in_for(owner_otto(), at=MONDAY_NINE) is None


class TestComingBack:
    def test_early_ends_the_absence(self) -> None:
        absence = enter(owner_otto(), agent_ana())
        absences.end(absence, by=owner_otto(), at=MONDAY_NINE + DAY)
        assert Absence.objects.get().ends_at == MONDAY_NINE + DAY
        assert Event.objects.filter(name="absence.ended").exists()

    def test_before_leaving_calls_it_off(self) -> None:
        absence = enter(owner_otto(), agent_ana(), 2, 5)
        absences.end(absence, by=owner_otto(), at=MONDAY_NINE)
        assert not Absence.objects.exists()
        assert Event.objects.filter(name="absence.called_off").exists()

    def test_twice_is_refused(self) -> None:
        absence = enter(owner_otto(), agent_ana())
        with pytest.raises(absences.NotAnAbsence, match="over already"):
            absences.end(absence, by=owner_otto(), at=MONDAY_NINE + 9 * DAY)


class TestWhoseAbsences:
    def test_are_one_s_own_for_an_agent(self) -> None:
        service_team()
        assert list(absences.people_of(agent_ana())) == [agent_ana()]
        assert list(absences.people_of(executive_eva())) == [executive_eva()]

    def test_are_the_team_s_for_its_lead(self) -> None:
        service_team(), executive_eva()
        people = set(absences.people_of(lead_lena()))
        assert people == {lead_lena(), agent_ana(), owner_otto()}

    def test_are_everybody_s_for_managers(self) -> None:
        service_team(), executive_eva(), admin_ada()
        for manager in (admin_ada(), manager_milo()):
            assert executive_eva() in absences.people_of(manager)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form(person: User, deputy: User, **changes: str) -> dict[str, str]:
    return {
        "person": str(person.pk),
        "deputy": str(deputy.pk),
        "starts_at": "2099-03-02T09:00",
        "ends_at": "2099-03-07T09:00",
        "hand_over_at": "50",
        "reason": "Holiday",
        **changes,
    }


class TestThePages:
    def test_take_one_s_own_absence(self) -> None:
        ana, otto = agent_ana(), owner_otto()
        answer = client_of(ana).post("/settings/absences/new/", form(ana, otto))
        assert answer["Location"] == "/settings/absences/"
        absence = Absence.objects.get()
        assert (absence.user, absence.deputy) == (ana, otto)
        assert (absence.hand_over_at, absence.reason) == (50, "Holiday")

    def test_read_times_in_the_person_s_zone(self) -> None:
        ana, otto = agent_ana(), owner_otto()
        User.objects.filter(pk=ana.pk).update(time_zone="Asia/Shanghai")
        client_of(ana).post("/settings/absences/new/", form(ana, otto))
        assert Absence.objects.get().starts_at.hour == 1
        page = client_of(ana).get("/settings/absences/").content.decode()
        assert "9 a.m." in page

    def test_do_not_take_that_of_somebody_else(self) -> None:
        ana, otto = agent_ana(), owner_otto()
        answer = client_of(ana).post("/settings/absences/new/", form(otto, ana))
        assert answer.status_code == 422
        assert not Absence.objects.exists()

    def test_say_why_an_absence_cannot_be(self) -> None:
        ana, otto = agent_ana(), owner_otto()
        wrong = form(ana, otto, ends_at="2099-03-01T09:00")
        answer = client_of(ana).post("/settings/absences/new/", wrong)
        assert answer.status_code == 422
        assert "later than the start" in answer.content.decode()

    def test_show_a_lead_only_their_people(self) -> None:
        service_team()
        Absence.objects.bulk_create(
            [
                planned(agent_ana(), owner_otto(), 30_000, 30_005),
                planned(manager_milo(), owner_otto(), 30_000, 30_005),
            ]
        )
        page = client_of(lead_lena()).get("/settings/absences/").content.decode()
        assert "Agent Ana" in page
        assert "Manager Milo" not in page

    def test_hide_what_is_none_of_one_s_business(self) -> None:
        theirs = planned(owner_otto(), manager_milo(), 30_000, 30_005)
        theirs.save()
        client = client_of(agent_ana())
        assert client.get(f"/settings/absences/{theirs.pk}/").status_code == 404
        assert client.post(f"/settings/absences/{theirs.pk}/end/").status_code == 404

    def test_end_an_absence(self) -> None:
        mine = planned(agent_ana(), owner_otto(), 30_000, 30_005)
        mine.save()
        client_of(agent_ana()).post(f"/settings/absences/{mine.pk}/end/")
        assert not Absence.objects.exists()

    def test_keep_the_past_readable(self) -> None:
        planned(agent_ana(), owner_otto(), -99, -90).save()
        client = client_of(agent_ana())
        assert "Owner Otto" not in client.get("/settings/absences/").content.decode()
        past = client.get("/settings/absences/?state=past").content.decode()
        assert "Owner Otto" in past
