"""English and Chinese: by the browser, by the cookie, by the person. And the colours."""

import pytest
from django.test import Client
from django.urls import reverse

from teams.models import User
from tests.personas import agent_ana, executive_eva

pytestmark = pytest.mark.django_db

CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}


def reads_chinese(client: Client, page: str = "/accounts/login/") -> bool:
    return '<html lang="zh-hans">' in client.get(page).content.decode()


class TestLanguage:
    def test_comes_from_the_browser_before_signing_in(self) -> None:
        assert reads_chinese(Client(headers=CHINESE))
        assert not reads_chinese(Client())

    def test_is_kept_in_a_cookie_when_chosen_before_signing_in(self) -> None:
        client = Client()
        client.post("/language/", {"language": "zh-hans", "next": "/accounts/login/"})
        assert reads_chinese(client)

    def test_is_remembered_with_the_person(self) -> None:
        ana, client = agent_ana(), Client()
        client.force_login(ana)
        client.post("/language/", {"language": "zh-hans", "next": "/settings/"})
        assert User.objects.get(pk=ana.pk).language == "zh-hans"
        elsewhere = Client()
        elsewhere.force_login(ana)
        assert reads_chinese(elsewhere, "/settings/")

    def test_of_the_person_wins_over_the_browser(self) -> None:
        client = Client(headers=CHINESE)
        client.force_login(agent_ana())
        assert not reads_chinese(client, "/settings/")

    def test_that_we_do_not_speak_changes_nothing(self) -> None:
        ana, client = agent_ana(), Client()
        client.force_login(ana)
        client.post("/language/", {"language": "tlh", "next": "/settings/"})
        assert User.objects.get(pk=ana.pk).language == "en"

    def test_is_only_changed_by_a_form(self) -> None:
        assert Client().get("/language/").status_code == 405

    def test_leads_back_to_our_own_pages_only(self) -> None:
        target = {"language": "en", "next": "https://elsewhere.example/"}
        answer = Client().post("/language/", target)
        assert "elsewhere" not in answer["Location"]


class TestTheLook:
    def test_is_kept_in_the_browser_and_leads_back(self, client: Client) -> None:
        client.force_login(executive_eva())
        look = reverse("teams:set_look")
        for asked, to, back in (
            ("dark", "/dashboards/why/", "/dashboards/why/"),
            ("light", "https://elsewhere.example/", "/"),
        ):
            answer = client.post(look, {"look": asked, "next": to})
            assert answer["Location"] == back
            page = client.get("/dashboards/reports/").content.decode()
            assert ('data-bs-theme="dark"' in page) == (asked == "dark")
        client.post(look, {"look": "loud"})
        assert client.cookies["look"].value == "light"
        assert client.get(look).status_code == 405
