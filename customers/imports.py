"""Bringing a file of customers in, batch by batch, each batch in one transaction.

The row of the import is the lock and the bookmark: whoever holds it works on the next
batch, and what a batch changes commits together with how far it came. A worker may die
at any point, two may run at once, and a file may be imported again: every line counts
once. A cell that is empty leaves what we know as it is.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext as _

from customers.csv_files import (
    Record,
    UnreadableFile,
    count_records,
    decode,
    guess_delimiter,
    header_of,
    records_of,
)
from customers.import_lines import Line, Problem, read_line
from customers.models import Account, Customer, CustomerImport
from customers.scopes import may_hold
from events import outbox
from events.models import Event
from teams.models import User

BATCH = 1_000
KEPT_ERRORS = 1_000
MAX_BYTES = 20 * 1024 * 1024
MAX_LINES = 500_000


def take_in(
    content: bytes, *, file_name: str, by: User, at: datetime
) -> CustomerImport:
    """Store an uploaded file, readable as it is. Raises UnreadableFile."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 20 MB. Cut it into parts."))
    text = decode(content)
    delimiter = guess_delimiter(text)
    header_of(text, delimiter)
    line_count = count_records(text, delimiter)
    if not line_count:
        raise UnreadableFile(_("There is no line below the header of this file."))
    if line_count > MAX_LINES:
        raise UnreadableFile(_("The file has too many lines. Cut it into parts."))
    return CustomerImport.objects.create(
        created_by=by,
        created_at=at,
        file_name=file_name[-200:],
        text=text,
        delimiter=delimiter,
        line_count=line_count,
    )


def work_on(import_id: int, *, at: datetime, seconds: float = 60) -> bool:
    """Import batches for so long; whether there is nothing left to do."""
    work = _Work(CustomerImport.objects.get(pk=import_id), at=at)
    end = time.monotonic() + seconds
    while work.next_batch():
        if time.monotonic() >= end:
            return False
    return True


@transaction.atomic
def give_up(import_id: int, *, at: datetime) -> None:
    """Mark a file that breaks the import, so that nobody picks it up for ever."""
    running = CustomerImport.objects.filter(
        pk=import_id, state=CustomerImport.State.RUNNING
    )
    if running.update(state=CustomerImport.State.FAILED, finished_at=at):
        _record_end(CustomerImport.objects.defer("text").get(pk=import_id), at=at)


class _Work:
    """One worker's reading of one file; the database knows how far the import is."""

    def __init__(self, upload: CustomerImport, *, at: datetime) -> None:
        self.at = at
        self.import_id = upload.pk
        self.text, self.delimiter = upload.text, upload.delimiter
        self.header = header_of(self.text, self.delimiter)
        self._rewind()

    @transaction.atomic
    def next_batch(self) -> bool:
        """Import one batch; whether there may be more."""
        upload = self._hold()
        if upload is None:
            return False
        lines = [
            read_line(record, self.header, upload.mapping["columns"])
            for record in self._records_from(upload)
        ]
        if not lines:
            self._finish(upload)
            return False
        self._store(upload, lines)
        return True

    def _hold(self) -> CustomerImport | None:
        running = CustomerImport.objects.filter(state=CustomerImport.State.RUNNING)
        held = running.select_for_update().defer("text").filter(pk=self.import_id)
        return held.first()

    def _rewind(self) -> None:
        self.position = 0
        self.records = records_of(self.text, self.delimiter)
        # A dry run stores nothing, so it has to remember whom it "created".
        self.met: set[str] = set()

    def _records_from(self, upload: CustomerImport) -> Sequence[Record]:
        if upload.lines_done < self.position:
            self._rewind()
        while self.position < upload.lines_done:
            record = next(self.records)
            self.position += 1
            if upload.is_dry_run:
                line = read_line(record, self.header, upload.mapping["columns"])
                self.met.update([] if line.problems else [line.external_id])
        return list(islice(self.records, BATCH))

    def _store(self, upload: CustomerImport, lines: Sequence[Line]) -> None:
        self.position = upload.lines_done + len(lines)
        batch = _Batch(upload, lines, met=self.met, at=self.at)
        batch.run()
        bad = [line for line in lines if line.problems]
        room = KEPT_ERRORS - len(upload.errors)
        upload.errors += [_stored(line) for line in bad[: max(room, 0)]]
        upload.error_count += len(bad)
        upload.created_count += batch.created
        upload.updated_count += batch.updated
        upload.lines_done = self.position
        upload.worked_at = (
            Now()
        )  # the clock of the database, not that of the task's start
        upload.save(
            update_fields=[
                "errors",
                "error_count",
                "created_count",
                "updated_count",
                "lines_done",
                "worked_at",
            ]
        )

    def _finish(self, upload: CustomerImport) -> None:
        upload.state, upload.finished_at = CustomerImport.State.DONE, self.at
        upload.save(update_fields=["state", "finished_at"])
        _record_end(upload, at=self.at)


class _Batch:
    """The lines of one transaction, and what they change."""

    def __init__(
        self,
        upload: CustomerImport,
        lines: Sequence[Line],
        *,
        met: set[str],
        at: datetime,
    ) -> None:
        self.upload, self.lines, self.met, self.at = upload, lines, met, at
        self.by = get_user_model().objects.get(pk=upload.created_by_id)
        self.created = self.updated = 0
        self.changed: dict[str, tuple[Customer, set[str]]] = {}

    def run(self) -> None:
        self.accounts = _Accounts({line.account for line in self.lines if line.account})
        self.known = self._known_customers()
        for line in self.lines:
            self._check(line)
        if not self.upload.is_dry_run:
            # Only accounts that a good line names are created.
            self.accounts.create_missing(
                {line.account for line in self.lines if not line.problems},
                by=self.by,
                at=self.at,
            )
        for line in self.lines:
            if not line.problems:
                self._merge(line)
        if not self.upload.is_dry_run:
            self._save()

    def _known_customers(self) -> dict[str, Customer]:
        ids = sorted({line.external_id for line in self.lines if line.external_id})
        found = Customer.objects.filter(external_id__in=ids).order_by("pk")
        if not self.upload.is_dry_run:
            found = found.select_for_update()
        return {customer.external_id: customer for customer in found}

    def _check(self, line: Line) -> None:
        if self.accounts.is_ambiguous(line.account):
            line.problems.append(Problem("account_twice", {"value": line.account}))
        if not line.external_id:
            return
        before = self.known.get(line.external_id)
        fields = ("region", "product_line", "tier")
        old = {name: getattr(before, name, "") for name in fields}
        hidden = before is not None and not may_hold(self.by, old)
        if hidden or not may_hold(self.by, {**old, **line.values}):
            line.problems.append(Problem("out_of_scope"))

    def _merge(self, line: Line) -> None:
        customer = self.known.get(line.external_id)
        if customer is None:
            customer = Customer(external_id=line.external_id, created_at=self.at)
            self.known[line.external_id] = customer
            is_new = line.external_id not in self.met
        else:
            is_new = False
        if self.upload.is_dry_run:
            self.met.add(line.external_id)
        changes = self._changes(customer, line)
        for name, value in changes.items():
            setattr(customer, name, value)
        self.created += is_new
        self.updated += bool(changes) and not is_new
        if changes or is_new:
            noted = self.changed.setdefault(line.external_id, (customer, set()))[1]
            noted.update(changes)

    def _changes(self, customer: Customer, line: Line) -> dict[str, Any]:
        wanted: dict[str, Any] = dict(line.values)
        if line.attributes:
            wanted["attributes"] = {**customer.attributes, **line.attributes}
        if account := self.accounts.find(line.account):
            wanted["account_id"] = account.pk
        return {
            name: value
            for name, value in wanted.items()
            if getattr(customer, name) != value
        }

    def _save(self) -> None:
        new = {
            external_id
            for external_id, (customer, _changes) in self.changed.items()
            if customer.pk is None
        }
        Customer.objects.bulk_create(
            [customer for customer, _changes in self.changed.values()],
            update_conflicts=True,
            unique_fields=["external_id"],
            update_fields=[
                "name",
                "email",
                "phone",
                "locale",
                "time_zone",
                "region",
                "product_line",
                "tier",
                "attributes",
                "account",
            ],
        )
        outbox.record_all([self._event(e, e in new) for e in self.changed])

    def _event(self, external_id: str, is_new: bool) -> Event:
        customer, changes = self.changed[external_id]
        what: dict[str, Any] = (
            {"created": True} if is_new else {"changed": sorted(changes)}
        )
        return outbox.event_for(
            "customer.changed",
            subject=("customer", customer.pk),
            at=self.at,
            actor=self.by.email,
            payload={**what, "import": self.upload.pk},
        )


class _Accounts:
    """The accounts that a batch names, by external id or by name in any case."""

    def __init__(self, names: set[str]) -> None:
        lower = {name.lower() for name in names}
        self.by_id = {
            a.external_id: a for a in Account.objects.filter(external_id__in=names)
        }
        self.by_name: dict[str, list[Account]] = {}
        named = Account.objects.annotate(lower=Lower("name")).filter(lower__in=lower)
        for account in named.order_by("pk"):
            self.by_name.setdefault(account.name.lower(), []).append(account)

    def find(self, name: str) -> Account | None:
        if name in self.by_id:
            return self.by_id[name]
        return next(iter(self.by_name.get(name.lower(), [])), None)

    def is_ambiguous(self, name: str) -> bool:
        return name not in self.by_id and len(self.by_name.get(name.lower(), [])) > 1

    def create_missing(self, names: Iterable[str], *, by: User, at: datetime) -> None:
        missing = {n.lower(): n for n in sorted(names) if n and self.find(n) is None}
        for name in missing.values():
            account, is_new = Account.objects.get_or_create(
                external_id=name, defaults={"name": name}
            )
            self.by_id[name] = account
            self.by_name.setdefault(name.lower(), []).append(account)
            if is_new:
                outbox.record(
                    "account.changed",
                    subject=("account", account.pk),
                    at=at,
                    actor=by.email,
                    payload={"created": True},
                )


def _stored(line: Line) -> dict[str, Any]:
    return {
        "line": line.record.line,
        "problems": [{"code": p.code, "params": dict(p.params)} for p in line.problems],
    }


def _record_end(upload: CustomerImport, *, at: datetime) -> None:
    outbox.record(
        "customer.import_finished",
        subject=("customer_import", upload.pk),
        at=at,
        actor=upload.created_by.email,
        payload={
            "state": str(upload.state),
            "is_dry_run": upload.is_dry_run,
            "created": upload.created_count,
            "updated": upload.updated_count,
            "errors": upload.error_count,
        },
    )
