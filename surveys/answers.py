"""From raw answers (a form, the API, a file's line) to checked ones. Pure.

`reader_for(element)` compiles what turns one raw value into an answer, None (not
answered) or a Problem. Answers as they are stored, by element id:

    scores, rating        a whole number
    single_choice, dropdown  an option's id
    multiple_choice       option ids in the order of the document
    ranking               option ids, the best first
    matrix                {row's id: whole number}
    number                a number
    date                  "2026-01-31"
    consent, contact_request  true
    file                  the upload's id
    the rest              text

The words beside an option "other" are stored under "<element id>.other".
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from surveys.elements import (
    SHORT,
    CommentElement,
    DateElement,
    Dropdown,
    Element,
    Matrix,
    MultipleChoice,
    NumberElement,
    Question,
    Ranking,
    RatingElement,
    ScoreElement,
    ShortText,
    SingleChoice,
    Statement,
    compiled,
)

OTHER = ".other"
WHOLE_NUMBER = re.compile(r"\s*-?\d{1,9}\s*", re.ASCII)
NUMBER = re.compile(r"\s*-?\d{1,15}([.,]\d{1,6})?\s*", re.ASCII)
EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"'.]+(\.[^\s@<>\"'.]+)+")
PHONE = re.compile(r"\+?[\d\s()./-]{5,30}")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
UPLOAD = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

Code = Literal[
    "required",
    "not_on_scale",
    "not_a_number",
    "too_long",
    "too_short",
    "not_text",
    "not_an_option",
    "too_few",
    "too_many",
    "excluded",
    "not_ranked",
    "too_low",
    "too_high",
    "too_exact",
    "not_a_date",
    "too_early",
    "too_late",
    "not_an_email",
    "not_a_phone",
    "no_match",
    "not_a_file",
    "file_empty",
    "file_too_large",
    "file_not_accepted",
    "file_disguised",
    "rows_missing",
    "unknown",
]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one answer. `code` picks the sentence, `params` fill it."""

    element_id: str
    code: Code
    params: Mapping[str, object] = field(default_factory=dict)


class InvalidAnswers(ValueError):
    """The answers cannot be stored; `problems` says why, element by element."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{p.element_id}: {p.code}" for p in problems))
        self.problems = list(problems)


Reader = Callable[[object], Any]
"""Gives the answer, None where there is none, or a Problem."""


def reader_for(element: Element) -> Reader:
    """Compiled once per version; whether an answer is required is not its business."""
    read = _READERS[element.type](element)

    def read_given(value: object) -> Any:
        if value is None or (type(value) is str and not value.strip()):
            return None
        return read(value)

    return read_given


def clean_text(text: str) -> str:
    """Text as given, but for control characters that no database or page can hold."""
    if text.isascii() and text.isprintable():
        return text.strip()
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = LONE_SURROGATE.sub("", CONTROL.sub("", unified))
    return unicodedata.normalize("NFC", kept).strip()


def whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        return int(value)
    return None


def _scale(element: ScoreElement | RatingElement) -> Reader:
    return scale_reader(element.id, element.lowest, element.scale)


def scale_reader(element_id: str, lowest: int, highest: int) -> Reader:
    as_text = {str(number): number for number in range(lowest, highest + 1)}
    bounds = {"lowest": lowest, "highest": highest}
    off_scale = Problem(element_id, "not_on_scale", bounds)

    def read(value: object) -> Problem | int:
        number = as_text.get(value) if type(value) is str else None
        if number is not None:
            return number
        number = whole_number(value)
        if number is None or not lowest <= number <= highest:
            return off_scale
        return number

    return read


def _one_option(element: SingleChoice | Dropdown) -> Reader:
    known = {option.id for option in element.options}
    # Which carried options are on offer only the walk through the document knows.
    is_open = element.carried is not None
    unknown = Problem(element.id, "not_an_option")

    def read(value: object) -> Problem | str:
        if not isinstance(value, str) or len(value) > SHORT:
            return unknown
        return value if is_open or value in known else unknown

    return read


def _options(element: MultipleChoice) -> Reader:
    places = {option.id: place for place, option in enumerate(element.options)}
    excluding = alone(element)
    is_open = element.carried is not None

    def read(value: object) -> Problem | list[str] | None:
        given = _strings(value)
        if given is None or not (is_open or places.keys() >= set(given)):
            return Problem(element.id, "not_an_option")
        chosen = sorted(set(given), key=lambda one: (places.get(one, -1), one))
        if not chosen:
            return None
        is_alone = not excluding.isdisjoint(chosen)
        if len(chosen) > 1 and is_alone:
            return Problem(element.id, "excluded")
        return _enough(element, chosen, is_alone=is_alone)

    return read


def _enough(
    element: MultipleChoice, chosen: list[str], *, is_alone: bool
) -> Problem | list[str]:
    # How many of carried options there are, the walk knows.
    most = len(element.options) if element.most is None else element.most
    least = 0 if element.carried else min(element.least, len(element.options), most)
    if len(chosen) < least and not is_alone:
        return Problem(element.id, "too_few", {"least": least})
    if element.most is not None and len(chosen) > element.most:
        return Problem(element.id, "too_many", {"most": element.most})
    return chosen


def alone(element: MultipleChoice) -> set[str]:
    """The options that exclude every other: "none of these"."""
    return {option.id for option in element.options if option.kind == "none"}


def _ranking(element: Ranking) -> Reader:
    """A list of ids, or {id: place} as a form without a script sends it."""
    known = {option.id for option in element.options}
    is_open = element.carried is not None

    def read(value: object) -> Problem | list[str] | None:
        ranked = _by_place(value) if isinstance(value, Mapping) else _strings(value)
        if ranked == []:
            return None
        if ranked is None or len(set(ranked)) != len(ranked):
            return Problem(element.id, "not_ranked")
        if not is_open and set(ranked) != known:
            return Problem(element.id, "not_ranked")
        return ranked

    return read


def _by_place(value: Mapping[Any, object]) -> list[str] | None:
    places: dict[int, str] = {}
    for key, given in value.items():
        if given in (None, ""):
            continue
        place = whole_number(given)
        if place is None or place in places:
            return None
        places[place] = str(key)
    return [places[place] for place in sorted(places)]


def _matrix(element: Matrix) -> Reader:
    readers = {
        row.id: scale_reader(element.id, 1, element.scale) for row in element.rows
    }
    is_required = element.required

    def read(value: object) -> Any:
        if not isinstance(value, Mapping) or not readers.keys() >= value.keys():
            return Problem(element.id, "not_a_number")
        given = {key: one for key, one in value.items() if one not in (None, "")}
        rated = {key: readers[key](given[key]) for key in readers if key in given}
        wrong = next((one for one in rated.values() if type(one) is Problem), None)
        if wrong is not None:
            return wrong
        if is_required and rated and len(rated) < len(readers):
            return Problem(element.id, "rows_missing")
        return rated or None

    return read


def _words(element: ShortText | CommentElement) -> Reader:
    pattern = element.pattern if isinstance(element, ShortText) else None
    regex = compiled(pattern.regex) if pattern else None

    def read(value: object) -> Problem | str | None:
        if not isinstance(value, str):
            return Problem(element.id, "not_text")
        text = clean_text(value)
        if len(text) > element.most:
            return Problem(element.id, "too_long", {"most": element.most})
        if not text:
            return None
        if len(text) < element.least:
            return Problem(element.id, "too_short", {"least": element.least})
        if regex and pattern and not regex.fullmatch(text):
            return Problem(element.id, "no_match", {"message": pattern.message})
        return text

    return read


def _number(element: NumberElement) -> Reader:
    def read(value: object) -> Problem | int | float:
        number = _decimal(value)
        if number is None:
            return Problem(element.id, "not_a_number")
        if element.lowest is not None and number < element.lowest:
            return Problem(element.id, "too_low", {"lowest": short(element.lowest)})
        if element.highest is not None and number > element.highest:
            return Problem(element.id, "too_high", {"highest": short(element.highest)})
        if round(number, element.decimals) != number:
            return Problem(element.id, "too_exact", {"decimals": element.decimals})
        return short(number)

    return read


def _decimal(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = float(value.replace(",", "."))
    if isinstance(value, int | float) and abs(value) < 1e15:
        return float(value)
    return None


def short(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _date(element: DateElement) -> Reader:
    def read(value: object) -> Problem | str:
        day = _day(value)
        if day is None:
            return Problem(element.id, "not_a_date")
        if element.earliest and day < element.earliest:
            earliest = element.earliest.isoformat()
            return Problem(element.id, "too_early", {"earliest": earliest})
        if element.latest and day > element.latest:
            return Problem(
                element.id, "too_late", {"latest": element.latest.isoformat()}
            )
        return day.isoformat()

    return read


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def _shaped(shape: re.Pattern[str], code: Code) -> Callable[[Any], Reader]:
    def make(element: Question) -> Reader:
        problem = Problem(element.id, code)

        def read(value: object) -> Problem | str:
            text = clean_text(value) if isinstance(value, str) else ""
            is_right = len(text) <= SHORT and shape.fullmatch(text)
            return text if is_right else problem

        return read

    return make


def _tick(element: Question) -> Reader:
    return lambda value: True if value in _TICKED else None


def _nothing(element: Statement) -> Reader:
    unknown = Problem(element.id, "unknown")
    return lambda value: unknown


def _strings(value: object) -> list[str] | None:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        return None
    given = [one for one in value if one not in (None, "")]
    return given if all(isinstance(one, str) for one in given) else None


_TICKED = (True, "on", "true", "1", "yes")
_READERS: Mapping[str, Callable[[Any], Reader]] = {
    "nps": _scale,
    "csat": _scale,
    "ces": _scale,
    "rating": _scale,
    "single_choice": _one_option,
    "dropdown": _one_option,
    "multiple_choice": _options,
    "ranking": _ranking,
    "matrix": _matrix,
    "short_text": _words,
    "long_text": _words,
    "number": _number,
    "date": _date,
    "email": _shaped(EMAIL, "not_an_email"),
    "phone": _shaped(PHONE, "not_a_phone"),
    "consent": _tick,
    "contact_request": _tick,
    "file": _shaped(UPLOAD, "not_a_file"),
    "statement": _nothing,
}
