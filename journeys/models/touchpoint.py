"""The places in a journey where customer and company meet, and where we may ask."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from journeys.models.journey import Stage
from teams.models import Team


class Touchpoint(models.Model):
    """Its owning team gets the tickets that nobody's account manager takes."""

    class Channel(models.TextChoices):
        WEB = "web", _("Website")
        APP = "app", _("App")
        STORE = "store", _("Store")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        SOCIAL = "social", _("Social media")
        DELIVERY = "delivery", _("Delivery")
        PRODUCT = "product", _("Product")

    stage = models.ForeignKey(
        Stage, models.CASCADE, related_name="touchpoints", verbose_name=_("stage")
    )
    key = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="touchpoints", verbose_name=_("owning team")
    )
    is_moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    def __str__(self) -> str:
        return self.name
