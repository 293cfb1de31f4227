"""The survey document: one validated JSON shape, and what it makes of answers. Pure.

`Document` is what the studio saves and a version freezes. `Document.read(answers)`
turns raw input (a form, the API, a file's line) into checked answers and scores, or
says for each element what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-hans")
Text = dict[Language, str]
ElementId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

COMMENT_LENGTH = 5_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreElement(Strict):
    """A question whose answer is a metric: declared, never inferred from its scale."""

    id: ElementId
    type: Literal["nps", "csat", "ces"]
    text: Text
    scale: Literal[5, 7, 10]
    low_label: Text = {}
    high_label: Text = {}
    required: bool = True

    @property
    def lowest(self) -> int:
        return 0 if self.type == "nps" else 1

    @model_validator(mode="after")
    def _scale_belongs_to_metric(self) -> "ScoreElement":
        allowed = {"nps": {10}, "csat": {5}, "ces": {5, 7}}
        if self.scale not in allowed[self.type]:
            raise ValueError(f"{self.type} has no scale up to {self.scale}")
        return self


class RatingElement(Strict):
    """One attribute rated 1 to 5; feeds the key drivers, never a headline metric."""

    id: ElementId
    type: Literal["rating"]
    text: Text
    scale: Literal[5] = 5
    required: bool = False

    @property
    def lowest(self) -> int:
        return 1


class CommentElement(Strict):
    id: ElementId
    type: Literal["long_text"]
    text: Text
    required: bool = False


class ContactElement(Strict):
    """The tick "please contact me"."""

    id: ElementId
    type: Literal["contact_request"]
    text: Text
    required: Literal[False] = False


Element = Annotated[
    ScoreElement | RatingElement | CommentElement | ContactElement,
    Field(discriminator="type"),
]


class Page(Strict):
    id: ElementId
    elements: tuple[Element, ...]


class Endings(Strict):
    """What a customer reads after answering, by score group."""

    promoter: Text
    passive: Text
    detractor: Text


@dataclass(frozen=True)
class Problem:
    """What is wrong with one answer. `code` picks the sentence, `params` fill it."""

    element_id: str
    code: Literal[
        "required", "not_on_scale", "not_a_number", "too_long", "not_text", "unknown"
    ]
    params: Mapping[str, object] = field(default_factory=dict)


class InvalidAnswers(ValueError):
    """The answers cannot be stored; `problems` says why, element by element."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{p.element_id}: {p.code}" for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class CheckedAnswers:
    """Clean answers by element id, and the columns that are taken out of them."""

    answers: dict[str, Any]
    nps: int | None
    csat: int | None
    ces: int | None
    ces_scale: int | None
    comment: str
    wants_contact: bool


class Document(Strict):
    schema_version: Literal[1] = 1
    languages: tuple[Language, ...] = LANGUAGES
    title: Text
    pages: tuple[Page, ...]
    endings: Endings

    @model_validator(mode="after")
    def _ids_are_unique_and_one_score(self) -> "Document":
        ids = [element.id for element in self.elements]
        if len(ids) != len(set(ids)):
            raise ValueError("two elements have the same id")
        metrics = [e.type for e in self.elements if isinstance(e, ScoreElement)]
        if len(metrics) != len(set(metrics)):
            raise ValueError("a metric may be asked once in a survey")
        return self

    @property
    def elements(self) -> tuple[Element, ...]:
        return tuple(element for page in self.pages for element in page.elements)

    @property
    def score(self) -> ScoreElement | None:
        """The leading question, which the endings go by."""
        scores = (e for e in self.elements if isinstance(e, ScoreElement))
        return next(scores, None)

    def read(self, raw: Mapping[str, object]) -> CheckedAnswers:
        """Check and clean raw answers. Raises InvalidAnswers with every problem."""
        problems: list[Problem] = []
        answers: dict[str, Any] = {}
        elements = self.elements
        for element in elements:
            value = raw.get(element.id)
            answer = _read(element, value, problems)
            if answer is not None:
                answers[element.id] = answer
        known = {element.id for element in elements}
        problems += [Problem(str(k)[:80], "unknown") for k in raw if k not in known]
        if problems:
            raise InvalidAnswers(problems)
        return _checked(elements, answers)


def group_of(metric: str, score: int | None, scale: int) -> str:
    """The score group whose ending is shown: promoter, passive or detractor.

    NPS by its own definition; CSAT 4-5 / 3 / 1-2; CES by thirds of agreement:
    1-7 → 5-7 / 4 / 1-3, 1-5 → 4-5 / 3 / 1-2. Without a score: passive.
    """
    if score is None:
        return "passive"
    low, high = {("nps", 10): (6, 9), ("ces", 7): (3, 5)}.get((metric, scale), (2, 4))
    if score <= low:
        return "detractor"
    return "promoter" if score >= high else "passive"


def clean_text(text: str) -> str:
    """Text as given, but for control characters that no database or page can hold."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", CONTROL.sub("", unified)).strip()


def _read(element: Element, value: object, problems: list[Problem]) -> Any:
    if isinstance(element, ContactElement):
        return True if value in (True, "on", "true", "1", "yes", 1) else None
    if value is None or (isinstance(value, str) and not value.strip()):
        if element.required:
            problems.append(Problem(element.id, "required"))
        return None
    if isinstance(element, CommentElement):
        return _read_text(element, value, problems)
    return _read_score(element, value, problems)


def _read_text(
    element: CommentElement, value: object, problems: list[Problem]
) -> str | None:
    if not isinstance(value, str):
        problems.append(Problem(element.id, "not_text"))
        return None
    text = clean_text(value)
    if len(text) > COMMENT_LENGTH:
        problems.append(Problem(element.id, "too_long", {"most": COMMENT_LENGTH}))
        return None
    if not text and element.required:
        problems.append(Problem(element.id, "required"))
    return text or None


def _read_score(
    element: ScoreElement | RatingElement, value: object, problems: list[Problem]
) -> int | None:
    number = _whole_number(value)
    if number is None:
        problems.append(Problem(element.id, "not_a_number"))
        return None
    if not element.lowest <= number <= element.scale:
        bounds = {"lowest": element.lowest, "highest": element.scale}
        problems.append(Problem(element.id, "not_on_scale", bounds))
        return None
    return number


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}\s*", value, re.ASCII):
        return int(value)
    return None


def _checked(elements: tuple[Element, ...], answers: dict[str, Any]) -> CheckedAnswers:
    scores = {e.type: e for e in elements if isinstance(e, ScoreElement)}
    values = {metric: answers.get(e.id) for metric, e in scores.items()}
    comments = [answers.get(e.id) for e in elements if e.type == "long_text"]
    contacts = [answers.get(e.id) for e in elements if e.type == "contact_request"]
    ces = values.get("ces")
    return CheckedAnswers(
        answers=answers,
        nps=values.get("nps"),
        csat=values.get("csat"),
        ces=ces,
        ces_scale=scores["ces"].scale if ces is not None else None,
        comment="\n\n".join(text for text in comments if text),
        wants_contact=any(contacts),
    )
