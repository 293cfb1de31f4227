"""The people who answer."""

from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.account import Account
from teams.access import ScopedQuerySet


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    SCOPE_FIELDS = {
        "region": "region",
        "product_line": "product_line",
        "tier": "tier",
    }

    def search(self, words: str) -> Self:
        """By name, e-mail, phone, external id or company."""
        return self.filter(
            Q(name__icontains=words)
            | Q(email__icontains=words)
            | Q(phone__icontains=words)
            | Q(external_id__iexact=words)
            | Q(account__name__icontains=words)
        )


class Customer(models.Model):
    """One person. Region, product line and tier are free words of the company."""

    external_id = models.CharField(_("external id"), max_length=80, unique=True)
    account = models.ForeignKey(
        Account,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    locale = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    product_line = models.CharField(_("product line"), max_length=80, blank=True)
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by search on the customer list.
            GinIndex(
                fields=["name", "email"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="customer_words",
            ),
            models.Index(fields=["region"], name="customer_region"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

    @property
    def customer_tier(self) -> str:
        """The person's own tier, else their company's."""
        return self.tier or (self.account.tier if self.account else "")


class Consent(models.Model):
    """Whether one customer may be contacted over one channel."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=20)
    is_granted = models.BooleanField()
    decided_at = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "channel"], name="one_consent_per_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.is_granted}"
