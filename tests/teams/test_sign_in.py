"""Getting in: with a password, not by guessing, and by mail when it is forgotten."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from cem.local.ports import choose_free
from events import deliveries
from events.models import Delivery
from teams.lockouts import is_locked_out
from teams.models import User
from tests.personas import PASSWORD, agent_ana, executive_eva

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
NEW_PASSWORD = "a quite different sentence"


class Mailbox:
    """What aiosmtpd hands to us."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 accepted"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real mail server on this machine."""
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=choose_free())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    yield mailbox
    server.stop()


def sign_in(client: Client, email: str, password: str) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": password})


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def ask_for_a_link(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": user.email})


def choose_password(client: Client, link: str) -> Any:
    page = client.get(link[link.index("/accounts") :], follow=True)
    return client.post(
        page.request["PATH_INFO"],
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )


class TestSigningIn:
    def test_leads_to_the_page_of_the_role(self, client: Client) -> None:
        agent_ana()
        answer = sign_in(client, "agent_ana@example.test", PASSWORD)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert client.get("/")["Location"] == "/tickets/"

    def test_takes_the_address_in_any_case(self, client: Client) -> None:
        agent_ana()
        sign_in(client, "Agent_Ana@Example.TEST", PASSWORD)
        assert signed_in_as(client) == str(agent_ana().pk)

    def test_refuses_a_wrong_password_without_saying_who_exists(
        self, client: Client
    ) -> None:
        agent_ana()
        known = sign_in(client, "agent_ana@example.test", "wrong").content.decode()
        unknown = sign_in(client, "nobody@example.test", "wrong").content.decode()
        assert "are not correct" in known
        assert "are not correct" in unknown
        assert signed_in_as(client) is None

    def test_refuses_a_closed_account_even_in_the_middle_of_a_session(
        self, client: Client
    ) -> None:
        ana = agent_ana()
        client.force_login(ana)
        User.objects.filter(pk=ana.pk).update(is_active=False)
        assert client.get("/settings/")["Location"].startswith(SIGN_IN)
        sign_in(client, ana.email, PASSWORD)
        assert client.get("/settings/").status_code == 302

    def test_is_needed_for_every_page(self, client: Client) -> None:
        for page in ("/", "/settings/", "/settings/people/", "/notifications/"):
            assert client.get(page)["Location"] == f"{SIGN_IN}?next={page}"

    def test_is_by_invitation_only(self, client: Client) -> None:
        page = client.get("/accounts/signup/").content.decode()
        assert "By invitation only" in page
        strangers = {"email": "new@example.test", "password1": "x", "password2": "x"}
        client.post("/accounts/signup/", strangers)
        assert not User.objects.exists()

    def test_does_not_follow_a_link_to_elsewhere(self, client: Client) -> None:
        agent_ana()
        answer = client.post(
            f"{SIGN_IN}?next=https://elsewhere.example/",
            {"login": agent_ana().email, "password": PASSWORD},
        )
        assert "elsewhere" not in answer.headers.get("Location", "")


class TestLockout:
    def guess(self, client: Client, email: str, settings: Any) -> Any:
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = sign_in(client, email, "wrong")
        return answer

    def test_comes_after_too_many_wrong_passwords_and_says_how_long(
        self, client: Client, settings: Any
    ) -> None:
        ana = agent_ana()
        answer = self.guess(client, ana.email, settings)
        assert answer.status_code == 429
        assert "15 minutes" in answer.content.decode()
        assert sign_in(client, ana.email, PASSWORD).status_code == 429
        assert signed_in_as(client) is None

    def test_counts_every_spelling_of_an_address_together(
        self, client: Client, settings: Any
    ) -> None:
        ana = agent_ana()
        self.guess(client, ana.email.upper(), settings)
        assert sign_in(client, ana.email, PASSWORD).status_code == 429

    def test_does_not_touch_other_people(self, client: Client, settings: Any) -> None:
        self.guess(client, agent_ana().email, settings)
        sign_in(client, executive_eva().email, PASSWORD)
        assert signed_in_as(client) == str(executive_eva().pk)

    def test_ends_by_itself(self, client: Client, settings: Any) -> None:
        ana = agent_ana()
        self.guess(client, ana.email, settings)
        now = timezone.now()
        assert is_locked_out(ana, at=now)
        assert not is_locked_out(ana, at=now + timedelta(minutes=16))

    def test_ends_with_a_new_password_by_mail(
        self, client: Client, settings: Any, mailbox: Mailbox
    ) -> None:
        ana = agent_ana()
        self.guess(client, ana.email, settings)
        ask_for_a_link(client, ana)
        deliveries.send_due(at=timezone.now())
        link = re.search(r"http\S+", mailbox.letters[0].get_content())
        assert link
        choose_password(client, link.group())
        sign_in(client, ana.email, NEW_PASSWORD)
        assert signed_in_as(client) == str(ana.pk)


class TestForgottenPassword:
    def test_is_replaced_through_a_letter_that_works_once(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        ana = agent_ana()
        ask_for_a_link(client, ana)
        assert deliveries.send_due(at=timezone.now()) == 1
        (letter,) = mailbox.letters
        assert (letter["To"], letter["Subject"]) == (
            ana.email,
            "Choose a new password for cem",
        )
        link = re.search(r"http\S+", letter.get_content())
        assert link
        answer = choose_password(client, link.group())
        assert answer["Location"] == "/accounts/password/reset/key/done/"
        assert User.objects.get(pk=ana.pk).check_password(NEW_PASSWORD)
        again = Client().get(link.group()[link.group().index("/accounts") :])
        assert "no longer works" in again.content.decode()

    def test_writes_in_the_language_of_the_person(
        self, client: Client, mailbox: Mailbox
    ) -> None:
        ana = agent_ana()
        User.objects.filter(pk=ana.pk).update(language="zh-hans")
        ask_for_a_link(client, ana)
        deliveries.send_due(at=timezone.now())
        assert mailbox.letters[0]["Subject"] == "设置您的 cem 新密码"

    def test_never_builds_the_link_from_the_host_that_was_asked_for(
        self, client: Client, settings: Any
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]  # even where nobody says which hosts are ours
        client.post(
            "/accounts/password/reset/",
            {"email": agent_ana().email},
            headers={"host": "evil.example"},
        )
        text = Delivery.objects.get().content["text"]
        assert "evil" not in text
        assert settings.SITE_URL in text

    def test_sends_one_letter_however_often_it_is_asked(self, client: Client) -> None:
        for _ in range(5):
            ask_for_a_link(client, agent_ana())
        # Two, should the five minutes' mark fall between the calls.
        assert Delivery.objects.count() in {1, 2}

    def test_answers_a_stranger_the_same_and_writes_no_letter(
        self, client: Client
    ) -> None:
        agent_ana()
        answers = [
            client.post("/accounts/password/reset/", {"email": email}, follow=True)
            for email in ("agent_ana@example.test", "stranger@example.test")
        ]
        pages = [re.sub(r'value="\w+"', "", a.content.decode()) for a in answers]
        assert pages[0] == pages[1]
        assert Delivery.objects.count() == 1

    def test_refuses_a_weak_password(self, client: Client, mailbox: Mailbox) -> None:
        ana = agent_ana()
        client.force_login(ana)
        answer = client.post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": "short", "password2": "short"},
        )
        assert answer.status_code == 200
        assert User.objects.get(pk=ana.pk).check_password(PASSWORD)
