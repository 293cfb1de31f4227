"""Customers as a CSV file that the import understands again."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Func
from django.http import StreamingHttpResponse

from customers.models.customer import CustomerQuerySet
from customers.spreadsheets import csv_response
from events import outbox
from teams.models import User

FIELDS = (
    "external_id",
    "name",
    "email",
    "phone",
    "account",
    "locale",
    "time_zone",
    "region",
    "product_line",
    "tier",
)


class _Keys(Func):
    function = "jsonb_object_keys"
    set_returning = True
    output_field = models.CharField()


@transaction.atomic
def export_customers(
    customers: CustomerQuerySet, *, by: User, at: datetime
) -> StreamingHttpResponse:
    """Stream these customers; who took how many is recorded."""
    outbox.record(
        "customer.exported",
        subject=("user", by.pk),
        at=at,
        actor=by.email,
        payload={"count": customers.count()},
    )
    return csv_response(f"customers-{at:%Y-%m-%d}.csv", _rows(customers))


def _rows(customers: CustomerQuerySet) -> Iterator[Sequence[object]]:
    keys = customers.order_by().annotate(key=_Keys(F("attributes")))
    attributes = sorted(set(keys.values_list("key", flat=True).distinct()))
    yield [*FIELDS, *attributes]
    for customer in customers.select_related("account").iterator(chunk_size=2_000):
        own = {**vars(customer), "account": customer.account or ""}
        yield [
            *(str(own[name]) for name in FIELDS),
            *(customer.attributes.get(name, "") for name in attributes),
        ]
