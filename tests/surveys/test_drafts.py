"""Drafts: rewording keeps what answers are stored under."""

import pytest

from surveys.document import Document
from surveys.drafts import (
    document_from,
    missing_translations,
    new_document,
    parse_lines,
    ratings_of,
    values_of,
)
from surveys.wording import Kind


def reworded(draft: Document, *earlier: Document, **changes: str) -> Document:
    values = {**values_of(draft), **changes}
    return document_from(values, draft=draft, earlier=earlier)


def ids(document: Document) -> dict[str, str]:
    return {
        r.text.get("en", r.text.get("zh-hans", "")): r.id for r in ratings_of(document)
    }


class TestNewDocument:
    @pytest.mark.parametrize("kind", Kind.values)
    def test_is_complete_in_both_languages(self, kind: str) -> None:
        assert missing_translations(new_document(kind)) == []

    @pytest.mark.parametrize(
        ("kind", "metric", "scale"),
        [
            ("nps", "nps", 10),
            ("csat", "csat", 5),
            ("ces7", "ces", 7),
            ("ces5", "ces", 5),
        ],
    )
    def test_asks_for_its_metric(self, kind: str, metric: str, scale: int) -> None:
        score = new_document(kind).score
        assert score
        assert (score.type, score.scale) == (metric, scale)


class TestDocumentFrom:
    def test_unchanged_values_leave_the_draft_as_it_was(self) -> None:
        draft = reworded(new_document("nps"), attributes="Price | 价格\nFood")
        assert reworded(draft) == draft

    def test_leaves_out_a_follow_up_without_words(self) -> None:
        document = reworded(new_document("nps"), follow_up_en="", follow_up_zh="")
        assert [e.type for e in document.elements] == ["nps", "contact_request"]

    def test_keeps_the_id_of_a_line_reworded_in_one_language(self) -> None:
        first = reworded(
            new_document("csat"), attributes="Clenliness | 清洁\nFood | 餐食"
        )
        second = reworded(first, attributes="Food | 餐食\nCleanliness | 清洁")
        assert ids(first) == {"Clenliness": "rating_1", "Food": "rating_2"}
        assert ids(second) == {"Food": "rating_2", "Cleanliness": "rating_1"}

    def test_never_gives_a_dropped_id_to_another_line(self) -> None:
        first = reworded(new_document("csat"), attributes="Price\nFood")
        second = reworded(first, attributes="Price")
        third = reworded(second, first, attributes="Price\nSeat")
        assert ids(third) == {"Price": "rating_1", "Seat": "rating_3"}


class TestParseLines:
    @pytest.mark.parametrize(
        ("lines", "texts"),
        [
            ("", []),
            ("Price", [{"en": "Price"}]),
            ("Price | 价格", [{"en": "Price", "zh-hans": "价格"}]),
            (" | 价格\n\n  \n", [{"zh-hans": "价格"}]),
            ("A | B | C", [{"en": "A", "zh-hans": "B | C"}]),
        ],
    )
    def test_reads_one_question_a_line(
        self, lines: str, texts: list[dict[str, str]]
    ) -> None:
        assert parse_lines(lines) == texts


class TestMissingTranslations:
    def test_names_the_text_and_the_language(self) -> None:
        draft = reworded(new_document("nps"), question_zh="", attributes="Price")
        assert missing_translations(draft) == [
            ("question", "zh-hans"),
            ("attributes", "zh-hans"),
        ]
