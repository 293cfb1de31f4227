"""Kept numbers: the same for ever, and why today's are others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from dashboards import permalinks
from dashboards.answer_rollup import rebuild
from dashboards.kept_numbers import said_in
from dashboards.models import Permalink
from dashboards.permalinks import contains
from events import outbox
from events.models import Event
from surveys.intake import local_day
from surveys.models import Response
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.dashboards.test_explore import words_of
from tests.dashboards.test_pages import client_of
from tests.personas import agent_ana, executive_eva, manager_milo

KEEP = "/dashboards/kept/new/?of=explore"
NORTH = [["region", "allow", "North"]]
BOTH = [["region", "allow", "North"], ["region", "allow", "South"]]
NOT_NORTH = [["region", "deny", "North"]]


def answers_lately(*scores: int, **fields: Any) -> list[Response]:
    found = give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()
    return found


def kept_by(user: User, query: str = "") -> Permalink:
    answer = client_of(user).post(f"{KEEP}&{query}")
    assert answer.status_code == 302
    return Permalink.objects.latest("pk")


def page_of(user: User, link: Permalink) -> str:
    answer = client_of(user).get(link.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


class TestContains:
    @pytest.mark.parametrize(
        ("mine", "theirs", "holds"),
        [
            ([], [], True),
            ([], NORTH, True),
            (NORTH, [], False),
            (NORTH, NORTH, True),
            (NORTH, BOTH, False),
            (BOTH, NORTH, True),
            (NOT_NORTH, [], False),
            (NOT_NORTH, NOT_NORTH, True),
            ([], NOT_NORTH, True),
            (NOT_NORTH, NORTH, False),
            (NOT_NORTH, [["region", "allow", "South"]], True),
            ([["tier", "allow", "gold"]], NORTH, False),
            ([["region", "allow", "South"]], [*BOTH, *NOT_NORTH], True),
        ],
    )
    def test_is_decided_dimension_by_dimension(
        self, mine: list[list[str]], theirs: list[list[str]], holds: bool
    ) -> None:
        assert contains(mine, theirs) is holds


@pytest.mark.django_db
class TestKeeping:
    def test_fixes_the_days(self) -> None:
        answers_lately(*[10] * 6)
        link = kept_by(executive_eva(), "period=30d&by=tier")
        today = local_day(timezone.now())
        assert QueryDict(link.query).dict() == {
            "period": "custom",
            "since": (today - timedelta(days=29)).isoformat(),
            "until": today.isoformat(),
            "by": "tier",
        }
        assert (link.answers, link.as_of is not None) == (6, True)
        assert Event.objects.filter(name="dashboard.numbers_kept").count() == 1

    def test_names_the_versions_of_the_definitions(self) -> None:
        link = kept_by(executive_eva(), "metric=csat")
        assert link.versions == {"csat": 1}

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).post(KEEP).status_code == 403
        assert client_of(executive_eva()).get(KEEP).status_code == 405
        unknown = client_of(executive_eva()).get("/dashboards/kept/nothing/")
        assert unknown.status_code == 404

    def test_of_nonsense_says_so(self) -> None:
        client = client_of(executive_eva())
        assert client.post(f"{KEEP}&period=forever").status_code == 302
        assert client.post("/dashboards/kept/new/?of=nothing").status_code == 404
        assert not Permalink.objects.exists()


@pytest.mark.django_db
class TestKept:
    def test_shows_the_same_numbers_again(self) -> None:
        answers_lately(*[10] * 6, region="North")
        link = kept_by(executive_eva())
        html = page_of(executive_eva(), link)
        assert "Every number is the same." in html
        assert "+100" in html

    def test_stays_as_it_was_and_says_what_came_later(self) -> None:
        earlier = timezone.now() - timedelta(hours=1)
        answers_lately(*[10] * 6, region="North", submitted_at=earlier)
        link = kept_by(executive_eva())
        numbers = said_in(link.numbers)
        later = timezone.now() + timedelta(minutes=1)
        answers_lately(0, 0, region="North", submitted_at=later)
        words = words_of(page_of(executive_eva(), link))
        assert "2 answers came in later." in words
        assert "+100" in words
        link.refresh_from_db()
        assert said_in(link.numbers) == numbers

    def test_says_what_is_no_longer_counted(self) -> None:
        answers = answers_lately(*[10] * 8, region="North")
        link = kept_by(executive_eva())
        Response.objects.filter(pk=answers[0].pk).update(is_test=True)
        rebuild(progress=lambda _done, _all: None)
        words = words_of(page_of(executive_eva(), link))
        assert "1 answer is no longer counted here" in words

    def test_of_another_definition_is_not_computed_again(self) -> None:
        answers_lately(*[10] * 6)
        link = kept_by(executive_eva())
        Permalink.objects.update(versions={"nps": 9, "joy": 1})
        words = words_of(page_of(executive_eva(), link))
        assert "version 9 of its definition" in words
        assert "“joy” is no longer defined" in words
        assert "+100" in words

    def test_is_computed_in_a_narrower_scope_and_says_so(self) -> None:
        answers_lately(*[10] * 6, region="North")
        answers_lately(*[0] * 6, region="South")
        link = kept_by(manager_milo())
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="allow", dimension="region", value="North"
        )
        html = page_of(eva, link)
        assert "could see more than you may" in html
        assert "South" not in html
        assert "South" in page_of(manager_milo(), link)

    def test_is_listed_for_whoever_kept_it(self) -> None:
        answers_lately(*[10] * 6)
        link = kept_by(executive_eva())
        listed = client_of(executive_eva()).get("/dashboards/kept/").content.decode()
        assert link.get_absolute_url() in listed
        others = client_of(manager_milo()).get("/dashboards/kept/").content.decode()
        assert link.get_absolute_url() not in others

    @pytest.mark.parametrize("page", ["kpis", "why", "compare"])
    def test_keeps_every_page(self, page: str) -> None:
        answers_lately(*[10] * 30, region="North")
        answers_lately(*[7] * 30, region="South")
        answer = client_of(executive_eva()).post(
            f"/dashboards/kept/new/?of={page}&a.region=North"
        )
        assert answer.status_code == 302
        html = page_of(executive_eva(), Permalink.objects.get())
        assert "Every number is the same." in html

    def test_holds_nobodys_words(self) -> None:
        answers_lately(*[10] * 6, comment="My name is Mara")
        link = kept_by(executive_eva())
        assert not re.search("Mara", str(link.numbers))
        assert permalinks.may_see(executive_eva(), link)
