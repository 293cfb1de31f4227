"""Why it went wrong: a two-level taxonomy."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class RootCause(models.Model):
    """A cause, or a group of causes when it has no parent."""

    key = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="causes"
    )
    label_en = models.CharField(_("English label"), max_length=120)
    label_zh = models.CharField(_("Chinese label"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.label_zh if chinese else self.label_en
