"""The browser's walk through a survey is the server's: same conditions, same way."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cem.local.home import ROOT
from customers.conditions import Field, Kind, parse
from surveys.branching import Route, Walk
from surveys.document import Document
from surveys.flow import flow_of
from tests.node import Module, running
from tests.surveys.documents import contexts, documents, raw_answers

RESPOND = ROOT / "static" / "public" / "respond.js"
OFTEN = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIELDS = {
    "number": Field(Kind.NUMBER, "number"),
    "text": Field(Kind.TEXT, "text"),
    "list": Field(Kind.LIST, "list"),
    "flag": Field(Kind.BOOLEAN, "flag"),
    "day": Field(Kind.DATE, "day"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Module]:
    with running(RESPOND) as module:
        yield module


def walk_in(
    browser: Module, document: Document, raw: Any, context: Any, until: Any
) -> Any:
    return browser.call("walk", flow_of(document), raw, context, until)


def as_browser_says(walk: Walk) -> dict[str, Any]:
    return {
        "pages": list(walk.pages),
        "shown": list(walk.shown),
        "answers": dict(walk.answers),
        "wrong": [problem.element_id for problem in walk.problems],
        "next": walk.next_page,
        "ending": walk.ending,
    }


class TestWalk:
    @OFTEN
    @given(st.data())
    def test_takes_the_way_that_the_server_takes(
        self, browser: Module, data: st.DataObject
    ) -> None:
        document = data.draw(documents())
        raw = data.draw(raw_answers(document))
        context = data.draw(contexts(document))
        route = Route(document)
        whole = route.walk(raw, context)
        for until in (None, *whole.pages):
            walked = route.walk(raw, context, until=until)
            expected = as_browser_says(walked)
            expected["answers"] = {
                key: value
                for key, value in walked.answers.items()
                if not key.endswith(".other")
            }
            found = walk_in(browser, document, raw, context, until)
            assert {key: found[key] for key in expected} == expected
            variables = {
                key.removeprefix("var."): value
                for key, value in found["values"].items()
                if key.startswith("var.")
            }
            assert variables == dict(walked.variables)


class TestMatches:
    @pytest.mark.parametrize(
        ("condition", "values"),
        [
            ({}, {}),
            ({"all": []}, {}),
            ({"field": "text", "op": "eq", "value": "straße"}, {"text": "STRASSE"}),
            ({"field": "text", "op": "eq", "value": "ılık"}, {"text": "ILIK"}),
            ({"field": "text", "op": "contains", "value": "ΔΟΣ"}, {"text": "οδος"}),
            ({"field": "text", "op": "ne", "value": "a"}, {"text": "  "}),
            ({"field": "text", "op": "is_empty"}, {"text": " \n"}),
            ({"field": "list", "op": "in", "value": ["B", "c"]}, {"list": ["a", "b"]}),
            ({"field": "list", "op": "not_contains", "value": "a"}, {"list": ["a"]}),
            ({"field": "list", "op": "is_empty"}, {"list": []}),
            ({"field": "flag", "op": "eq", "value": False}, {}),
            ({"field": "number", "op": "lt", "value": 1}, {}),
            ({"field": "number", "op": "between", "value": [1, 3]}, {"number": 3}),
            ({"field": "number", "op": "in", "value": [1, 2]}, {"number": 2.0}),
            (
                {"field": "day", "op": "gt", "value": "2026-01-31"},
                {"day": "2026-02-01"},
            ),
            ({"not": {"field": "number", "op": "gte", "value": 7}}, {"number": 7}),
        ],
    )
    def test_judges_as_the_condition_language_does(
        self, browser: Module, condition: dict[str, Any], values: dict[str, Any]
    ) -> None:
        expected = parse(condition, FIELDS).matches(values)
        assert browser.call("matches", condition, values) is expected
