"""Companies we serve."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.access import ScopedQuerySet


class Tier(models.TextChoices):
    """How much of our care a customer has bought; decides a ticket's priority."""

    STANDARD = "standard", _("Standard")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")
    PLATINUM = "platinum", _("Platinum")


class AccountQuerySet(ScopedQuerySet["Account"]):
    SCOPE_FIELDS = {"region": "region", "tier": "tier"}

    def search(self, words: str) -> Self:
        return self.filter(
            Q(name__icontains=words) | Q(external_id__iexact=words)
        )


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

    def __str__(self) -> str:
        return self.name
