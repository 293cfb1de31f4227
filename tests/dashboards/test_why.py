"""Why a score moved: segments, topics and what happened, on the page."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dashboards.annotations import marks_for, remove_annotation
from dashboards.contributions import (
    OTHERS,
    TooFew,
    best_dimension,
    explained,
    explanations,
    merge_small,
    topic_effects,
)
from dashboards.decomposition import NOBODY, Group
from dashboards.models import Annotation
from dashboards.periods import Period
from dashboards.selection import Filters
from events import outbox
from events.models import Event
from surveys.intake import local_day
from surveys.metrics import HIDDEN_BELOW
from teams.models import DataScope, Team
from tests.dashboards.answers import MONDAY, give
from tests.dashboards.test_explore import words_of
from tests.dashboards.test_pages import client_of, page
from tests.dashboards.wide import wide_dimensions
from tests.personas import (
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    support_call,
)
from tickets.models import Initiative

WHY = "/dashboards/why/"
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
BEFORE = MONDAY - timedelta(days=3)


def moved(before: list[int], after: list[int], **fields: Any) -> None:
    give(*before, day=BEFORE, opens_tickets=False, **fields)
    give(*after, day=MONDAY, opens_tickets=False, **fields)


def sizes(*numbers: int) -> dict[int, Group]:
    return {key: Group(n, 0, 0) for key, n in enumerate(numbers)}


class TestMergeSmall:
    def test_keeps_those_that_are_large_enough(self) -> None:
        before, after, merged = merge_small(sizes(20, 30), sizes(25, 5))
        assert (set(before), set(after), merged) == ({0, 1}, {0, 1}, 0)

    def test_puts_small_ones_together(self) -> None:
        before, _after, merged = merge_small(sizes(3, 6, 40), sizes(20, 20, 20))
        assert set(before) == {2, OTHERS}
        assert before[OTHERS].n == 9
        assert merged == 2

    def test_lets_a_segment_appear_or_end(self) -> None:
        before, after, merged = merge_small(sizes(10, 0), sizes(0, 10))
        assert merged == 0
        assert before[0].n == after[1].n == 10

    @given(
        st.lists(st.integers(0, 12), min_size=1, max_size=8),
        st.lists(st.integers(0, 12), min_size=1, max_size=8),
    )
    def test_gives_no_few_people_away(self, one: list[int], two: list[int]) -> None:
        sides = merge_small(sizes(*one), sizes(*two))
        for raw, merged in zip((one, two), sides[:2], strict=True):
            assert sum(group.n for group in merged.values()) == sum(raw)
        for place, side in enumerate(sides[:2]):
            everybody = sum((one, two)[place])
            if everybody >= HIDDEN_BELOW:
                assert all(not 0 < g.n < HIDDEN_BELOW for g in side.values())


@pytest.mark.django_db
class TestExplained:
    def test_splits_by_a_dimension(self) -> None:
        moved([10] * 10 + [0] * 10, [10] * 20, region="North")
        moved([10] * 20, [10] * 20, region="South")
        outbox.drain()
        eva = executive_eva()
        found = explained(eva, Filters(), WEEK, key="nps", by="region").decomposition
        assert (found.before, found.after) == (Fraction(50), Fraction(100))
        effects = {part.key: part.effect for part in found.parts}
        assert effects == {"North": Fraction(50), "South": Fraction(0)}
        # What stands for the smaller ones of thousands is nothing here.
        with wide_dimensions():
            same = explained(eva, Filters(), WEEK, key="nps", by="region").decomposition
        assert {part.key: part.effect for part in same.parts} == effects

    def test_suggests_where_the_change_sits(self) -> None:
        for tier in ("gold", "silver"):
            moved([10] * 40 + [0] * 40, [10] * 80, region="North", tier=tier)
            moved([10] * 80, [10] * 80, region="South", tier=tier)
        outbox.drain()
        found = explanations(executive_eva(), Filters(), WEEK, key="nps")
        best = best_dimension(found)
        assert best is not None
        assert best.by == "region"

    def test_suggests_nothing_where_all_moved_alike(self) -> None:
        for region in ("North", "South"):
            moved([10, 0] * 30, [10] * 60, region=region)
        outbox.drain()
        found = explanations(executive_eva(), Filters(), WEEK, key="nps")
        assert best_dimension(found) is None

    def test_refuses_too_few(self) -> None:
        moved([10] * 4, [10] * 40)
        outbox.drain()
        with pytest.raises(TooFew):
            explained(executive_eva(), Filters(), WEEK, key="nps", by="region")

    def test_sets_a_topic_against_the_others(self) -> None:
        moved([10] * 10, [10] * 5 + [0] * 5, topics=["price", "food"])
        moved([10] * 10, [10] * 10)
        outbox.drain()
        found = topic_effects(executive_eva(), Filters(), WEEK, key="nps")
        assert {effect.topic: effect.effect for effect in found} == {
            "food": Fraction(-50),
            "price": Fraction(-50),
        }
        assert found[0].before.n == found[0].rest_after.n == 10


@pytest.mark.django_db
class TestPage:
    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(WHY).status_code == 403

    def test_adds_up(self) -> None:
        today = local_day(timezone.now())
        for region, before, after in (
            ("North", [10] * 7 + [0] * 6, [10] * 20 + [0] * 3),
            ("South", [10] * 9 + [8] * 8, [9] * 5 + [6] * 6),
        ):
            fields: dict[str, Any] = {"region": region, "opens_tickets": False}
            give(*before, day=today - timedelta(days=100), **fields)
            give(*after, day=today, **fields)
        outbox.drain()
        html = page(executive_eva(), WHY)
        # 33.3 to 23.5: (+22.9 and -31.9) + (0 and -0.8), each rounded to fit.
        assert 'data-figure="figure-why"' in html
        assert "33.3" in words_of(html)

    def test_says_what_cannot_be_explained(self) -> None:
        assert "nothing to explain yet" in page(executive_eva(), WHY)
        give(*[10] * 9, day=local_day(timezone.now()), opens_tickets=False)
        outbox.drain()
        assert "too few answers to explain" in page(executive_eva(), WHY)

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("metric=responses", "Only a score can be explained"),
            ("metric=nps&version=2", "is not known here"),
            ("period=forever", "Select a valid choice"),
        ],
    )
    def test_answers_bad_input_with_a_sentence(self, query: str, words: str) -> None:
        answer = client_of(executive_eva()).get(f"{WHY}?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()

    def test_takes_an_odd_dimension_for_none(self) -> None:
        assert client_of(executive_eva()).get(f"{WHY}?by=x").status_code == 200


@pytest.mark.django_db
class TestAnnotations:
    def annotated(self, title: str = "New app", **fields: Any) -> Annotation:
        return Annotation.objects.create(
            kind="release",
            title=title,
            added_by=manager_milo(),
            added_at=timezone.now(),
            **{"happened_on": MONDAY, **fields},
        )

    def test_stand_with_initiatives_in_the_order_of_their_days(self) -> None:
        self.annotated()
        self.annotated("Strike", happened_on=BEFORE, ended_on=MONDAY)
        initiative = Initiative.objects.create(
            title="Shorter queues",
            team=support_call().team,
            lead=lead_lena(),
            state=Initiative.State.DONE,
            starts_on=MONDAY + timedelta(days=1),
            done_on=MONDAY + timedelta(days=9),
            created_at=timezone.now(),
        )
        found = marks_for(executive_eva(), WEEK.start, WEEK.end)
        assert [(mark.on, mark.label) for mark in found] == [
            (MONDAY, "release: New app"),
            (MONDAY, "release: Strike"),
            (MONDAY + timedelta(days=1), "Initiative begun: Shorter queues"),
        ]
        assert found[-1].url == initiative.get_absolute_url()

    def test_of_a_touchpoint_are_seen_within_scope(self) -> None:
        self.annotated(touchpoint=support_call())
        eva = executive_eva()
        other = Team.objects.create(name="Other", lead=lead_lena())
        DataScope.objects.create(
            user=eva, effect="allow", dimension="team", value=str(other.pk)
        )
        assert marks_for(eva, WEEK.start, WEEK.end) == []
        assert len(marks_for(manager_milo(), WEEK.start, WEEK.end)) == 1

    def test_are_written_by_those_who_may_with_an_event(self) -> None:
        client = client_of(manager_milo())
        given_ = {"kind": "incident", "title": "Storm", "happened_on": "2026-03-02"}
        assert client.post("/dashboards/annotations/new/", given_).status_code == 302
        found = Annotation.objects.get()
        assert (found.title, found.happened_on) == ("Storm", date(2026, 3, 2))
        assert Event.objects.filter(name="annotation.added").count() == 1
        eva = client_of(executive_eva())
        assert eva.get("/dashboards/annotations/").status_code == 200
        assert eva.post("/dashboards/annotations/new/", given_).status_code == 403

    def test_end_after_they_begin(self) -> None:
        given_ = {
            "kind": "incident",
            "title": "Storm",
            "happened_on": "2026-03-02",
            "ended_on": "2026-03-01",
        }
        answer = client_of(manager_milo()).post("/dashboards/annotations/new/", given_)
        assert answer.status_code == 422
        assert "lies before the first day" in answer.content.decode()

    def test_are_deleted_after_a_question(self) -> None:
        found = self.annotated()
        client = client_of(manager_milo())
        url = f"/dashboards/annotations/{found.pk}/deletion/"
        assert "Delete “New app”?" in client.get(url).content.decode()
        assert Annotation.objects.exists()
        client.post(url)
        assert not Annotation.objects.exists()
        assert Event.objects.filter(name="annotation.removed").count() == 1

    def test_are_removed_with_an_event(self) -> None:
        remove_annotation(self.annotated(), by=manager_milo(), at=timezone.now())
        assert Event.objects.filter(name="annotation.removed").exists()


def test_nobody_is_nothing() -> None:
    assert merge_small({}, {}) == ({}, {}, 0)
    assert NOBODY.n == 0
