"""The rules page, the sentences on it, and the sieve that stands for them in SQL."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.conditions import parse
from surveys.models import Response
from tests.personas import (
    MONDAY_NINE,
    mara_detractor,
)
from tests.tickets.answers import answer, ticket_for
from tickets.closed_loop import open_tickets_for
from tickets.models import Rule
from tickets.reconciliation import missing_tickets
from tickets.rule_fields import FIELDS
from tickets.rule_sentences import sentence_for
from tickets.rulebook import Rulebook

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def rule(condition: Any) -> Rule:
    return Rule(name="Any", condition=condition, effective_at=MONDAY_NINE - DAY)


class TestTheSentence:
    @pytest.mark.parametrize(
        ("condition", "english", "chinese"),
        [
            ({}, "Every answer", "所有答卷"),
            (
                {"all": [{"field": "nps", "op": "lte", "value": 6}]},
                "NPS answer is at most 6",
                "NPS 分数不高于 6",
            ),
            (
                {"field": "wants_contact", "op": "eq", "value": True},
                "Asks to be contacted",
                "客户要求联系",
            ),
            (
                {
                    "any": [
                        {"field": "nps", "op": "between", "value": [7, 8]},
                        {
                            "all": [
                                {"field": "tier", "op": "in", "value": ["gold", "vip"]},
                                {"not": {"field": "comment", "op": "is_empty"}},
                            ]
                        },
                    ]
                },
                "NPS answer is from 7 to 8 or (tier is one of gold, vip and not "
                "(comment is empty))",
                "NPS 分数在 7 到 8 之间，或者 （客户等级是 gold、vip 之一，并且 并非（评论为空））",
            ),
        ],
    )
    def test_says_the_condition_in_both_languages(
        self, condition: Any, english: str, chinese: str
    ) -> None:
        assert sentence_for(rule(condition)) == english
        with translation.override("zh-hans"):
            assert sentence_for(rule(condition)) == chinese

    def test_says_what_is_wrong_with_a_condition(self) -> None:
        broken = rule({"field": "moon", "op": "eq", "value": 1})
        assert sentence_for(broken).startswith("This condition cannot be read")


NUMBERS = st.builds(
    lambda field, op, value: {"field": field, "op": op, "value": value},
    st.sampled_from(["nps", "csat", "ces", "ces_scale"]),
    st.sampled_from(["eq", "ne", "lt", "lte", "gt", "gte"]),
    st.one_of(st.integers(-1, 11), st.floats(0, 10), st.just(10**15)),
)
RANGES = st.builds(
    lambda low, width: {"field": "nps", "op": "between", "value": [low, low + width]},
    st.one_of(st.integers(0, 10), st.floats(0, 10)),
    st.integers(0, 5),
)
LISTS = st.builds(
    lambda op, values: {"field": "nps", "op": op, "value": values},
    st.sampled_from(["in", "not_in"]),
    st.lists(st.integers(0, 10), min_size=1, max_size=3),
)
YES_NO = st.builds(
    lambda op, value: {"field": "wants_contact", "op": op, "value": value},
    st.sampled_from(["eq", "ne"]),
    st.booleans(),
)
WORDS = st.builds(
    lambda op: {"field": "comment", "op": op, "value": "late"},
    st.sampled_from(["contains", "not_contains", "eq"]),
)
CONDITIONS = st.recursive(
    st.one_of(NUMBERS, RANGES, LISTS, YES_NO, WORDS),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
        st.builds(
            lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)
        ),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


@pytest.mark.django_db
class TestTheSieve:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(condition=CONDITIONS)
    def test_never_drops_an_answer_that_the_rule_takes(self, condition: Any) -> None:
        if not Response.objects.exists():
            for n in range(11):
                answer(nps=n, wants_contact=n % 2 == 0, comment="late" * (n % 3))
            answer(csat=1)
            answer(ces=3, ces_scale=7)
        taking = rule(condition)
        book = Rulebook(((taking, parse(condition, FIELDS)),))
        taken = {r.pk for r in Response.objects.all() if book.find_rule_for(r)}
        sieved = Response.objects.filter(book.could_qualify())
        assert taken <= set(sieved.values_list("pk", flat=True))

    def test_lets_nothing_through_without_rules(self) -> None:
        answer()
        assert not Response.objects.filter(Rulebook(()).could_qualify()).exists()


@pytest.mark.django_db
class TestTheReconciliation:
    def test_finds_low_answers_without_a_ticket(self) -> None:
        lost = answer(mara_detractor(), nps=2)
        answer(nps=9)
        answer(nps=1, is_test=True)
        answer(nps=1, opens_tickets=False)
        answer(nps=1, state="over_quota")
        ticket_for(nps=1)
        later = MONDAY_NINE + DAY
        assert missing_tickets(at=later) == [lost.pk]
        assert missing_tickets(at=later, since=MONDAY_NINE + MINUTE) == []
        open_tickets_for([lost.pk], at=later)
        assert missing_tickets(at=later) == []

    def test_gives_the_drain_a_minute(self) -> None:
        answer(nps=0)
        assert missing_tickets(at=MONDAY_NINE + MINUTE) == []
        assert len(missing_tickets(at=MONDAY_NINE + 2 * MINUTE)) == 1
