"""A survey's answers as CSV, written by the database itself.

PostgreSQL writes the lines (COPY) into a file that has no name, and that file is sent:
no answer passes through a list of ours, and a slow reader keeps no query open. Cells
hold ids, so that programs read them whatever the wording; `surveys.workbook` is for
people.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Expression,
    F,
    Func,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.http import FileResponse

from events import outbox
from surveys.answers import OTHER
from surveys.document import Document, read_document
from surveys.elements import AnyElement, Matrix
from surveys.intake import SNAPSHOT_LENGTHS
from surveys.models import Survey
from surveys.models.response import ResponseQuerySet
from teams.models import User

EXPORTED = "survey.answers_exported"
# As `customers.spreadsheets` has it: a cell that begins like a formula is defused.
FORMULA = r"^ *[-=+@\t\r\n]"
# Without it spreadsheets take UTF-8 for the machine's old encoding.
_BOM = "\ufeff"
FREE_WORDS = frozenset(("short_text", "long_text", "email", "phone"))


def export_answers(
    survey: Survey,
    responses: ResponseQuerySet,
    *,
    by: User,
    at: datetime,
    filters: str = "",
) -> FileResponse:
    """The download; who took how many is on record. `filters` are the page's own."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    n = write_csv(file, survey, responses)
    record_export(survey, by=by, at=at, kind="csv", n=n, filters=filters)
    return download(file, f"{survey.slug}-answers.csv", "text/csv")


def write_csv(file: IO[bytes], survey: Survey, responses: ResponseQuerySet) -> int:
    """All lines, the heading first; how many answers there were."""
    columns = list(columns_of(survey))
    heading = io.StringIO()
    csv.writer(heading).writerow([name for name, _expression in columns])
    file.write((_BOM + heading.getvalue()).encode())
    named = {f"c{place}": one for place, (_name, one) in enumerate(columns)}
    sql, params = (
        responses.annotate(**named).values_list(*named).query.sql_with_params()
    )
    with connection.cursor() as cursor:
        statement = cursor.cursor.mogrify(sql, params).decode()
        cursor.cursor.copy_expert(
            f"COPY ({statement}) TO STDOUT WITH (FORMAT csv, ENCODING 'UTF8')", file
        )
        written: int = cursor.cursor.rowcount
    return written


def record_export(
    survey: Survey, *, by: User, at: datetime, kind: str, n: int, filters: str
) -> None:
    with transaction.atomic():
        outbox.record(
            EXPORTED,
            subject=("survey", survey.pk),
            at=at,
            actor=by.email,
            payload={"format": kind, "answers": n, "filters": filters},
        )


def download(file: IO[bytes], name: str, content_type: str) -> FileResponse:
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=name, content_type=content_type
    )
    response["Cache-Control"] = "no-store"
    return response


def columns_of(survey: Survey) -> Iterator[tuple[str, Expression]]:
    """Each column's name and what the database writes into it."""
    yield from _FIXED
    documents = documents_of(survey)
    for element in elements_of(documents):
        yield from _answer_columns(element)
    for name in hidden_fields_of(documents):
        yield f"hidden:{name}", _safe(_Member("attributes", Value(name)))
    for name in _once(v.id for one in documents for v in one.variables):
        yield f"var:{name}", _safe(_Member("variables", Value(name)))


def documents_of(survey: Survey) -> list[Document]:
    """Of all versions, the newest first."""
    versions = survey.versions.order_by("-pk").values_list("document", flat=True)
    return [read_document(one) for one in versions]


def hidden_fields_of(documents: Sequence[Document]) -> list[str]:
    """Those that have no column of their own already."""
    names = _once(field.id for one in documents for field in one.hidden_fields)
    return [name for name in names if name not in SNAPSHOT_LENGTHS]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def elements_of(documents: Sequence[Document]) -> list[AnyElement]:
    """Every question there has been, in its newest form and the newest order."""
    found: dict[str, AnyElement] = {}
    for document in documents:
        for element in document.elements:
            if element.type != "statement":
                found.setdefault(element.id, element)
    return list(found.values())


def _answer_columns(element: AnyElement) -> Iterator[tuple[str, Expression]]:
    key = element.id
    if isinstance(element, Matrix):
        for row in element.rows:
            yield f"answer:{key}.{row.id}", KT(f"answers__{key}__{row.id}")
        return
    if element.type in FREE_WORDS:
        yield f"answer:{key}", _safe(KT(f"answers__{key}"))
    elif element.type in ("multiple_choice", "ranking"):
        # Ids hold none of these signs: what is left of a JSON list is id,id,id.
        yield f"answer:{key}", _Bare(KT(f"answers__{key}"))
    else:
        yield f"answer:{key}", KT(f"answers__{key}")
    if any(option.kind == "other" for option in getattr(element, "options", ())):
        yield f"answer:{key}{OTHER}", _safe(_Member("answers", Value(key + OTHER)))


class _Member(Func):
    """A member of a JSON object by a name that holds a dot."""

    function = "jsonb_extract_path_text"
    output_field = TextField()


class _Bare(Func):
    template = """translate(%(expressions)s, '[]" ', '')"""
    output_field = TextField()


class _Instant(Func):
    template = (
        "to_char(%(expressions)s AT TIME ZONE 'UTC', "
        """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
    )
    output_field = CharField()


class _Seconds(Func):
    """From the first page to the last."""

    arg_joiner = " - "
    template = "extract(epoch FROM date_trunc('second', %(expressions)s))::int"
    output_field = CharField()


class _Plain(Func):
    template = "(%(expressions)s)::text"
    output_field = CharField()


class _Joined(Func):
    template = "array_to_string(%(expressions)s, ' ')"
    output_field = CharField()


class _IsFormula(Func):
    arg_joiner = " ~ "
    template = "%(expressions)s"

    def __init__(self, words: Any) -> None:
        super().__init__(words, Value(FORMULA), output_field=BooleanField())


class _Defused(Func):
    template = "'''' || %(expressions)s"
    output_field = TextField()


def _safe(words: Any) -> Expression:
    return Case(
        When(_IsFormula(words), then=_Defused(words)),
        default=words,
        output_field=TextField(),
    )


_FIXED: Sequence[tuple[str, Any]] = (
    ("id", F("id")),
    ("submitted_at", _Instant("submitted_at")),
    ("day", F("day")),
    ("version", F("version__number")),
    ("channel", F("channel")),
    ("locale", F("locale")),
    ("is_test", _Plain("is_test")),
    ("nps", F("nps")),
    ("csat", F("csat")),
    ("ces", F("ces")),
    ("ces_scale", F("ces_scale")),
    ("comment", _safe(F("comment"))),
    ("wants_contact", _Plain("wants_contact")),
    ("sentiment", F("sentiment_label")),
    ("topics", _Joined("topics")),
    ("customer", _safe(F("customer__external_id"))),
    ("region", _safe(F("region"))),
    ("product_line", _safe(F("product_line"))),
    ("tier", _safe(F("tier"))),
    ("language", F("language")),
    ("seconds", _Seconds("submitted_at", "started_at")),
    ("ending", F("ending")),
    ("state", F("triage")),
    ("flags", _Joined("flags")),
)
