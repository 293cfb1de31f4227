"""How the columns of a file become a response: the map of `import_responses`.

{"id": "response_id", "submitted_at": "date", "region": "country",
 "answers": {"score": "score", "comment": ["title", "comment"],
             "seat": {"column": "r_seat", "empty": ["0"]}},
 "attributes": {"route": "route"}}
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from customers.zone_name import ZoneName

JOINT = "\n\n"


class MapError(Exception):
    """The map cannot be used with this file; the sentence says why."""


class Column(BaseModel):
    """One or several columns, joined by an empty line, with words replaced.

    `empty`: values that mean "not answered"; `values`: replacements, for example
    {"Excellent": "5"}.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...]
    empty: frozenset[str] = frozenset()
    values: dict[str, str] = {}

    def read(self, row: Mapping[str, str]) -> str:
        return self.meaning_of(self.joined([row[name] for name in self.columns]))

    def joined(self, cells: Sequence[str]) -> str:
        parts = (cell.strip() for cell in cells)
        return JOINT.join(part for part in parts if part)

    def meaning_of(self, text: str) -> str:
        text = text.strip()
        return "" if text in self.empty else self.values.get(text, text)


class ImportMap(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    # Without an id column, a line is recognised by all of its text.
    id: str | None = None
    submitted_at: str
    # A strptime pattern; without one the dates are ISO 8601.
    date_format: str | None = None
    time_zone: ZoneName = "UTC"
    locale: str | None = None
    default_locale: str = "en"
    customer: str | None = None
    region: str | None = None
    product_line: str | None = None
    tier: str | None = None
    answers: Annotated[dict[str, Column], Field(min_length=1)]
    attributes: dict[str, str] = {}
    delimiter: str = ","
    encoding: str = "utf-8-sig"

    @field_validator("delimiter")
    @classmethod
    def _delimiter_is_one_character(cls, text: str) -> str:
        if len(text) != 1 or text in '\r\n"\0':
            raise ValueError("a delimiter is one character")
        return text

    def require_columns(self, header: Sequence[str], element_ids: set[str]) -> None:
        """Raises MapError for a column or an element that does not exist."""
        single = (
            self.id,
            self.submitted_at,
            self.locale,
            self.customer,
            self.region,
            self.product_line,
            self.tier,
            *self.attributes.values(),
        )
        joined = (name for column in self.answers.values() for name in column.columns)
        wanted = [name for name in (*single, *joined) if name is not None]
        missing = sorted(set(wanted) - set(header))
        if missing:
            raise MapError(
                f"The file has no column {', '.join(map(repr, missing))}. "
                f"Its columns are: {', '.join(header)}."
            )
        unknown = sorted(set(self.answers) - element_ids)
        if unknown:
            raise MapError(
                f"The survey has no question {', '.join(map(repr, unknown))}. "
                f"Its questions are: {', '.join(sorted(element_ids))}."
            )

    def instant_of(self, text: str) -> datetime:
        """When the answer was given, in whatever zone. Raises ValueError."""
        if self.date_format:
            # The zone follows below, where the text names none.
            parsed = datetime.strptime(text, self.date_format)  # noqa: DTZ007
        else:
            parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=ZoneInfo(self.time_zone))
        return parsed


def load_map(path: Path) -> ImportMap:
    """Raises MapError with every fault of the file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        answers = {k: _column(v) for k, v in raw.get("answers", {}).items()}
        return ImportMap.model_validate({**raw, "answers": answers})
    except OSError as error:
        raise MapError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, AttributeError, ValidationError) as error:
        raise MapError(f"{path} is not a usable map: {error}") from error


def _column(value: object) -> object:
    """The short forms: a column's name, or a list of names."""
    if isinstance(value, str):
        return {"columns": [value]}
    if isinstance(value, list):
        return {"columns": value}
    if isinstance(value, dict) and "column" in value:
        rest = {k: v for k, v in value.items() if k != "column"}
        return {"columns": [value["column"]], **rest}
    return value
