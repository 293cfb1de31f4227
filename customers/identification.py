"""Use case: another system names a customer; we find them or get to know them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from events import outbox
from teams.models import User

FACTS = ("region", "product_line", "tier")


class NotYourCustomer(Exception):
    """The customer is outside of what this person may see; a sentence for them."""

    def __str__(self) -> str:
        return str(_("This customer is outside of what you may see."))


@transaction.atomic
def identify_customer(
    *, external_id: str, facts: Mapping[str, str], by: User, at: datetime
) -> Customer:
    """The customer of this external id, made from `facts` where there is none yet.

    Facts of a known customer stay as they are. Raises NotYourCustomer, and then
    nothing is made.
    """
    known = {name: facts[name] for name in FACTS if facts.get(name)}
    customer, created = Customer.objects.get_or_create(
        external_id=external_id, defaults={**known, "created_at": at}
    )
    if not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise NotYourCustomer
    if created:
        outbox.record(
            "customer.created",
            subject=("customer", customer.pk),
            at=at,
            actor=by.email,
            payload={"external_id": external_id},
        )
    return customer
