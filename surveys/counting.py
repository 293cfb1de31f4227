"""What many answers come to, question by question. Pure.

Counts are kept as {key: {value: number of answers}}. A key is an element's id, or

    <matrix>.<row>     one row of a matrix
    <element>.other    the words beside the option "other"
    <key>#<wording>    those among them who read this wording; #0 is the text itself

The value "" counts whoever answered at all; words and files are counted by it alone.
A ranking's values are <option>@<place>.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from surveys.answers import OTHER
from surveys.document import Document
from surveys.elements import AnyElement
from surveys.variants import wording_of

ANSWERED = ""
FIRST_WORDING = "0"
WORDS = frozenset(("short_text", "long_text", "email", "phone", "file"))

Values = Mapping[str, int]


@dataclass(frozen=True)
class Counts:
    """`seconds` maps the time that answering took to how many took it."""

    n: int = 0
    values: Mapping[str, Values] = field(default_factory=dict)
    seconds: Mapping[int, int] = field(default_factory=dict)

    def of(self, key: str) -> dict[str, int]:
        """Number of answers by value."""
        found = dict(self.values.get(key, {}))
        found.pop(ANSWERED, None)
        return found

    def answered(self, key: str) -> int:
        return self.values.get(key, {}).get(ANSWERED, 0)


class Counting:
    """Counts the answers to one document. Each is added once as it is, and once more
    for the wording that its respondent read, where there are several."""

    def __init__(self, document: Document) -> None:
        self._elements = document.by_id
        self.words = [e.id for e in document.elements if e.type in WORDS]
        self.worded = [e.id for e in document.elements if e.wordings]
        self._values: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, key: str, answer: Any, n: int = 1) -> None:
        """`n` times the same answer to one question; of words any answer will do."""
        element = self._elements.get(key)
        if element is not None:
            self._count(element, answer, "", n)
        elif key.endswith(OTHER):
            self._values[key][ANSWERED] += n

    def add_worded(self, key: str, answer: Any, response_id: UUID) -> None:
        element = self._elements[key]
        place = wording_of(element, response_id)
        wording = element.wordings[place - 1].id if place else FIRST_WORDING
        self._count(element, answer, f"#{wording}", 1)

    def counts(self, n: int, seconds: Mapping[int, int]) -> Counts:
        """Of `n` respondents, who took so long."""
        return Counts(n, self._values, seconds)

    def _count(self, element: AnyElement, answer: Any, suffix: str, n: int) -> None:
        self._values[element.id + suffix][ANSWERED] += n
        for key, value in _parts(element, answer):
            self._values[key + suffix][value] += n
            if key != element.id:
                self._values[key + suffix][ANSWERED] += n


def added(parts: Iterable[Counts]) -> Counts:
    """Counts of disjoint sets of answers as one."""
    many = list(parts)
    if len(many) == 1:
        return many[0]
    n = 0
    values: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: Counter[int] = Counter()
    for counts in many:
        n += counts.n
        for key, found in counts.values.items():
            values[key].update(found)
        seconds.update(counts.seconds)
    return Counts(n, values, seconds)


def stored(counts: Counts) -> dict[str, Any]:
    """As JSON, which knows no key but text."""
    return {
        "n": counts.n,
        "values": counts.values,
        "seconds": {str(one): n for one, n in counts.seconds.items()},
    }


def restored(raw: Mapping[str, Any]) -> Counts:
    seconds = {int(one): n for one, n in raw["seconds"].items()}
    return Counts(raw["n"], raw["values"], seconds)


def _parts(element: AnyElement, answer: Any) -> Iterator[tuple[str, str]]:
    if element.type in WORDS:
        return
    if element.type == "matrix" and isinstance(answer, Mapping):
        for row, rating in answer.items():
            yield f"{element.id}.{row}", str(rating)
    elif element.type == "ranking" and isinstance(answer, list):
        for place, option in enumerate(answer, 1):
            yield element.id, f"{option}@{place}"
    elif isinstance(answer, list):
        for option in answer:
            yield element.id, str(option)
    else:
        yield element.id, "true" if answer is True else str(answer)
