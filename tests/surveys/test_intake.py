"""Answers are stored once, with their event, or not at all."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.models import Event
from surveys import personal_links
from surveys.answers import InvalidAnswers
from surveys.intake import (
    AlreadyAnswered,
    ResponseIdTaken,
    Submission,
    SurveyClosed,
    SurveyPaused,
    submit_response,
)
from surveys.models import Invitation, Response, Survey
from surveys.published import Version, find_published, get_version
from tests.personas import MONDAY_NINE, manager_milo, mara_detractor, nps_survey

pytestmark = pytest.mark.django_db


def version_of(survey: Survey) -> Version:
    published = find_published(survey.slug)
    assert published
    assert published.version
    return published.version


def submission(**changes: object) -> Submission:
    values = {
        "response_id": uuid4(),
        "answers": {"score": "3", "comment": "Slow", "contact": "on"},
        "locale": "en",
        "channel": Response.Channel.LINK,
        **changes,
    }
    return Submission(**values)  # type: ignore[arg-type]


def invitation_for_mara(survey: Survey) -> Invitation:
    return Invitation.objects.create(
        survey=survey,
        customer=mara_detractor(),
        created_at=MONDAY_NINE,
        expires_at=MONDAY_NINE + timedelta(days=30),
    )


class TestSubmitResponse:
    def test_stores_the_scores_and_the_event_together(self) -> None:
        sent = submission()
        receipt = submit_response(
            version=version_of(nps_survey()), submission=sent, at=MONDAY_NINE
        )
        response = Response.objects.get()
        event = Event.objects.get(name="survey.response_submitted")
        assert receipt.is_new
        assert receipt.ending == "detractor"
        assert (response.nps, response.comment, response.wants_contact) == (
            3,
            "Slow",
            True,
        )
        assert event.subject_id == str(sent.response_id) == str(response.id)
        assert event.payload["nps"] == 3

    def test_takes_one_query(
        self, django_assert_num_queries: object, settings: Any
    ) -> None:
        # Plans are made anew after some calls, and those would be counted.
        settings.PREPARED_STATEMENTS = False
        version = version_of(nps_survey())
        with django_assert_num_queries(1):  # type: ignore[operator]
            submit_response(version=version, submission=submission(), at=MONDAY_NINE)

    def test_answers_a_replay_with_the_first_receipt(self) -> None:
        version, sent = version_of(nps_survey()), submission()
        first = submit_response(version=version, submission=sent, at=MONDAY_NINE)
        again = submit_response(version=version, submission=sent, at=MONDAY_NINE)
        assert not again.is_new
        assert again.ending == first.ending
        assert Response.objects.count() == 1
        assert Event.objects.filter(name="survey.response_submitted").count() == 1

    def test_refuses_an_id_of_another_survey(self) -> None:
        sent = submission()
        submit_response(
            version=version_of(nps_survey()), submission=sent, at=MONDAY_NINE
        )
        other = version_of(nps_survey("other-nps"))
        with pytest.raises(ResponseIdTaken):
            submit_response(version=other, submission=sent, at=MONDAY_NINE)

    def test_snapshots_the_customers_segment(self) -> None:
        survey = nps_survey()
        invitation = invitation_for_mara(survey)
        submit_response(
            version=version_of(survey),
            submission=submission(
                customer_id=invitation.customer_id, invitation_id=invitation.id
            ),
            at=MONDAY_NINE,
        )
        response = Response.objects.get()
        assert (response.region, response.product_line, response.tier) == (
            "North",
            "Jet",
            "gold",
        )
        assert response.invitation == invitation

    def test_uses_up_a_personal_link(self) -> None:
        survey = nps_survey()
        invitation = invitation_for_mara(survey)
        personal = {
            "customer_id": invitation.customer_id,
            "invitation_id": invitation.id,
        }
        first = submission(**personal)
        version = version_of(survey)
        submit_response(version=version, submission=first, at=MONDAY_NINE)
        with pytest.raises(AlreadyAnswered):
            submit_response(
                version=version, submission=submission(**personal), at=MONDAY_NINE
            )
        replay = submit_response(version=version, submission=first, at=MONDAY_NINE)
        assert not replay.is_new
        assert Response.objects.count() == 1

    def test_stores_nothing_when_an_answer_is_wrong(self) -> None:
        with pytest.raises(InvalidAnswers) as caught:
            submit_response(
                version=version_of(nps_survey()),
                submission=submission(answers={"score": "11"}),
                at=MONDAY_NINE,
            )
        assert [p.code for p in caught.value.problems] == ["not_on_scale"]
        assert not Response.objects.exists()
        assert not Event.objects.filter(subject_type="response").exists()

    def test_refuses_a_paused_and_a_closed_survey(self) -> None:
        survey = nps_survey()
        version = version_of(survey)
        survey.pause(by=manager_milo(), at=MONDAY_NINE)
        with pytest.raises(SurveyPaused):
            submit_response(version=version, submission=submission(), at=MONDAY_NINE)
        survey.close(by=manager_milo(), at=MONDAY_NINE)
        with pytest.raises(SurveyClosed):
            submit_response(version=version, submission=submission(), at=MONDAY_NINE)

    def test_stores_against_the_version_that_was_shown(self) -> None:
        survey = nps_survey()
        shown = version_of(survey)
        survey.draft = {**survey.draft, "title": {"en": "New"}}
        survey.publish(by=manager_milo(), at=MONDAY_NINE)
        submit_response(version=shown, submission=submission(), at=MONDAY_NINE)
        assert Response.objects.get().version_id == shown.id != survey.version_id

    def test_keeps_test_answers_apart(self) -> None:
        survey = nps_survey()
        trial = survey.freeze_trial(by=manager_milo(), at=MONDAY_NINE)
        submit_response(
            version=get_version(trial.id), submission=submission(), at=MONDAY_NINE
        )
        assert Response.objects.get().is_test
        assert not Response.objects.counted().exists()
        assert not Event.objects.filter(name="survey.response_submitted").exists()


class TestFindPublished:
    def test_needs_no_query_once_it_knows_the_survey(
        self, django_assert_num_queries: object
    ) -> None:
        find_published(nps_survey().slug)
        with django_assert_num_queries(0):  # type: ignore[operator]
            find_published("support-nps")


class TestPersonalLinks:
    invitation = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    expires = MONDAY_NINE + timedelta(days=1)

    def test_name_the_invitation_until_they_expire(self) -> None:
        token = personal_links.token_for(self.invitation, expires_at=self.expires)
        assert personal_links.invitation_of(token, at=MONDAY_NINE) == self.invitation
        with pytest.raises(personal_links.ExpiredLink):
            personal_links.invitation_of(token, at=self.expires)

    @pytest.mark.parametrize("position", [0, 10, 20, 25, 43])
    def test_refuse_any_change(self, position: int) -> None:
        token = personal_links.token_for(self.invitation, expires_at=self.expires)
        other = "A" if token[position] != "A" else "B"
        changed = token[:position] + other + token[position + 1 :]
        with pytest.raises(personal_links.UnknownLink):
            personal_links.invitation_of(changed, at=MONDAY_NINE)

    @pytest.mark.parametrize("token", ["", "x", "é" * 44, "=" * 44, "A" * 400])
    def test_refuse_nonsense(self, token: str) -> None:
        with pytest.raises(personal_links.UnknownLink):
            personal_links.invitation_of(token, at=MONDAY_NINE)
