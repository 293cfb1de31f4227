"""Themes, quotes and corrections: numbers by hand, scope, hiding, search."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.periods import Period
from dashboards.quotes import quotes
from dashboards.selection import Filters
from dashboards.themes import Theme, Themes, themes
from surveys.enrichment import enrich
from surveys.intake import local_day
from surveys.models import Response, TopicReading, TopicRule
from teams.models import DataScope, User
from tests.dashboards.answers import MONDAY, give
from tests.personas import agent_ana, executive_eva, lead_lena, manager_milo

pytestmark = pytest.mark.django_db
PAGE = "/dashboards/comments/"
MARCH = Period(MONDAY, MONDAY)


def said(comment: str, *scores: int, **fields: Any) -> list[Response]:
    found = give(*scores, comment=comment, **fields)
    enrich([response.id for response in found])
    return found


def found_by(user: User, **options: Any) -> Themes:
    return themes(user, MARCH, Filters(), **options)


def theme(found: Themes, key: str) -> Theme:
    return next(theme for theme in found.themes if theme.key == key)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestThemes:
    def test_have_volume_sentiment_score_and_effect(self) -> None:
        said("The food was delicious.", 10, 10, 9, 10, 9, 8)
        said("Rude crew.", 0, 1, 2, 3, 0, 8)
        found = found_by(executive_eva())
        food = theme(found, "food")
        assert (found.n, food.n, found.metric) == (12, 6, "nps")
        assert food.share is not None
        assert food.share.value == 50
        assert food.sentiments is not None
        assert food.sentiments["positive"].value == 100
        assert food.score is not None
        assert food.score.score is not None
        # 5 promoters of 6; the others: 5 detractors of 6.
        assert food.score.score.value == pytest.approx(100 * 5 / 6)
        assert food.effect is not None
        assert food.effect.difference.value == pytest.approx(2 * 100 * 5 / 6)
        assert food.effect.is_significant

    def test_count_what_is_not_analysed_in_a_bucket_of_its_own(self) -> None:
        give(9, 9, 9, comment="The food was fine.")
        said("مرحبا", 9, 9)
        found = found_by(executive_eva())
        assert (found.n, found.unread) == (5, 5)
        assert found.all.sentiments is not None
        assert found.all.sentiments["unread"].value == 100

    def test_hide_few_mentions_and_few_others(self) -> None:
        said("The food was delicious.", 10, 10, 9, 10)
        said("Rude crew.", *([1] * 20))
        found = found_by(executive_eva())
        for key in ("food", "service_staff"):
            one = theme(found, key)
            assert one.is_hidden
            assert one.score is not None
            assert one.score.score is None
            assert one.effect is None

    def test_stay_within_the_scope(self) -> None:
        said("The food was delicious.", *([10] * 6), region="North")
        said("Rude crew.", *([1] * 6), region="South")
        lena = lead_lena()
        DataScope.objects.create(
            user=lena, dimension="region", effect="allow", value="North"
        )
        found = found_by(User.objects.get(pk=lena.pk))
        assert [(t.key, t.n) for t in found.themes] == [("food", 6)]

    def test_parts_and_complement_make_the_whole(self) -> None:
        said("The food was delicious.", *range(11))
        said("Rude crew.", 1, 1, 1, 1, 1)
        found = found_by(executive_eva())
        assert found.all.sentiments is not None
        assert sum(s.top for s in found.all.sentiments.values()) == found.n


class TestQuotes:
    def find(self, user: User, **asked: str) -> set[str]:
        found = quotes(user, MARCH, Filters(), **asked)
        return set(found.values_list("comment", flat=True))

    def test_are_found_by_words_of_both_languages(self) -> None:
        said("The seat was hard and the food cold.", 3)
        said("座椅太硬，飞机餐也凉了。", 2)
        milo = manager_milo()
        assert self.find(milo, words="SEAT cold") == {
            "The seat was hard and the food cold."
        }
        assert self.find(milo, words="座椅") == {"座椅太硬，飞机餐也凉了。"}
        assert self.find(milo, words="seat missing") == set()

    def test_are_narrowed_by_topic_and_sentiment(self) -> None:
        said("The food was delicious.", 9)
        said("The food was terrible.", 2)
        assert self.find(manager_milo(), topic="food", sentiment="negative") == {
            "The food was terrible."
        }
        assert self.find(manager_milo(), topic="baggage") == set()

    def test_are_shown_only_within_the_scope(self) -> None:
        said("From the north.", 9, region="North")
        said("From the south.", 9, region="South")
        lena = lead_lena()
        DataScope.objects.create(
            user=lena, dimension="region", effect="deny", value="South"
        )
        assert self.find(User.objects.get(pk=lena.pk)) == {"From the north."}

    def test_are_kept_from_who_may_not_see_customers(self) -> None:
        said("Anything.", 9)
        ana = agent_ana()
        ana.is_active = False
        assert self.find(ana) == set()


class TestThePage:
    def today(self, comment: str, *scores: int) -> None:
        said(comment, *scores, day=local_day(timezone.now()))

    def test_shows_themes_and_quotes(self) -> None:
        self.today("The food was delicious.", 10, 10, 9, 10, 9, 8)
        page = client_of(executive_eva()).get(PAGE).content.decode()
        for words in ("Food and drink", "Positive 100 %", "The food was delicious."):
            assert words in page
        assert "Correct the topics" not in page

    def test_offers_corrections_to_who_may_make_them(self) -> None:
        self.today("The food was delicious.", 10)
        page = client_of(manager_milo()).get(PAGE).content.decode()
        assert "?word=food&amp;topic=food&amp;act=remove" in page

    def test_says_when_nobody_wrote(self) -> None:
        assert "No comments" in client_of(executive_eva()).get(PAGE).content.decode()

    @pytest.mark.parametrize(
        "query",
        ["topic=shoes", "sentiment=x", "score=y", "q=%00", "page=999", "page=x"],
    )
    def test_bears_any_address(self, query: str) -> None:
        self.today("The food was delicious.", 10)
        answer = client_of(executive_eva()).get(f"{PAGE}?{query}")
        assert answer.status_code in (200, 400)

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(PAGE).status_code == 403


class TestCorrections:
    WORD = "word=lounge&topic=comfort&act=add"

    def test_are_looked_at_first(self) -> None:
        said("The lounge was full.", 5, day=local_day(timezone.now()))
        Response.objects.update(submitted_at=timezone.now())
        client = client_of(manager_milo())
        page = client.get(f"{PAGE}corrections/new/?{self.WORD}").content.decode()
        assert "1 of 1 comments of the last 90 days would change" in page
        assert "The lounge was full." in page
        assert not TopicRule.objects.exists()

    def test_are_learned_listed_and_undone(self) -> None:
        client = client_of(manager_milo())
        word = {"word": "Lounge", "topic": "comfort", "act": "add"}
        assert client.post(f"{PAGE}corrections/new/", word).status_code == 302
        rule = TopicRule.objects.get()
        assert (rule.word, rule.language, rule.act) == ("lounge", "en", "add")
        assert TopicReading.objects.count() == 1
        assert "lounge" in client.get(f"{PAGE}corrections/").content.decode()
        undo = f"{PAGE}corrections/{rule.pk}/undoing/"
        assert client.post(undo).status_code == 302
        rule.refresh_from_db()
        assert rule.undone_by == manager_milo()

    @pytest.mark.parametrize("word", ["", "!!", "x" * 70])
    def test_refuse_what_is_no_word(self, word: str) -> None:
        client = client_of(manager_milo())
        given = {"word": word, "topic": "comfort", "act": "add"}
        assert client.post(f"{PAGE}corrections/new/", given).status_code == 422

    @pytest.mark.parametrize("path", ["corrections/", "corrections/new/"])
    def test_are_for_those_who_edit_dashboards(self, path: str) -> None:
        assert client_of(executive_eva()).get(PAGE + path).status_code == 403
