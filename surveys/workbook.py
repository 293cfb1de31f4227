"""A survey's answers as a workbook (XLSX) for people: questions and options in words.

Rows are written as they are read, into a file and not into memory.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.answer_words import Said, said, words_in
from surveys.elements import AnyElement, Language
from surveys.export import (
    documents_of,
    download,
    elements_of,
    hidden_fields_of,
    record_export,
)
from surveys.models import Response, Survey, Upload
from surveys.models.response import ResponseQuerySet
from surveys.published import get_version
from surveys.results import MOST_LISTED
from teams.models import User

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A second for every few thousand: a worker writes larger ones, see `surveys.exports`.
MOST_AT_ONCE = MOST_LISTED
# What a sheet holds below its heading, in round numbers.
MOST_ROWS = 1_000_000
CHUNK = 1_000
# What one cell of a sheet can hold.
LONGEST = 32_000


class TooManyRows(Exception):
    """More answers than a request may wait for."""


def export_workbook(
    survey: Survey,
    responses: ResponseQuerySet,
    *,
    by: User,
    at: datetime,
    language: Language,
    filters: str = "",
) -> FileResponse:
    """The download; who took how many is on record. Raises TooManyRows."""
    if responses.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        raise TooManyRows
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    n = write_workbook(file, survey, responses, language)
    record_export(survey, by=by, at=at, kind="xlsx", n=n, filters=filters)
    return download(file, f"{survey.slug}-answers.xlsx", CONTENT_TYPE)


def write_workbook(
    file: IO[bytes],
    survey: Survey,
    responses: ResponseQuerySet,
    language: Language,
    *,
    folder: str | None = None,
    told: Callable[[int], None] = lambda _n: None,
) -> int:
    """One sheet, the heading on top; how many answers there were. `folder` is for what
    is put down on the way; `told` hears the number of rows after each thousand."""
    # Only who writes a file loads what writes it.
    from xlsxwriter import Workbook

    documents = documents_of(survey)
    elements, hidden = elements_of(documents), hidden_fields_of(documents)
    book = Workbook(
        file,
        {
            "constant_memory": True,
            "tmpdir": folder,
            # What a customer wrote is text, whatever it looks like.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(_("Answers"))
    sheet.freeze_panes(1, 0)
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for column, title in enumerate([*_headings(elements, language), *hidden]):
        sheet.write_string(0, column, title[:LONGEST], bold)
    n = 0
    files = _file_names(survey, elements)
    rows = _rows(responses, elements, hidden, language, files)
    for n, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(n, column, cell, moments)
            elif isinstance(cell, int | float):
                sheet.write_number(n, column, cell)
            elif cell:
                sheet.write_string(n, column, str(cell)[:LONGEST])
        if n % CHUNK == 0:
            told(n)
    book.close()
    return n


def _headings(elements: Sequence[AnyElement], language: Language) -> Iterator[str]:
    yield from (
        _("When"),
        _("Customer"),
        _("Region"),
        _("Product line"),
        _("Tier"),
        _("Came by"),
        _("Language"),
        _("Version"),
        _("Sentiment"),
        _("Wants to be contacted"),
        _("State"),
    )
    yield from (words_in(element.text, language) for element in elements)


def _rows(
    responses: ResponseQuerySet,
    elements: Sequence[AnyElement],
    hidden: Sequence[str],
    language: Language,
    files: Mapping[str, str],
) -> Iterator[list[Any]]:
    found = responses.select_related("customer", "version").defer("version__document")
    labels = _Labels()
    for response in found.iterator(chunk_size=CHUNK):
        document = get_version(response.version_id).document
        spoken = said(response.answers, document, language, files=files)
        by_id = {one.id: one for one in spoken}
        answers = (_cell(by_id.get(element.id)) for element in elements)
        known = (response.attributes.get(name, "") for name in hidden)
        yield [*_fixed(response, labels), *answers, *known]


def _file_names(survey: Survey, elements: Sequence[AnyElement]) -> dict[str, str]:
    if not any(element.type == "file" for element in elements):
        return {}
    uploads = Upload.objects.filter(survey=survey).values_list("id", "name")
    return {str(key): name for key, name in uploads.iterator()}


class _Labels:
    """Looked up once: what is said in every row."""

    def __init__(self) -> None:
        self.channels = {key: str(one) for key, one in Response.Channel.choices}
        self.triage = {key: str(one) for key, one in Response.Triage.choices}
        self.zone = timezone.get_default_timezone()
        self.yes = _("Yes")


def _fixed(response: Response, labels: _Labels) -> list[Any]:
    at = timezone.localtime(response.submitted_at, labels.zone)
    return [
        at.replace(tzinfo=None),
        str(response.customer or ""),
        response.region,
        response.product_line,
        response.tier,
        labels.channels.get(response.channel, response.channel),
        response.locale,
        response.version.number or "",
        response.sentiment_label,
        labels.yes if response.wants_contact else "",
        labels.triage.get(response.triage, response.triage),
    ]


def _cell(answer: Said | None) -> Any:
    if answer is None or answer.value is None:
        return ""
    if type(answer.value) in (int, float):
        return answer.value
    return "\n".join(answer.lines)
