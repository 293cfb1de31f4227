"""Searches under a name: one's own, and those of one's teams."""

import pytest
from django.test import Client
from django.urls import reverse

from teams.models import User
from tests.personas import (
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    owner_otto,
    service_team,
)
from tickets.models import SavedView
from tickets.saved_views import MOST, ViewRefused, query_of, save_view, shown_views


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestQueryOf:
    def test_keeps_what_is_asked_for_and_not_where_a_page_begins(self) -> None:
        asked = {"after": "1", "q": "late 退款", "tab": "all", "x": "y", "team": ""}
        assert query_of(asked) == "q=late+%E9%80%80%E6%AC%BE&tab=all"


@pytest.mark.django_db
class TestSaveView:
    def test_refuses_a_name_twice_and_too_many(self) -> None:
        milo = manager_milo()
        save_view(milo, name="Late", query="due=overdue", team=None)
        with pytest.raises(ViewRefused, match="this name"):
            save_view(milo, name="Late", query="tab=all", team=None)
        for n in range(MOST - 1):
            save_view(milo, name=f"View {n}", query="tab=all", team=None)
        with pytest.raises(ViewRefused, match="Delete one"):
            save_view(milo, name="More", query="tab=all", team=None)

    def test_shows_a_teams_view_to_the_team_alone(self) -> None:
        save_view(lead_lena(), name="Ours", query="tab=team", team=service_team())
        save_view(lead_lena(), name="Mine", query="tab=mine", team=None)
        outsider = manager_milo()
        assert [s.name for s in shown_views(lead_lena(), {})] == ["Ours", "Mine"]
        assert [s.name for s in shown_views(owner_otto(), {})] == ["Ours"]
        assert shown_views(outsider, {}) == []

    def test_marks_the_view_that_one_looks_at(self) -> None:
        milo = manager_milo()
        save_view(milo, name="Late", query="tab=all&due=overdue", team=None)
        [shown] = shown_views(milo, {"due": "overdue", "tab": "all", "after": "9"})
        assert shown.is_current
        assert not shown_views(milo, {"tab": "all"})[0].is_current


@pytest.mark.django_db
class TestThePages:
    def test_save_what_the_list_shows_and_lead_back_to_it(self) -> None:
        client = signed_in(manager_milo())
        address = f"{reverse('tickets:view_new')}?tab=all&status=any&after=3"
        assert client.get(address).status_code == 200
        told = client.post(address, {"name": "Everything"}, follow=True)
        assert told.redirect_chain[-1][0] == "/tickets/?tab=all&status=any"
        assert "Everything" in told.content.decode()

    def test_refuse_no_name_and_a_strange_team(self) -> None:
        client = signed_in(manager_milo())
        address = reverse("tickets:view_new")
        assert client.post(address, {"name": " "}).status_code == 422
        stranger = {"name": "X", "team": str(service_team().pk)}
        assert client.post(address, stranger).status_code == 422

    def test_delete_ones_own_alone(self) -> None:
        view = save_view(lead_lena(), name="X", query="tab=all", team=service_team())
        address = reverse("tickets:view_delete", args=[view.pk])
        assert signed_in(owner_otto()).post(address).status_code == 404
        assert (
            "saved by"
            in signed_in(owner_otto()).get(reverse("tickets:views")).content.decode()
        )
        signed_in(lead_lena()).post(address)
        assert not SavedView.objects.exists()

    def test_are_not_for_executives(self) -> None:
        client = signed_in(executive_eva())
        assert client.get(reverse("tickets:views")).status_code == 403
        assert client.get(reverse("tickets:view_new")).status_code == 403

    def test_say_when_there_is_none(self) -> None:
        page = signed_in(agent_ana()).get(reverse("tickets:views"))
        assert "No saved views yet" in page.content.decode()
