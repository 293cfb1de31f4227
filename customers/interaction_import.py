"""Use case: a file of orders, losses or calls becomes interactions of customers.

Good lines are stored, bad ones told; a second run of the same file stores nothing
twice. Customers that are not known yet are made, with what the map says of them.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TextIO, cast

from django.db import transaction

from customers.interaction_map import (
    BadLine,
    InteractionMap,
    Made,
    MapError,
    amount_of,
    filled,
)
from customers.models import Customer, Interaction
from events import outbox

BATCH = 2_000
LENGTHS = {"region": 80, "product_line": 80, "tier": 40, "name": 200, "email": 254}

Bad = tuple[int, str]


@dataclass
class Tally:
    """`known` were stored before."""

    lines: int = 0
    imported: int = 0
    known: int = 0
    customers: int = 0
    bad: int = 0


@dataclass(frozen=True)
class _Batch:
    """Interactions by their customer's external id; facts of those."""

    found: list[tuple[str, Interaction]] = field(default_factory=list)
    facts: dict[str, Mapping[str, str]] = field(default_factory=dict)


def import_interactions(
    path: Path,
    map: InteractionMap,
    *,
    at: datetime,
    bad_line: Callable[[int, str], None],
    is_dry_run: bool = False,
) -> Tally:
    """Raises MapError where the file as a whole cannot be read."""
    tally = Tally()
    with _opened(path, map.encoding) as text:
        for lines in _batches(text, map):
            batch = _Batch()
            for number, row in lines:
                tally.lines += 1
                try:
                    _read(row, map, batch, at=at)
                except BadLine as error:
                    tally.bad += 1
                    bad_line(number, str(error))
            _store(batch, tally, at=at, is_dry_run=is_dry_run)
    return tally


def _opened(path: Path, encoding: str) -> TextIO:
    """Closed by the caller."""
    open_it = gzip.open if path.suffix == ".gz" else open
    return cast(TextIO, open_it(path, "rt", encoding=encoding, newline=""))


def _batches(
    text: TextIO, map: InteractionMap
) -> Iterator[Sequence[tuple[int, Mapping[str, str]]]]:
    """Line numbers with cells by column; the header is line 1."""
    reader = csv.DictReader(text, delimiter=map.delimiter, restval="")
    try:
        header: Sequence[str] = reader.fieldnames or ()
        if not header:
            raise MapError("The file is empty.")
        map.require_columns(header)
        while some := [(reader.line_num, row) for row in islice(reader, BATCH)]:
            yield some
    except UnicodeDecodeError as error:
        raise MapError(f"The file is not {map.encoding} text.") from error
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise MapError(f"The file breaks off near line {reader.line_num}: {error}.") from error  # fmt: skip


def _read(
    row: Mapping[str, str], map: InteractionMap, batch: _Batch, *, at: datetime
) -> None:
    """Raises BadLine; then nothing of the line is kept."""
    customer = filled(map.customer, row)
    if not customer or len(customer) > 80:
        raise BadLine(f"customer: {customer!r} is no external id")
    facts = {name: filled(text, row) for name, text in map.facts.items()}
    for name, text in facts.items():
        if len(text) > LENGTHS[name]:
            raise BadLine(f"{name}: longer than {LENGTHS[name]} characters")
    made = [
        _interaction(one, row, map, at=at)
        for one in map.interactions
        if one.only is None or row[one.only.column].strip() in one.only.values
    ]
    if made:
        batch.facts.setdefault(customer, facts)
        batch.found.extend((customer, interaction) for interaction in made)


def _interaction(
    made: Made, row: Mapping[str, str], map: InteractionMap, *, at: datetime
) -> Interaction:
    when, key = map.instant_of(filled(made.when, row)), filled(made.key, row)
    if when > at:
        raise BadLine(f"when: {when:%Y-%m-%d} lies in the future")
    if not key or len(key) > 80:
        raise BadLine(f"key: {key!r} is no key")
    return Interaction(
        kind=made.kind,
        occurred_at=when,
        touchpoint_key=made.touchpoint,
        value=amount_of(filled(made.value, row)) if made.value else None,
        currency=made.currency,
        data={name: filled(text, row) for name, text in made.data.items()},
        external_id=key,
    )


@transaction.atomic
def _store(batch: _Batch, tally: Tally, *, at: datetime, is_dry_run: bool) -> None:
    keys = [interaction.external_id for _customer, interaction in batch.found]
    known = set(
        Interaction.objects.filter(external_id__in=keys).values_list(
            "external_id", flat=True
        )
    )
    fresh = {
        interaction.external_id: (customer, interaction)
        for customer, interaction in batch.found
        if interaction.external_id not in known
    }
    tally.known += len(batch.found) - len(fresh)
    tally.imported += len(fresh)
    if is_dry_run or not fresh:
        return
    ids = _customers(batch.facts, tally, at=at)
    for customer, interaction in fresh.values():
        interaction.customer_id = ids[customer]
    stored = [interaction for _customer, interaction in fresh.values()]
    Interaction.objects.bulk_create(stored, ignore_conflicts=True)
    outbox.record(
        "customer.interactions_imported",
        subject=("customer", stored[0].customer_id),
        at=at,
        payload={"interactions": len(stored), "customers": len(ids)},
    )


def _customers(
    facts: Mapping[str, Mapping[str, str]], tally: Tally, *, at: datetime
) -> dict[str, int]:
    """Their keys by external id; those that are new are made."""
    names = Customer.objects.filter(external_id__in=facts)
    known = set(names.values_list("external_id", flat=True))
    new = [
        Customer(external_id=external_id, created_at=at, **fields)
        for external_id, fields in facts.items()
        if external_id not in known
    ]
    Customer.objects.bulk_create(new, ignore_conflicts=True)
    tally.customers += len(new)
    return dict(names.values_list("external_id", "pk"))
