"""Answering twice, where a survey asks for one answer of each."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from events.doorbell import valkey
from events.ids import uuid7
from surveys import duplicates, intake, personal_links, stamps, suspicion
from surveys.document import plain, read_document
from surveys.models import Invitation, Response, Survey
from surveys.published import get_version
from surveys.views import respond
from tests.api.client import Caller
from tests.personas import manager_milo, mara_detractor, nps_survey, paul_promoter

PAGE = "/s/support-nps/"
TOKEN = re.compile(r'name="form" value="([^"]+)"')
ADDRESS = "192.0.2.7"


@pytest.fixture(autouse=True)
def _readers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))


def survey_once_per(what: str) -> Survey:
    survey = nps_survey()
    survey.draft = plain(read_document(survey.draft))
    survey.draft |= {"settings": {"once_per": what}}
    survey.save()
    survey.publish(by=None, at=timezone.now())
    stamps.renew(survey.slug)
    return survey


def invitation(survey: Survey, customer: Customer) -> str:
    now = timezone.now()
    asked = Invitation.objects.create(
        survey=survey,
        customer=customer,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return f"/i/{personal_links.token_for(asked.id, expires_at=asked.expires_at)}/"


def form(client: Client, address: str = PAGE) -> dict[str, str]:
    found = TOKEN.search(client.get(address).content.decode())
    assert found
    return {"form": found[1], "lang": "en", "confirm-code": "", "a-score": "9"}


def submission(customer: Customer) -> intake.Submission:
    return intake.Submission(
        response_id=uuid7(timezone.now()),
        answers={"score": 3},
        locale="en",
        channel=Response.Channel.API,
        customer_id=customer.pk,
    )


def submit(survey: Survey, customer: Customer) -> bool:
    """Whether it was stored."""
    assert survey.version_id
    try:
        receipt = intake.submit_response(
            version=get_version(survey.version_id),
            submission=submission(customer),
            at=timezone.now(),
        )
    except intake.CustomerHasAnswered:
        return False
    return receipt.is_new


@pytest.mark.django_db
class TestOncePerCustomer:
    @pytest.fixture
    def survey(self) -> Survey:
        return survey_once_per("customer")

    def test_another_invitation_is_refused_and_says_why(
        self, client: Client, survey: Survey
    ) -> None:
        first, second = (invitation(survey, mara_detractor()) for _ in range(2))
        client.post(first, form(client, first))
        page = client.get(second)
        assert page.status_code == 409
        assert "You have already answered" in page.content.decode()

    def test_a_page_that_was_open_before_is_refused_too(
        self, client: Client, survey: Survey
    ) -> None:
        first, second = (invitation(survey, mara_detractor()) for _ in range(2))
        waiting = form(client, second)
        client.post(first, form(client, first))
        assert client.post(second, waiting).status_code == 409
        assert Response.objects.count() == 1

    def test_sending_the_same_page_twice_is_no_second_answer(
        self, client: Client, survey: Survey
    ) -> None:
        link = invitation(survey, mara_detractor())
        sent = form(client, link)
        assert [client.post(link, sent).status_code for _ in range(2)] == [200, 200]
        assert Response.objects.count() == 1

    @pytest.mark.usefixtures("survey")
    def test_the_api_is_told_so_too(self) -> None:
        caller = Caller(manager_milo())
        body = {
            "answers": {"score": 3},
            "customer": {"external_id": mara_detractor().external_id},
        }
        path = "/surveys/support-nps/responses/"
        first, second = caller.post(path, body), caller.post(path, body)
        assert (first.status_code, second.status_code) == (201, 409)
        assert Response.objects.count() == 1

    def test_other_customers_may_answer(self, survey: Survey) -> None:
        assert submit(survey, mara_detractor())
        assert submit(survey, paul_promoter())
        assert not submit(survey, mara_detractor())

    def test_nobody_in_particular_may_answer_any_number_of_times(
        self, client: Client, survey: Survey
    ) -> None:
        for _time in range(2):
            assert client.post(PAGE, form(client)).status_code == 200
        assert Response.objects.count() == 2

    def test_a_survey_that_does_not_ask_for_it_takes_both(self) -> None:
        survey = survey_once_per("nobody")
        assert submit(survey, mara_detractor())
        assert submit(survey, mara_detractor())


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_one_of_a_customers_parallel_answers_is_stored(self) -> None:
        survey, mara = survey_once_per("customer"), mara_detractor()

        def one(_number: int) -> bool:
            try:
                return submit(survey, mara)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as crowd:
            stored = list(crowd.map(one, range(16)))
        assert stored.count(True) == 1
        assert Response.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("engines")
class TestOncePerDevice:
    @pytest.fixture
    def browser(self) -> Client:
        return Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=f"Phone {uuid4()}")

    @pytest.fixture
    def survey(self) -> Survey:
        return survey_once_per("device")

    def flags(self) -> list[list[str]]:
        rows = Response.objects.order_by("submitted_at").values_list("flags")
        return [flags for (flags,) in rows]

    @pytest.mark.usefixtures("survey")
    def test_a_second_answer_is_kept_and_flagged(self, browser: Client) -> None:
        for _time in range(2):
            assert browser.post(PAGE, form(browser)).status_code == 200
        assert self.flags() == [[], [suspicion.SAME_DEVICE]]
        assert Response.objects.counted().count() == 2

    @pytest.mark.usefixtures("survey")
    def test_another_browser_at_the_same_address_is_another_device(
        self, browser: Client
    ) -> None:
        other = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=f"Tablet {uuid4()}")
        for device in (browser, other):
            device.post(PAGE, form(device))
        assert self.flags() == [[], []]

    @pytest.mark.usefixtures("survey")
    def test_no_cookie_is_set_and_nothing_readable_is_kept(
        self, browser: Client, survey: Survey
    ) -> None:
        response: Any = browser.post(PAGE, form(browser))
        assert not response.cookies
        keys = list(valkey().scan_iter(f"cem:device:{survey.pk}:*"))
        assert keys
        assert ADDRESS not in str(keys)
        assert 0 < valkey().ttl(keys[0]) <= duplicates.REMEMBERED_FOR.total_seconds()

    @pytest.mark.usefixtures("survey")
    def test_a_kiosk_is_a_device_for_everybody(self, browser: Client) -> None:
        kiosk = f"{PAGE}?kiosk=form"
        for _time in range(2):
            browser.post(kiosk, form(browser, kiosk))
        assert self.flags() == [[], []]

    @pytest.mark.usefixtures("survey")
    def test_the_page_can_tell_and_leads_on(self, browser: Client) -> None:
        page = browser.get(PAGE).content.decode()
        assert "public/once" in page
        assert "data-answered hidden" in page
        assert "Answer once more" in page

    def test_other_surveys_load_nothing_for_it(self, browser: Client) -> None:
        survey_once_per("nobody")
        page = browser.get(PAGE).content.decode()
        assert "public/once" not in page
        assert "data-answered" not in page
