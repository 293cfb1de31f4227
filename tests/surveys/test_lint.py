"""What the lint finds, and what it leaves alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.contrast import contrast_ratio, readable_on
from surveys.document import Branch, Document, read_document
from surveys.elements import Language
from surveys.estimate import minutes_to_answer, seconds_to_answer
from surveys.lint import Finding, findings
from surveys.lint_words import sentence_for
from surveys.logic_words import Names
from surveys.templates import TEMPLATES
from surveys.wording_lists import is_double_barrelled, is_leading
from tests.surveys.documents import documents

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["field", "op", "value", "all"]), inner)
    ),
    max_leaves=12,
)
ENDING = {"id": "thanks", "text": {"en": "Thank you!", "zh-hans": "谢谢！"}}
Raw = dict[str, Any]


def both(words: str) -> dict[str, str]:
    return {"en": words, "zh-hans": "字"}


def score(**changes: Any) -> Raw:
    return {
        "id": "score",
        "type": "nps",
        "scale": 10,
        "text": both("How likely are you to recommend us?"),
        "low_label": both("Not at all"),
        "high_label": both("Extremely"),
        **changes,
    }


def rating(**changes: Any) -> Raw:
    labels = {"low_label": both("Poor"), "high_label": both("Good")}
    element = {"id": "price", "type": "rating", "text": both("The price?")}
    return {**element, **labels, **changes}


def choice(*options: str, **changes: Any) -> Raw:
    made = [
        {"id": f"o{number}", "text": both(words)}
        for number, words in enumerate(options)
    ]
    element = {"id": "why", "type": "single_choice", "text": both("Why?")}
    return {**element, "options": made, **changes}


def page(page_id: str, *elements: Raw, **changes: Any) -> Raw:
    return {"id": page_id, "elements": list(elements), **changes}


def survey(*pages: Raw, **changes: Any) -> Document:
    raw = {
        "schema_version": 2,
        "title": both("How did we do?"),
        "pages": list(pages) or [page("p1", score())],
        "endings": [ENDING],
        **changes,
    }
    return read_document(raw)


def codes(document: Document, **known: Any) -> list[str]:
    return [finding.code for finding in findings(document, **known)]


def only(document: Document, **known: Any) -> Finding:
    [finding] = findings(document, **known)
    return finding


class TestOfASoundSurvey:
    def test_finds_nothing(self) -> None:
        assert findings(survey()) == []

    @pytest.mark.parametrize("key", TEMPLATES)
    def test_finds_no_fault_in_what_we_offer(self, key: str) -> None:
        assert findings(TEMPLATES[key].document) == []


class TestParts:
    def test_asks_for_the_words_of_a_question(self) -> None:
        finding = only(survey(page("p1", score(text={}))))
        assert (finding.level, finding.code) == ("error", "empty_text")
        assert finding.path == ("pages", 0, "elements", 0, "text")

    def test_takes_markup_alone_for_no_words(self) -> None:
        assert codes(survey(page("p1", score(text=both("<p> </p>"))))) == [
            "missing_translation"
        ]

    def test_asks_for_a_missing_language_that_is_offered(self) -> None:
        finding = only(survey(page("p1", score(text={"en": "Would you?"}))))
        assert (finding.level, finding.code) == ("warning", "missing_translation")
        assert finding.params == {"language": "zh-hans"}

    def test_leaves_a_language_alone_that_is_not_offered(self) -> None:
        document = survey(page("p1", score(text={"en": "Would you?"})))
        assert findings(document.model_copy(update={"languages": ("en",)})) == []

    def test_needs_something_to_choose_from(self) -> None:
        found = codes(survey(page("p1", score(), choice())))
        assert found == ["no_options"]
        assert codes(survey(page("p1", score(), choice("Price")))) == ["one_option"]

    def test_needs_a_question(self) -> None:
        words = {"id": "hello", "type": "statement", "text": both("Hello")}
        assert codes(survey(page("p1", words))) == ["no_questions"]

    def test_advises_to_ask_for_a_score(self) -> None:
        assert codes(survey(page("p1", rating()))) == ["no_score"]

    @pytest.mark.parametrize(
        "element",
        [
            {"type": "short_text", "least": 9, "most": 3},
            {"type": "number", "lowest": 9, "highest": 3},
            {"type": "date", "earliest": "2026-02-01", "latest": "2026-01-01"},
        ],
    )
    def test_sees_limits_that_nothing_satisfies(self, element: Raw) -> None:
        asked = {"id": "q", "text": both("Which one?"), **element}
        assert codes(survey(page("p1", score(), asked))) == ["impossible_limits"]

    def test_asks_for_a_description_of_a_picture(self) -> None:
        picture = {"asset": "0" * 36, "alt": {}}
        finding = only(survey(page("p1", score(image=picture))))
        assert (finding.level, finding.code) == ("warning", "missing_alt")

    def test_sees_an_ending_that_says_nothing(self) -> None:
        assert codes(survey(endings=[{"id": "thanks"}])) == ["empty_ending"]


LOW = {"field": "score", "op": "lte", "value": 6}


class TestLogic:
    def test_sees_a_condition_that_cannot_be_followed(self) -> None:
        broken = {"field": "gone", "op": "eq", "value": 1}
        finding = only(survey(page("p1", score(), rating(shown_if=broken))))
        assert (finding.level, finding.code) == ("error", "condition")
        assert finding.path[:5] == ("pages", 0, "elements", 1, "shown_if")

    def test_reports_every_broken_condition(self) -> None:
        broken = {"field": "gone", "op": "eq", "value": 1}
        document = survey(
            page("p1", score(), rating(shown_if=broken)),
            page("p2", choice("Price", "Time"), shown_if=broken),
        )
        assert codes(document) == ["condition", "condition"]

    def test_sees_a_condition_on_what_is_asked_later(self) -> None:
        document = survey(page("p1", rating(shown_if=LOW), score()))
        assert only(document).code == "forward_reference"
        assert only(document).params == {"element": "score"}

    def test_lets_a_branch_ask_about_its_own_page(self) -> None:
        leaves = [{"when": LOW, "to": "ending:thanks"}]
        document = survey(page("p1", score(), branches=leaves), page("p2", rating()))
        assert findings(document) == []

    def test_sees_a_page_condition_on_its_own_page(self) -> None:
        document = survey(page("p1", rating()), page("p2", score(), shown_if=LOW))
        assert codes(document) == ["forward_reference"]

    def test_sees_a_way_back(self) -> None:
        document = survey(
            page("p1", score()),
            page("p2", rating(), branches=[{"when": LOW, "to": "p1"}]),
        )
        finding = only(document)
        assert (finding.level, finding.code) == ("error", "loop")
        assert finding.path == ("pages", 1, "branches", 0, "to")

    @pytest.mark.parametrize(
        ("to", "code"), [("nowhere", "no_page"), ("ending:none", "no_ending")]
    )
    def test_sees_ways_to_nowhere(self, to: str, code: str) -> None:
        branches = [{"when": LOW, "to": to}]
        assert codes(survey(page("p1", score(), branches=branches))) == [code]

    def test_sees_a_page_that_nobody_comes_to(self) -> None:
        document = survey(
            page("p1", score(), branches=[{"to": "p3"}]),
            page("p2", rating()),
            page("p3", choice("Price", "Time")),
        )
        finding = only(document)
        assert (finding.level, finding.code) == ("warning", "page_unreached")
        assert finding.path == ("pages", 1)

    def test_knows_that_a_skipped_page_leads_on(self) -> None:
        document = survey(
            page("p1", score()),
            page("p2", rating(), shown_if=LOW, branches=[{"to": "p4"}]),
            page("p3", choice("Price", "Time")),
            page("p4", choice("Yes", "No", id="again")),
        )
        assert findings(document) == []

    def test_sees_a_branch_after_one_that_is_always_taken(self) -> None:
        branches = [{"to": "p2"}, {"when": LOW, "to": "ending:thanks"}]
        document = survey(page("p1", score(), branches=branches), page("p2", rating()))
        assert codes(document) == ["branch_unreached"]

    def test_sees_an_ending_that_nobody_comes_to(self) -> None:
        endings = [ENDING, {**ENDING, "id": "other"}]
        finding = only(survey(endings=endings))
        assert (finding.level, finding.code) == ("advice", "ending_unreached")
        assert finding.path == ("endings", 1)

    def test_sees_a_quota_that_leads_nowhere(self) -> None:
        quota = {"id": "north", "name": "North", "limit": 9, "ending": "full"}
        assert codes(survey(quotas=[quota])) == ["no_ending"]

    def test_sees_options_taken_over_from_a_later_question(self) -> None:
        carried = choice(id="first", carried={"element": "why"})
        document = survey(page("p1", score(), carried, choice("Price", "Time")))
        assert codes(document) == ["not_carried"]


class TestWording:
    @pytest.mark.parametrize(
        ("words", "language"),
        [
            ("How satisfied are you with our price and quality?", "en"),
            ("Rate the speed as well as the friendliness of our staff", "en"),
            ("您对我们的产品质量和服务态度满意吗？", "zh-hans"),
            ("我们的配送又快又好吗？", "zh-hans"),
        ],
    )
    def test_hears_two_questions_in_one(self, words: str, language: Language) -> None:
        assert is_double_barrelled(words, language)

    @pytest.mark.parametrize(
        ("words", "language"),
        [
            ("How likely are you to recommend us to friends and family?", "en"),
            ("How clear were our terms and conditions?", "en"),
            ("How was the time between order and delivery?", "en"),
            ("What went well, and why?", "en"),
            ("How do you like the look and feel of our app?", "en"),
            ("Would you recommend us to friends, family and colleagues?", "en"),
            ("How satisfied were you with Marks and Spencer?", "en"),
            ("Where 0 is not likely and 10 is very likely: would you?", "en"),
            ("You called us and waited. How long was the wait?", "en"),
            ("您与客服沟通的体验如何？", "zh-hans"),
            ("您有多大可能把我们推荐给朋友和同事？", "zh-hans"),
            ("温和的口味如何？", "zh-hans"),
        ],
    )
    def test_leaves_one_question_alone(self, words: str, language: Language) -> None:
        assert not is_double_barrelled(words, language)

    @pytest.mark.parametrize(
        ("words", "language"),
        [
            ("How great was our service?", "en"),
            ("Don't you agree that it was quick?", "en"),
            ("What do you think of our award-winning support?", "en"),
            ("您是不是很喜欢我们的新产品？", "zh-hans"),
            ("您对我们优质的服务满意吗？", "zh-hans"),
        ],
    )
    def test_hears_a_wished_for_answer(self, words: str, language: Language) -> None:
        assert is_leading(words, language)

    @pytest.mark.parametrize(
        ("words", "language"),
        [
            ("How satisfied are you with our service?", "en"),
            ("Do you agree: the company made it easy to solve my problem?", "en"),
            ("您对我们的服务满意吗？", "zh-hans"),
            ("您有多大可能推荐我们？", "zh-hans"),
        ],
    )
    def test_takes_a_neutral_question_for_one(
        self, words: str, language: Language
    ) -> None:
        assert not is_leading(words, language)

    def test_only_advises(self) -> None:
        finding = only(
            survey(page("p1", score(), rating(text=both("Price and speed?"))))
        )
        assert (finding.level, finding.code) == ("advice", "double_barrelled")
        assert finding.params == {"language": "en"}

    def test_sees_a_scale_with_one_named_end(self) -> None:
        finding = only(survey(page("p1", score(low_label={}))))
        assert (finding.level, finding.code) == ("warning", "one_sided_scale")

    def test_sees_more_good_answers_than_bad_ones(self) -> None:
        answers = choice("Very satisfied", "Satisfied", "Dissatisfied")
        assert codes(survey(page("p1", score(), answers))) == ["unbalanced_options"]

    def test_takes_as_many_good_as_bad_for_balanced(self) -> None:
        answers = choice("Very good", "Good", "So so", "Bad", "Very bad")
        assert codes(survey(page("p1", score(), answers))) == []


class TestPipes:
    def test_knows_earlier_answers_and_fields(self) -> None:
        text = "{{ score }} {{ var.sum }} {{ customer.name | you }}"
        document = survey(
            page("p1", score(), rating(text=both(text))),
            variables=[{"id": "sum"}],
            hidden_fields=[{"id": "order"}],
        )
        assert findings(document) == []

    def test_sees_what_is_not_there(self) -> None:
        finding = only(survey(page("p1", score(), rating(text=both("{{ gone }}?")))))
        assert (finding.level, finding.code) == ("error", "unknown_pipe")

    @pytest.mark.parametrize("name", ["customer.name", "hidden.order"])
    def test_sees_what_is_not_always_known(self, name: str) -> None:
        ending = {**ENDING, "text": both(f"Thanks, {{{{ {name} }}}}.")}
        document = survey(endings=[ending], hidden_fields=[{"id": "order"}])
        finding = only(document)
        assert (finding.level, finding.code) == ("warning", "bare_pipe")
        words = sentence_for(finding, Names(document, "en"))
        assert f"{{{{ {name} | words }}}}" in words

    def test_sees_what_is_answered_later(self) -> None:
        document = survey(page("p1", rating(text=both("After {{ score }}?")), score()))
        assert codes(document) == ["later_pipe"]

    def test_sees_a_promise_without_a_time_limit(self) -> None:
        ending = {**ENDING, "text": both("Within {{ promise }}.")}
        document = survey(endings=[ending])
        assert findings(document) == []
        assert codes(document, has_promise=False) == ["no_promise"]


class TestMeaning:
    @pytest.mark.parametrize(
        ("element", "metric"),
        [
            (rating(text=both("Would you recommend us?"), scale=10), "nps"),
            ({"id": "n", "type": "number", "lowest": 0, "highest": 10}, "nps"),
            (rating(text=both("How satisfied are you overall?")), "csat"),
            (rating(text=both("How easy was it?")), "ces"),
        ],
    )
    def test_sees_a_score_that_is_not_declared(self, element: Raw, metric: str) -> None:
        asked = {"text": both("How many?"), **element}
        found = findings(survey(page("p1", asked)))
        assert [f.params for f in found if f.code == "undeclared_metric"] == [
            {"metric": metric}
        ]

    def test_leaves_a_detail_alone(self) -> None:
        element = rating(text=both("How satisfied are you with the price?"))
        assert codes(survey(page("p1", score(), element))) == []
        found = rating(text=both("How relevant were our recommendations?"))
        assert codes(survey(page("p1", score(), found))) == []
        easy = rating(text=both("How easy was it to find the shop?"))
        assert codes(survey(page("p1", score(), easy))) == []

    @pytest.mark.parametrize(
        "element",
        [
            {"type": "email", "text": both("Where can we write to?")},
            {"type": "phone", "text": both("Where can we call?")},
            {"type": "short_text", "text": {"en": "Your name?", "zh-hans": "姓名？"}},
        ],
    )
    def test_sees_personal_data_without_consent(self, element: Raw) -> None:
        asked = {"id": "who", **element}
        assert codes(survey(page("p1", score(), asked))) == ["no_consent"]

    @pytest.mark.parametrize(
        ("english", "chinese"),
        [
            ("Which phone do you use?", "您用什么手机？"),
            ("Which product name is best?", "哪个产品名最好？"),
        ],
    )
    def test_takes_things_for_no_personal_data(
        self, english: str, chinese: str
    ) -> None:
        text = {"en": english, "zh-hans": chinese}
        asked = {"id": "what", "type": "short_text", "text": text}
        assert codes(survey(page("p1", score(), asked))) == []

    def test_takes_a_consent_question_or_words_for_consent(self) -> None:
        asked = {"id": "who", "type": "email", "text": both("Your e-mail?")}
        agreed = {"id": "yes", "type": "consent", "text": both("I agree.")}
        told = {**asked, "help": both("We only use it to answer you.")}
        assert codes(survey(page("p1", score(), asked, agreed))) == []
        assert codes(survey(page("p1", score(), told))) == []

    def test_sees_personal_data_in_addresses(self) -> None:
        document = survey(hidden_fields=[{"id": "email"}, {"id": "order"}])
        assert codes(document) == ["personal_address"]


class TestLook:
    def test_refuses_text_that_is_hard_to_read(self) -> None:
        theme = {"text": "#999999", "background": "#ffffff"}
        finding = only(survey(theme=theme))
        assert (finding.level, finding.code) == ("error", "low_contrast")
        assert finding.params == {"ratio": 2.8, "least": 4.5}

    def test_knows_which_sites_are_allowed(self) -> None:
        ending = {**ENDING, "redirect": "https://shop.example/thanks"}
        document = survey(endings=[ending])
        assert codes(document) == ["site_not_allowed"]
        assert codes(document, allowed_sites={"https://shop.example"}) == []

    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
        ],
    )
    def test_reckons_contrast_as_wcag_does(
        self, one: str, other: str, ratio: float
    ) -> None:
        assert round(contrast_ratio(one, other), 2) == ratio

    @given(st.integers(0, 0xFFFFFF))
    def test_finds_a_readable_text_for_every_colour(self, number: int) -> None:
        color = f"#{number:06x}"
        assert contrast_ratio(readable_on(color), color) >= 4.5


class TestEstimate:
    def test_adds_reading_and_answering(self) -> None:
        # 7 words of 228 a minute are 1.8 s, both labels of 3 words 0.8 s, a tick 5 s.
        question = score(text={"en": "How likely are you to recommend us?"})
        labels = {"low_label": {"en": "Not at all"}, "high_label": {}}
        document = survey(page("p1", {**question, **labels}))
        assert seconds_to_answer(document) == 8

    def test_counts_what_only_some_are_asked_half(self) -> None:
        long = {"id": "c", "type": "long_text", "text": {"en": "Why?"}}
        always = seconds_to_answer(survey(page("p1", score(), long)))
        some = seconds_to_answer(survey(page("p1", score(), {**long, "shown_if": LOW})))
        # Half of 25 s to write and 0.3 s to read, both sums rounded.
        assert always - some == 12

    def test_warns_above_three_minutes(self) -> None:
        many = [
            {"id": f"c{n}", "type": "long_text", "text": both("Why?")} for n in range(8)
        ]
        document = survey(page("p1", score(), *many))
        assert minutes_to_answer(document) == 4
        assert only(document).code == "too_long"


class TestOfAnyDocument:
    @settings(max_examples=150, deadline=None)
    @given(documents())
    def test_never_raises(self, document: Document) -> None:
        levels = [finding.level for finding in findings(document)]
        order = ("error", "warning", "advice")
        assert levels == sorted(levels, key=order.index)

    @settings(max_examples=100, deadline=None)
    @given(documents(), JSON, st.sampled_from(["p9", "ending:none", "a"]))
    def test_never_raises_whatever_the_logic_is(
        self, document: Document, condition: Any, to: str
    ) -> None:
        first = document.pages[0]
        branches = (Branch.model_construct(when={"any": condition}, to=to),)
        broken = first.model_copy(
            update={"shown_if": {"all": condition}, "branches": branches}
        )
        pages = (broken, *document.pages[1:])
        findings(document.model_copy(update={"pages": pages}))

    def test_reads_500_elements_in_a_moment(self) -> None:
        pages = [
            page(
                f"p{number}",
                *(
                    rating(id=f"r{number}_{n}", shown_if=LOW if number else {})
                    for n in range(20)
                ),
            )
            for number in range(25)
        ]
        document = survey(page("first", score()), *pages)
        assert "too_long" in codes(document)
