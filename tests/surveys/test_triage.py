"""Triage: opening reads, archiving puts aside, both can be undone and are on record."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from surveys.models import Response, Survey, Upload
from surveys.related import Related, _sources, register
from teams.models import User
from tests.personas import agent_ana, executive_eva, manager_milo
from tests.trips import answered, begun, document, element, trip_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


def state_of(answer: Response) -> str:
    return Response.objects.get(pk=answer.pk).triage


def events() -> list[tuple[str, str]]:
    found = Event.objects.filter(name="survey.response_triaged").order_by("id")
    return [(event.payload["from"], event.payload["to"]) for event in found]


class TestOpening:
    def test_marks_an_answer_as_read_once(self, milo: Client) -> None:
        answer = answered(trip_survey(), {"score": 2})
        address = reverse("surveys:response", args=[answer.pk])
        assert "marked as read" in milo.get(address).content.decode()
        milo.get(address)
        assert state_of(answer) == "read"
        assert events() == [("new", "read")]

    def test_can_be_undone(self, milo: Client) -> None:
        answer = answered(trip_survey(), {"score": 2})
        milo.get(reverse("surveys:response", args=[answer.pk]))
        address = reverse("surveys:response_triage", args=[answer.pk])
        page = milo.post(address, {"to": "new"}, follow=True).content.decode()
        assert "This answer is new." in page
        assert state_of(answer) == "new"

    def test_leaves_no_trace_of_who_only_looks(self, client: Client) -> None:
        answer = answered(trip_survey(), {"score": 2})
        client.force_login(executive_eva())
        page = client.get(reverse("surveys:response", args=[answer.pk]))
        assert "Archive" not in page.content.decode()
        assert (state_of(answer), events()) == ("new", [])

    def test_leaves_test_answers_alone(self, milo: Client) -> None:
        answer = answered(trip_survey(), {"score": 2}, is_test=True)
        milo.get(reverse("surveys:response", args=[answer.pk]))
        assert state_of(answer) == "new"

    def test_shows_every_answer_in_words(self, milo: Client) -> None:
        answer = answered(
            trip_survey(),
            {
                "score": 2,
                "why": "<b>late</b>",
                "reason": "other",
                "reason.other": "A wedding",
                "used": ["app", "desk"],
                "order": ["time", "price"],
                "parts": {"seat": 4},
                "day": "2026-01-31",
                "quote": True,
            },
            seconds=75,
            variables={"sum": 3},
            ending="end",
        )
        page = milo.get(reverse("surveys:response", args=[answer.pk])).content.decode()
        for words in (
            "&lt;b&gt;late&lt;/b&gt;",
            "“A wedding”",
            "<li>App</li><li>Desk</li>",
            "<ol><li>Time</li><li>Price</li></ol>",
            "Seat: 4 of 5",
            "Jan. 31, 2026",
            "1 min 15 s",
            "Variable sum",
            "Bye",
        ):
            assert words in page

    def test_shows_what_other_apps_say_of_it(self, milo: Client) -> None:
        def said(response: Response, user: User) -> list[Related]:
            return [Related("Ticket", f"for {user.name}", "/tickets/1/")]

        register(said)
        try:
            answer = answered(trip_survey(), {"score": 2})
            page = milo.get(reverse("surveys:response", args=[answer.pk]))
            assert "for Manager Milo" in page.content.decode()
        finally:
            _sources.remove(said)


class TestTheList:
    def move(self, client: Client, survey: Survey, to: str, *of: Response) -> str:
        address = reverse("surveys:triage", args=[survey.pk])
        values = {"answer": [str(one.pk) for one in of], "to": to, "query": "q=a"}
        response = client.post(address, values)
        assert response.status_code == 302
        found: str = response["Location"]
        return found

    def test_archives_what_was_ticked_and_undoes_it(self, milo: Client) -> None:
        survey = trip_survey()
        new = answered(survey, {"score": 2, "why": "a"})
        read = answered(survey, {"score": 3, "why": "a"}, triage="read")
        other = answered(survey, {"score": 4, "why": "a"})
        back = self.move(milo, survey, "archived", new, read)
        assert [state_of(one) for one in (new, read, other)] == [
            "archived",
            "archived",
            "new",
        ]
        page = milo.get(back.split("#")[0]).content.decode()
        assert "q=a&moved=1#answers" in back
        assert "Undo" in page
        milo.post(reverse("surveys:triage_undo", args=[survey.pk]))
        assert [state_of(one) for one in (new, read)] == ["new", "read"]
        assert len(events()) == 4

    def test_an_undo_works_once(self, milo: Client) -> None:
        survey = trip_survey()
        answer = answered(survey, {"score": 2})
        self.move(milo, survey, "archived", answer)
        for _ in range(2):
            milo.post(reverse("surveys:triage_undo", args=[survey.pk]))
        assert len(events()) == 2

    @pytest.mark.parametrize("to", ["", "gone"])
    def test_refuses_what_is_no_state(self, milo: Client, to: str) -> None:
        survey = trip_survey()
        answer = answered(survey, {"score": 2})
        self.move(milo, survey, to, answer)
        assert state_of(answer) == "new"

    def test_is_for_those_who_see_the_answer(self, client: Client) -> None:
        survey = trip_survey()
        answer = answered(survey, {"score": 2}, region="South")
        ana = agent_ana()
        ana.scopes.create(effect="allow", dimension="region", value="North")
        client.force_login(ana)
        self.move(client, survey, "archived", answer)
        assert state_of(answer) == "new"

    @pytest.mark.parametrize(
        ("query", "seen"),
        [
            ("triage=archived", {"Old"}),
            ("triage=new", {"Late", "飞机餐很好吃"}),
            ("sentiment=negative", {"Late"}),
            ("topic=food", {"飞机餐很好吃"}),
            ("channel=kiosk", {"Late"}),
            ("language=zh", {"飞机餐很好吃"}),
            ("flagged=on", {"Old"}),
            ("q=机餐", {"飞机餐很好吃"}),
            ("q=LATE", {"Late"}),
        ],
    )
    def test_is_filtered(self, milo: Client, query: str, seen: set[str]) -> None:
        survey = trip_survey()
        answered(
            survey,
            {"why": "Late"},
            sentiment_label="negative",
            channel="kiosk",
            language="en",
        )
        answered(survey, {"why": "飞机餐很好吃"}, language="zh", topics=["food"])
        answered(survey, {"why": "Old"}, triage="archived", flags=["too_fast"])
        page = milo.get(f"{reverse('surveys:detail', args=[survey.pk])}?{query}")
        shown = {response.comment for response, _score in page.context["rows"]}
        assert shown == seen

    def test_shows_what_was_begun_apart(self, milo: Client) -> None:
        survey = trip_survey()
        begun(survey, "p2", at=survey.created_at)
        begun(survey, "p1", at=survey.created_at, is_intent=True)
        page = milo.get(reverse("surveys:detail", args=[survey.pk])).content.decode()
        listed = milo.get(reverse("surveys:begun", args=[survey.pk])).content.decode()
        assert "2 begun, not sent" in page
        assert "Page 2 · Page 2" in listed
        assert "not confirmed" in listed


class TestFlags:
    def test_are_said_in_words_and_cleared(self, milo: Client) -> None:
        answer = answered(trip_survey(), {"score": 2}, flags=["too_fast"])
        address = reverse("surveys:response", args=[answer.pk])
        assert "faster than anybody reads" in milo.get(address).content.decode()
        milo.post(reverse("surveys:response_flags", args=[answer.pk]))
        assert "Let it stand" not in milo.get(address).content.decode()

    def test_hold_an_answer_back_until_somebody_lets_it_stand(
        self, milo: Client
    ) -> None:
        survey = trip_survey()
        held = answered(
            survey, {"why": "Buy"}, state=Response.State.HELD, flags=["honeypot"]
        )
        address = reverse("surveys:detail", args=[survey.pk])
        page = milo.get(address)
        assert "1 held back" in page.content.decode()
        assert page.context["rows"] == []
        listed = milo.get(address + "?held=on").context["rows"]
        assert [response.pk for response, _score in listed] == [held.pk]
        milo.post(reverse("surveys:response_flags", args=[held.pk]))
        assert len(milo.get(address).context["rows"]) == 1

    def test_stay_for_who_only_looks(self, client: Client) -> None:
        answer = answered(trip_survey(), {"score": 2}, flags=["too_fast"])
        client.force_login(executive_eva())
        client.post(reverse("surveys:response_flags", args=[answer.pk]))
        assert Response.objects.get(pk=answer.pk).flags == ["too_fast"]


class TestFiles:
    def test_are_named_and_linked(self, milo: Client) -> None:
        survey = trip_survey(document([element("photo", "file")]))
        key = uuid4()
        answer = answered(survey, {"photo": str(key)})
        Upload.objects.create(
            id=key,
            survey=survey,
            element="photo",
            response_id=answer.pk,
            name="seat.png",
            content_type="image/png",
            size=3,
            created_at=survey.created_at,
        )
        page = milo.get(reverse("surveys:response", args=[answer.pk])).content.decode()
        address = reverse("surveys:upload", args=[answer.pk, key])
        assert f'<a href="{address}">seat.png</a>' in page
