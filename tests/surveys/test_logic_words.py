"""A survey's logic as a manager reads it, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from customers.conditions import OPERATORS
from surveys.document import Document, read_document
from surveys.elements import Language
from surveys.lint import Finding, findings
from surveys.lint_words import SENTENCES, grouped, named_path
from surveys.logic_words import Names, editor_fields, logic_sentences, sentence_for

TEXT = {"en": "Would you <b>recommend</b> us?", "zh-hans": "您会推荐我们吗？"}


def survey() -> Document:
    return read_document(
        {
            "schema_version": 2,
            "title": {"en": "Hello", "zh-hans": "你好"},
            "pages": [
                {
                    "id": "start",
                    "elements": [
                        {"id": "score", "type": "nps", "scale": 10, "text": TEXT},
                        {
                            "id": "why",
                            "type": "multiple_choice",
                            "text": {"en": "Why?", "zh-hans": "为什么？"},
                            "options": [
                                {"id": "price", "text": {"en": "Price"}},
                                {"id": "time", "text": {"en": "Time"}},
                            ],
                            "shown_if": low(),
                        },
                        {
                            "id": "call",
                            "type": "contact_request",
                            "text": {"en": "Call me", "zh-hans": "请致电"},
                        },
                    ],
                    "branches": [{"when": low(), "to": "ending:sorry"}],
                },
                {
                    "id": "details",
                    "title": {"en": "Details", "zh-hans": "细节"},
                    "shown_if": {"field": "why", "op": "in", "value": ["price"]},
                    "elements": [
                        {
                            "id": "worst",
                            "type": "single_choice",
                            "text": {"en": "The worst?", "zh-hans": "最差？"},
                            "carried": {"element": "why"},
                        },
                        {
                            "id": "marks",
                            "type": "matrix",
                            "text": {"en": "Marks", "zh-hans": "打分"},
                            "rows": [{"id": "staff", "text": {"en": "Staff"}}],
                        },
                    ],
                },
            ],
            "variables": [{"id": "points", "steps": [{"when": low(), "value": 2}]}],
            "quotas": [
                {"id": "q", "name": "Few", "when": low(), "limit": 5, "ending": "sorry"}
            ],
            "endings": [
                {"id": "sorry", "text": {"en": "We are sorry", "zh-hans": "抱歉"}}
            ],
        }
    )


def low() -> dict[str, Any]:
    return {"field": "score", "op": "lte", "value": 6}


def said(language: Language) -> list[str]:
    with translation.override(language):
        return [one.words for one in logic_sentences(survey(), language)]


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("english")
class TestSentences:
    def test_say_everything_that_depends_on_an_answer(self) -> None:
        score = "“Would you recommend us?” is at most 6"
        assert said("en") == [
            f"“Why?” is shown only if {score}.",
            f"After page 1, go to the ending “We are sorry” if {score}.",
            "Page 2 “Details” is shown only if “Why?” is one of “Price”.",
            "“The worst?” offers what was chosen at “Why?”.",
            f"The variable “points” becomes 2 if {score}.",
            f"After 5 answers where {score}, others get the ending “We are sorry”.",
        ]

    def test_lead_to_their_place(self) -> None:
        addresses = [one.address for one in logic_sentences(survey(), "en")]
        assert addresses == [
            "element=why",
            "page=start",
            "page=details",
            "element=worst",
            "data",
            "quotas",
        ]

    def test_read_a_tick_by_itself(self) -> None:
        ticked = {"field": "call", "op": "eq", "value": True}
        fields = Names(survey(), "en").fields
        assert sentence_for(ticked, fields) == "“Call me” is ticked"

    def test_say_what_is_wrong_with_a_condition(self) -> None:
        gone = {"field": "gone", "op": "eq", "value": 1}
        words = sentence_for(gone, Names(survey(), "en").fields)
        assert words == "This condition cannot be read: There is no field “gone”."

    def test_call_the_empty_condition_always(self) -> None:
        assert sentence_for({}, {}) == "Always"


class TestSentencesInChinese:
    def test_name_questions_in_chinese(self) -> None:
        assert all("“" in sentence for sentence in said("zh-hans"))
        assert any("您会推荐我们吗？" in sentence for sentence in said("zh-hans"))
        assert not any("is shown" in sentence for sentence in said("zh-hans"))


@pytest.mark.usefixtures("english")
class TestEditorFields:
    def test_come_with_labels_and_choices(self) -> None:
        fields = {one["key"]: one for one in editor_fields(survey(), "en")}
        assert fields["why"] == {
            "key": "why",
            "label": "“Why?”",
            "kind": "list",
            "choices": [
                ["price", "Price", "“Price”"],
                ["time", "Time", "“Time”"],
            ],
            "group": "Page 1",
            "page": "start",
        }
        assert fields["marks.staff"]["label"] == "“Marks” – Staff"
        assert fields["var.points"]["page"] is None
        assert fields["customer.tier"]["label"] == "tier of the customer"

    def test_are_of_kinds_that_the_editor_knows(self) -> None:
        kinds = {one["kind"] for one in editor_fields(survey(), "en")}
        assert kinds <= {str(kind) for kind in OPERATORS}


@pytest.mark.usefixtures("english")
class TestFindingsInWords:
    def test_name_the_place_and_lead_there(self) -> None:
        path = ("pages", 1, "elements", 1, "rows", 0, "text")
        [group] = grouped([Finding("error", "empty_text", path)], survey(), "en")
        [finding] = group.shown
        assert group.label == "Has to be mended"
        assert finding.place == "“Marks”, row 1"
        assert finding.words == "The words are missing."
        assert finding.anchor == "element=marks"
        assert finding.jump == (
            '["pages", "details", "elements", "marks", "rows", "staff", "text"]'
        )

    def test_keep_places_without_an_id(self) -> None:
        path = named_path(survey(), ("pages", 0, "branches", 0, "to"))
        assert path == ("pages", "start", "branches", 0, "to")

    def test_show_fifty_of_a_level_at_most(self) -> None:
        many = [Finding("error", "empty_page", ("pages", 0))] * 70
        [group] = grouped(many, survey(), "en")
        assert (len(group.shown), group.more, group.count) == (50, 20, 70)

    def test_exist_for_what_the_lint_finds(self) -> None:
        found = findings(survey())
        assert {one.code for one in found} <= {*SENTENCES, "too_long"}
        assert all(g.shown for g in grouped(found, survey(), "en"))
