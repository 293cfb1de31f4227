"""The documents that new surveys start with."""

import pytest

from surveys.blanks import blanks
from surveys.document import document_texts, plain, read_document
from surveys.drafts import blank_document, new_document
from surveys.elements import LANGUAGES
from surveys.wording import Kind


class TestNewDocument:
    @pytest.mark.parametrize("kind", Kind.values)
    def test_is_complete_in_both_languages(self, kind: str) -> None:
        written = [text for _path, text in document_texts(new_document(kind)) if text]
        assert all(set(text) == set(LANGUAGES) for text in written)

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


class TestBlankDocument:
    def test_asks_nothing_and_thanks_everybody(self) -> None:
        document = blank_document()
        assert document.elements == ()
        assert [ending.group for ending in document.endings] == [
            "promoter",
            "passive",
            "detractor",
        ]


class TestBlanks:
    def test_there_is_one_of_every_kind_of_element(self) -> None:
        assert len(blanks()["elements"]) == 19

    @pytest.mark.parametrize("kind", blanks()["elements"])
    def test_each_can_be_added_as_it_is(self, kind: str) -> None:
        document = plain(blank_document())
        document["pages"][0]["elements"] = [blanks()["elements"][kind]]
        assert plain(read_document(document)) == document
