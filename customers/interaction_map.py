"""How a line of a file becomes interactions: the map of `import_interactions`.

{"customer": "{customer_id}", "facts": {"region": "{state}"},
 "interactions": [{"kind": "order", "when": "{bought_at}", "value": "{paid}",
                   "currency": "BRL", "key": "order-{order_id}",
                   "only": {"column": "status", "values": ["delivered"]},
                   "data": {"category": "{category}"}}]}

In every text `{name}` stands for the cell of that column.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from customers.zone_name import ZoneName

_CELL = re.compile(r"\{([^{}]+)\}")
MOST_MONEY = Decimal(10) ** 12


class MapError(Exception):
    """The map cannot be used with this file; the sentence says why."""


class BadLine(Exception):
    """This line becomes nothing; the sentence says why."""


class Only(BaseModel):
    """The lines of which something is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    values: frozenset[str]


class Made(BaseModel):
    """One interaction of a line. `key` is the sender's own: the same is stored once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    when: str
    key: str
    value: str | None = None
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    touchpoint: str = ""
    only: Only | None = None
    data: dict[str, str] = {}


class InteractionMap(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: str
    # Of customers that are new: region, product_line, tier, name, email.
    facts: dict[str, str] = {}
    interactions: Annotated[tuple[Made, ...], Field(min_length=1)]
    # A strptime pattern; without one the instants are ISO 8601.
    date_format: str | None = None
    time_zone: ZoneName = "UTC"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"

    @field_validator("facts")
    @classmethod
    def _facts_are_known(cls, facts: dict[str, str]) -> dict[str, str]:
        unknown = set(facts) - {"region", "product_line", "tier", "name", "email"}
        if unknown:
            raise ValueError(f"customers have no {', '.join(sorted(unknown))}")
        return facts

    def require_columns(self, header: Sequence[str]) -> None:
        """Raises MapError for a column that does not exist."""
        missing = sorted(set(self._columns()) - set(header))
        if missing:
            raise MapError(
                f"The file has no column {', '.join(map(repr, missing))}. "
                f"Its columns are: {', '.join(header)}."
            )

    def _columns(self) -> Iterator[str]:
        texts = [self.customer, *self.facts.values()]
        for made in self.interactions:
            texts += [made.when, made.key, made.value or "", *made.data.values()]
            if made.only:
                yield made.only.column
        for text in texts:
            yield from _CELL.findall(text)

    def instant_of(self, text: str) -> datetime:
        """Raises BadLine."""
        try:
            if self.date_format:
                # The zone follows below, where the text names none.
                parsed = datetime.strptime(text, self.date_format)  # noqa: DTZ007
            else:
                parsed = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadLine(f"when: {text!r} is no instant") from error
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=ZoneInfo(self.time_zone))
        return parsed


def filled(text: str, row: Mapping[str, str]) -> str:
    """The text with the line's cells in it."""
    return _CELL.sub(lambda found: row[found[1]].strip(), text)


def amount_of(text: str) -> Decimal | None:
    """Empty is none. Raises BadLine."""
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadLine(f"value: {text!r} is no number") from error
    if not amount.is_finite() or abs(amount) >= MOST_MONEY:
        raise BadLine(f"value: {text!r} is no amount")
    return amount.quantize(Decimal("0.01"))


def load_map(path: Path) -> InteractionMap:
    """Raises MapError with every fault of the file."""
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        return InteractionMap.model_validate(raw)
    except OSError as error:
        raise MapError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, ValidationError) as error:
        raise MapError(f"{path} is not a usable map: {error}") from error
