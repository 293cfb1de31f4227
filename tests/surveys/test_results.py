"""Results: numbers of this survey's real answers, for those who may see them."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from surveys import metrics
from surveys.elements import ScoreElement
from surveys.models import Response, Survey
from surveys.published import get_version
from surveys.results import (
    Narrowed,
    Results,
    answer_counts,
    group_ranges,
    listed,
    results_of,
)
from surveys.tallies import Asked, tally
from teams.models import DataScope, User
from tests.personas import (
    admin_ada,
    agent_ana,
    manager_milo,
    mara_detractor,
    nps_survey,
    paul_promoter,
)

pytestmark = pytest.mark.django_db


def answer(survey: Survey, nps: int | None, **fields: object) -> Response:
    assert survey.version
    now = timezone.now()
    given: dict[str, object] = {
        "channel": Response.Channel.LINK,
        "locale": "en",
        "submitted_at": now,
        "day": now.date(),
        "answers": {} if nps is None else {"score": nps},
        "nps": nps,
        **fields,
    }
    return Response.objects.create(
        id=uuid4(),
        survey=survey,
        version=survey.version,
        touchpoint=survey.touchpoint,
        **given,
    )


def asked_for(survey: Survey) -> Asked:
    return Asked(survey.pk, manager_milo())


def results(survey: Survey) -> Results:
    now = timezone.now()
    return results_of(survey, asked_for(survey), at=now, today=now.date())


def scope(user: User, region: str) -> None:
    DataScope.objects.create(
        user=user,
        effect=DataScope.Effect.ALLOW,
        dimension=DataScope.Dimension.REGION,
        value=region,
    )


def rows_of(response: HttpResponse) -> list[list[str]]:
    assert isinstance(response, StreamingHttpResponse)
    chunks: Sequence[bytes] = list(response)  # type: ignore[arg-type]
    text = b"".join(chunks).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


class TestResultsOf:
    def test_scores_what_was_answered_and_nothing_else(self) -> None:
        survey = nps_survey()
        for score in (10, 10, 9, 7, 3):
            answer(survey, score)
        answer(survey, None)
        answer(survey, 0, is_test=True)
        answer(survey, 0, state=Response.State.OVER_QUOTA)
        found = results(survey).leading
        assert found is not None
        assert found.score == metrics.nps({10: 2, 9: 1, 7: 1, 3: 1})
        assert [line.n for line in found.lines] == [2, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0]

    def test_is_none_without_answers(self) -> None:
        found = results(nps_survey()).leading
        assert found is not None
        assert found.score is None

    @pytest.mark.parametrize(
        ("metric", "scale", "ranges"),
        [
            ("nps", 10, ["9–10", "7–8", "0–6"]),
            ("csat", 5, ["4–5", "3", "1–2"]),
            ("ces", 7, ["5–7", "4", "1–3"]),
            ("ces", 5, ["4–5", "3", "1–2"]),
        ],
    )
    def test_names_the_groups_of_each_scale(
        self, metric: str, scale: int, ranges: list[str]
    ) -> None:
        element = ScoreElement.model_validate(
            {"id": "score", "type": metric, "scale": scale, "text": {}}
        )
        assert list(group_ranges(element).values()) == ranges


class TestThePage:
    def address(self, survey: Survey) -> str:
        return reverse("surveys:detail", args=[survey.pk])

    def test_shows_the_score_with_n_and_interval(self, milo: Client) -> None:
        survey = nps_survey()
        for score in (10, 10, 9, 7, 3):
            answer(survey, score)
        page = milo.get(self.address(survey)).content.decode()
        assert '<p class="score-number">+40</p>' in page
        assert "n = 5" in page
        assert "Low base" in page

    def test_hides_the_score_of_fewer_than_five(self, milo: Client) -> None:
        survey = nps_survey()
        answer(survey, 10)
        page = milo.get(self.address(survey)).content.decode()
        assert '<p class="score-number">–</p>' in page

    @pytest.mark.parametrize(
        ("query", "seen"),
        [
            ("", {"Slow", "Quick", "Old"}),
            ("?q=quick", {"Quick"}),
            ("?group=detractor", {"Slow"}),
            ("?period=7", {"Slow", "Quick"}),
            ("?tests=on", {"Trial"}),
            ("?group=nonsense&period=zz&page=99", {"Slow", "Quick", "Old"}),
        ],
    )
    def test_lists_what_the_filter_leaves(
        self, milo: Client, query: str, seen: set[str]
    ) -> None:
        survey, long_ago = nps_survey(), timezone.now() - timedelta(days=40)
        answer(survey, 2, comment="Slow")
        answer(survey, 9, comment="Quick")
        answer(survey, 9, comment="Old", submitted_at=long_ago, day=long_ago.date())
        answer(survey, 1, comment="Trial", is_test=True)
        page = milo.get(self.address(survey) + query).content.decode()
        assert {
            w for w in ("Slow", "Quick", "Old", "Trial") if f">{w}<" in page
        } == seen

    def test_takes_a_period_of_ones_own(self, milo: Client) -> None:
        survey = nps_survey()
        today = timezone.localdate()
        for days in (0, 5, 9):
            day = today - timedelta(days=days)
            answer(survey, 2, comment=f"{days} ago", day=day)
        first, last = today - timedelta(days=6), today - timedelta(days=1)
        address = f"{self.address(survey)}?period=custom&since={first}"
        page = milo.get(f"{address}&until={last}").content.decode()
        assert "5 ago" in page
        assert "0 ago" not in page
        assert "9 ago" not in page
        assert "0 ago" in milo.get(address).content.decode()

    def test_says_that_a_period_ends_before_it_begins(self, milo: Client) -> None:
        query = "?period=custom&since=2026-03-02&until=2026-03-01"
        page = milo.get(self.address(nps_survey()) + query).content.decode()
        assert "before the first" in page

    def test_says_what_a_worker_has_yet_to_count(
        self, milo: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(tally.__kwdefaults__, "most", 2)
        survey = nps_survey()
        for score in (10, 9, 3):
            answer(survey, score)
        page = milo.get(self.address(survey)).content.decode()
        assert "3 answers are being counted" in page
        assert 'hx-trigger="every 3s"' in page
        assert "3 answers<" in page
        now = timezone.now()
        tally(asked_for(survey), today=now.date(), most=None)
        page = milo.get(self.address(survey)).content.decode()
        assert "being counted" not in page

    def test_shows_one_answer_in_full(self, milo: Client) -> None:
        given = answer(
            nps_survey(),
            2,
            comment="Why <b>",
            answers={"score": 2, "comment": "Why <b>"},
            customer=mara_detractor(),
        )
        page = milo.get(reverse("surveys:response", args=[given.pk])).content.decode()
        assert "Why &lt;b&gt;" in page
        assert "Answer of Mara Detractor" in page


class TestTheExport:
    def test_has_a_line_for_each_answer(self, milo: Client) -> None:
        survey = nps_survey()
        answer(survey, 2, comment="Slow", customer=mara_detractor())
        answer(survey, 9, is_test=True)
        rows = rows_of(milo.get(reverse("surveys:export", args=[survey.pk])))
        line = dict(zip(rows[0], rows[1], strict=True))
        assert len(rows) == 2
        assert line["nps"] == line["answer:score"] == "2"
        assert (line["comment"], line["customer"]) == ("Slow", "mara_detractor")
        assert Event.objects.filter(name="survey.answers_exported").exists()

    @pytest.mark.parametrize("comment", ["=1+1", "+1", "-1", "@x", "\t=1", " =1"])
    def test_defuses_formulas(self, milo: Client, comment: str) -> None:
        survey = nps_survey()
        answer(survey, 2, comment=comment)
        rows = rows_of(milo.get(reverse("surveys:export", args=[survey.pk])))
        assert rows[1][rows[0].index("comment")] == f"'{comment}"

    def test_follows_the_filter(self, milo: Client) -> None:
        survey = nps_survey()
        answer(survey, 2)
        answer(survey, 9)
        address = reverse("surveys:export", args=[survey.pk])
        assert len(rows_of(milo.get(address + "?group=promoter"))) == 2


class TestWhoSeesWhat:
    @pytest.fixture
    def survey(self) -> Survey:
        survey = nps_survey()
        answer(
            survey,
            2,
            comment="From the north",
            region="North",
            customer=mara_detractor(),
        )
        answer(
            survey,
            9,
            comment="From the south",
            region="South",
            customer=paul_promoter(),
        )
        return survey

    def test_list_count_search_detail_and_export_agree(
        self, client: Client, survey: Survey
    ) -> None:
        ana = agent_ana()
        scope(ana, "North")
        client.force_login(ana)
        detail = reverse("surveys:detail", args=[survey.pk])
        page = client.get(detail).content.decode()
        searched = client.get(detail + "?q=from").content.decode()
        rows = rows_of(client.get(reverse("surveys:export", args=[survey.pk])))
        north, south = Response.objects.order_by("nps")
        assert "From the north" in page
        assert "From the south" not in page + searched
        assert "1 answer<" in page
        assert len(rows) == 2
        assert answer_counts(ana, [survey.pk])[survey.pk][0] == 1
        assert (
            client.get(reverse("surveys:response", args=[north.pk])).status_code == 200
        )
        assert (
            client.get(reverse("surveys:response", args=[south.pk])).status_code == 404
        )

    def test_a_survey_of_a_foreign_team_is_not_there(
        self, client: Client, survey: Survey
    ) -> None:
        ana = agent_ana()
        DataScope.objects.create(
            user=ana,
            effect=DataScope.Effect.DENY,
            dimension=DataScope.Dimension.TEAM,
            value=str(survey.touchpoint.team_id),
        )
        client.force_login(ana)
        assert survey.name not in client.get(reverse("surveys:list")).content.decode()
        for name in ("detail", "export", "versions", "preview", "qr_svg"):
            address = reverse(f"surveys:{name}", args=[survey.pk])
            assert client.get(address).status_code == 404

    def test_an_administrator_sees_all(self, survey: Survey) -> None:
        document = get_version(survey.version_id or 0).document
        asked = Asked(survey.pk, admin_ada())
        assert listed(asked, document, Narrowed()).count() == 2
