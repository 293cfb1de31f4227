"""One customer's story out of many sources."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer, Message
from customers.timeline import Cursor, Entry, page_for
from surveys.models import Response
from teams.models import DataScope, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    mara_detractor,
    nps_survey,
    user,
)

pytestmark = pytest.mark.django_db


def order(customer: Customer, at: datetime, number: int) -> None:
    customer.interactions.create(
        kind="order", occurred_at=at, external_id=f"order-{number}", value=number
    )


def answer(customer: Customer, at: datetime, nps: int, **fields: object) -> Response:
    survey = nps_survey()
    assert survey.version is not None
    return Response.objects.create(
        id=uuid.uuid4(),
        survey=survey,
        version=survey.version,
        customer=customer,
        touchpoint=survey.touchpoint,
        channel=Response.Channel.LINK,
        locale="en",
        submitted_at=at,
        day=at.date(),
        answers={},
        nps=nps,
        **{"region": "North", **fields},
    )


def whole_story(customer: Customer, reader: User, *, size: int) -> list[Entry]:
    entries: list[Entry] = []
    cursor = None
    for _page in range(100):
        page = page_for(customer, reader, cursor=cursor, size=size)
        entries += page.entries
        if page.next is None:
            return entries
        cursor = Cursor.parse(str(page.next))
    raise AssertionError("the timeline never ends")


class TestPages:
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
    def test_show_everything_once_newest_first(self, size: int) -> None:
        mara = mara_detractor()
        # Many at one instant: imported history knows days only.
        for number in range(9):
            order(mara, MONDAY_NINE + timedelta(days=number // 5), number)
        for day in (0, 0, 1, 3):
            Message.objects.create(
                customer=mara,
                direction="in",
                channel="email",
                text=f"mail {day}",
                happened_at=MONDAY_NINE + timedelta(days=day),
            )
        story = whole_story(mara, manager_milo(), size=size)
        assert len(story) == 13
        assert [e.at for e in story] == sorted((e.at for e in story), reverse=True)
        orders = {entry.title for entry in story if entry.kind == "interaction"}
        assert len(orders) == 9

    def test_hold_answers_with_score_words_and_link(self) -> None:
        mara = mara_detractor()
        response = answer(mara, MONDAY_NINE, 3, comment="Too slow")
        entry = page_for(mara, manager_milo()).entries[0]
        assert entry.title == "Answered “Support NPS”: NPS 3 of 10"
        assert (entry.text, entry.tone) == ("Too slow", "bad")
        assert str(response.pk) in entry.url

    @pytest.mark.parametrize(
        ("given", "title", "text"),
        [
            (
                {"kind": "order", "value": 1769, "currency": "EUR"},
                "Order: 1,769.00 EUR",
                "",
            ),
            ({"kind": "page_view", "data": {"page": "/"}}, "Page view", "page: /"),
            (
                {
                    "kind": "task",
                    "data": {"outcome": "success", "seconds": 193, "clicks": 4},
                },
                "Self-service: succeeded",
                "Clicks: 4, Seconds: 193",
            ),
            (
                {"kind": "task", "data": {"outcome": ["?"]}},
                "Self-service",
                "outcome: ['?']",
            ),
        ],
    )
    def test_say_what_the_customer_did(
        self, given: dict[str, Any], title: str, text: str
    ) -> None:
        mara = mara_detractor()
        mara.interactions.create(occurred_at=MONDAY_NINE, external_id="1", **given)
        entry = page_for(mara, manager_milo()).entries[0]
        assert (entry.title, entry.text) == (title, text)

    def test_leave_out_test_answers(self) -> None:
        mara = mara_detractor()
        answer(mara, MONDAY_NINE, 3, is_test=True)
        assert not page_for(mara, manager_milo()).entries

    def test_hold_only_what_the_reader_may_see(self) -> None:
        mara = mara_detractor()
        answer(mara, MONDAY_NINE, 3, region="South")
        nora = user("agent_nora", Role.AGENT)
        DataScope.objects.create(
            user=nora, effect="allow", dimension="region", value="North"
        )
        assert not page_for(mara, nora).entries
        assert len(page_for(mara, agent_ana()).entries) == 1


class TestCursor:
    @pytest.mark.parametrize(
        "text", ["", "x", "2026-03-02~0", "2026-03-02T09:00:00+00:00", "~", "now~-1"]
    )
    def test_of_nonsense_is_no_page(self, text: str) -> None:
        client = Client()
        client.force_login(manager_milo())
        address = mara_detractor().get_absolute_url()
        assert client.get(address, {"before": text}).status_code == 404


class TestPage:
    def test_goes_on_where_it_ended_with_and_without_javascript(self) -> None:
        client = Client()
        client.force_login(manager_milo())
        mara = mara_detractor()
        for number in range(25):
            order(mara, MONDAY_NINE + timedelta(hours=number), number)
        address = mara.get_absolute_url()
        more = client.get(address).context["timeline"].next
        page = client.get(address, {"before": str(more)})
        assert len(page.context["timeline"].entries) == 5
        assert "Back to the newest" in page.content.decode()
        part = client.get(address, {"before": str(more)}, headers={"HX-Target": "more"})
        assert part.content.decode().count("<li") == 5
        assert "<html" not in part.content.decode()
