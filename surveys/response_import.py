"""Use case: answers that were given elsewhere come in from a file.

Lines are checked one by one and stored by COPY, batch by batch: each batch is one
transaction with its event. A response's id is made of what identifies its line, so a
second run finds everything there and imports nothing twice.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol, TextIO
from uuid import UUID

from django.db import connection, transaction

from customers.models import Customer
from events import outbox
from surveys.document import CheckedAnswers, InvalidAnswers
from surveys.import_map import ImportMap, MapError
from surveys.intake import SNAPSHOT_LENGTHS, local_day
from surveys.published import Version
from surveys.submitted import RESPONSES_IMPORTED

BATCH = 2_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# No single answer is longer than a comment, but a file may hold anything.
csv.field_size_limit(10_000_000)

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
NEVER_NULL = (
    "locale",
    "comment",
    "language",
    "sentiment_label",
    "region",
    "product_line",
    "tier",
)


@dataclass(frozen=True)
class BadLine:
    number: int
    reason: str


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
        with _opened(path, self.map.encoding) as (text, raw):
            try:
                for batch in self._batches(text, tally, progress):
                    self._store(batch, tally)
                    progress.batch_done(tally, bytes_read=raw.tell())
            except UnicodeDecodeError as error:
                raise MapError(
                    f"The file is not {self.map.encoding} text (near line "
                    f"{tally.lines + 2}). Save it as UTF-8, or name its encoding in "
                    "the map."
                ) from error
            except (csv.Error, EOFError, gzip.BadGzipFile) as error:
                raise MapError(
                    f"The file breaks off near line {tally.lines + 2}: {error}."
                ) from error
        return tally

    def _batches(
        self, text: TextIO, tally: Tally, progress: Progress
    ) -> Iterator[list["_Line"]]:
        reader = csv.reader(text, delimiter=self.map.delimiter)
        header = next(reader, None)
        if header is None:
            raise MapError("The file is empty.")
        elements = {element.id for element in self.version.document.elements}
        self.map.require_columns(header, elements)
        batch: list[_Line] = []
        for fields in reader:
            tally.lines += 1
            try:
                batch.append(self._line(header, fields))
            except _Unusable as error:
                tally.bad += 1
                progress.bad_line(BadLine(tally.lines + 1, str(error)))
            if len(batch) >= BATCH:
                yield batch
                batch = []
        yield batch

    def _line(self, header: list[str], fields: list[str]) -> "_Line":
        if len(fields) != len(header):
            raise _Unusable(
                f"{len(fields)} columns instead of {len(header)}: is the delimiter "
                f"{self.map.delimiter!r} right?"
            )
        row = dict(zip(header, fields, strict=True))
        submitted_at = self._instant(row)
        raw = {key: column.read(row) for key, column in self.map.answers.items()}
        try:
            checked = self.version.document.read(raw)
        except InvalidAnswers as error:
            raise _Unusable(
                "; ".join(
                    f"{p.element_id}: {p.code.replace('_', ' ')}"
                    f" ({raw.get(p.element_id, '')[:40]!r})"
                    for p in error.problems
                )
            ) from error
        if not checked.answers:
            raise _Unusable("no answer in this line")
        return _Line(
            id=self._id_of(row, fields, submitted_at),
            submitted_at=submitted_at,
            checked=checked,
            row=row,
        )

    def _instant(self, row: Mapping[str, str]) -> datetime:
        text = row[self.map.submitted_at].strip()
        try:
            instant = self.map.instant_of(text)
        except ValueError as error:
            raise _Unusable(f"{text[:40]!r} is not a date") from error
        if not EARLIEST <= instant <= self.now:
            raise _Unusable(f"{text[:40]!r} is before 1990 or in the future")
        return instant

    def _id_of(self, row: Mapping[str, str], fields: list[str], at: datetime) -> UUID:
        """The same for the same line in every run, and ordered by time."""
        key = row[self.map.id].strip() if self.map.id else "\x1f".join(fields)
        if not key:
            raise _Unusable(f"the id column {self.map.id!r} is empty")
        name = f"{self.version.survey_id}:{key}".encode()
        digest = bytearray(blake2b(name, digest_size=10).digest())
        digest[0] = digest[0] & 0x0F | 0x80  # UUID version 8: our own making
        digest[2] = digest[2] & 0x3F | 0x80  # RFC 9562 variant
        milliseconds = int(at.timestamp() * 1000)
        return UUID(bytes=milliseconds.to_bytes(6, "big") + bytes(digest))

    def _store(self, batch: list["_Line"], tally: Tally) -> None:
        unique = {line.id: line for line in batch}
        with transaction.atomic():
            # Two imports of the same survey take turns: COPY knows no ON CONFLICT.
            _lock_imports_of(self.version.survey_id)
            there = _stored_ids(list(unique))
            new = [line for line in unique.values() if line.id not in there]
            tally.known += len(batch) - len(new)
            tally.imported += len(new)
            if not new or self.is_dry_run:
                return
            customers = self._customers(new)
            _copy(self._fields(line, customers) for line in new)
            outbox.record(
                RESPONSES_IMPORTED,
                subject=("survey", self.version.survey_id),
                at=self.now,
                payload={"responses": [str(line.id) for line in new]},
            )

    def _customers(self, lines: list["_Line"]) -> Mapping[str, "_Known"]:
        """The customers that the lines name; unknown ones are made, by their id."""
        column = self.map.customer
        if column is None:
            return {}
        names = {line.row[column].strip()[:80] for line in lines} - {""}
        Customer.objects.bulk_create(
            [Customer(external_id=name, created_at=self.now) for name in names],
            ignore_conflicts=True,
        )
        found = Customer.objects.select_related("account").filter(external_id__in=names)
        return {
            customer.external_id: _Known(
                customer.pk,
                customer.region,
                customer.product_line,
                customer.customer_tier,
            )
            for customer in found
        }

    def _fields(
        self, line: "_Line", customers: Mapping[str, "_Known"]
    ) -> tuple[object, ...]:
        row, checked = line.row, line.checked
        name = row[self.map.customer].strip()[:80] if self.map.customer else ""
        customer = customers.get(name, _NOBODY)
        day = local_day(line.submitted_at)
        may_open = self.tickets_since is not None and day >= self.tickets_since
        attributes = {k: row[v] for k, v in self.map.attributes.items() if row[v]}
        return (
            line.id,
            self.version.survey_id,
            self.version.id,
            self.touchpoint_id,
            customer.id,
            "import",
            self._locale(row),
            "complete",
            False,
            may_open,
            line.submitted_at.isoformat(),
            day.isoformat(),
            json.dumps(checked.answers),
            checked.nps,
            checked.csat,
            checked.ces,
            checked.ces_scale,
            checked.comment,
            checked.wants_contact,
            "",
            "",
            "{}",
            self._segment("region", row, customer.region),
            self._segment("product_line", row, customer.product_line),
            self._segment("tier", row, customer.tier),
            json.dumps(attributes).replace("\\u0000", ""),
        )

    def _locale(self, row: Mapping[str, str]) -> str:
        named = row[self.map.locale].strip()[:10] if self.map.locale else ""
        return named or self.map.default_locale

    def _segment(self, name: str, row: Mapping[str, str], known: str) -> str:
        column = getattr(self.map, name)
        own = row[column].strip().replace("\x00", "") if column else ""
        return (own or known)[: SNAPSHOT_LENGTHS[name]]


class _Unusable(ValueError):
    """This line cannot be imported; the words say why."""


@dataclass(frozen=True, slots=True)
class _Line:
    id: UUID
    submitted_at: datetime
    checked: CheckedAnswers
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    id: int | None
    region: str
    product_line: str
    tier: str


_NOBODY = _Known(None, "", "", "")


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[tuple[TextIO, Any]]:
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


def _stored_ids(ids: list[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM surveys_response WHERE id = ANY(%s)", [ids])
        return {row[0] for row in cursor.fetchall()}


def _copy(rows: Iterator[tuple[object, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY surveys_response ({', '.join(COLUMNS)}) FROM STDIN "
            f"WITH (FORMAT csv, FORCE_NOT_NULL ({', '.join(NEVER_NULL)}))",
            text,
        )
