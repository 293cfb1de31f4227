"""The lines of a file of answers, read a batch at a time and column by column.

Line by line, the same takes many times as long. Those that cannot be used are looked
at again one by one, for the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

from surveys.answers import Problem, Reader, clean_text, reader_for
from surveys.document import Document
from surveys.elements import AnyElement, Statement
from surveys.import_cells import (
    FALSE,
    NULL,
    TRUE,
    Answer,
    Cells,
    Question,
    escaped,
    member,
    objects_of,
)
from surveys.import_map import JOINT, ImportMap
from surveys.intake import SNAPSHOT_LENGTHS, company_time
from surveys.published import Version

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
NAME_LENGTH = 80
LOCALE_LENGTH = 10
QUOTED = 40
NEVER = "~"  # after every day
NOTHING = "{}"
# A hexadecimal digit whose upper two bits are made RFC 9562's variant.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

Line = Sequence[str]
Column = Sequence[str]


@dataclass(frozen=True)
class BadLine:
    number: int
    reason: str


@dataclass(frozen=True)
class Batch:
    """Usable lines: for the columns of a response what COPY takes, line by line.

    `customers` are the external ids that the lines name, "" where one names none.
    """

    ids: Column
    customers: Column
    columns: dict[str, Column]


class LineReader:
    """Reads the lines of one file, whose first line is `header`.

    Answers from the day `tickets_since` on may open tickets; None = none may.
    """

    def __init__(
        self,
        version: Version,
        map: ImportMap,
        header: Line,
        *,
        tickets_since: date | None,
        now: datetime,
    ) -> None:
        self.version, self.map, self.header = version, map, header
        # Numbers compare faster than instants of different zones.
        self.earliest, self.latest = EARLIEST.timestamp(), now.timestamp()
        # ISO dates compare like the days they name.
        self.since = tickets_since.isoformat() if tickets_since else NEVER
        readers = self.readers = _readers_of(version.document)
        self.questions = [
            Question(element, map.answers[element.id], readers[element.id])
            for element in version.document.elements
            if element.id in map.answers and element.id in readers
        ]
        left_out = [read for key, read in readers.items() if key not in map.answers]
        self.lacks_answers = any(isinstance(read(None), Problem) for read in left_out)
        self.moments = Cells(self._find_moment)
        self.locales = Cells(self._locale)
        self.names = Cells(_name)
        self.segments = {
            name: Cells(partial(_segment, length=length))
            for name, length in SNAPSHOT_LENGTHS.items()
        }
        self.attributes = {
            name: Cells(partial(_attribute, name)) for name in map.attributes
        }

    def read(self, lines: Sequence[Line], *, first: int) -> tuple[Batch, list[BadLine]]:
        """The usable lines, and what is wrong with the others, numbered from `first`."""
        found = self._find(lines)
        bad = set(range(len(lines))) if self.lacks_answers else found.unusable()
        if not bad:
            return self._batch(found), []
        good = [line for place, line in enumerate(lines) if place not in bad]
        return self._batch(self._find(good)), [
            BadLine(first + place, self._fault_of(lines[place]))
            for place in sorted(bad)
        ]

    def _find(self, lines: Sequence[Line]) -> "_Found":
        blank = [""] * len(self.header)
        even = [line if len(line) == len(blank) else blank for line in lines]
        columns = list(zip(*even, strict=True)) or [()] * len(blank)
        cells = dict(zip(self.header, columns, strict=True))
        answers = [
            question.answers([cells[name] for name in question.column.columns])
            for question in self.questions
        ]
        members = [[answer.member for answer in given] for given in answers]
        return _Found(
            cells=cells,
            keys=self._keys(cells, even),
            moments=self.moments.of(cells[self.map.submitted_at]),
            answers=answers,
            members=members,
            objects=objects_of(members),
        )

    def _keys(self, cells: Mapping[str, Column], lines: Iterable[Line]) -> Column:
        """What tells each line from the others."""
        if self.map.id is None:
            return ["\x1f".join(line) for line in lines]
        return [text.strip() for text in cells[self.map.id]]

    def _batch(self, found: "_Found") -> Batch:
        moments = [moment for moment in found.moments if moment is not None]
        columns = {
            "submitted_at": [moment.at for moment in moments],
            "day": [moment.day for moment in moments],
            "opens_tickets": [moment.opens_tickets for moment in moments],
            "answers": found.objects,
            "locale": self.locales.of(found.column(self.map.locale)),
            "attributes": self._attributes(found),
            **self._scores(found),
        }
        for name, cells in self.segments.items():
            columns[name] = cells.of(found.column(getattr(self.map, name)))
        return Batch(
            ids=self._ids(moments, found.keys),
            customers=self.names.of(found.column(self.map.customer)),
            columns=columns,
        )

    def _scores(self, found: "_Found") -> dict[str, Column]:
        """The columns that are taken out of the answers."""
        nulls, scale = [NULL] * found.count, self.version.document.scale_of("ces")
        scores = {
            metric: next(iter(found.values(self.questions, metric)), nulls)
            for metric in ("nps", "csat", "ces")
        }
        comments = found.values(self.questions, "long_text") or [[""] * found.count]
        ticks = found.values(self.questions, "contact_request") or [nulls]
        joint = escaped(JOINT)
        return {
            **scores,
            "ces_scale": [NULL if ces == NULL else f"{scale}" for ces in scores["ces"]],
            "comment": [
                joint.join(filter(None, row)) for row in zip(*comments, strict=True)
            ],
            "wants_contact": [
                TRUE if TRUE in row else FALSE for row in zip(*ticks, strict=True)
            ],
        }

    def _attributes(self, found: "_Found") -> Column:
        members = [
            cells.of(found.column(self.map.attributes[name]))
            for name, cells in self.attributes.items()
        ]
        if not members:
            return [NOTHING] * found.count
        return objects_of(members)

    def _ids(self, moments: Sequence["_Moment"], keys: Column) -> Column:
        """The same for the same line in every run, and ordered by time.

        UUIDs of version 8, our own making: milliseconds, then a hash of survey and key.
        """
        survey, ids = self.version.survey_id, []
        for moment, key in zip(moments, keys, strict=True):
            digits = blake2b(f"{survey}:{key}".encode(), digest_size=10).hexdigest()
            ids.append(
                f"{moment.milliseconds}-8{digits[1:4]}-"
                f"{_VARIANT[digits[4]]}{digits[5:8]}-{digits[8:]}"
            )
        return ids

    def _find_moment(self, text: str) -> "_Moment | None":
        try:
            instant = self.map.instant_of(text.strip())
        except ValueError:
            return None
        seconds = instant.timestamp()
        if not self.earliest <= seconds <= self.latest:
            return None
        digits = f"{int(seconds * 1000):012x}"
        at = company_time(instant).isoformat()
        day = at[:10]
        may_open = TRUE if day >= self.since else FALSE
        return _Moment(f"{digits[:8]}-{digits[8:]}", at, day, may_open)

    def _fault_of_moment(self, text: str) -> str | None:
        if self._find_moment(text) is not None:
            return None
        quoted = repr(text.strip()[:QUOTED])
        try:
            self.map.instant_of(text.strip())
        except ValueError:
            return f"{quoted} is not a date"
        return f"{quoted} is before 1990 or in the future"

    def _locale(self, text: str) -> str:
        return _segment(text, length=LOCALE_LENGTH) or _segment(
            self.map.default_locale, length=LOCALE_LENGTH
        )

    def _fault_of(self, line: Line) -> str:
        """What is wrong with a line that cannot be used."""
        if len(line) != len(self.header):
            return (
                f"{len(line)} columns instead of {len(self.header)}: is the delimiter "
                f"{self.map.delimiter!r} right?"
            )
        row = dict(zip(self.header, line, strict=True))
        if fault := self._fault_of_moment(row[self.map.submitted_at]):
            return fault
        raw = {key: column.read(row) for key, column in self.map.answers.items()}
        answers = [read(raw.get(key)) for key, read in self.readers.items()]
        problems = [answer for answer in answers if isinstance(answer, Problem)]
        if problems:
            return "; ".join(
                f"{p.element_id}: {p.code.replace('_', ' ')}"
                f" ({raw.get(p.element_id, '')[:QUOTED]!r})"
                for p in problems
            )
        if answers == [None] * len(answers):
            return "no answer in this line"
        return f"the id column {self.map.id!r} is empty"


def _readers_of(document: Document) -> dict[str, Reader]:
    """Of a survey without branches a required answer must be there; history that was
    collected elsewhere may have taken another way through one with branches."""
    return {
        element.id: _reader_of(element, demands=not document.has_logic)
        for element in document.elements
        if not isinstance(element, Statement)
    }


def _reader_of(element: AnyElement, *, demands: bool) -> Reader:
    read = reader_for(element)
    if not (demands and getattr(element, "required", False)):
        return read
    missing = Problem(element.id, "required")

    def read_or_miss(value: object) -> object:
        answer = read(value)
        return missing if answer is None else answer

    return read_or_miss


class _Moment(NamedTuple):
    """When an answer was given; `milliseconds` begin its id."""

    milliseconds: str
    at: str
    day: str
    opens_tickets: str


@dataclass(frozen=True)
class _Found:
    """What the columns of a batch hold, before it is known which lines are usable."""

    cells: Mapping[str, Column]
    keys: Column
    moments: Sequence[_Moment | None]
    answers: Sequence[Sequence[Answer]]
    members: Sequence[Sequence[str | None]]
    objects: Column

    @property
    def count(self) -> int:
        return len(self.keys)

    def column(self, name: str | None) -> Column:
        """The cells of a column; empty ones where the map names none."""
        return self.cells[name] if name else [""] * self.count

    def values(self, questions: Sequence[Question], type: str) -> list[Column]:
        """What the questions of a type put into columns of their own."""
        return [
            [answer.value for answer in answers]
            for question, answers in zip(questions, self.answers, strict=True)
            if question.element.type == type
        ]

    def unusable(self) -> set[int]:
        """The places of the lines without a date, a key or an answer, or with a bad one."""
        bad = _places_of(None, self.moments)
        bad |= _places_of("", self.keys)
        bad |= _places_of(NOTHING, self.objects)
        for members in self.members:
            bad |= _places_of(None, members)
        return bad


def _places_of(value: object, column: Sequence[object]) -> set[int]:
    if value not in column:
        return set()
    return {place for place, found in enumerate(column) if found == value}


def _name(text: str) -> str:
    """As the customers' import takes it, but for what no database can hold."""
    return text.replace("\0", "").strip()[:NAME_LENGTH]


def _segment(text: str, *, length: int) -> str:
    return escaped(clean_text(text)[:length])


def _attribute(name: str, text: str) -> str:
    text = clean_text(text)
    return member(name, text) if text else ""
