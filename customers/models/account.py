"""Companies we serve."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.changes import changed_fields
from events import outbox
from teams.access import ScopedQuerySet
from teams.models import User


class Tier(models.TextChoices):
    """How much of our care a customer has bought; decides a ticket's priority."""

    STANDARD = "standard", _("Standard")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")
    PLATINUM = "platinum", _("Platinum")


class AccountQuerySet(ScopedQuerySet["Account"]):
    SCOPE_FIELDS = {"region": "region", "tier": "tier"}

    def search(self, words: str) -> Self:
        """Every word in the name or the external id."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(external_id__icontains=word)
            )
        return found


class Account(models.Model):
    """A company; its owner is the account manager who answers for it."""

    external_id = models.CharField(_("external id"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("owner"),
    )
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the search for customers and for accounts.
            GinIndex(
                *(
                    OpClass(Upper(field), name="gin_trgm_ops")
                    for field in ("name", "external_id")
                ),
                name="account_search",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:account", args=[self.pk])

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
        """Store a new account."""
        self.save(force_insert=True)
        self._record(by=by, at=at, created=True)

    def _record(self, *, by: User, at: datetime, **payload: object) -> None:
        outbox.record(
            "account.changed",
            subject=("account", self.pk),
            at=at,
            actor=by.email,
            payload=payload,
        )
