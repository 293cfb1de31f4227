"""The taxonomy: grown, reworded, merged, never forgotten."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from teams.models import User
from tests.personas import MONDAY_NINE, agent_ana, lead_lena, manager_milo
from tests.tickets.answers import ticket_for
from tickets import root_causes
from tickets.models import IllegalAct, RootCause, Ticket


def group(key: str = "service") -> RootCause:
    return RootCause.objects.get(key=key)


def cause(key: str = "service-wait") -> RootCause:
    return RootCause.objects.get(key=key)


def added(label: str = "Fork lift", parent: RootCause | None = None) -> RootCause:
    return root_causes.add(
        label_en=label,
        label_zh="叉车",
        parent=parent or group(),
        by=manager_milo(),
        at=MONDAY_NINE,
    )


def coded(with_: RootCause) -> Ticket:
    ticket = ticket_for()
    Ticket.objects.filter(pk=ticket.pk).update(root_cause=with_)
    return ticket


@pytest.mark.django_db
class TestAdding:
    def test_gives_a_key_of_its_own(self) -> None:
        assert added().key == "service-fork-lift"
        assert added().key == "service-fork-lift-2"
        assert added("叉车").key == "service-cause"

    def test_puts_it_at_the_end_of_its_group(self) -> None:
        new = added()
        [members] = [g.members for g in root_causes.tree() if g.cause == group()]
        assert members[-1] == new

    def test_knows_two_levels_only(self) -> None:
        with pytest.raises(IllegalAct, match="two levels"):
            added(parent=cause())

    def test_is_an_event(self) -> None:
        new = added()
        event = Event.objects.get(name="root_cause.added")
        assert event.subject_id == str(new.pk)
        assert event.payload["key"] == new.key


@pytest.mark.django_db
class TestChanging:
    def change(self, which: RootCause, **values: Any) -> None:
        given = {
            "label_en": which.label_en,
            "label_zh": which.label_zh,
            "parent": which.parent,
        }
        root_causes.change(which, **(given | values), by=manager_milo(), at=MONDAY_NINE)

    def test_keeps_the_key_and_tells_what_stood_there(self) -> None:
        found = cause()
        before = found.label_en
        self.change(found, label_en="Queue")
        assert cause().label_en == "Queue"
        event = Event.objects.get(name="root_cause.changed")
        assert event.payload["before"] == {"label_en": before}
        assert event.payload["key"] == "service-wait"

    def test_that_changes_nothing_is_no_event(self) -> None:
        self.change(cause())
        assert not Event.objects.filter(name="root_cause.changed").exists()

    def test_never_makes_a_group_of_a_cause(self) -> None:
        with pytest.raises(IllegalAct, match="stays"):
            self.change(cause(), parent=None)
        with pytest.raises(IllegalAct, match="stays"):
            self.change(group(), parent=group("delivery"))


@pytest.mark.django_db
class TestLeaving:
    def test_by_switching_off_keeps_it_on_past_tickets(self) -> None:
        ticket = coded(cause())
        root_causes.switch(cause(), on=False, by=manager_milo(), at=MONDAY_NINE)
        ticket.refresh_from_db()
        assert ticket.root_cause == cause()
        assert cause() not in root_causes.mergeable_into(cause("delivery-late"))

    def test_by_deleting_needs_that_nothing_used_it(self) -> None:
        new = added()
        coded(cause())
        for used in (cause(), group()):
            with pytest.raises(IllegalAct, match="in use"):
                root_causes.delete(used, by=manager_milo(), at=MONDAY_NINE)
        root_causes.delete(new, by=manager_milo(), at=MONDAY_NINE)
        assert not RootCause.objects.filter(key=new.key).exists()

    def test_by_merging_codes_its_tickets_anew(self) -> None:
        ticket, other = coded(cause()), cause("delivery-late")
        milo = manager_milo()
        assert root_causes.merge(cause(), into=other, by=milo, at=MONDAY_NINE) == 1
        ticket.refresh_from_db()
        assert ticket.root_cause == other
        assert not cause().is_active
        event = Event.objects.get(name="root_cause.merged")
        assert (event.payload["into"], event.payload["tickets"]) == (other.key, 1)

    @pytest.mark.parametrize("into", ["service-wait", "delivery"])
    def test_merges_into_another_cause_only(self, into: str) -> None:
        with pytest.raises(IllegalAct):
            root_causes.merge(
                cause(), into=cause(into), by=manager_milo(), at=MONDAY_NINE
            )


@pytest.mark.django_db
class TestMoving:
    def test_changes_places_with_the_neighbour(self) -> None:
        def order() -> list[str]:
            [members] = [g.members for g in root_causes.tree() if g.cause == group()]
            return [member.key for member in members]

        before = order()
        second = cause(before[1])
        root_causes.move(second, up=True, by=manager_milo(), at=MONDAY_NINE)
        assert order() == [before[1], before[0], *before[2:]]
        root_causes.move(cause(before[1]), up=True, by=manager_milo(), at=MONDAY_NINE)
        assert order()[0] == before[1]


@pytest.mark.django_db
class TestThePages:
    def client(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def test_are_for_those_who_edit_rules(self) -> None:
        address = reverse("tickets:root_causes")
        assert self.client(manager_milo()).get(address).status_code == 200
        for person in (agent_ana(), lead_lena()):
            assert self.client(person).get(address).status_code == 403

    def test_add_change_and_merge(self) -> None:
        milo = self.client(manager_milo())
        words = {"label_en": "Fork lift", "label_zh": "叉车"}
        milo.post(reverse("tickets:root_cause_create"), words)
        new = RootCause.objects.get(key="fork-lift")
        assert new.parent is None
        address = f"{reverse('tickets:root_cause_create')}?group={new.pk}"
        milo.post(address, {**words, "parent": str(new.pk)})
        member = RootCause.objects.get(parent=new)
        address = reverse("tickets:root_cause", args=[member.pk])
        milo.post(address, {**words, "label_en": "Lift", "parent": str(new.pk)})
        member.refresh_from_db()
        assert member.label_en == "Lift"
        coded(member)
        address = reverse("tickets:root_cause_merge", args=[member.pk])
        assert "1 ticket becomes" in milo.get(address).content.decode()
        milo.post(address, {"into": str(cause().pk)})
        assert cause().tickets.count() == 1

    def test_say_why_something_cannot_be_deleted(self) -> None:
        coded(cause())
        address = reverse("tickets:root_cause_deletion", args=[cause().pk])
        shown = self.client(manager_milo()).post(address, follow=True)
        assert "in use" in shown.content.decode()
