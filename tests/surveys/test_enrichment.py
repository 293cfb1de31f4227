"""Comments are read once, after the answer was stored."""

from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys.enrichment import UNCLEAR, enrich
from surveys.models import Response
from surveys.tasks import read_comments
from tests.personas import MONDAY_NINE, nps_survey

pytestmark = pytest.mark.django_db


def answer(comment: str) -> UUID:
    survey = nps_survey()
    assert survey.version
    return Response.objects.create(
        id=uuid4(),
        survey=survey,
        version=survey.version,
        touchpoint=survey.touchpoint,
        channel=Response.Channel.LINK,
        locale="en",
        submitted_at=MONDAY_NINE,
        day=MONDAY_NINE.date(),
        answers={},
        comment=comment,
    ).id


class TestEnrich:
    @pytest.mark.parametrize(
        ("comment", "language", "label"),
        [
            ("The staff were friendly and helpful!", "en", "positive"),
            ("Terrible. I waited for three hours.", "en", "negative"),
            ("服务态度很差，等了很久", "zh", "negative"),
            ("房间干净，服务热情", "zh", "positive"),
        ],
    )
    def test_notes_language_and_sentiment(
        self, comment: str, language: str, label: str
    ) -> None:
        response_id = answer(comment)
        enrich([response_id])
        found = Response.objects.get(id=response_id)
        assert (found.language, found.sentiment_label) == (language, label)
        assert found.sentiment is not None

    def test_notes_what_it_is_about(self) -> None:
        response_id = answer("The food was cold and the price too high.")
        enrich([response_id])
        assert set(Response.objects.get(id=response_id).topics) >= {"food", "price"}

    def test_says_where_it_cannot_tell(self) -> None:
        response_id = answer("مرحبا")
        enrich([response_id])
        found = Response.objects.get(id=response_id)
        assert (found.sentiment_label, found.sentiment) == (UNCLEAR, None)

    def test_leaves_answers_without_words_alone(self) -> None:
        response_id = answer("")
        assert enrich([response_id]) == 0
        assert Response.objects.get(id=response_id).sentiment_label == ""

    def test_reads_each_comment_once(self) -> None:
        response_id = answer("Great")
        assert [enrich([response_id]), enrich([response_id])] == [1, 0]

    def test_takes_three_queries_for_any_number(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        ids = [answer(f"Great {number}") for number in range(20)]
        with django_assert_num_queries(3):
            assert enrich(ids) == 20


class TestTheTask:
    def test_reads_every_comment_that_waits(self) -> None:
        ids = [answer("Great"), answer("Awful, rude staff")]
        read_comments()
        labels = {r.id: r.sentiment_label for r in Response.objects.all()}
        assert [labels[response_id] for response_id in ids] == ["positive", "negative"]
