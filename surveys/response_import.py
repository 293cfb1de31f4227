"""Use case: answers that were given elsewhere come in from a file.

Lines are checked one by one and stored by COPY, batch by batch: each batch is one
transaction with its event. A response's id is made of what identifies its line, so a
second run finds everything there and imports nothing twice.
"""

import csv
import gzip
import io
import zlib
from collections.abc import (
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO

from django.db import connection, transaction

from customers.models import Customer
from events import outbox
from surveys.import_cells import FALSE, NULL, escaped
from surveys.import_lines import BadLine, Batch, Line, LineReader
from surveys.import_map import ImportMap, MapError
from surveys.intake import SNAPSHOT_LENGTHS
from surveys.published import Version
from surveys.read_ahead import read_ahead
from surveys.submitted import RESPONSES_IMPORTED

BATCH = 10_000
AHEAD = 2

COLUMNS = (
    "id",
    "survey_id",
    "version_id",
    "touchpoint_id",
    "customer_id",
    "channel",
    "locale",
    "state",
    "is_test",
    "opens_tickets",
    "submitted_at",
    "day",
    "answers",
    "nps",
    "csat",
    "ces",
    "ces_scale",
    "comment",
    "wants_contact",
    "language",
    "sentiment_label",
    "topics",
    "region",
    "product_line",
    "tier",
    "attributes",
)


@dataclass
class Tally:
    """How far the import is; lines are counted without the header."""

    lines: int = 0
    imported: int = 0
    known: int = 0
    bad: int = 0


class Progress(Protocol):
    def bad_line(self, line: BadLine) -> None: ...
    def batch_done(self, tally: Tally, *, bytes_read: int) -> None: ...


@dataclass(frozen=True)
class ResponseImport:
    """One file on its way into one survey.

    `tickets_since`: answers from this day on may open tickets; None = none may.
    """

    version: Version
    touchpoint_id: int
    map: ImportMap
    tickets_since: date | None = None
    is_dry_run: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def run(self, path: Path, progress: Progress) -> Tally:
        """Import the file. Raises MapError when map and file do not fit."""
        tally = Tally()
        with (
            _opened(path, self.map.encoding) as (text, raw),
            closing(read_ahead(self._pieces(text, raw), depth=AHEAD)) as pieces,
        ):
            for piece in pieces:
                tally.lines += piece.lines
                tally.bad += len(piece.bad)
                for line in piece.bad:
                    progress.bad_line(line)
                self._store(piece.batch, tally)
                progress.batch_done(tally, bytes_read=piece.bytes_read)
        return tally

    def _pieces(self, text: TextIO, raw: BinaryIO) -> Iterator["_Piece"]:
        lines = csv.reader(text, delimiter=self.map.delimiter)
        try:
            yield from self._read(lines, raw)
        except UnicodeDecodeError as error:
            raise MapError(
                f"The file is not {self.map.encoding} text (near line "
                f"{lines.line_num + 1}). Save it as UTF-8, or name its encoding in "
                "the map."
            ) from error
        except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MapError(
                f"The file breaks off near line {lines.line_num + 1}: {error}."
            ) from error

    def _read(self, lines: Iterator[Line], raw: BinaryIO) -> Iterator["_Piece"]:
        header = next(lines, None)
        if header is None:
            raise MapError("The file is empty.")
        elements = {element.id for element in self.version.document.elements}
        self.map.require_columns(header, elements)
        reader = LineReader(
            self.version,
            self.map,
            header,
            tickets_since=self.tickets_since,
            now=self.now,
        )
        number = 2
        while some := list(islice(lines, BATCH)):
            batch, bad = reader.read(some, first=number)
            number += len(some)
            yield _Piece(batch, bad, len(some), raw.tell())

    def _store(self, batch: Batch, tally: Tally) -> None:
        with transaction.atomic():
            # Two imports of the same survey take turns: COPY knows no ON CONFLICT.
            _lock_imports_of(self.version.survey_id)
            new = set(batch.ids) - _stored_ids(batch.ids)
            tally.known += len(batch.ids) - len(new)
            tally.imported += len(new)
            if not new or self.is_dry_run:
                return
            rows = dict(zip(batch.ids, self._rows(batch, new), strict=True))
            _copy(rows[id] for id in rows if id in new)
            outbox.record(
                RESPONSES_IMPORTED,
                subject=("survey", self.version.survey_id),
                at=self.now,
                payload={
                    "responses": [id for id in rows if id in new],
                    "may_open_tickets": self.tickets_since is not None,
                },
            )

    def _rows(self, batch: Batch, new: Container[str]) -> Iterator[str]:
        """The lines as COPY takes them, a column of COLUMNS after the other."""
        count = len(batch.ids)
        fixed = {name: [text] * count for name, text in self._fixed.items()}
        columns = {"id": batch.ids, **fixed, **batch.columns}
        if self.map.customer:
            columns |= self._of_customers(batch, new)
        return map("\t".join, zip(*(columns[name] for name in COLUMNS), strict=True))

    @cached_property
    def _fixed(self) -> dict[str, str]:
        """What is the same in every line."""
        return {
            "survey_id": str(self.version.survey_id),
            "version_id": str(self.version.id),
            "touchpoint_id": str(self.touchpoint_id),
            "customer_id": NULL,
            "channel": "import",
            "state": "complete",
            "is_test": FALSE,
            "language": "",
            "sentiment_label": "",
            "topics": "{}",
        }

    def _of_customers(
        self, batch: Batch, new: Container[str]
    ) -> dict[str, Sequence[str]]:
        """Who answered, and their segments where the line has none of its own."""
        named = {
            name
            for name, id in zip(batch.customers, batch.ids, strict=True)
            if id in new
        }
        known = self._customers(named - {""})
        people = [known.get(name, _NOBODY) for name in batch.customers]
        segments = {
            name: [
                own or theirs
                for own, theirs in zip(
                    batch.columns[name], map(attrgetter(name), people), strict=True
                )
            ]
            for name in SNAPSHOT_LENGTHS
        }
        return {"customer_id": [person.id for person in people], **segments}

    def _customers(self, names: Collection[str]) -> Mapping[str, "_Known"]:
        """These customers by their external ids; unknown ones are made."""
        Customer.objects.bulk_create(
            [Customer(external_id=name, created_at=self.now) for name in names],
            ignore_conflicts=True,
        )
        found = Customer.objects.select_related("account").filter(external_id__in=names)
        return {
            customer.external_id: _Known(
                str(customer.pk),
                escaped(customer.region),
                escaped(customer.product_line),
                escaped(customer.customer_tier),
            )
            for customer in found
        }


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of the file, read, and how far in the file they end."""

    batch: Batch
    bad: list[BadLine]
    lines: int
    bytes_read: int


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    region: str
    product_line: str
    tier: str


_NOBODY = _Known(NULL, "", "", "")


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[tuple[TextIO, BinaryIO]]:
    """The file's text, and the raw file whose position tells the progress."""
    with path.open("rb") as raw:
        # Closed with `raw` below it.
        stream: Any = gzip.open(raw) if path.suffix == ".gz" else raw  # noqa: SIM115
        try:
            text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        except LookupError as error:
            raise MapError(f"There is no encoding {encoding!r}.") from error
        yield text, raw


def _lock_imports_of(survey_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('cem.surveys.import'), %s)",
            [survey_id],
        )


def _stored_ids(ids: Iterable[str]) -> set[str]:
    # One text: an array of a thousand parameters takes longer to write than to find.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text FROM surveys_response"
            " WHERE id = ANY(string_to_array(%s, ',')::uuid[])",
            [",".join(ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def _copy(rows: Iterable[str]) -> None:
    text = "\n".join(rows).encode()
    with connection.cursor() as cursor:
        # In one piece: between two, another thread may hold the interpreter.
        cursor.cursor.copy_expert(
            f"COPY surveys_response ({', '.join(COLUMNS)}) FROM STDIN",
            io.BytesIO(text),
            len(text),
        )
