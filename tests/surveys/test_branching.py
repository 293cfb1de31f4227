"""The way through a survey: what is asked, what is left out, where it ends."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.answers import InvalidAnswers
from surveys.branching import BrokenLogic, Route, Walk, all_options, fields_of
from surveys.document import Document, read_document
from tests.surveys.documents import contexts, documents, raw_answers

Json = dict[str, Any]
OFTEN = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ENDINGS = [
    {"id": "glad", "group": "promoter"},
    {"id": "sorry", "group": "detractor"},
    {"id": "early"},
]


def question(id_: str, type_: str = "short_text", **facts: Any) -> Json:
    return {"id": id_, "type": type_, "text": {"en": id_}, **facts}


def score(id_: str = "nps", **facts: Any) -> Json:
    return question(id_, "nps", scale=10, required=False, **facts)


def choice(
    id_: str, *options: str, type_: str = "multiple_choice", **facts: Any
) -> Json:
    listed = [{"id": option, "text": {"en": option}} for option in options]
    return question(id_, type_, options=listed, **facts)


def asks(field: str, op: str, value: Any = None) -> Json:
    condition = {"field": field, "op": op}
    return condition if value is None else {**condition, "value": value}


def page(id_: str, *elements: Json, **facts: Any) -> Json:
    return {"id": id_, "elements": list(elements), **facts}


def survey(*pages: Json, **facts: Any) -> Document:
    return read_document(
        {
            "schema_version": 2,
            "title": {"en": "A survey"},
            "pages": list(pages),
            "endings": ENDINGS,
            **facts,
        }
    )


def walk(document: Document, until: str | None = None, **raw: Any) -> Walk:
    return Route(document).walk(raw, until=until)


class TestShownIf:
    DOCUMENT = survey(
        page(
            "p1",
            score(),
            question("why", shown_if=asks("nps", "lte", 6), required=True),
        ),
        page("p2", question("more"), shown_if=asks("nps", "gte", 9)),
        page("p3", question("last")),
    )

    @pytest.mark.parametrize(
        ("nps", "pages", "shown"),
        [
            ("3", ("p1", "p3"), ("nps", "why", "last")),
            ("8", ("p1", "p3"), ("nps", "last")),
            ("9", ("p1", "p2", "p3"), ("nps", "more", "last")),
            (None, ("p1", "p3"), ("nps", "last")),
            ("eleven", ("p1", "p3"), ("nps", "last")),
        ],
    )
    def test_decides_what_is_asked(
        self, nps: str | None, pages: tuple[str, ...], shown: tuple[str, ...]
    ) -> None:
        walked = walk(self.DOCUMENT, nps=nps)
        assert (walked.pages, walked.shown) == (pages, shown)

    def test_wants_no_answer_that_was_not_asked_for(self) -> None:
        assert walk(self.DOCUMENT, nps="9").problems == ()
        assert [p.code for p in walk(self.DOCUMENT, nps="2").problems] == ["required"]

    def test_drops_answers_beside_the_way(self) -> None:
        walked = walk(self.DOCUMENT, nps="9", why="never mind", more="yes")
        assert walked.answers == {"nps": 9, "more": "yes"}

    def test_only_looks_back(self) -> None:
        document = survey(
            page("p1", question("a", shown_if=asks("b", "is_not_empty")), question("b"))
        )
        assert walk(document, a="x", b="y").answers == {"b": "y"}


class TestBranches:
    def test_the_first_that_is_met_decides(self) -> None:
        document = survey(
            page(
                "p1",
                score(),
                branches=[
                    {"when": asks("nps", "lte", 6), "to": "p3"},
                    {"when": asks("nps", "lte", 8), "to": "ending:early"},
                ],
            ),
            page("p2", question("a")),
            page("p3", question("b")),
        )
        assert walk(document, nps="3").pages == ("p1", "p3")
        assert walk(document, nps="7").pages == ("p1",)
        assert walk(document, nps="7").ending == "early"
        assert walk(document, nps="10").pages == ("p1", "p2", "p3")

    @pytest.mark.parametrize("to", ["p1", "p2"])
    def test_never_lead_back(self, to: str) -> None:
        document = survey(
            page("p1", question("a")),
            page("p2", question("b"), branches=[{"to": to}]),
            page("p3", question("c")),
        )
        assert walk(document).pages == ("p1", "p2", "p3")

    def test_pass_over_a_page_that_is_not_shown(self) -> None:
        document = survey(
            page("p1", score(), branches=[{"to": "p3"}]),
            page("p2"),
            page("p3", shown_if=asks("nps", "eq", 1)),
            page("p4"),
        )
        assert walk(document, until="p1", nps="5").next_page == "p4"


class TestUntil:
    DOCUMENT = survey(
        page("p1", score()), page("p2", shown_if=asks("nps", "lte", 6)), page("p3")
    )

    @pytest.mark.parametrize(
        ("until", "nps", "following"),
        [("p1", "3", "p2"), ("p1", "9", "p3"), ("p2", "3", "p3"), ("p3", "9", None)],
    )
    def test_says_which_page_is_next(
        self, until: str, nps: str, following: str | None
    ) -> None:
        walked = walk(self.DOCUMENT, until, nps=nps)
        assert walked.next_page == following
        assert (walked.ending is None) == (following is not None)

    def test_stops_at_the_page_although_something_is_wrong(self) -> None:
        walked = walk(self.DOCUMENT, "p1", nps="99")
        assert [p.code for p in walked.problems] == ["not_on_scale"]
        assert walked.next_page == "p3"


class TestCarriedOptions:
    @staticmethod
    def document(which: str = "chosen", **facts: Any) -> Document:
        carried = {"element": "used", "which": which}
        used = choice("used", "shop", "phone", "app")
        used["options"].append({"id": "none", "text": {}, "kind": "none"})
        return survey(
            page("p1", used),
            page("p2", choice("best", "letter", carried=carried, **facts)),
        )

    def test_offer_what_was_chosen_and_the_question_s_own(self) -> None:
        walked = walk(self.document(), used=["app", "shop"], best=["letter", "app"])
        assert walked.answers["best"] == ["app", "letter"]
        assert walked.problems == ()

    def test_refuse_what_was_not_chosen(self) -> None:
        walked = walk(self.document(), used=["shop"], best=["app"])
        assert [p.code for p in walked.problems] == ["not_an_option"]

    def test_or_offer_the_others(self) -> None:
        walked = walk(self.document("not_chosen"), used=["shop"], best=["app"])
        assert walked.answers["best"] == ["app"]

    def test_never_carry_none_of_these(self) -> None:
        document = self.document()
        offered = all_options(document, document.by_id["best"])
        assert [option.id for option in offered] == ["shop", "phone", "app", "letter"]

    def test_never_carry_what_the_question_has_itself(self) -> None:
        document = survey(
            page("p1", choice("used", "a", "b")),
            page("p2", choice("best", "b", carried={"element": "used"})),
        )
        walked = walk(document, used=["a", "b"], best=["b", "a"])
        assert walked.answers["best"] == ["a", "b"]

    @pytest.mark.parametrize("type_", ["single_choice", "dropdown", "ranking"])
    def test_ask_nothing_where_nothing_is_left(self, type_: str) -> None:
        document = survey(
            page("p1", choice("used", "a")),
            page(
                "p2",
                choice("best", type_=type_, carried={"element": "used"}, required=True),
            ),
        )
        walked = walk(document)
        assert "best" not in walked.shown
        assert walked.problems == ()

    def test_want_no_more_than_there_are(self) -> None:
        document = self.document(least=4, required=True)
        assert walk(document, used=["app"], best=["app", "letter"]).problems == ()
        assert walk(document, used=["app"], best=["app"]).problems[0].params == {
            "least": 2
        }

    def test_are_all_ranked(self) -> None:
        document = survey(
            page("p1", choice("used", "a", "b", "c")),
            page("p2", choice("order", type_="ranking", carried={"element": "used"})),
        )
        ranked = walk(document, used=["a", "c"], order={"c": "1", "a": "2"})
        assert ranked.answers["order"] == ["c", "a"]
        too_many = walk(document, used=["a"], order={"c": "1", "a": "2"})
        assert too_many.problems[0].code == "not_ranked"


class TestNothingToChoose:
    @pytest.mark.parametrize(
        "empty",
        [
            choice("q", required=True),
            choice("q", type_="ranking", required=True),
            question("q", "matrix", rows=[], required=True),
        ],
    )
    def test_is_not_asked(self, empty: Json) -> None:
        walked = walk(survey(page("p1", empty)))
        assert walked.shown == ()
        assert walked.problems == ()


class TestOther:
    def test_words_are_kept_beside_the_tick(self) -> None:
        pick = choice("q", "a", type_="single_choice")
        pick["options"].append({"id": "else", "text": {}, "kind": "other"})
        document = survey(page("p1", pick))
        raw = {"q": "else", "q.other": "  By fax\0 "}
        assert Route(document).walk(raw).answers == {"q": "else", "q.other": "By fax"}
        raw = {"q": "a", "q.other": "By fax"}
        assert Route(document).walk(raw).answers == {"q": "a"}


class TestVariables:
    @staticmethod
    def document(*steps: Json, kind: str = "number", initial: Any = 0) -> Document:
        variable = {"id": "v", "kind": kind, "initial": initial, "steps": list(steps)}
        return survey(
            page("p1", score()), page("p2", question("a")), variables=[variable]
        )

    def test_are_worked_out_anew_on_every_page(self) -> None:
        document = self.document({"act": "add", "value": 2}, initial=1)
        assert walk(document).variables == {"v": 3}

    def test_follow_their_conditions_in_order(self) -> None:
        document = self.document(
            {"when": asks("nps", "gte", 9), "act": "set", "value": 10},
            {"when": asks("nps", "is_not_empty"), "act": "add", "value": 0.5},
        )
        assert walk(document, nps="9").variables == {"v": 10.5}
        assert walk(document, nps="1").variables == {"v": 0.5}
        assert walk(document).variables == {"v": 0}

    @pytest.mark.parametrize(
        ("kind", "initial", "value"),
        [
            ("text", 5.0, "5"),
            ("text", 0.5, "0.5"),
            ("number", "five", 0),
            ("number", 2.0, 2),
        ],
    )
    def test_are_of_their_kind_whatever_was_written(
        self, kind: str, initial: Any, value: Any
    ) -> None:
        found = walk(self.document(kind=kind, initial=initial)).variables["v"]
        assert (found, type(found)) == (value, type(value))

    def test_can_be_asked(self) -> None:
        variable = {
            "id": "v",
            "kind": "text",
            "initial": "calm",
            "steps": [{"when": asks("nps", "lte", 6), "value": "Angry"}],
        }
        document = survey(
            page("p1", score()),
            page("p2", question("why", shown_if=asks("var.v", "eq", "angry"))),
            variables=[variable],
        )
        assert "why" in walk(document, nps="2").shown
        assert "why" not in walk(document, nps="9").shown


class TestContext:
    def test_hidden_fields_customers_and_language_can_be_asked(self) -> None:
        document = survey(
            page(
                "p1",
                question("a", shown_if=asks("hidden.shop", "eq", "north")),
                question("b", shown_if=asks("customer.tier", "in", ["Gold"])),
                question("c", shown_if=asks("language", "eq", "zh-hans")),
            ),
            hidden_fields=[{"id": "shop"}],
        )
        context = {
            "hidden.shop": "North",
            "customer.tier": "gold",
            "language": "zh-hans",
        }
        assert Route(document).walk({}, context).shown == ("a", "b", "c")
        assert Route(document).walk({}).shown == ()


class TestEndings:
    @pytest.mark.parametrize(
        ("nps", "ending"),
        [
            ("0", "sorry"),
            ("6", "sorry"),
            ("7", "early"),
            ("9", "glad"),
            (None, "early"),
        ],
    )
    def test_follow_the_score(self, nps: str | None, ending: str) -> None:
        assert walk(survey(page("p1", score())), nps=nps).ending == ending

    def test_ignore_a_score_beside_the_way(self) -> None:
        document = survey(
            page("p1", question("a")),
            page("p2", score(), shown_if=asks("a", "eq", "x")),
        )
        assert walk(document, nps="0").ending == "early"


class TestRead:
    def test_takes_the_columns_out(self) -> None:
        document = survey(
            page(
                "p1",
                score(),
                question("csat", "csat", scale=5),
                question("ces", "ces", scale=7),
                question("one", "long_text"),
                question("two", "long_text"),
                question("call", "contact_request"),
            )
        )
        raw = {"nps": "3", "csat": "4", "ces": "6", "one": "a", "two": "b", "call": "1"}
        found = Route(document).read(raw)
        assert (found.nps, found.csat, found.ces, found.ces_scale) == (3, 4, 6, 7)
        assert (found.comment, found.wants_contact, found.ending) == (
            "a\n\nb",
            True,
            "sorry",
        )

    def test_refuses_answers_to_nothing(self) -> None:
        with pytest.raises(InvalidAnswers) as caught:
            Route(survey(page("p1", score()))).read({"nps": "9", "shoe_size": "43"})
        assert [p.code for p in caught.value.problems] == ["unknown"]

    def test_names_every_problem(self) -> None:
        document = survey(
            page("p1", score(), question("mail", "email")),
            page("p2", question("name", required=True)),
        )
        with pytest.raises(InvalidAnswers) as caught:
            Route(document).read({"nps": "11", "mail": "x"})
        found = [(p.element_id, p.code) for p in caught.value.problems]
        assert found == [
            ("nps", "not_on_scale"),
            ("mail", "not_an_email"),
            ("name", "required"),
        ]


class TestBrokenLogic:
    @pytest.mark.parametrize(
        ("document", "code", "path"),
        [
            (
                survey(page("p1", branches=[{"to": "p9"}])),
                "no_page",
                ("pages", 0, "branches", 0, "to"),
            ),
            (
                survey(page("p1", branches=[{"to": "ending:gone"}])),
                "no_ending",
                ("pages", 0, "branches", 0, "to"),
            ),
            (
                survey(page("p1", question("a", shown_if=asks("gone", "eq", "x")))),
                "condition",
                ("pages", 0, "elements", 0, "shown_if", "field"),
            ),
            (
                survey(page("p1", shown_if={"any": []})),
                "condition",
                ("pages", 0, "shown_if", "any"),
            ),
            (
                survey(
                    page("p1", choice("a", "x", carried={"element": "b"})),
                    page("p2", choice("b")),
                ),
                "not_carried",
                ("pages", 0, "elements", 0, "carried", "element"),
            ),
            (
                survey(page("p1", choice("a", carried={"element": "a"}))),
                "not_carried",
                ("pages", 0, "elements", 0, "carried", "element"),
            ),
            (
                survey(
                    page("p1"),
                    variables=[{"id": "v", "steps": [{"when": {"x": 1}, "value": 1}]}],
                ),
                "condition",
                ("variables", 0, "steps", 0, "when"),
            ),
        ],
    )
    def test_is_found_when_the_way_is_compiled(
        self, document: Document, code: str, path: tuple[Any, ...]
    ) -> None:
        with pytest.raises(BrokenLogic) as caught:
            Route(document)
        assert caught.value.code == code
        assert caught.value.path == path


class TestEveryDocument:
    @OFTEN
    @given(st.data())
    def test_is_walked_to_an_ending_page_by_page(self, data: st.DataObject) -> None:
        """What the server says is next, asked again and again, comes to an end; the
        pages on the way are those of the whole walk."""
        document = data.draw(documents())
        raw = data.draw(raw_answers(document))
        context = data.draw(contexts(document))
        route = Route(document)
        whole = route.walk(raw, context)
        assert whole.ending in {ending.id for ending in document.endings}
        assert whole.next_page is None
        if not whole.pages:
            return
        steps = [whole.pages[0]]
        while True:
            step = route.walk(raw, context, until=steps[-1])
            if step.next_page is None:
                break
            steps.append(step.next_page)
            assert len(steps) <= len(document.pages)
        assert tuple(steps) == whole.pages
        assert step.ending == whole.ending
        assert step.answers == whole.answers

    @OFTEN
    @given(st.data())
    def test_stores_only_what_reads_as_the_same_again(
        self, data: st.DataObject
    ) -> None:
        document = data.draw(documents())
        context = data.draw(contexts(document))
        route = Route(document)
        walked = route.walk(data.draw(raw_answers(document)), context)
        again = route.walk(walked.answers, context)
        assert again.answers == walked.answers
        assert again.pages == walked.pages

    @OFTEN
    @given(documents())
    def test_offers_fields_that_its_conditions_may_ask(
        self, document: Document
    ) -> None:
        known = fields_of(document)
        assert all(field.label is not None for field in known.values())
        Route(document)
