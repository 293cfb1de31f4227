"""Which part of the company's data a person may see."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DataScope(models.Model):
    """One allow or deny line of one person. Deny wins; no allow line = no limit.

    Lines of the same dimension are alternatives, dimensions narrow each other: a
    person with `region: DE`, `region: FR` and `tier: gold` sees gold in DE and FR.
    """

    class Effect(models.TextChoices):
        ALLOW = "allow", _("may see only")
        DENY = "deny", _("may not see")

    class Dimension(models.TextChoices):
        REGION = "region", _("Region")
        PRODUCT_LINE = "product_line", _("Product line")
        TIER = "tier", _("Tier")
        TEAM = "team", _("Team")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scopes"
    )
    effect = models.CharField(_("effect"), max_length=5, choices=Effect.choices)
    dimension = models.CharField(
        _("dimension"), max_length=20, choices=Dimension.choices
    )
    # A region, product line or tier as written on the customer; a team by its id.
    value = models.CharField(_("value"), max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "dimension", "value"], name="one_scope_line_per_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.effect} {self.dimension} {self.value}"
