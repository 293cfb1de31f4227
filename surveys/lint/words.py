"""Wording that spoils an answer, and values in texts that will not be there. Pure."""

from collections.abc import Iterator

from surveys.answers import OTHER
from surveys.branching import CUSTOMER, fields_of
from surveys.document import Document, Path, document_texts
from surveys.elements import (
    AnyElement,
    Matrix,
    Question,
    RatingElement,
    ScoreElement,
    SingleChoice,
    Statement,
    Text,
    WithOptions,
)
from surveys.estimate import seconds_to_answer
from surveys.lint.finding import Finding, bare
from surveys.piping import names_in, pieces
from surveys.wording_lists import (
    BAD_ANSWER,
    GOOD_ANSWER,
    is_double_barrelled,
    is_leading,
)

LONGEST = 180  # seconds
# Open links know no customer, and an address may be without its fields.
FIXED = ("customer.", "hidden.")
KNOWN = {"promise", *(f"customer.{name}" for name in CUSTOMER)}
Place = tuple[int, int]
AT_THE_END: Place = (10**6, 0)


def findings(document: Document, *, has_promise: bool) -> Iterator[Finding]:
    seconds = seconds_to_answer(document)
    if seconds > LONGEST:
        yield Finding("warning", "too_long", ("pages", 0), {"seconds": seconds})
    for number, page in enumerate(document.pages):
        for place, element in enumerate(page.elements):
            at: Path = ("pages", number, "elements", place)
            yield from _wording(document, element, at)
            yield from _balance(document, element, at)
    yield from _Pipes(document, has_promise=has_promise).findings()


def _wording(document: Document, element: AnyElement, at: Path) -> Iterator[Finding]:
    if not isinstance(element, Question):
        return
    for inner, text in _asked(element):
        for language in document.languages:
            words = bare(text.get(language, ""))
            params = {"language": language}
            if _judges_one_thing(element) and is_double_barrelled(words, language):
                yield Finding("advice", "double_barrelled", (*at, *inner), params)
            if is_leading(words, language):
                yield Finding("advice", "leading", (*at, *inner), params)


def _asked(element: Question) -> Iterator[tuple[Path, Text]]:
    yield ("text",), element.text
    for place, wording in enumerate(element.wordings):
        yield ("wordings", place, "text"), wording.text
    if isinstance(element, Matrix):
        for place, row in enumerate(element.rows):
            yield ("rows", place, "text"), row.text


def _judges_one_thing(element: Question) -> bool:
    return isinstance(element, ScoreElement | RatingElement | Matrix | SingleChoice)


def _balance(document: Document, element: AnyElement, at: Path) -> Iterator[Finding]:
    if isinstance(element, ScoreElement | RatingElement | Matrix):
        low, high = any(element.low_label.values()), any(element.high_label.values())
        if low != high:
            end = "low_label" if high else "high_label"
            yield Finding("warning", "one_sided_scale", (*at, end))
        elif not low:
            yield Finding("advice", "unlabelled_scale", (*at, "low_label"))
    elif isinstance(element, WithOptions):
        for language in document.languages:
            answers = [bare(o.text.get(language, "")) for o in element.options]
            good = sum(GOOD_ANSWER.search(one) is not None for one in answers)
            bad = sum(BAD_ANSWER.search(one) is not None for one in answers)
            if good != bad and good + bad >= 3:
                yield Finding(
                    "advice", "unbalanced_options", at, {"language": language}
                )


class _Pipes:
    """`{{ … }}` that ask for what is not there, or not there yet."""

    def __init__(self, document: Document, *, has_promise: bool) -> None:
        self.document = document
        self.has_promise = has_promise
        self.known = KNOWN | {f"var.{one.id}" for one in document.variables}
        self.known |= {f"hidden.{one.id}" for one in document.hidden_fields}
        self.fields = fields_of(document)
        self.places = {
            element.id: (number, place)
            for number, page in enumerate(document.pages)
            for place, element in enumerate(page.elements)
            if not isinstance(element, Statement)
        }

    def findings(self) -> Iterator[Finding]:
        for path, text in document_texts(self.document):
            here = _place(path)
            for name in sorted(set().union(*(names_in(t) for t in text.values()))):
                code = self._code(name, here)
                if code:
                    yield Finding("error", code, path, {"name": name})
            bare_names = _bare_names(text)
            if not self.has_promise and "promise" in bare_names:
                yield Finding("warning", "no_promise", path)
            for name in sorted(bare_names & self.known):
                if name.startswith(FIXED):
                    yield Finding("warning", "bare_pipe", path, {"name": name})

    def _code(self, name: str, here: Place) -> str:
        place = self.places.get(name.split(".")[0])
        if name in self.known:
            return ""
        is_there = name in self.places or name in self.fields or name.endswith(OTHER)
        if place is None or not is_there:
            return "unknown_pipe"
        return "later_pipe" if place >= here else ""


def _bare_names(text: Text) -> set[str]:
    """What is asked for without words that stand in where there is no value."""
    return {
        piece.name
        for words in text.values()
        for piece in pieces(words)
        if not isinstance(piece, str) and not piece.default
    }


def _place(path: Path) -> Place:
    """From which question on answers are not known yet where this text stands."""
    if path[0] != "pages":
        return (0, 0) if path[0] == "title" else AT_THE_END
    number = int(path[1])
    return (number, int(path[3])) if path[2] == "elements" else (number, 0)
