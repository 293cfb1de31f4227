"""The regions, product lines and tiers that a data scope can name: those in use."""

from collections.abc import Iterable

from customers.models import Account, Customer
from teams.models import DataScope
from teams.scope_values import offer


def offer_all() -> None:
    Dimension = DataScope.Dimension
    offer(Dimension.REGION, lambda: _used("region"))
    offer(Dimension.PRODUCT_LINE, lambda: _used("product_line"))
    offer(Dimension.TIER, lambda: _used("tier"))


def _used(field: str) -> Iterable[str]:
    for model in (Customer, Account):
        if field in {column.name for column in model._meta.fields}:
            yield from model.objects.order_by().values_list(field, flat=True).distinct()
