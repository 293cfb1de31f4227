"""Respondents' pages as bytes. Rendered once per version and language, then kept: a
page in the field costs a join of three byte strings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.answers import Problem, clean_text
from surveys.document import Document
from surveys.elements import (
    COMMENT_LENGTH,
    LANGUAGES,
    Element,
    Language,
    RatingElement,
    ScoreElement,
    Text,
)
from surveys.published import Version, get_version

KEPT = 500
# Stands in the rendered page where each copy gets its own signed response id.
SLOT = "@@form-token@@"
# Before the element's id in the form, so that no element can be called like another
# field of the form.
FIELD = "a-"
NAMES: Mapping[Language, str] = {"en": "English", "zh-hans": "中文"}


@dataclass(frozen=True)
class Filled:
    """What the page is shown with beyond the questions themselves."""

    token: str = SLOT
    answers: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    # A sentence above the form: what has to be done before the answers are stored.
    note: str = ""
    banner: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One element as the template shows it."""

    id: str
    name: str
    type: str
    text: str
    required: bool
    choices: Sequence[tuple[int, bool]]
    low_label: str
    high_label: str
    answer: str
    problem: str


def form_page(version_id: int, language: Language, token: str, score: str) -> bytes:
    """The empty form; `score` pre-selects an answer and stores nothing."""
    head, tail = _compiled(version_id, language)
    page = b"".join((head, token.encode(), tail))
    return _preselected(page, version_id, score) if score else page


def filled_page(document: Document, language: Language, filled: Filled) -> bytes:
    """The form with what the customer has given so far, and what is wrong with it."""
    questions = [_question(e, language, filled) for e in document.elements]
    context = {
        **_frame(document, language, filled.query),
        "banner": filled.banner,
        "filled": filled,
        "questions": questions,
        "problems": [q for q in questions if q.problem],
        "most": COMMENT_LENGTH,
    }
    return _render("surveys/respond/form.html", context, language)


@lru_cache(KEPT)
def ending_page(version_id: int, language: Language, ending_id: str) -> bytes:
    """What is read after answering."""
    version, banner = get_version(version_id), ""
    if version.is_trial:
        banner = test_banner(language)
    return thanks_page(version.document, language, ending_id, banner)


def thanks_page(
    document: Document, language: Language, ending_id: str, banner: str
) -> bytes:
    context = {
        "language": language,
        "title": in_language(document.title, language),
        "banner": banner,
        "text": in_language(document.ending(ending_id).text, language),
    }
    return _render("surveys/respond/thanks.html", context, language)


@lru_cache(KEPT)
def notice_page(title: str, text: str, language: Language) -> bytes:
    """A page with nothing to fill in; the words are already in the language."""
    context = {"language": language, "title": title, "text": text}
    return _render("surveys/respond/notice.html", context, language)


def in_language(text: Text, language: Language) -> str:
    """The words in this language, else in whatever language there are any."""
    return text.get(language) or next((words for words in text.values() if words), "")


def test_banner(language: Language) -> str:
    with translation.override(language):
        return _("Test: these answers are kept apart and never counted.")


def sentence_for(problem: Problem) -> str:
    """What is wrong with an answer, in the active language."""
    sentences = {
        "required": _("Please answer this question."),
        "not_on_scale": _("Please choose a number from %(lowest)s to %(highest)s."),
        "not_a_number": _("Please choose one of the numbers."),
        "too_long": _("Please keep it under %(most)s characters."),
        "not_text": _("Please write your answer in words."),
        "unknown": _("This question is not part of the survey."),
    }
    return sentences[problem.code] % problem.params


@lru_cache(KEPT)
def _compiled(version_id: int, language: Language) -> tuple[bytes, bytes]:
    version = get_version(version_id)
    filled = Filled(banner=_banner_of(version, language))
    page = filled_page(version.document, language, filled)
    head, tail = page.split(SLOT.encode())
    return head, tail


def _banner_of(version: Version, language: Language) -> str:
    return test_banner(language) if version.is_trial else ""


def _preselected(page: bytes, version_id: int, score: str) -> bytes:
    element = get_version(version_id).document.score
    if element is None or not (score.isascii() and score.isdigit()):
        return page
    # Quotes in the survey's words are escaped, so this cannot match inside them.
    marked = f'id="{FIELD}{element.id}-{int(score[:3])}"'.encode()
    return page.replace(marked, marked + b" checked", 1)


def _frame(
    document: Document, language: Language, query: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "language": language,
        "title": in_language(document.title, language),
        "others": [
            (code, NAMES[code], urlencode({**query, "lang": code}))
            for code in LANGUAGES
            if code in document.languages and code != language
        ],
    }


def _question(element: Element, language: Language, filled: Filled) -> Question:
    answer = filled.answers.get(element.id)
    given = clean_text(str(answer)) if answer is not None else ""
    low, high = _ends(element)
    problem = next((p for p in filled.problems if p.element_id == element.id), None)
    return Question(
        id=element.id,
        name=f"{FIELD}{element.id}",
        type=element.type,
        text=in_language(element.text, language),
        required=getattr(element, "required", False),
        choices=list(_choices(element, given)),
        low_label=in_language(low, language),
        high_label=in_language(high, language),
        answer=given,
        problem=_sentence_in(language, problem) if problem else "",
    )


def _choices(element: Element, given: str) -> Iterator[tuple[int, bool]]:
    if isinstance(element, ScoreElement | RatingElement):
        for value in range(element.lowest, element.scale + 1):
            yield value, str(value) == given


def _ends(element: Element) -> tuple[Text, Text]:
    if isinstance(element, ScoreElement):
        return element.low_label, element.high_label
    return {}, {}


def _sentence_in(language: Language, problem: Problem) -> str:
    with translation.override(language):
        return sentence_for(problem)


def _render(template: str, context: Mapping[str, Any], language: Language) -> bytes:
    with translation.override(language):
        return render_to_string(template, dict(context)).encode()
