"""One line of an imported file: read by its columns, checked, or told why not."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import CharField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.csv_files import Record
from customers.import_columns import Target
from customers.models import Customer
from customers.models.account import Tier
from customers.spreadsheets import plain_cell

# Stored by code and shown in the reader's language, like notices are.
PROBLEMS: Mapping[str, Promise] = {
    "columns": _("The line has %(count)s cells where the header has %(wanted)s."),
    "no_id": _("The external id is missing."),
    "too_long": _("“%(column)s” is longer than %(limit)s characters."),
    "email": _("“%(value)s” is not an e-mail address."),
    "locale": _("“%(value)s” is not a language code such as en or zh-hans."),
    "time_zone": _("“%(value)s” is not a time zone such as Europe/Berlin."),
    "control": _("“%(column)s” holds control characters."),
    "account_twice": _(
        "More than one account is called “%(value)s”; give its external id instead."
    ),
    "out_of_scope": _("This customer is outside the data that you may see."),
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")
_MAX_ATTRIBUTE = 1_000


@dataclass(frozen=True)
class Problem:
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Line:
    """What one record says. `values` holds the filled-in fields only."""

    record: Record
    external_id: str = ""
    account: str = ""
    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str | int | float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def sentence_for(problem: Mapping[str, Any]) -> str:
    """A stored problem in the reader's language."""
    sentence = str(PROBLEMS[problem["code"]])
    return sentence % dict(problem["params"])


def read_line(record: Record, header: Sequence[str], columns: Sequence[str]) -> Line:
    """Every problem of the line is noted, not only the first."""
    line = Line(record)
    if not _has_all_cells(line, len(header)):
        return line
    for name, target, cell in zip(header, columns, record.cells, strict=False):
        if target != Target.SKIP:
            _take(line, name, target, plain_cell(cell.strip()))
    if not line.external_id and not line.problems:
        line.problems.append(Problem("no_id"))
    return line


def number_or_text(text: str) -> str | int | float:
    """A number where writing it again gives the same text; else the text.

    “007” and “1.50” stay text: they are names or were rounded on purpose.
    """
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if str(number) == text and abs(number) < 1e15:
            return number
    return text


def _has_all_cells(line: Line, wanted: int) -> bool:
    cells = line.record.cells
    # Spreadsheets drop empty cells at the end of a line, or add some.
    if len(cells) < wanted or any(cell.strip() for cell in cells[wanted:]):
        line.problems.append(
            Problem("columns", {"count": len(cells), "wanted": wanted})
        )
        return False
    return True


def _take(line: Line, column: str, target: str, cell: str) -> None:
    if not cell:
        return
    if target == Target.ATTRIBUTE:
        if not _refused(line, column, cell, limit=_MAX_ATTRIBUTE):
            line.attributes[column] = number_or_text(cell)
        return
    cell = " ".join(cell.split())
    if _refused(line, column, cell, limit=_limit_of(target)):
        return
    if target == Target.EXTERNAL_ID:
        line.external_id = cell
    elif target == Target.ACCOUNT:
        line.account = cell
    elif _is_valid(target, cell):
        line.values[target] = _usual(target, cell)
    else:
        line.problems.append(Problem(target, {"value": cell}))


def _refused(line: Line, column: str, cell: str, *, limit: int) -> bool:
    if any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in cell):
        line.problems.append(Problem("control", {"column": column}))
    elif len(cell) > limit:
        line.problems.append(Problem("too_long", {"column": column, "limit": limit}))
    else:
        return False
    return True


@cache
def _limit_of(target: str) -> int:
    if target == Target.ACCOUNT:
        return 80  # a new account's external id is this text
    field = Customer._meta.get_field(target)
    assert isinstance(field, CharField)
    assert field.max_length is not None
    return field.max_length


def _is_valid(target: str, cell: str) -> bool:
    if target == Target.EMAIL:
        return _is_email(cell)
    if target == Target.LOCALE:
        return _LANGUAGE.fullmatch(cell) is not None
    if target == Target.TIME_ZONE:
        return cell in _time_zones()
    return True


def _usual(target: str, cell: str) -> str:
    """Our own tiers decide priorities, so “Gold” is gold."""
    if target == Target.TIER and cell.lower() in Tier.values:
        return cell.lower()
    return cell


def _is_email(cell: str) -> bool:
    try:
        validate_email(cell)
    except ValidationError:
        return False
    return True


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
