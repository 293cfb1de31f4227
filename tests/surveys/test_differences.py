"""Two versions compared: every change is told once, and nothing else."""

from copy import deepcopy
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.difference_words import told_differences
from surveys.differences import Change, differences
from surveys.document import Document, plain, read_document
from surveys.templates import TEMPLATES
from tests.surveys.documents import documents

SUPPORT = plain(TEMPLATES["support"].document)
Json = dict[str, Any]


def changed() -> Json:
    return deepcopy(SUPPORT)


def between(new: Json, old: Json = SUPPORT) -> list[Change]:
    return differences(read_document(old), read_document(new))


def told(new: Json, language: str = "en") -> list[str]:
    with translation.override(language):
        changes = told_differences(
            read_document(SUPPORT),
            read_document(new),
            language,  # type: ignore[arg-type]
        )
    return [one.words for one in changes]


def short(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.thing, change.id) for change in changes]


class TestDifferences:
    def test_are_none_between_the_same(self) -> None:
        assert between(changed()) == []

    def test_tell_a_new_wording_in_the_language_that_has_it(self) -> None:
        new = changed()
        new["pages"][0]["elements"][0]["text"]["zh-hans"] = "轻松吗？"
        [change] = between(new)
        assert (change.kind, change.id, change.language) == (
            "reworded",
            "score",
            "zh-hans",
        )
        assert change.after == "轻松吗？"

    def test_tell_what_was_added_and_removed(self) -> None:
        new = changed()
        removed = new["pages"][0]["elements"].pop(1)
        new["pages"][0]["elements"].append({**removed, "id": "solved2"})
        assert short(between(new)) == [
            ("added", "element", "solved2"),
            ("removed", "element", "solved"),
        ]

    def test_tell_a_move_to_another_page_as_one_move(self) -> None:
        new = changed()
        new["pages"][2]["elements"].insert(0, new["pages"][0]["elements"].pop(1))
        [change] = between(new)
        assert (change.kind, change.id) == ("moved", "solved")
        assert (change.before, change.after) == ("effort", "details")

    def test_tell_as_few_moves_as_there_may_be(self) -> None:
        new = changed()
        elements = new["pages"][1]["elements"]
        elements.append(elements.pop(0))
        assert short(between(new)) == [("moved", "element", "trouble")]

    def test_take_another_type_under_the_same_id_for_another_question(self) -> None:
        new = changed()
        new["pages"][0]["elements"][1]["type"] = "dropdown"
        assert short(between(new)) == [
            ("removed", "element", "solved"),
            ("added", "element", "solved"),
        ]

    def test_tell_changes_of_options(self) -> None:
        new = changed()
        options = new["pages"][1]["elements"][0]["options"]
        options[0]["text"]["en"] = "Getting through"
        options.append({"id": "tone", "text": {"en": "The tone"}})
        del options[1]
        assert short(between(new)) == [
            ("reworded", "option", "reach"),
            ("added", "option", "tone"),
            ("removed", "option", "repeat"),
        ]

    @pytest.mark.parametrize(
        ("part", "field", "value", "expected"),
        [
            ("settings", "allows_back", False, ("changed", "settings", "")),
            ("theme", "accent", "#aa0000", ("changed", "theme", "")),
        ],
    )
    def test_tell_settings_and_look(
        self, part: str, field: str, value: object, expected: tuple[str, str, str]
    ) -> None:
        new = changed()
        new[part][field] = value
        assert short(between(new)) == [expected]

    def test_tell_logic(self) -> None:
        new = changed()
        new["pages"][0]["branches"] = [{"when": {}, "to": "ending:passive"}]
        new["pages"][1]["elements"][1]["shown_if"] = {}
        assert short(between(new)) == [
            ("logic", "page", "effort"),
            ("logic", "element", "why_low"),
        ]

    @settings(deadline=None)
    @given(st.permutations(range(3)), st.permutations(range(4)))
    def test_turned_round_are_as_many(
        self, pages: list[int], places: list[int]
    ) -> None:
        new = changed()
        new["pages"] = [new["pages"][place] for place in pages]
        elements = new["pages"][0]["elements"]
        elements[:] = [elements[p] for p in places if p < len(elements)]
        there, back = between(new), between(SUPPORT, new)
        assert len(there) == len(back)
        assert bool(there) == (new != SUPPORT)

    @settings(max_examples=30, deadline=None)
    @given(documents(), documents())
    def test_are_told_between_any_two(self, old: Document, new: Document) -> None:
        assert differences(old, old) == []
        with translation.override("zh-hans"):
            changes = told_differences(old, new, "zh-hans")
        assert bool(changes) == (old != new)


class TestToldDifferences:
    def test_are_sentences(self) -> None:
        new = changed()
        new["pages"][0]["elements"][0]["required"] = False
        new["pages"][2]["elements"].insert(0, new["pages"][0]["elements"].pop(1))
        assert told(new) == [
            "Question “Do you agree: the company made it easy for me to handle my…”:"
            " “must be answered” changed.",
            "Question “Is your issue solved?” moved from page 1 to page 3.",
        ]

    def test_show_logic_in_words(self) -> None:
        new = changed()
        new["pages"][0]["branches"] = [
            {
                "when": {"field": "score", "op": "gte", "value": 6},
                "to": "ending:promoter",
            }
        ]
        with translation.override("en"):
            [one] = told_differences(read_document(SUPPORT), read_document(new), "en")
        assert one.before == "–"
        assert "the ending “Thank you!” if" in one.after
        assert "is at least 6" in one.after

    def test_name_things_in_the_reader_s_language(self) -> None:
        new = changed()
        new["pages"][0]["elements"].pop(1)
        assert "您的问题解决了吗？" in told(new, "zh-hans")[0]

    @pytest.mark.parametrize("key", TEMPLATES)
    def test_can_tell_any_two_surveys_apart(self, key: str) -> None:
        new = plain(TEMPLATES[key].document)
        assert bool(told(new)) == (key != "support")
