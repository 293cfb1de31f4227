"""Translations are saved line by line, travel in files, and are never put in by halves."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.document import Document, plain, read_document
from surveys.draft_changes import applied
from surveys.models import Survey
from surveys.templates import TEMPLATES
from surveys.translation_csv import NoTable, read_table
from surveys.translation_places import place_of
from surveys.translations import (
    Given,
    Line,
    changes_for,
    check_file,
    lines_of,
)
from surveys.xliff import NoXliff, read_xliff, write_xliff
from tests.personas import agent_ana, manager_milo, nps_survey
from tests.surveys.documents import documents

SUPPORT = TEMPLATES["support"].document
SCORE = "pages.page1.elements.score.text"
WHY = "pages.page1.elements.comment.text"


def line(key: str, source: str = "One", target: str = "") -> Line:
    return Line(key, (), source, target)


def checked(*given_lines: Given, lines: Iterable[Line]) -> Any:
    words, refused = check_file(given_lines, lines)
    return words, [one.code for one in refused]


class TestLines:
    def test_are_keyed_by_ids(self) -> None:
        keys = [one.key for one in lines_of(SUPPORT, "en", "zh-hans")]
        assert "pages.effort.elements.score.low_label" in keys
        assert "pages.reason.elements.trouble.options.late" not in keys
        assert "pages.reason.elements.trouble.options.wait.text" in keys
        assert "endings.detractor.text" in keys
        assert len(keys) == len(set(keys))

    @settings(max_examples=30, deadline=None)
    @given(documents())
    def test_of_any_document_can_be_put_in_again(self, document: Document) -> None:
        lines = lines_of(document, "en", "zh-hans")
        words = {one.key: f"新{number}" for number, one in enumerate(lines)}
        changes = changes_for(words, "zh-hans")
        if changes:
            changed = applied(plain(document), changes, clean=str)
            after = lines_of(read_document(changed), "en", "zh-hans")
            assert {one.key: one.target for one in after} == words

    def test_say_where_they_stand(self) -> None:
        places = [place_of(one.path) for one in lines_of(SUPPORT, "en", "zh-hans")]
        assert "Page 2 · Question 1 · Option 4" in places
        assert "Page 1 · Question 1 · label of the lowest value" in places

    def test_know_what_a_translation_lost(self) -> None:
        kept = Line("k", (), "Hi {{ customer.name | you }}", "您好 {{ customer.name }}")
        lost = Line("k", (), "Hi {{ customer.name | you }}", "您好")
        assert kept.lost_pipes == []
        assert lost.lost_pipes == ["customer.name"]


class TestCheckFile:
    def test_takes_what_is_new(self) -> None:
        given_line = Given(2, "a", "One", "一")
        assert checked(given_line, lines=[line("a")]) == ({"a": "一"}, [])

    def test_leaves_out_what_says_nothing_new(self) -> None:
        lines = [line("a", target="一"), line("b")]
        both = Given(2, "a", "One", "一"), Given(3, "b", "One", "  ")
        assert checked(*both, lines=lines) == ({}, [])

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (Given(2, "z", "One", "一"), "unknown"),
            (Given(2, "a", "Another", "一"), "changed"),
            (Given(2, "a", "One", "一" * 4_001), "too_long"),
        ],
    )
    def test_refuses_what_does_not_fit(self, wrong: Given, code: str) -> None:
        assert checked(wrong, lines=[line("a")]) == ({}, [code])

    def test_refuses_the_same_text_twice(self) -> None:
        twice = Given(2, "a", "One", "一"), Given(3, "a", "One", "壹")
        assert checked(*twice, lines=[line("a")])[1] == ["twice"]

    def test_overlooks_other_ends_of_lines(self) -> None:
        one = Given(2, "a", "One\r\ntwo ", "一\r\n二")
        words, refused = checked(one, lines=[line("a", "One\ntwo")])
        assert (words, refused) == ({"a": "一\n二"}, [])


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")),
    max_size=40,
)


class TestXliff:
    @settings(deadline=None)
    @given(st.lists(st.tuples(WORDS, WORDS), max_size=8))
    def test_comes_back_as_it_went(self, texts: list[tuple[str, str]]) -> None:
        lines = [line(f"k{n}", *pair) for n, pair in enumerate(texts)]
        content = write_xliff(
            [(one, "here") for one in lines],
            source="en",
            target="zh-hans",
            original="x",
        )
        found = read_xliff(content)
        assert (found.source, found.target) == ("en", "zh-Hans")
        assert [(g.key, g.source, g.target) for g in found.given] == [
            (one.key, one.source, one.target) for one in lines
        ]

    def test_of_another_program_is_read(self) -> None:
        content = b"""<?xml version="1.0"?>
        <x:xliff version="1.2" xmlns:x="urn:oasis:names:tc:xliff:document:1.2">
        <x:file source-language="en-GB" target-language="zh-CN"><x:body><x:group>
        <x:trans-unit id="a"><x:source>One <x:g id="1">two</x:g></x:source>
        <x:target>1</x:target></x:trans-unit></x:group></x:body></x:file></x:xliff>"""
        found = read_xliff(content)
        assert found.given == (Given(1, "a", "One two", "1"),)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<xliff version='2.0'/>",
            b"<xliff version='1.2'/>",
            b"<html/>",
            b"<!DOCTYPE x [<!ENTITY y 'z'>]><xliff version='1.2'/>",
        ],
    )
    def test_of_another_kind_is_refused(self, content: bytes) -> None:
        with pytest.raises(NoXliff):
            read_xliff(content)


class TestTables:
    def test_are_read_with_commas_and_semicolons(self) -> None:
        for sign in (",", ";"):
            text = f"key{sign}place{sign}en{sign}zh-hans\na{sign}p{sign}One{sign}一\n"
            found = read_table(text.encode("utf-8-sig"), "en", "zh-hans")
            assert found == [Given(2, "a", "One", "一")]

    def test_are_read_as_chinese_spreadsheets_write_them(self) -> None:
        content = "key,place,en,zh-hans\na,p,One,这是第一个\n".encode("gb18030")
        [found] = read_table(content, "en", "zh-hans")
        assert found.target == "这是第一个"

    def test_are_freed_of_what_keeps_formulas_from_running(self) -> None:
        [found] = read_table(b"key,en,zh-hans\na,'=1+1,'-x\n", "en", "zh-hans")
        assert (found.source, found.target) == ("=1+1", "-x")

    @pytest.mark.parametrize(
        "content", [b"", b"a,b\n1,2\n", b"key,en\n", b"PK\x03\x04"]
    )
    def test_of_another_kind_are_refused(self, content: bytes) -> None:
        with pytest.raises(NoTable):
            read_table(content, "en", "zh-hans")


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


@pytest.fixture
def survey() -> Survey:
    """Its leading question is not translated."""
    survey = nps_survey()
    draft = plain(read_document(survey.draft))
    del draft["pages"][0]["elements"][0]["text"]["zh-hans"]
    survey.draft = draft
    survey.save()
    return survey


def draft_of(survey: Survey) -> Document:
    survey.refresh_from_db()
    return read_document(survey.draft)


@pytest.mark.django_db
class TestTheTable:
    def give(
        self, client: Client, survey: Survey, was: str, said: str, key: str = SCORE
    ) -> HttpResponse:
        address = reverse("surveys:translate", args=[survey.pk])
        asked = {f"t:{key}": said, f"w:{key}": was}
        return client.post(address, asked, headers={"Accept": "application/json"})  # type: ignore[return-value]

    def test_shows_what_is_missing(self, milo: Client, survey: Survey) -> None:
        address = reverse("surveys:translate", args=[survey.pk])
        page = milo.get(f"{address}?missing=on").content.decode()
        assert "How likely are you to recommend us?" in page
        assert "Why?" not in page

    def test_finds_words(self, milo: Client, survey: Survey) -> None:
        address = reverse("surveys:translate", args=[survey.pk])
        page = milo.get(f"{address}?q=WHY").content.decode()
        assert "Why?" in page
        assert "How likely" not in page

    def test_saves_a_line(self, milo: Client, survey: Survey) -> None:
        response = self.give(milo, survey, "", "会推荐吗？")
        assert response.json() == {"saved": [SCORE]}  # type: ignore[attr-defined]
        score = draft_of(survey).score
        assert score is not None
        assert score.text["zh-hans"] == "会推荐吗？"
        assert survey.draft_by == manager_milo()

    def test_does_not_mind_other_changes(self, milo: Client, survey: Survey) -> None:
        Survey.objects.update(draft_revision=40)
        assert self.give(milo, survey, "", "会推荐吗？").status_code == 200

    def test_never_writes_over_another_person_s_words(
        self, milo: Client, survey: Survey
    ) -> None:
        self.give(milo, survey, "", "会推荐吗？")
        response = self.give(milo, survey, "", "推荐吗？")
        assert response.status_code == 409
        assert response.json() == {"conflicts": {SCORE: "会推荐吗？"}}  # type: ignore[attr-defined]
        score = draft_of(survey).score
        assert score is not None
        assert score.text["zh-hans"] == "会推荐吗？"

    def test_shows_both_without_a_script(self, milo: Client, survey: Survey) -> None:
        self.give(milo, survey, "", "会推荐吗？")
        address = reverse("surveys:translate", args=[survey.pk])
        asked = {f"t:{SCORE}": "推荐吗？", f"w:{SCORE}": ""}
        response = milo.post(address, asked)
        page = response.content.decode()
        assert response.status_code == 409
        assert "推荐吗？</textarea>" in page
        assert "Somebody else has written meanwhile: 会推荐吗？" in page

    def test_saves_the_same_twice_without_a_word(
        self, milo: Client, survey: Survey
    ) -> None:
        self.give(milo, survey, "", "会推荐吗？")
        assert self.give(milo, survey, "", "会推荐吗？").json() == {"saved": []}  # type: ignore[attr-defined]

    def test_takes_a_translation_away(self, milo: Client, survey: Survey) -> None:
        self.give(milo, survey, "为什么？", "", WHY)
        assert not draft_of(survey).by_id["comment"].text.get("zh-hans")

    def test_cleans_what_it_saves(self, milo: Client, survey: Survey) -> None:
        self.give(milo, survey, "", "<script>alert(1)</script><b>会</b>")
        score = draft_of(survey).score
        assert score is not None
        assert score.text["zh-hans"] == "<b>会</b>"

    @pytest.mark.parametrize("key", ["theme.accent", "pages", "", "x" * 500, "title"])
    def test_changes_nothing_but_texts(
        self, milo: Client, survey: Survey, key: str
    ) -> None:
        before = survey.draft["theme"]
        self.give(milo, survey, "", "#000000", key)
        survey.refresh_from_db()
        assert survey.draft["theme"] == before

    def test_refuses_what_is_too_long(self, milo: Client, survey: Survey) -> None:
        assert self.give(milo, survey, "", "会" * 5_000).status_code == 422

    def test_is_not_for_everybody(self, client: Client, survey: Survey) -> None:
        client.force_login(agent_ana())
        assert self.give(client, survey, "", "会").status_code == 403


@pytest.mark.django_db
class TestFiles:
    def out(self, client: Client, survey: Survey, kind: str) -> bytes:
        address = reverse(f"surveys:translations_{kind}", args=[survey.pk])
        response = client.get(f"{address}?to=zh-hans")
        return b"".join(response)  # type: ignore[arg-type]

    def put_in(self, client: Client, survey: Survey, content: bytes) -> HttpResponse:
        address = reverse("surveys:translations_in", args=[survey.pk])
        file = SimpleUploadedFile("words", content)
        return client.post(f"{address}?to=zh-hans", {"file": file})  # type: ignore[return-value]

    @pytest.mark.parametrize("kind", ["csv", "xliff"])
    def test_change_nothing_when_they_come_back_untouched(
        self, milo: Client, survey: Survey, kind: str
    ) -> None:
        before = draft_of(survey)
        response = self.put_in(milo, survey, self.out(milo, survey, kind))
        assert response.status_code == 302
        assert draft_of(survey) == before

    def test_put_in_what_a_translator_wrote(self, milo: Client, survey: Survey) -> None:
        text = self.out(milo, survey, "csv").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        for row in rows:
            if row[0] == SCORE:
                row[3] = "会推荐吗？"
        written = io.StringIO()
        csv.writer(written).writerows(rows)
        self.put_in(milo, survey, written.getvalue().encode())
        score = draft_of(survey).score
        assert score is not None
        assert score.text["zh-hans"] == "会推荐吗？"

    def test_put_in_nothing_when_a_line_does_not_fit(
        self, milo: Client, survey: Survey
    ) -> None:
        content = self.out(milo, survey, "csv") + b"pages.gone,x,One,Two\r\n"
        before = draft_of(survey)
        response = self.put_in(milo, survey, content.replace(b"Why?", b"What?"))
        page = response.content.decode()
        assert response.status_code == 422
        assert "pages.gone" in page
        assert WHY in page
        assert draft_of(survey) == before

    @pytest.mark.parametrize(
        "content",
        [
            b"nonsense",
            b"<nonsense/>",
            b"<xliff version='1.2'><file target-language='en'/></xliff>",
        ],
    )
    def test_of_another_kind_change_nothing(
        self, milo: Client, survey: Survey, content: bytes
    ) -> None:
        before = draft_of(survey)
        assert self.put_in(milo, survey, content).status_code == 302
        assert draft_of(survey) == before
