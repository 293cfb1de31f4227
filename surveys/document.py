"""The survey document: one validated JSON shape, and what it makes of answers. Pure.

`Document` is what the studio saves and a version freezes. `Document.read(answers)`
turns raw input (a form, the API, a file's line) into checked answers and scores, or
says for each element what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-hans")
Text = dict[Language, str]
ElementId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

COMMENT_LENGTH = 5_000
WHOLE_NUMBER = re.compile(r"\s*-?\d{1,9}\s*", re.ASCII)
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

    @cached_property
    def readers(self) -> "dict[str, Reader]":
        """Compiled once per document: what intake and import read answers with."""
        return {element.id: _reader_for(element) for element in self.elements}

    def read(self, raw: Mapping[str, object]) -> CheckedAnswers:
        """Check and clean raw answers. Raises InvalidAnswers with every problem."""
        problems: list[Problem] = []
        answers: dict[str, Any] = {}
        readers = self.readers
        for key, reader in readers.items():
            answer = reader(raw.get(key))
            if type(answer) is Problem:
                problems.append(answer)
            elif answer is not None:
                answers[key] = answer
        if not raw.keys() <= readers.keys():
            unknown = sorted(raw.keys() - readers.keys())
            problems += [Problem(str(key)[:80], "unknown") for key in unknown]
        if problems:
            raise InvalidAnswers(problems)
        return self._checked(answers)

    @cached_property
    def _scores(self) -> "dict[str, ScoreElement]":
        return {e.type: e for e in self.elements if isinstance(e, ScoreElement)}

    def scale_of(self, metric: str) -> int | None:
        """The scale on which the metric is asked; None where it is not."""
        element = self._scores.get(metric)
        return element.scale if element else None

    @cached_property
    def _comment_ids(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.elements if e.type == "long_text")

    @cached_property
    def _contact_ids(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.elements if e.type == "contact_request")

    def _checked(self, answers: dict[str, Any]) -> CheckedAnswers:
        scores = {metric: answers.get(e.id) for metric, e in self._scores.items()}
        comments = [answers[key] for key in self._comment_ids if key in answers]
        ces = scores.get("ces")
        return CheckedAnswers(
            answers=answers,
            nps=scores.get("nps"),
            csat=scores.get("csat"),
            ces=ces,
            ces_scale=self.scale_of("ces") if ces is not None else None,
            comment="\n\n".join(comments),
            wants_contact=any(key in answers for key in self._contact_ids),
        )


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
    if text.isascii() and text.isprintable():
        return text.strip()
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", CONTROL.sub("", unified)).strip()


Reader = Callable[[object], "Problem | str | int | None"]


def _reader_for(element: Element) -> Reader:
    """What turns one raw value into an answer, None (not answered) or a Problem."""
    if isinstance(element, ContactElement):
        return _read_tick
    read = _read_text if isinstance(element, CommentElement) else _score_reader(element)
    missing = Problem(element.id, "required") if element.required else None

    def read_or_miss(value: object) -> Problem | str | int | None:
        if value is None or (type(value) is str and not value.strip()):
            return missing
        answer = read(element.id, value)
        return missing if answer is None else answer

    return read_or_miss


def _read_tick(value: object) -> bool | None:
    return True if value in (True, "on", "true", "1", "yes") else None


def _read_text(element_id: str, value: object) -> Problem | str | None:
    if not isinstance(value, str):
        return Problem(element_id, "not_text")
    text = clean_text(value)
    if len(text) > COMMENT_LENGTH:
        return Problem(element_id, "too_long", {"most": COMMENT_LENGTH})
    return text or None


def _score_reader(
    element: ScoreElement | RatingElement,
) -> Callable[[str, object], Problem | int]:
    lowest, highest = element.lowest, element.scale
    as_text = {str(number): number for number in range(lowest, highest + 1)}

    def read(element_id: str, value: object) -> Problem | int:
        number = as_text.get(value) if type(value) is str else None
        if number is not None:
            return number
        number = _whole_number(value)
        if number is None:
            return Problem(element_id, "not_a_number")
        if not lowest <= number <= highest:
            bounds = {"lowest": lowest, "highest": highest}
            return Problem(element_id, "not_on_scale", bounds)
        return number

    return read


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        return int(value)
    return None
