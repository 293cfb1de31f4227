"""Formbricks surveys come over with their logic, and the report names every loss."""

import json
from contextlib import suppress
from typing import Any

import pytest

from surveys.branching import Route
from surveys.definition_file import read_definition
from surveys.definitions import Definition, UnusableFile
from surveys.elements import Matrix, MultipleChoice, ScoreElement, SingleChoice

Json = dict[str, Any]


def said(english: str, chinese: str = "") -> Json:
    return {"default": english} | ({"zh-Hans": chinese} if chinese else {})


def condition(element: str, operator: str, value: object = None) -> Json:
    single: Json = {
        "id": "c",
        "leftOperand": {"type": "element", "value": element},
        "operator": operator,
    }
    if value is not None:
        single["rightOperand"] = {"type": "static", "value": value}
    return {"id": "g", "connector": "and", "conditions": [single]}


def jump(target: str, when: Json) -> Json:
    action = {"id": "a", "objective": "jumpToBlock", "target": target}
    return {"id": "l", "conditions": when, "actions": [action]}


def survey(**changes: object) -> Json:
    """Three blocks, jumps, a calculation, a recall, both kinds of endings."""
    return {
        "name": "Product feedback",
        "type": "link",
        "languages": [
            {"default": True, "enabled": True, "language": {"code": "en"}},
            {"default": False, "enabled": True, "language": {"code": "zh-Hans"}},
            {"default": False, "enabled": True, "language": {"code": "de"}},
        ],
        "welcomeCard": {
            "enabled": True,
            "headline": said("Welcome", "欢迎"),
            "subheader": said("<p>It takes <b>one</b> minute.</p>"),
        },
        "hiddenFields": {"enabled": True, "fieldIds": ["orderId", "plan"]},
        "variables": [
            {"id": "vx1", "name": "points", "type": "number", "value": 1},
            {"id": "vx2", "name": "label", "type": "text", "value": "none"},
        ],
        "blocks": [
            {
                "id": "b1",
                "name": "Score",
                "elements": [
                    {
                        "id": "Score-1",
                        "type": "nps",
                        "headline": said(
                            "<p>Would you recommend us?</p>", "会推荐吗？"
                        ),
                        "required": True,
                        "lowerLabel": said("No", "不会"),
                        "upperLabel": said("Yes", "会"),
                    }
                ],
                "logic": [
                    jump("b3", condition("Score-1", "isGreaterThanOrEqual", 9)),
                    {
                        "id": "l2",
                        "conditions": condition("Score-1", "isLessThan", 7),
                        "actions": [
                            {
                                "id": "a2",
                                "objective": "calculate",
                                "variableId": "vx1",
                                "operator": "subtract",
                                "value": {"type": "static", "value": 2},
                            },
                            {
                                "id": "a3",
                                "objective": "requireAnswer",
                                "target": "why",
                            },
                        ],
                    },
                ],
            },
            {
                "id": "b2",
                "name": "Reasons",
                "elements": [
                    {
                        "id": "reasons",
                        "type": "multipleChoiceMulti",
                        "headline": said(
                            "What was wrong with #recall:orderId/fallback:it#?"
                        ),
                        "required": False,
                        "shuffleOption": "exceptLast",
                        "choices": [
                            {"id": "ch-late", "label": said("Late", "迟到")},
                            {"id": "ch-broken", "label": said("Broken")},
                            {"id": "other", "label": said("Other")},
                        ],
                    },
                    {
                        "id": "why",
                        "type": "openText",
                        "inputType": "text",
                        "longAnswer": True,
                        "charLimit": {"enabled": True, "min": 3, "max": 400},
                        "headline": said("Why #recall:Score-1/fallback:that#?"),
                        "required": False,
                    },
                    {
                        "id": "table",
                        "type": "matrix",
                        "headline": said("Rate these"),
                        "required": False,
                        "rows": [
                            {"id": "r", "label": said("Speed")},
                            {"id": "s", "label": said("Price")},
                        ],
                        "columns": [
                            {"id": "x", "label": said("Bad")},
                            {"id": "y", "label": said("So so")},
                            {"id": "z", "label": said("Good")},
                        ],
                    },
                ],
                "logic": [
                    jump("e2", condition("reasons", "includesOneOf", ["ch-late"]))
                ],
            },
            {
                "id": "b3",
                "name": "Contact",
                "elements": [
                    {
                        "id": "me",
                        "type": "contactInfo",
                        "headline": said("Who are you?"),
                        "required": True,
                        "firstName": {"show": True, "required": True},
                        "email": {"show": True, "required": False},
                        "company": {"show": False, "required": False},
                    },
                    {
                        "id": "call",
                        "type": "cal",
                        "headline": said("Book a call"),
                        "required": False,
                        "calUserName": "x",
                    },
                    {
                        "id": "ok",
                        "type": "consent",
                        "headline": said("Privacy"),
                        "label": said("I agree"),
                        "required": True,
                    },
                ],
                "logic": [jump("b1", condition("ok", "isAccepted"))],
            },
        ],
        "endings": [
            {
                "id": "e1",
                "type": "endScreen",
                "headline": said("Thanks!", "谢谢！"),
                "buttonLabel": said("Shop"),
                "buttonLink": "https://example.com/shop",
            },
            {"id": "e2", "type": "redirectToUrl", "url": "https://example.com/sorry"},
        ],
        "styling": {"brandColor": {"light": "#ff0000"}},
        **changes,
    }


def read(raw: object) -> Definition:
    return read_definition(json.dumps(raw).encode())


@pytest.fixture
def found() -> Definition:
    return read(survey())


def notes(found: Definition, fate: str) -> str:
    return "\n".join(f"{n.what}: {n.how}" for n in found.notes if n.fate == fate)


class TestPages:
    def test_are_the_blocks_after_a_welcome(self, found: Definition) -> None:
        pages = found.document.pages
        assert [page.id for page in pages][0] == "welcome_page"
        assert [len(page.elements) for page in pages] == [1, 1, 3, 4]

    def test_are_single_questions_in_older_files(self) -> None:
        blocks = survey()["blocks"]
        questions = [element for block in blocks for element in block["elements"]]
        found = read(survey(blocks=[], questions=questions))
        assert len(found.document.pages) == 1 + len(questions) - 1


class TestElements:
    def test_keep_their_metric_and_labels(self, found: Definition) -> None:
        score = found.document.by_id["score_1"]
        assert isinstance(score, ScoreElement)
        assert score.text == {"en": "Would you recommend us?", "zh-hans": "会推荐吗？"}
        assert score.high_label == {"en": "Yes", "zh-hans": "会"}

    def test_keep_their_options_and_what_is_special_about_them(
        self, found: Definition
    ) -> None:
        reasons = found.document.by_id["reasons"]
        assert isinstance(reasons, MultipleChoice)
        assert [(o.id, o.kind, o.is_fixed) for o in reasons.options] == [
            ("o1", "option", False),
            ("o2", "option", False),
            ("other", "other", True),
        ]
        assert reasons.order == "random"

    def test_keep_their_limits(self, found: Definition) -> None:
        why = found.document.by_id["why"]
        assert (why.type, why.least, why.most) == ("long_text", 3, 400)  # type: ignore[union-attr]

    def test_recall_answers_and_hidden_fields(self, found: Definition) -> None:
        assert found.document.by_id["why"].text["en"] == "Why {{ score_1 | that }}?"
        reasons = found.document.by_id["reasons"].text["en"]
        assert reasons == "What was wrong with {{ hidden.orderid | it }}?"

    def test_make_a_scale_of_columns(self, found: Definition) -> None:
        table = found.document.by_id["table"]
        assert isinstance(table, Matrix)
        assert (table.scale, len(table.rows)) == (3, 2)
        assert (table.low_label, table.high_label) == ({"en": "Bad"}, {"en": "Good"})
        assert "Rate these" in notes(found, "changed")

    def test_fall_apart_into_single_fields(self, found: Definition) -> None:
        types = {e.id: e.type for e in found.document.pages[-1].elements}
        assert types == {
            "me": "statement",
            "me_first_name": "short_text",
            "me_email": "email",
            "ok": "consent",
        }

    def test_make_a_picture_choice_one_of_names(self) -> None:
        pictures = {
            "id": "pic",
            "type": "pictureSelection",
            "headline": said("Which?"),
            "required": False,
            "choices": [{"id": "1", "imageUrl": "x"}, {"id": "2", "imageUrl": "y"}],
        }
        block = {"id": "b", "name": "b", "elements": [pictures]}
        found = read(survey(blocks=[block]))
        assert isinstance(found.document.by_id["pic"], SingleChoice)
        assert "Which?" in notes(found, "changed")

    def test_ask_a_metric_once(self) -> None:
        again = {"id": "nps2", "type": "nps", "headline": said("Again?")}
        blocks = [*survey()["blocks"], {"id": "b9", "elements": [again]}]
        found = read(survey(blocks=blocks))
        assert found.document.by_id["nps2"].type == "rating"
        assert "Again?" in notes(found, "changed")


class TestLogic:
    def test_leads_the_same_way(self, found: Definition) -> None:
        route = Route(found.document)
        to_last = route.walk({"score_1": 10}, until="page_b1")
        assert to_last.next_page == found.document.pages[-1].id
        to_next = route.walk({"score_1": 3}, until="page_b1")
        assert to_next.next_page == found.document.pages[2].id
        out = route.walk({"score_1": 3, "reasons": ["o1"]}, until="page_b2")
        assert out.ending == found.document.endings[1].id

    def test_calculates_the_same(self, found: Definition) -> None:
        route = Route(found.document)
        assert route.walk({"score_1": 3}).variables["points"] == -1
        assert route.walk({"score_1": 8}).variables["points"] == 1

    @pytest.mark.parametrize(
        ("element", "operator", "value", "expected"),
        [
            ("why", "isSubmitted", None, {"field": "why", "op": "is_not_empty"}),
            ("why", "isSkipped", None, {"field": "why", "op": "is_empty"}),
            (
                "reasons",
                "includesAllOf",
                ["ch-late", "ch-broken"],
                {
                    "all": [
                        {"field": "reasons", "op": "contains", "value": "o1"},
                        {"field": "reasons", "op": "contains", "value": "o2"},
                    ]
                },
            ),
            (
                "reasons",
                "equals",
                "ch-late",
                {"field": "reasons", "op": "in", "value": ["o1"]},
            ),
            ("Score-1", "equals", 7, {"field": "score_1", "op": "eq", "value": 7}),
        ],
    )
    def test_asks_the_same(
        self, element: str, operator: str, value: object, expected: Json
    ) -> None:
        raw = survey()
        raw["blocks"][1]["logic"] = [jump("e1", condition(element, operator, value))]
        [branch] = read(raw).document.pages[2].branches
        assert branch.when == expected

    @pytest.mark.parametrize("operator", ["startsWith", "isBooked", "made up"])
    def test_leaves_out_what_cannot_be_asked(self, operator: str) -> None:
        raw = survey()
        raw["blocks"][1]["logic"] = [jump("e1", condition("why", operator, "x"))]
        found = read(raw)
        assert found.document.pages[2].branches == ()
        assert "Logic of Reasons" in notes(found, "dropped")

    def test_never_leads_to_a_page_that_stays_behind(self) -> None:
        raw = survey()
        raw["blocks"][2]["elements"] = raw["blocks"][2]["elements"][1:2]
        found = read(raw)
        Route(found.document)
        assert "Logic of Score" in notes(found, "dropped")


class TestEndings:
    def test_keep_their_words_and_link(self, found: Definition) -> None:
        first, second = found.document.endings
        assert first.title == {"en": "Thanks!", "zh-hans": "谢谢！"}
        assert first.link is not None
        assert second.redirect == "https://example.com/sorry"
        assert "administrator" in notes(found, "changed")

    def test_never_lead_to_an_unsafe_address(self) -> None:
        ending = {"id": "e1", "type": "redirectToUrl", "url": "javascript:alert(1)"}
        found = read(survey(endings=[ending]))
        assert found.document.endings[0].redirect is None


class TestTheReport:
    def test_names_what_stays_behind(self, found: Definition) -> None:
        dropped = notes(found, "dropped")
        names = (
            "Book a call",
            "Language de",
            "Styling",
            "become required",
            "leads back",
        )
        for name in names:
            assert name in dropped

    def test_names_a_field_that_is_called_otherwise(self, found: Definition) -> None:
        assert "orderid" in notes(found, "changed")
        assert "Hidden field plan" in notes(found, "carried")

    def test_says_when_the_words_are_in_another_language(self) -> None:
        german = [{"default": True, "enabled": True, "language": {"code": "de"}}]
        found = read(survey(languages=german))
        assert found.document.languages == ("en",)
        assert "Language de" in notes(found, "changed")

    def test_takes_what_the_api_gives(self) -> None:
        assert read({"data": survey()}).name == "Product feedback"


class TestHostileFiles:
    def test_lose_their_scripts(self) -> None:
        raw = survey()
        raw["blocks"][0]["elements"][0]["headline"] = said(
            "<img src=x onerror=alert(1)>Hi<script>alert(1)</script>"
        )
        found = read(raw)
        assert found.document.by_id["score_1"].text["en"] == "Hi"
        assert "Hi" in notes(found, "changed")

    @pytest.mark.parametrize(
        "broken",
        [
            {"blocks": [3]},
            {"blocks": [{"elements": [{}]}]},
            {"blocks": [{"id": "b", "elements": [{"type": "rating", "range": "x"}]}]},
            {"questions": [None]},
            {"variables": [{"id": "v", "name": "v", "value": float("inf")}]},
            {
                "blocks": [
                    {
                        "id": "b",
                        "elements": [
                            {"type": "rating", "id": "r", "range": float("inf")}
                        ],
                    }
                ]
            },
            {"blocks": [], "questions": []},
            {"variables": [{"id": "v"}]},
            {"languages": [None]},
            {"endings": [{"type": "endScreen"}]},
        ],
    )
    def test_are_refused_or_read_and_never_crash(self, broken: Json) -> None:
        with suppress(UnusableFile):
            assert read(survey(**broken)).document.pages
