"""Watchers, and people called by name."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events import outbox
from teams.models import DataScope, Notification, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    user,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets import watching
from tickets.models import IllegalAct


def narrow_nora() -> User:
    """May not see the north."""
    nora = user("narrow_nora", Role.AGENT)
    DataScope.objects.get_or_create(
        user=nora, effect="deny", dimension="region", value="North"
    )
    return nora


def kinds(person: User) -> list[str]:
    found = Notification.objects.filter(user=person).order_by("pk")
    return list(found.values_list("kind", flat=True))


@pytest.mark.django_db
class TestWatching:
    def test_is_told_to_whom_others_add(self) -> None:
        ticket = ticket_for(mara_detractor())
        watching.watch(ticket, who=manager_milo(), by=lead_lena(), at=MONDAY_NINE)
        watching.watch(ticket, who=lead_lena(), by=lead_lena(), at=MONDAY_NINE)
        assert kinds(manager_milo()) == ["watching"]
        assert kinds(lead_lena()) == []
        watching.unwatch(ticket, who=manager_milo(), by=lead_lena(), at=MONDAY_NINE)
        assert list(ticket.watchers.all()) == [lead_lena()]

    def test_is_for_those_who_may_see_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        for person in (narrow_nora(), executive_eva()):
            with pytest.raises(IllegalAct, match="may not see"):
                watching.watch(ticket, who=person, by=lead_lena(), at=MONDAY_NINE)

    def test_hears_of_a_new_owner_but_not_of_ones_own_acts(self) -> None:
        ticket = ticket_for(mara_detractor())
        for person in (manager_milo(), lead_lena()):
            watching.watch(ticket, who=person, by=person, at=MONDAY_NINE)
        ticket.assign(to=agent_ana(), by=lead_lena(), at=MONDAY_NINE)
        outbox.drain()
        assert kinds(manager_milo()) == ["watched_assigned"]
        assert kinds(lead_lena()) == []
        assert "watched_assigned" not in kinds(agent_ana())

    def test_by_the_page(self) -> None:
        ticket = ticket_for(mara_detractor())
        client = signed_in(owner_otto())
        url = reverse("tickets:watchers", args=[ticket.number])
        client.post(url, {"on": "1"})
        client.post(url, {"on": "1", "who": lead_lena().pk})
        client.post(url, {"on": "1", "who": narrow_nora().pk})
        assert set(ticket.watchers.all()) == {owner_otto(), lead_lena()}
        client.post(url, {"on": "0", "who": lead_lena().pk})
        assert set(ticket.watchers.all()) == {owner_otto()}


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("@Ann look", ["Ann"]),
            ("@Anna look", ["Anna"]),
            ("hello @Ann Lee, and @anna!", ["Ann Lee", "Anna"]),
            ("@Annabel", []),
            ("mail ann@lee.test", []),
            ("请@李伟看一下", ["李伟"]),
            ("@Ann @Ann", ["Ann"]),
        ],
    )
    def test_mean_the_longest_whole_name(self, text: str, expected: list[str]) -> None:
        people = [
            User(pk=number, name=name, email=f"{number}@cem.test")
            for number, name in enumerate(["Ann", "Anna", "Ann Lee", "李伟"], start=1)
        ]
        assert [person.name for person in watching.mentioned(text, people)] == expected


@pytest.mark.django_db
class TestANote:
    def test_calls_those_who_may_see_the_ticket(self) -> None:
        ticket = ticket_for(mara_detractor())
        narrow_nora()
        written = watching.note(
            ticket,
            "@Lead Lena and @Narrow Nora, and @Owner Otto: look",
            by=owner_otto(),
            at=MONDAY_NINE,
        )
        assert list(written.mentions.all()) == [lead_lena()]
        assert kinds(lead_lena()) == ["mentioned"]

    def test_suggests_only_those(self) -> None:
        ticket = ticket_for(mara_detractor())
        nora = narrow_nora()
        url = reverse("tickets:people", args=[ticket.number])
        people = signed_in(owner_otto()).get(url).json()["people"]
        assert {"Lead Lena", "Agent Ana"} <= set(people)
        assert not {nora.name, executive_eva().name} & set(people)

    def test_carries_files(self) -> None:
        ticket = ticket_for(mara_detractor())
        url = reverse("tickets:note", args=[ticket.number])
        file = SimpleUploadedFile("report.txt", b"It broke.", "text/plain")
        client = signed_in(owner_otto())
        client.post(url, {"text": "See the report", "files": [file]})
        assert ticket.attachments.get().note == ticket.notes.get()
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "report.txt" in page
