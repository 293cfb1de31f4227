"""What customers did: orders, logins, calls, churn, mentions, visits."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Interaction(models.Model):
    """`value` is in `currency` for money, in the kind's own unit otherwise."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions")
    kind = models.CharField(_("kind"), max_length=40)
    occurred_at = models.DateTimeField(_("when"))
    touchpoint_key = models.CharField(max_length=80, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    data = models.JSONField(default=dict)
    # The sender's own key: a repeated call stores once.
    external_id = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001  NULL = none given; unique needs NULLs

    class Meta:
        indexes: ClassVar = [
            # Read by the timeline on the customer page.
            models.Index(fields=["customer", "-occurred_at"], name="interaction_of"),
            # Read by the value of experience: orders, losses, calls of a time.
            models.Index(
                fields=["kind", "occurred_at"],
                include=["customer", "value", "currency"],
                name="interaction_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
