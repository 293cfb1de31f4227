"""Changes of a document: made where they point, refused where they cannot be."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.document import UnreadableDocument, plain, read_document
from surveys.draft_changes import ChangeRefused, applied, meanings_of
from surveys.drafts import new_document

PAGE = ["pages", "page1"]
ELEMENTS = [*PAGE, "elements"]


def document() -> dict[str, Any]:
    return plain(new_document("nps"))


def stripped(text: str) -> str:
    return text.replace("<script>", "")


def after(*changes: dict[str, Any]) -> dict[str, Any]:
    return applied(document(), list(changes), clean=stripped)


def element_ids(document: dict[str, Any], page: int = 0) -> list[str]:
    return [element["id"] for element in document["pages"][page]["elements"]]


def statement(key: str = "hello", **more: object) -> dict[str, object]:
    return {"id": key, "type": "statement", "text": {"en": "Hello"}, **more}


class TestApplied:
    def test_sets_a_text_by_ids(self) -> None:
        path = [*ELEMENTS, "score", "text", "en"]
        changed = after({"op": "set", "path": path, "value": "Would you?"})
        assert changed["pages"][0]["elements"][0]["text"]["en"] == "Would you?"

    def test_leaves_the_document_it_was_given(self) -> None:
        original = document()
        before = deepcopy(original)
        change = {"op": "remove", "path": [*ELEMENTS, "comment"]}
        applied(original, [change], clean=stripped)
        assert original == before

    def test_adds_at_a_place(self) -> None:
        change = {"op": "add", "path": ELEMENTS, "at": 1, "value": statement()}
        assert element_ids(after(change)) == ["score", "hello", "comment", "contact"]

    def test_adds_at_the_end_where_the_place_lies_behind_it(self) -> None:
        change = {"op": "add", "path": ELEMENTS, "at": 99, "value": statement()}
        assert element_ids(after(change))[-1] == "hello"

    def test_removes(self) -> None:
        change = {"op": "remove", "path": [*ELEMENTS, "comment"]}
        assert element_ids(after(change)) == ["score", "contact"]

    def test_removes_a_language(self) -> None:
        changed = after({"op": "remove", "path": ["title", "en"]})
        assert list(changed["title"]) == ["zh-hans"]

    def test_moves_within_a_list_counting_without_what_moves(self) -> None:
        change = {
            "op": "move",
            "path": [*ELEMENTS, "score"],
            "to": ELEMENTS,
            "at": 2,
        }
        assert element_ids(after(change)) == ["comment", "contact", "score"]

    def test_moves_to_another_page(self) -> None:
        page = {"id": "page2", "elements": []}
        changed = after(
            {"op": "add", "path": ["pages"], "at": 1, "value": page},
            {
                "op": "move",
                "path": [*ELEMENTS, "contact"],
                "to": ["pages", "page2", "elements"],
                "at": 0,
            },
        )
        assert element_ids(changed, 1) == ["contact"]

    def test_names_a_member_without_an_id_by_its_place(self) -> None:
        branch = {"when": {}, "to": "ending:promoter"}
        changed = after(
            {"op": "add", "path": [*PAGE, "branches"], "at": 0, "value": branch},
            {"op": "set", "path": [*PAGE, "branches", 0, "to"], "value": "page1"},
        )
        assert changed["pages"][0]["branches"][0]["to"] == "page1"

    def test_cleans_texts_that_are_set_and_texts_inside_of_what_is_added(self) -> None:
        dirty = {"en": "Hello<script>"}
        changed = after(
            {"op": "set", "path": ["title", "en"], "value": "Hi<script>"},
            {"op": "set", "path": [*PAGE, "title"], "value": dirty},
            {"op": "add", "path": ELEMENTS, "at": 0, "value": statement(help=dirty)},
        )
        first = changed["pages"][0]["elements"][0]
        texts = (changed["title"]["en"], changed["pages"][0]["title"]["en"])
        assert (*texts, first["help"]["en"]) == ("Hi", "Hello", "Hello")

    def test_leaves_what_is_no_text_alone(self) -> None:
        question = statement("code", type="short_text")
        question["pattern"] = {"regex": "<script>", "message": {}}
        changed = after({"op": "add", "path": ELEMENTS, "at": 0, "value": question})
        assert changed["pages"][0]["elements"][0]["pattern"]["regex"] == "<script>"

    @pytest.mark.parametrize(
        "change",
        [
            "no change",
            {"op": "burn", "path": ["title"]},
            {"op": "set", "path": [], "value": 1},
            {"op": "set", "path": ["pages", "page9", "title"], "value": {}},
            {"op": "set", "path": ["pages", 7], "value": {}},
            {"op": "set", "path": ["pages", "page1", "id", "x"], "value": ""},
            {"op": "set", "path": ["title", "en", 0], "value": ""},
            {"op": "remove", "path": ["title", "fr"]},
            {"op": "remove", "path": [*ELEMENTS, "gone"]},
            {"op": "add", "path": ["title"], "at": 0, "value": {}},
            {"op": "add", "path": ELEMENTS, "at": -1, "value": {}},
            {"op": "move", "path": [*ELEMENTS, "gone"], "to": ELEMENTS, "at": 0},
            {"op": "move", "path": [*ELEMENTS, "score"], "to": ["title"], "at": 0},
        ],
    )
    def test_refuses_what_cannot_be_done(self, change: object) -> None:
        with pytest.raises(ChangeRefused):
            applied(document(), [change], clean=stripped)

    @pytest.mark.parametrize(
        "change",
        [
            {"op": "add", "path": ELEMENTS, "at": 0, "value": statement("score")},
            {"op": "set", "path": ["endings"], "value": []},
            {"op": "set", "path": ["sparkle"], "value": True},
            {"op": "set", "path": [*ELEMENTS, "score", "scale"], "value": 99},
            {"op": "add", "path": ELEMENTS, "at": 0, "value": 5},
        ],
    )
    def test_refuses_an_outcome_that_is_no_document(self, change: object) -> None:
        with pytest.raises(UnreadableDocument):
            applied(document(), [change], clean=stripped)

    @given(st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5))
    def test_never_fails_in_another_way(self, value: object) -> None:
        change = {"op": "set", "path": ["pages"], "value": value}
        try:
            read_document(after(change))
        except (ChangeRefused, UnreadableDocument):
            return


class TestMeaningsOf:
    def test_are_types_and_scales(self) -> None:
        assert dict(meanings_of(document())) == {
            "score": ("nps", 10),
            "comment": ("long_text", None),
            "contact": ("contact_request", None),
        }

    def test_know_the_scale_that_an_old_document_left_out(self) -> None:
        old = {"pages": [{"elements": [{"id": "a", "type": "rating"}]}]}
        assert dict(meanings_of(old)) == {"a": ("rating", 5)}
