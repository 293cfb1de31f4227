"""What the cells of a file become in the database, worked out once for each text.

A file has many lines, but few different scores, regions and days.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from surveys.answers import Problem, Reader
from surveys.elements import Element
from surveys.import_map import Column

# As COPY takes them, and what it must not find in a text.
NULL, TRUE, FALSE = r"\N", "t", "f"
_ESCAPES = (("\\", r"\\"), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t"))
# Shorter cells come again in other lines; longer ones are somebody's own words.
SHORT = 40
KEPT = 10_000

V = TypeVar("V")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


class Cells(dict[str, V]):
    """Finds what a cell's text becomes, and keeps it while it may be asked again."""

    def __init__(self, become: Callable[[str], V]) -> None:
        super().__init__()
        self.become = become

    def __missing__(self, text: str) -> V:
        made = self.become(text)
        if len(text) <= SHORT:
            if len(self) >= KEPT:
                self.clear()
            self[text] = made
        return made

    def of(self, texts: Iterable[str]) -> list[V]:
        return list(map(self.__getitem__, texts))


class Answer(NamedTuple):
    """`value` is for a column of its own, `member` for the object of all answers.

    `member` is "" where nothing was answered, and None where the answer is refused.
    """

    value: str
    member: str | None


class Question:
    """An element of the survey, and the columns that its answers come from."""

    def __init__(self, element: Element, column: Column, read: Reader) -> None:
        self.element, self.column, self.read = element, column, read
        unanswered = {"contact_request": FALSE, "long_text": ""}
        self.unanswered = unanswered.get(element.type, NULL)
        self.cells = Cells(self._answer)

    def answers(self, columns: Sequence[Iterable[str]]) -> list[Answer]:
        if len(columns) == 1:
            return self.cells.of(columns[0])
        return self.cells.of(map(self.column.joined, zip(*columns, strict=True)))

    def _answer(self, text: str) -> Answer:
        answer = self.read(self.column.meaning_of(text))
        if isinstance(answer, Problem):
            return Answer(self.unanswered, None)
        if answer is None:
            return Answer(self.unanswered, "")
        value = TRUE if answer is True else escaped(str(answer))
        return Answer(value, member(self.element.id, answer))


def member(key: str, value: object) -> str:
    """`"key": value`, as a part of a JSON object."""
    # JSON has no tabs or line ends of its own, so this is all that `escaped` would do.
    return f"{_as_json(key)}: {_as_json(value)}".replace("\\", r"\\")


def objects_of(members: Sequence[Sequence[str | None]]) -> list[str]:
    """The JSON objects of these columns of members; those that are empty are left out."""
    rows = zip(*members, strict=True)
    return [f"{{{', '.join(filter(None, row))}}}" for row in rows]


def escaped(text: str) -> str:
    """The text between two tabs of what COPY reads."""
    for found, replacement in _ESCAPES:
        text = text.replace(found, replacement)
    return text
