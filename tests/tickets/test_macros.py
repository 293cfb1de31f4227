"""Ready-made words: their placeholders, their languages, their pages, what they do."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from teams.models import Team
from tests.personas import (
    agent_ana,
    customer,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets import macros
from tickets.models import Macro, Ticket


def macro(**fields: Any) -> Macro:
    values: dict[str, Any] = {
        "name": "Sorry",
        "text_en": "Dear {customer}, sorry about {touchpoint} (#{number}). {agent}",
        "text_zh": "{customer}，您好！关于{touchpoint}，非常抱歉（#{number}）。{agent}",
    }
    return Macro.objects.create(**values | fields)


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Dear {customer}", "Dear Mara"),
            ("{{customer}}", "{customer}"),
            ("100 %", "100 %"),
            ("{customer}{customer}", "MaraMara"),
            ("{{{customer}}}", "{Mara}"),
        ],
    )
    def test_become_words_and_doubled_braces_one(
        self, text: str, expected: str
    ) -> None:
        assert macros.fill(text, {"customer": "Mara"}) == expected

    def test_are_not_looked_for_in_what_a_customer_is_called(self) -> None:
        values = {"customer": "{agent}", "agent": "Ana"}
        assert macros.fill("{customer}", values) == "{agent}"

    @pytest.mark.parametrize("text", ["{nobody}", "{", "}", "{customer", "{}", "{a b}"])
    def test_that_nobody_knows_are_refused(self, text: str) -> None:
        with pytest.raises(macros.UnknownPlaceholder):
            macros.check(text)

    @given(st.text())
    def test_never_break_on_any_words(self, text: str) -> None:
        escaped = text.replace("{", "{{").replace("}", "}}")
        macros.check(escaped)
        assert macros.fill(escaped, {}) == text


@pytest.mark.django_db
class TestTheWords:
    def test_are_in_the_language_of_the_customer(self) -> None:
        made = macro()
        ticket = ticket_for(mara_detractor())
        words = macros.words_for(made, ticket, agent_ana())
        assert words.text == (
            f"Dear Mara Detractor, sorry about Support call (#{ticket.number}). Agent Ana"
        )
        wei = ticket_for(customer("li_wei", locale="zh-hans"))
        assert macros.words_for(made, wei, agent_ana()).text.startswith("Li Wei，您好")

    def test_are_offered_to_the_team_and_to_everybody(self) -> None:
        ticket = ticket_for(mara_detractor())
        other = Team.objects.create(name="Billing", lead=manager_milo())
        everybodys, ours = macro(), macro(name="Ours", team=service_team())
        macro(name="Theirs", team=other)
        macro(name="Old", is_active=False)
        assert set(macros.offered_to(agent_ana(), ticket)) == {everybodys, ours}


@pytest.mark.django_db
class TestOnATicket:
    def url(self, ticket: Ticket, name: str = "contact") -> str:
        return reverse(f"tickets:{name}", args=[ticket.number])

    def test_fill_the_form_without_script(self) -> None:
        ticket, made = ticket_for(mara_detractor()), macro()
        page = signed_in(owner_otto()).post(
            self.url(ticket),
            {"fill": "1", "macro": made.pk, "channel": "phone", "summary": "mine"},
        )
        assert page.status_code == 200
        assert "Dear Mara Detractor" in page.content.decode()
        assert ticket.first_contacted_at is None

    def test_fill_it_by_script(self) -> None:
        ticket, made = ticket_for(mara_detractor()), macro()
        url = reverse("tickets:macro_words", args=[ticket.number, made.pk])
        words = signed_in(owner_otto()).get(url).json()
        assert words["text"].startswith("Dear Mara")

    def test_do_what_else_they_say(self) -> None:
        ticket = ticket_for(mara_detractor())
        made = macro(acts={"priority": "urgent", "pause": "customer", "tags": ["vip"]})
        signed_in(owner_otto()).post(
            self.url(ticket),
            {"macro": made.pk, "channel": "phone", "summary": "Called."},
        )
        ticket.refresh_from_db()
        assert (ticket.priority, ticket.tags) == ("urgent", ["vip"])
        assert ticket.pauses.get().reason == "customer"
        assert ticket.first_contacted_at is not None


@pytest.mark.django_db
class TestTheirPages:
    def fields(self, **more: str) -> dict[str, str]:
        return {
            "name": "Thanks",
            "text_en": "Thank you, {customer}",
            "text_zh": "谢谢您，{customer}",
            "is_active": "on",
            "tags": "vip, VIP ，late",
            **more,
        }

    def post(self, client: Client, **more: str) -> int:
        url = reverse("tickets:macro_new")
        return client.post(url, self.fields(**more)).status_code

    def test_save_change_and_delete(self) -> None:
        client = signed_in(manager_milo())
        assert "No ready-made words yet" in (
            client.get(reverse("tickets:macros")).content.decode()
        )
        assert self.post(client) == 302
        made = Macro.objects.get()
        assert made.acts == {"tags": ["vip", "late"]}
        url = reverse("tickets:macro", args=[made.pk])
        assert client.get(url).status_code == 200
        client.post(url, self.fields(name="Thanks a lot"))
        assert Macro.objects.get().name == "Thanks a lot"
        page = client.get(reverse("tickets:macros"), {"q": "lot"}).content.decode()
        assert "Thanks a lot" in page
        client.post(reverse("tickets:macro_deletion", args=[made.pk]))
        assert not Macro.objects.exists()

    def test_refuse_a_placeholder_that_nobody_knows(self) -> None:
        client = signed_in(manager_milo())
        assert self.post(client, text_en="Dear {nmae}") == 422
        assert self.post(client, text_zh="{") == 422
        assert not Macro.objects.exists()

    def test_are_for_leads_only_their_teams(self) -> None:
        team = service_team()
        client = signed_in(lead_lena())
        assert self.post(client) == 422  # everybody's are the manager's
        assert self.post(client, team=str(team.pk)) == 302
        others = macro(name="Everybody’s")
        url = reverse("tickets:macro", args=[others.pk])
        assert client.get(url).status_code == 404

    def test_are_not_for_agents(self) -> None:
        client = signed_in(agent_ana())
        assert client.get(reverse("tickets:macros")).status_code == 403
        assert self.post(client) == 403
