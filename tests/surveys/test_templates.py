"""The surveys to start from are whole, bilingual and can be answered to the end."""

import pytest

from surveys.branching import Route
from surveys.document import GROUPS, document_texts, plain, read_document
from surveys.elements import LANGUAGES
from surveys.lint import findings
from surveys.templates import TEMPLATES, Template

each = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES.keys())


class TestTemplates:
    def test_cover_the_usual_occasions(self) -> None:
        assert list(TEMPLATES) == [
            "relationship",
            "purchase",
            "support",
            "onboarding",
            "churn",
            "event",
            "store",
        ]


@each
class TestEachTemplate:
    def test_is_a_document(self, template: Template) -> None:
        assert read_document(plain(template.document)) == template.document
        assert 2 <= len(template.document.pages) <= 4

    def test_says_everything_in_both_languages(self, template: Template) -> None:
        for path, text in document_texts(template.document):
            assert not text or set(text) == set(LANGUAGES), path

    def test_has_nothing_that_the_lint_would_find(self, template: Template) -> None:
        assert list(findings(template.document)) == []

    def test_takes_two_minutes_at_most(self, template: Template) -> None:
        assert 1 <= template.minutes <= 2

    def test_names_its_source(self, template: Template) -> None:
        assert any(character.isdigit() for character in template.source)

    def test_promises_an_answer_to_those_who_scored_low(
        self, template: Template
    ) -> None:
        ending = template.document.ending_of_group("detractor")
        assert ending.offers_call
        assert all("{{ promise" in ending.text[language] for language in LANGUAGES)

    def test_leads_every_score_to_the_ending_of_its_group(
        self, template: Template
    ) -> None:
        route, score = Route(template.document), template.document.score
        assert score is not None
        reached = set()
        for value in range(score.lowest, score.scale + 1):
            walk = route.walk({"score": value, "reason": "price"})
            assert not walk.problems
            reached.add(walk.ending)
        assert reached == set(GROUPS)
