"""The survey document: what is one, what is none, and what older ones become."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import pages
from surveys.document import (
    MOST_ELEMENTS,
    MOST_PAGES,
    Document,
    FutureDocument,
    UnreadableDocument,
    bounds_of,
    document_texts,
    group_of,
    plain,
    read_document,
)
from surveys.elements import LANGUAGES
from tests.surveys.documents import documents, dressed, raw_answers

Json = dict[str, Any]
SELDOM = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

SMALLEST: Json = {
    "schema_version": 2,
    "title": {"en": "A survey"},
    "pages": [{"id": "p1", "elements": []}],
    "endings": [{"id": "thanks"}],
}
VERSION_1: Json = {
    "schema_version": 1,
    "languages": ["en", "zh-hans"],
    "title": {"en": "Support", "zh-hans": "客服"},
    "pages": [
        {
            "id": "p1",
            "elements": [
                {"id": "q1", "type": "nps", "scale": 10, "text": {"en": "How likely?"}}
            ],
        }
    ],
    "endings": {
        "promoter": {"en": "Great"},
        "passive": {"en": "Thanks"},
        "detractor": {"en": "Sorry"},
    },
}


def smallest(**changes: Any) -> Json:
    return {**copy.deepcopy(SMALLEST), **changes}


def with_elements(*elements: Json) -> Json:
    return smallest(pages=[{"id": "p1", "elements": list(elements)}])


def problem_of(raw: object) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(UnreadableDocument) as caught:
        read_document(raw)
    return caught.value.problems[0]


class TestReadDocument:
    def test_fills_in_what_is_left_out(self) -> None:
        document = read_document(SMALLEST)
        assert document.languages == LANGUAGES
        assert document.settings.allows_back
        assert not document.has_logic

    @SELDOM
    @given(documents())
    def test_reads_again_what_it_wrote(self, document: Document) -> None:
        assert read_document(plain(document)) == document

    @pytest.mark.parametrize(
        "raw", [None, 7, "survey", [], {}, {"pages": "none"}, {"schema_version": "two"}]
    )
    def test_refuses_what_is_no_document(self, raw: object) -> None:
        with pytest.raises(UnreadableDocument):
            read_document(raw)

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"color": "red"}, ("color",)),
            ({"pages": []}, ("pages",)),
            ({"endings": []}, ("endings",)),
            ({"languages": ["fr"]}, ("languages", 0)),
            ({"languages": []}, ("languages",)),
            ({"title": {"en": "a" * 4_001}}, ("title", "en")),
            ({"theme": {"accent": "red"}}, ("theme", "accent")),
            ({"theme": {"accent": "#ff0000;}body{display:none"}}, ("theme", "accent")),
            (
                {"endings": [{"id": "a", "redirect": "javascript:alert(1)"}]},
                ("endings", 0, "redirect"),
            ),
            (
                {
                    "endings": [
                        {"id": "a", "link": {"url": "http://a.test", "text": {}}}
                    ]
                },
                ("endings", 0, "link", "url"),
            ),
            ({"pages": [{"id": "Page 1"}]}, ("pages", 0, "id")),
            ({"pages": [{"id": "../p"}]}, ("pages", 0, "id")),
            (
                {"pages": [{"id": "p", "branches": [{"to": "end!"}]}]},
                ("pages", 0, "branches", 0, "to"),
            ),
            (
                {"variables": [{"id": "v", "initial": float("inf")}]},
                ("variables", 0, "initial"),
            ),
        ],
    )
    def test_says_what_is_wrong_where(
        self, changes: Json, where: tuple[Any, ...]
    ) -> None:
        assert problem_of(smallest(**changes))[0][: len(where)] == where

    def test_tells_an_unknown_kind_of_element(self) -> None:
        where, _why = problem_of(
            with_elements({"id": "q", "type": "hologram", "text": {}})
        )
        assert where[:4] == ("pages", 0, "elements", 0)

    @pytest.mark.parametrize(
        ("metric", "scale", "is_right"),
        [
            ("nps", 10, True),
            ("nps", 5, False),
            ("csat", 5, True),
            ("csat", 7, False),
            ("ces", 5, True),
            ("ces", 7, True),
            ("ces", 10, False),
        ],
    )
    def test_knows_the_scales_of_the_metrics(
        self, metric: str, scale: int, is_right: bool
    ) -> None:
        raw = with_elements({"id": "q", "type": metric, "scale": scale, "text": {}})
        if is_right:
            assert read_document(raw).scale_of(metric) == scale
        else:
            problem_of(raw)

    @pytest.mark.parametrize(
        "changes",
        [
            {"pages": [{"id": "p"}, {"id": "p"}]},
            {"endings": [{"id": "a"}, {"id": "a"}]},
            {"variables": [{"id": "a"}, {"id": "a"}]},
            {"hidden_fields": [{"id": "a"}, {"id": "a"}]},
            {"languages": ["en", "en"]},
            {
                "pages": [
                    {
                        "id": "a",
                        "elements": [{"id": "q", "type": "statement", "text": {}}],
                    },
                    {
                        "id": "b",
                        "elements": [{"id": "q", "type": "statement", "text": {}}],
                    },
                ]
            },
        ],
    )
    def test_wants_every_id_once(self, changes: Json) -> None:
        assert "same id" in problem_of(smallest(**changes))[1]

    def test_wants_every_option_once(self) -> None:
        twice = [{"id": "a", "text": {}}, {"id": "a", "text": {}}]
        raw = with_elements(
            {"id": "q", "type": "single_choice", "text": {}, "options": twice}
        )
        assert "same id" in problem_of(raw)[1]

    def test_asks_a_metric_once(self) -> None:
        score: Json = {"type": "csat", "scale": 5, "text": {}}
        raw = with_elements({"id": "a", **score}, {"id": "b", **score})
        assert "metric" in problem_of(raw)[1]


class TestHostileDocuments:
    """Whoever may edit a survey may send anything."""

    def test_five_hundred_elements_are_read(self) -> None:
        elements = [
            {"id": f"q{n}", "type": "statement", "text": {}} for n in range(500)
        ]
        assert len(read_document(with_elements(*elements)).elements) == 500

    def test_more_than_the_most_are_not(self) -> None:
        elements = [
            {"id": f"q{n}", "type": "statement", "text": {}}
            for n in range(MOST_ELEMENTS + 1)
        ]
        assert str(MOST_ELEMENTS) in problem_of(with_elements(*elements))[1]
        many = [{"id": f"p{n}"} for n in range(MOST_PAGES + 1)]
        assert problem_of(smallest(pages=many))[0] == ("pages",)

    def test_a_bottomless_condition_is_refused(self) -> None:
        condition: Json = {}
        for _ in range(100_000):
            condition = {"not": condition}
        raw = smallest(pages=[{"id": "p", "shown_if": condition}])
        assert "deep" in problem_of(raw)[1]

    @pytest.mark.parametrize("words", ["a\0b", "\ud800"])
    @pytest.mark.parametrize(
        "place",
        [
            lambda words: smallest(title={"en": words}),
            lambda words: smallest(
                pages=[
                    {"id": "p", "shown_if": {"field": words, "op": "eq", "value": 1}}
                ]
            ),
            lambda words: smallest(pages=[{"id": "p", "shown_if": {words: 1}}]),
        ],
    )
    def test_what_no_database_keeps_is_refused(self, words: str, place: Any) -> None:
        assert "characters" in problem_of(place(words))[1]

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_no_number_in_json_is_refused(self, number: float) -> None:
        condition = {"field": "q", "op": "eq", "value": number}
        raw = smallest(pages=[{"id": "p", "shown_if": condition}])
        assert "finite" in problem_of(raw)[1]

    def test_sums_never_run_out_of_numbers(self) -> None:
        raw = smallest(variables=[{"id": "v", "initial": 1e308}])
        assert problem_of(raw)[0][:3] == ("variables", 0, "initial")


class TestOlderDocuments:
    def test_version_1_is_read(self) -> None:
        document = read_document(VERSION_1)
        assert document.schema_version == 2
        assert [ending.group for ending in document.endings] == [
            "promoter",
            "passive",
            "detractor",
        ]
        assert document.ending_of_group("detractor").text == {"en": "Sorry"}

    def test_a_document_without_a_version_is_of_the_first(self) -> None:
        unnumbered = {k: v for k, v in VERSION_1.items() if k != "schema_version"}
        assert read_document(unnumbered) == read_document(VERSION_1)

    def test_reading_leaves_what_was_given_alone(self) -> None:
        given_one = copy.deepcopy(VERSION_1)
        read_document(given_one)
        assert given_one == VERSION_1

    @pytest.mark.parametrize("version", [3, 99])
    def test_a_newer_release_s_document_is_told_apart(self, version: int) -> None:
        with pytest.raises(FutureDocument) as caught:
            read_document(smallest(schema_version=version, planets=[]))
        assert caught.value.version == version


class TestEndings:
    @pytest.mark.parametrize(
        ("metric", "scale", "detractors", "passives", "promoters"),
        [
            ("nps", 10, range(7), (7, 8), (9, 10)),
            ("csat", 5, (1, 2), (3,), (4, 5)),
            ("ces", 5, (1, 2), (3,), (4, 5)),
            ("ces", 7, (1, 2, 3), (4,), (5, 6, 7)),
        ],
    )
    def test_go_by_the_score_group(
        self, metric: str, scale: int, detractors: Any, passives: Any, promoters: Any
    ) -> None:
        for group, scores in (
            ("detractor", detractors),
            ("passive", passives),
            ("promoter", promoters),
        ):
            assert {group_of(metric, score, scale) for score in scores} == {group}
        low, high = bounds_of(metric, scale)
        assert (max(detractors), min(promoters)) == (low, high)

    def test_without_a_score_it_is_the_passives(self) -> None:
        assert group_of("nps", None, 10) == "passive"

    def test_a_group_without_its_own_gets_the_common_one(self) -> None:
        endings = [{"id": "glad", "group": "promoter"}, {"id": "common"}]
        document = read_document(smallest(endings=endings))
        assert document.ending_of_group("promoter").id == "glad"
        assert document.ending_of_group("detractor").id == "common"

    def test_without_a_common_one_it_is_the_last(self) -> None:
        endings = [
            {"id": "glad", "group": "promoter"},
            {"id": "so", "group": "passive"},
        ]
        document = read_document(smallest(endings=endings))
        assert document.ending_of_group("detractor").id == "so"


class TestTexts:
    @SELDOM
    @given(documents())
    def test_are_found_where_their_paths_lead(self, document: Document) -> None:
        raw = plain(document)
        for path, text in document_texts(document):
            place: Any = raw
            for key in path:
                place = place[key]
            assert place == text


@pytest.mark.django_db
class TestEveryDocument:
    @SELDOM
    @given(st.data())
    def test_can_be_shown(self, data: st.DataObject) -> None:
        document = data.draw(dressed())
        filled = pages.Filled(answers=data.draw(raw_answers(document)))
        for language in LANGUAGES:
            html = pages.filled_page(document, language, filled).decode()
            assert html.count("data-page=") == len(document.pages)
            assert html.count("data-element=") == len(document.elements)
            for ending in document.endings:
                assert pages.thanks_page(document, language, ending.id, "")
