"""What a survey is made of: one class per kind of question. Pure.

An id stands for its element, option or row for good: answers are stored under it, so
a renamed or translated one stays the same category.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-hans")
WORDS = 4_000
Words = Annotated[str, Field(max_length=WORDS)]
Text = dict[Language, Words]
"""What is written, by language; may hold the few tags that `surveys.markup` lets pass."""

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ElementId = Id
Condition = dict[str, Any]
"""In the one condition language (`customers.conditions`); `{}` is met by everything."""

SHORT = 200
COMMENT_LENGTH = 5_000
MOST_OPTIONS = 300

Look = Literal["numbers", "stars", "faces"]
Order = Literal["fixed", "random"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Image(Strict):
    """A picture that the company uploaded; `asset` names it."""

    asset: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    alt: Text = {}


class Wording(Strict):
    """Another way to ask the same, for a share of the respondents."""

    id: Id
    text: Text


class Element(Strict):
    """What every element has. The first wording is `text` itself."""

    id: ElementId
    type: str
    text: Text
    help: Text = {}
    image: Image | None = None
    shown_if: Condition = {}
    wordings: tuple[Wording, ...] = ()


class Question(Element):
    required: bool = False


class ScoreElement(Question):
    """A question whose answer is a metric: declared, never inferred from its scale."""

    type: Literal["nps", "csat", "ces"]
    scale: Literal[5, 7, 10]
    low_label: Text = {}
    high_label: Text = {}
    look: Look = "numbers"
    required: bool = True

    @property
    def lowest(self) -> int:
        return 0 if self.type == "nps" else 1

    @model_validator(mode="after")
    def _scale_belongs_to_metric(self) -> "ScoreElement":
        allowed = {"nps": {10}, "csat": {5}, "ces": {5, 7}}
        if self.scale not in allowed[self.type]:
            raise ValueError(f"{self.type} has no scale up to {self.scale}")
        if self.type == "nps" and self.look != "numbers":
            raise ValueError("nps is asked in numbers")
        return self


class RatingElement(Question):
    """One attribute rated from 1 up; feeds the key drivers, never a headline metric."""

    type: Literal["rating"]
    scale: Annotated[int, Field(ge=3, le=10)] = 5
    low_label: Text = {}
    high_label: Text = {}
    look: Look = "numbers"

    @property
    def lowest(self) -> int:
        return 1


class Option(Strict):
    """`other` takes words beside the tick; `none` excludes every other option."""

    id: Id
    text: Text
    kind: Literal["option", "other", "none"] = "option"
    # Stays where it is when the others are shuffled.
    is_fixed: bool = False


class Carried(Strict):
    """Options taken over from an earlier question: those chosen there, or the others."""

    element: ElementId
    which: Literal["chosen", "not_chosen"] = "chosen"


class WithOptions(Question):
    options: Annotated[tuple[Option, ...], Field(max_length=MOST_OPTIONS)] = ()
    order: Order = "fixed"
    carried: Carried | None = None

    @model_validator(mode="after")
    def _options_are_unique(self) -> "WithOptions":
        _check_unique(self.id, (option.id for option in self.options))
        return self


class SingleChoice(WithOptions):
    type: Literal["single_choice"]


class Dropdown(WithOptions):
    """One of many: a list to search instead of buttons."""

    type: Literal["dropdown"]


class MultipleChoice(WithOptions):
    type: Literal["multiple_choice"]
    least: Annotated[int, Field(ge=0)] = 0
    most: Annotated[int, Field(ge=1)] | None = None


class Ranking(WithOptions):
    """Options put in order, the best first; all of them, or none."""

    type: Literal["ranking"]


class Row(Strict):
    id: Id
    text: Text


class Matrix(Question):
    """Several attributes on one scale from 1 up; each row feeds the key drivers."""

    type: Literal["matrix"]
    rows: Annotated[tuple[Row, ...], Field(max_length=50)]
    scale: Annotated[int, Field(ge=2, le=10)] = 5
    low_label: Text = {}
    high_label: Text = {}

    @model_validator(mode="after")
    def _rows_are_unique(self) -> "Matrix":
        _check_unique(self.id, (row.id for row in self.rows))
        return self


class Pattern(Strict):
    """A regular expression that the whole answer has to match, and what to say if not."""

    regex: Annotated[str, Field(min_length=1, max_length=SHORT)]
    message: Text

    @model_validator(mode="after")
    def _regex_can_be_read(self) -> "Pattern":
        try:
            compiled(self.regex)
        except re2.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return self


class ShortText(Question):
    type: Literal["short_text"]
    least: Annotated[int, Field(ge=0)] = 0
    most: Annotated[int, Field(ge=1, le=SHORT)] = SHORT
    pattern: Pattern | None = None


class CommentElement(Question):
    """Free words; these are what text analysis reads."""

    type: Literal["long_text"]
    least: Annotated[int, Field(ge=0)] = 0
    most: Annotated[int, Field(ge=1, le=COMMENT_LENGTH)] = COMMENT_LENGTH


class NumberElement(Question):
    type: Literal["number"]
    lowest: float | None = None
    highest: float | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    unit: Text = {}


class DateElement(Question):
    type: Literal["date"]
    earliest: date | None = None
    latest: date | None = None


class EmailElement(Question):
    type: Literal["email"]


class PhoneElement(Question):
    type: Literal["phone"]


class ConsentElement(Question):
    """A tick under a text; where required, nobody goes on without it."""

    type: Literal["consent"]
    required: bool = True


FileType = Literal["image", "pdf", "text", "spreadsheet", "document"]


class FileElement(Question):
    type: Literal["file"]
    accepts: tuple[FileType, ...] = ("image", "pdf")
    most_mb: Annotated[int, Field(ge=1, le=20)] = 5


class ContactElement(Question):
    """The tick "please contact me"."""

    type: Literal["contact_request"]
    required: Literal[False] = False


class Statement(Element):
    """Words to read; nothing to answer."""

    type: Literal["statement"]


AnyElement = Annotated[
    ScoreElement
    | RatingElement
    | SingleChoice
    | Dropdown
    | MultipleChoice
    | Ranking
    | Matrix
    | ShortText
    | CommentElement
    | NumberElement
    | DateElement
    | EmailElement
    | PhoneElement
    | ConsentElement
    | FileElement
    | ContactElement
    | Statement,
    Field(discriminator="type"),
]


def compiled(regex: str) -> Any:
    """By an engine whose time grows with the text alone: whoever writes a survey
    cannot make a worker hang. Raises re2.error."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(regex, options)


def texts_of(element: Element) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    """Every text of an element with its path inside it, in reading order."""
    # A model takes long to say that it has no such field.
    fields = vars(element)
    yield ("text",), element.text
    for name in ("help", "low_label", "high_label", "unit"):
        if isinstance(fields.get(name), dict):
            yield (name,), fields[name]
    for name in ("options", "rows", "wordings"):
        for place, part in enumerate(fields.get(name, ())):
            yield (name, place, "text"), part.text
    if isinstance(element, ShortText) and element.pattern is not None:
        yield ("pattern", "message"), element.pattern.message
    if element.image is not None:
        yield ("image", "alt"), element.image.alt


def _check_unique(element_id: str, ids: Iterator[str]) -> None:
    found = list(ids)
    if len(found) != len(set(found)):
        raise ValueError(f"two parts of {element_id} have the same id")
