"""LimeSurvey surveys come over with pages, relevance and quotas; losses are named."""

from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

import pytest

from surveys.branching import Route
from surveys.definition_file import read_definition
from surveys.definitions import Definition, UnusableFile
from surveys.limesurvey_relevance import Asked, Untranslatable, condition_of
from surveys.safe_xml import UnsafeXml, read_xml

Rows = list[dict[str, object]]
Json = dict[str, Any]


def lss(**tables: Rows) -> bytes:
    parts = "".join(
        f"<{name}><rows>"
        + "".join(
            "<row>"
            + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in row.items())
            + "</row>"
            for row in rows
        )
        + f"</rows></{name}>"
        for name, rows in tables.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><document>'
        "<LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>640</DBVersion>"
        f"{parts}</document>"
    ).encode()


def question(qid: int, kind: str, title: str, gid: int = 1, **more: object) -> Json:
    return {
        "qid": qid,
        "parent_qid": 0,
        "sid": 77,
        "gid": gid,
        "type": kind,
        "title": title,
        "other": "N",
        "mandatory": "N",
        "question_order": qid,
        "scale_id": 0,
        "relevance": "1",
        **more,
    }


def part(qid: int, parent: int, title: str) -> Json:
    return question(qid, "T", title) | {"parent_qid": parent}


def words(qid: int, english: str, chinese: str = "", help_text: str = "") -> Rows:
    rows: Rows = [
        {
            "id": qid,
            "qid": qid,
            "question": english,
            "help": help_text,
            "language": "en",
        }
    ]
    if chinese:
        row = {"id": -qid, "qid": qid, "question": chinese, "language": "zh-Hans"}
        rows.append({**row, "help": ""})
    return rows


def answer(aid: int, qid: int, code: str, order: int) -> dict[str, object]:
    return {"aid": aid, "qid": qid, "code": code, "sortorder": order, "scale_id": 0}


def answer_words(aid: int, english: str) -> dict[str, object]:
    return {"id": aid, "aid": aid, "answer": english, "language": "en"}


def tables(**changes: Rows) -> dict[str, Rows]:
    """Two groups: a list, a number and a table; a comment that depends on the list."""
    return {
        "answers": [
            answer(1, 10, "A1", 0),
            answer(2, 10, "A2", 1),
            answer(3, 12, "1", 0),
            answer(4, 12, "2", 1),
            answer(5, 12, "3", 2),
        ],
        "answer_l10ns": [
            answer_words(1, "By post"),
            answer_words(2, "In the shop"),
            answer_words(3, "Bad"),
            answer_words(4, "So so"),
            answer_words(5, "Good"),
        ],
        "groups": [
            {"gid": 2, "group_order": 2, "randomization_group": "", "grelevance": "1"},
            {"gid": 1, "group_order": 1, "randomization_group": "", "grelevance": ""},
        ],
        "group_l10ns": [
            {"gid": 1, "group_name": "Purchase", "description": "", "language": "en"},
            {
                "gid": 2,
                "group_name": "Comment",
                "description": "<p>Nearly done.</p>",
                "language": "en",
            },
        ],
        "questions": [
            question(10, "L", "way", mandatory="Y", other="Y"),
            question(11, "N", "count"),
            question(12, "F", "table"),
            question(13, "M", "reasons"),
            question(20, "T", "why", 2, relevance='((way.NAOK == "A1"))'),
            question(
                21,
                "S",
                "code",
                2,
                relevance='(77X1X13late.NAOK == "Y" and count.NAOK >= 2)',
                preg="/^[A-Z]{2}$/",
            ),
            question(22, "*", "sum", 2),
        ],
        "subquestions": [
            part(31, 12, "speed"),
            part(32, 12, "price"),
            part(33, 13, "late"),
            part(34, 13, "none"),
        ],
        "question_l10ns": [
            *words(10, "How did you buy?", "您是怎么买的？", "<b>One</b> answer"),
            *words(11, "How many?"),
            *words(12, "Rate these"),
            *words(13, "What went wrong?"),
            *words(20, "Why {way.shown}?"),
            *words(21, "Your code"),
            *words(22, "Sum"),
            *words(31, "Speed"),
            *words(32, "Price"),
            *words(33, "Late"),
            *words(34, "Nothing"),
        ],
        "question_attributes": [
            {"qid": 11, "attribute": "min_num_value_n", "value": "1"},
            {"qid": 11, "attribute": "num_value_int_only", "value": "1"},
            {"qid": 11, "attribute": "suffix", "value": "pcs"},
            {"qid": 13, "attribute": "exclude_all_others", "value": "none"},
            {"qid": 10, "attribute": "random_order", "value": "1"},
        ],
        "quota": [{"id": 5, "name": "Post", "qlimit": 50, "active": 1, "action": 1}],
        "quota_members": [{"id": 1, "quota_id": 5, "qid": 10, "code": "A1"}],
        "quota_languagesettings": [
            {
                "quotals_quota_id": 5,
                "quotals_language": "en",
                "quotals_message": "We have enough answers.",
            }
        ],
        "surveys": [
            {"sid": 77, "language": "en", "additional_languages": "zh-Hans de"}
        ],
        "surveys_languagesettings": [
            {
                "surveyls_language": "en",
                "surveyls_title": "Shopping",
                "surveyls_welcometext": "<p>Hello</p>",
                "surveyls_endtext": "Bye",
                "surveyls_url": "https://example.com",
            },
            {"surveyls_language": "zh-Hans", "surveyls_title": "购物"},
        ],
        **changes,
    }


@pytest.fixture
def found() -> Definition:
    return read_definition(lss(**tables()))


def notes(found: Definition, fate: str) -> str:
    return "\n".join(f"{n.what}: {n.how}" for n in found.notes if n.fate == fate)


class TestPages:
    def test_are_the_groups_in_their_order(self, found: Definition) -> None:
        titles = [page.title.get("en", "") for page in found.document.pages]
        assert titles == ["", "Purchase", "Comment"]
        assert found.document.title == {"en": "Shopping", "zh-hans": "购物"}

    def test_begin_with_the_group_s_words(self, found: Definition) -> None:
        first = found.document.pages[2].elements[0]
        assert (first.type, first.text) == ("statement", {"en": "Nearly done."})


class TestQuestions:
    def test_keep_words_options_and_order(self, found: Definition) -> None:
        way = found.document.by_id["way"]
        assert way.text == {"en": "How did you buy?", "zh-hans": "您是怎么买的？"}
        assert way.help == {"en": "<b>One</b> answer"}
        assert [(o.id, o.kind) for o in way.options] == [  # type: ignore[union-attr]
            ("o1", "option"),
            ("o2", "option"),
            ("other", "other"),
        ]
        assert way.order == "random"  # type: ignore[union-attr]
        assert way.required  # type: ignore[union-attr]

    def test_keep_their_bounds(self, found: Definition) -> None:
        count = found.document.by_id["count"]
        assert (count.lowest, count.decimals, count.unit["en"]) == (1, 0, "pcs")  # type: ignore[union-attr]

    def test_make_a_scale_of_columns(self, found: Definition) -> None:
        table = found.document.by_id["table"]
        assert (table.scale, table.low_label, table.high_label) == (  # type: ignore[union-attr]
            3,
            {"en": "Bad"},
            {"en": "Good"},
        )
        assert [row.text["en"] for row in table.rows] == ["Speed", "Price"]  # type: ignore[union-attr]

    def test_keep_an_option_that_excludes_the_others(self, found: Definition) -> None:
        reasons = found.document.by_id["reasons"]
        assert [o.kind for o in reasons.options] == ["option", "none"]  # type: ignore[union-attr]

    def test_keep_their_pattern(self, found: Definition) -> None:
        pattern = found.document.by_id["code"].pattern  # type: ignore[union-attr]
        assert pattern.regex == "[A-Z]{2}"

    def test_put_answers_into_texts(self, found: Definition) -> None:
        assert found.document.by_id["why"].text["en"] == "Why {{ way }}?"

    def test_become_the_nps_where_they_are_one(self) -> None:
        scale = [answer(100 + n, 10, f"A{n}", n) for n in range(11)]
        labels = [answer_words(100 + n, str(n)) for n in range(11)]
        found = read_definition(
            lss(
                **tables(
                    answers=scale,
                    answer_l10ns=labels,
                    questions=[question(10, "L", "rec")],
                    question_l10ns=words(10, "Would you recommend us?"),
                )
            )
        )
        assert found.document.by_id["rec"].type == "nps"
        assert "it became the NPS" in notes(found, "changed")

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("!", ["dropdown"]),
            ("Y", ["single_choice"]),
            ("G", ["single_choice"]),
            ("P", ["multiple_choice"]),
            ("R", ["ranking"]),
            ("5", ["rating"]),
            ("A", ["matrix"]),
            ("B", ["matrix"]),
            ("C", ["matrix"]),
            ("U", ["long_text"]),
            ("D", ["date"]),
            ("Q", ["statement", "short_text"]),
            ("K", ["statement", "number"]),
            ("|", ["file"]),
            ("X", ["statement"]),
        ],
    )
    def test_of_every_kind_find_theirs(self, kind: str, expected: list[str]) -> None:
        found = read_definition(
            lss(
                **tables(
                    questions=[question(10, kind, "q")],
                    subquestions=[part(31, 10, "a")],
                )
            )
        )
        page = found.document.pages[1]
        assert [element.type for element in page.elements] == expected


class TestLogic:
    def test_shows_the_same(self, found: Definition) -> None:
        route = Route(found.document)
        assert "why" in route.walk({"way": "o1"}).shown
        assert "why" not in route.walk({"way": "o2"}).shown
        both = {"way": "o2", "reasons": ["o1"], "count": "2"}
        assert "code" in route.walk(both).shown
        assert "code" not in route.walk({**both, "count": "1"}).shown

    def test_keeps_quotas(self, found: Definition) -> None:
        [quota] = found.document.quotas
        assert (quota.name, quota.limit) == ("Post", 50)
        assert quota.when == {
            "all": [{"field": "way", "op": "in", "value": ["o1"]}],
        }
        ending = found.document.ending(quota.ending)
        assert ending.text == {"en": "We have enough answers."}

    def test_names_what_it_cannot_say(self) -> None:
        raw = tables()
        raw["questions"][4]["relevance"] = "sum(count, 3) > 4"
        found = read_definition(lss(**raw))
        assert "why" in notes(found, "dropped")
        assert "sum(count, 3) > 4" in notes(found, "dropped")


class TestTheReport:
    def test_names_what_stays_behind(self, found: Definition) -> None:
        dropped = notes(found, "dropped")
        assert "sum: Sum" in dropped
        assert "Language de" in dropped

    def test_names_what_is_carried_over(self, found: Definition) -> None:
        assert "way: How did you buy?" in notes(found, "carried")


class TestOlderFiles:
    def test_have_their_texts_in_rows_of_their_own(self) -> None:
        row = question(10, "L", "way") | {"question": "How?", "language": "en"}
        chinese = row | {"question": "怎么买的？", "language": "zh-Hans"}
        first = {**answer(1, 10, "A1", 0), "answer": "Post", "language": "en"}
        del first["aid"]
        found = read_definition(
            lss(
                **tables(
                    questions=[row, chinese],
                    question_l10ns=[],
                    answers=[first, {**first, "answer": "邮寄", "language": "zh-Hans"}],
                    answer_l10ns=[],
                    groups=[
                        {
                            "gid": 1,
                            "group_name": "G",
                            "group_order": 0,
                            "language": "en",
                        }
                    ],
                    group_l10ns=[],
                )
            )
        )
        way = found.document.by_id["way"]
        assert way.text == {"en": "How?", "zh-hans": "怎么买的？"}
        [option] = way.options  # type: ignore[union-attr]
        assert option.text == {"en": "Post", "zh-hans": "邮寄"}


class TestRelevance:
    def find(self, name: str) -> Asked | None:
        known = {
            "a": Asked("a"),
            "n": Asked("n", int),
            "m_x": Asked("m", str, "x"),
        }
        return known.get(name)

    @pytest.mark.parametrize(
        ("equation", "expected"),
        [
            ("", {}),
            ("1", {}),
            ('a == "x"', {"field": "a", "op": "eq", "value": "x"}),
            ("a.NAOK ne 'x'", {"field": "a", "op": "ne", "value": "x"}),
            ("n > 3", {"field": "n", "op": "gt", "value": 3}),
            ('n.value le "3"', {"field": "n", "op": "lte", "value": 3}),
            ('a == ""', {"field": "a", "op": "is_empty"}),
            ("is_empty(a.NAOK)", {"field": "a", "op": "is_empty"}),
            ("!is_empty(a)", {"not": {"field": "a", "op": "is_empty"}}),
            ('m_x == "Y"', {"field": "m", "op": "contains", "value": "x"}),
            ('m_x != "Y"', {"field": "m", "op": "not_contains", "value": "x"}),
            (
                'a == "x" or a == "y" and n == 1',
                {
                    "any": [
                        {"field": "a", "op": "eq", "value": "x"},
                        {
                            "all": [
                                {"field": "a", "op": "eq", "value": "y"},
                                {"field": "n", "op": "eq", "value": 1},
                            ]
                        },
                    ]
                },
            ),
        ],
    )
    def test_is_said_in_our_conditions(self, equation: str, expected: Json) -> None:
        assert condition_of(equation, self.find) == expected

    @pytest.mark.parametrize(
        "equation",
        [
            "a",
            "a ==",
            "a == b",
            "(a == 'x'",
            "a == 'x')",
            "b == 'x'",
            "count(a) > 1",
            "a + 1 == 2",
            "n == 'x'",
            "m_x > 1",
            "0",
            "a.question == 'x'",
            "(" * 5_000,
            "!" * 5_000 + "a == 'x'",
            "a == 'x' $",
        ],
    )
    def test_is_given_up_where_it_cannot(self, equation: str) -> None:
        with pytest.raises(Untranslatable):
            condition_of(equation, self.find)


class TestHostileFiles:
    def test_declare_no_entities(self) -> None:
        bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><document>&a;</document>'
        with pytest.raises(UnsafeXml):
            read_xml(bomb)
        with pytest.raises(UnusableFile):
            read_definition(bomb)

    def test_are_not_too_deep(self) -> None:
        with pytest.raises(UnsafeXml):
            read_xml(b"<a>" * 100 + b"</a>" * 100)

    def test_lose_their_scripts(self) -> None:
        raw = tables()
        raw["question_l10ns"][0]["question"] = "<script>alert(1)</script>Hi<img src=x>"
        found = read_definition(lss(**raw))
        assert found.document.by_id["way"].text["en"] == "Hi"

    @pytest.mark.parametrize(
        "content",
        [
            b"<",
            b"<document/>",
            b"<html><body/></html>",
            b"<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>",
            lss(),
            lss(surveys=[]),
            lss(groups=[{}]),
            lss(**tables(questions=[{}])),
            lss(**tables(answers=[{}])),
            lss(**tables(question_attributes=[{"value": 1}])),
        ],
    )
    def test_are_refused_or_read_and_never_crash(self, content: bytes) -> None:
        with suppress(UnusableFile):
            assert read_definition(content).document.pages
