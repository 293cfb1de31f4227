"""The people who answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import NullIf, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.account import Account
from customers.models.changes import changed_fields
from events import outbox
from teams.access import ScopedQuerySet
from teams.models import User

# Shorter words hold no trigram, so no index finds them.
TRIGRAM = 3


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    SCOPE_FIELDS = {
        "region": "region",
        "product_line": "product_line",
        "tier": "tier",
    }

    def search(self, words: str) -> Self:
        """Every word in the name, e-mail, phone, external id or company."""
        found = self
        for word in words.split():
            found = found.filter(_holding(word))
        return found


def _holding(word: str) -> Q:
    own = (
        Q(name__icontains=word)
        | Q(email__icontains=word)
        | Q(phone__icontains=word)
        | Q(external_id__icontains=word)
    )
    through_account = Q(account__in=Account.objects.filter(name__icontains=word))
    if len(word) < TRIGRAM:
        return own | through_account
    # Two indexed searches, united: an OR over both tables would read every row.
    by_words = Customer.objects.filter(own).values("pk")
    by_account = Customer.objects.filter(through_account).values("pk")
    return Q(pk__in=by_words.union(by_account, all=True))


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
            # Read by `search`; `icontains` compares in upper case.
            GinIndex(
                *(
                    OpClass(Upper(field), name="gin_trgm_ops")
                    for field in ("name", "email", "phone", "external_id")
                ),
                name="customer_search",
            ),
            models.Index(fields=["region"], name="customer_region"),
            # Read by the customer list, page by page: NULL, so the nameless, come last.
            models.Index(NullIf("name", Value("")), "id", name="customer_by_name"),
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

    @property
    def customer_tier(self) -> str:
        """The person's own tier, else their company's."""
        return self.tier or (self.account.tier if self.account else "")

    def get_absolute_url(self) -> str:
        return reverse("customers:detail", args=[self.pk])

    @transaction.atomic
    def change(self, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
        """Store new values; the event names the fields that differ from before."""
        changed = changed_fields(self, values)
        if not changed:
            return
        self.save(update_fields=changed)
        self._record(by=by, at=at, changed=changed)

    @transaction.atomic
    def enter(self, *, by: User, at: datetime) -> None:
        """Store a new customer."""
        self.created_at = at
        self.save(force_insert=True)
        self._record(by=by, at=at, created=True)

    @transaction.atomic
    def decide_consent(
        self, granted: Mapping[str, bool], *, by: User, at: datetime
    ) -> None:
        """Note what differs from before; a channel never asked about stays so."""
        known = {c.channel: c.is_granted for c in self.consents.select_for_update()}
        decided = [
            channel
            for channel, is_granted in granted.items()
            if is_granted != known.get(channel, False)
        ]
        for channel in decided:
            self.consents.update_or_create(
                channel=channel,
                defaults={
                    "is_granted": granted[channel],
                    "decided_at": at,
                    "source": by.email[:80],
                },
            )
        if decided:
            self._record(by=by, at=at, changed=[f"consent.{c}" for c in decided])

    def _record(self, *, by: User, at: datetime, **payload: object) -> None:
        outbox.record(
            "customer.changed",
            subject=("customer", self.pk),
            at=at,
            actor=by.email,
            payload=payload,
        )


class Consent(models.Model):
    """Whether one customer may be contacted over one channel. No row: never asked."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        PHONE = "phone", _("Phone call")
        CHAT = "chat", _("Chat")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=20, choices=Channel.choices)
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
