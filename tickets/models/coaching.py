"""What leads say to their people about how they work on tickets."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class CoachingNote(models.Model):
    """Read by the person it is for, by who wrote it, and by those who lead them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="coaching_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"))
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Read by a person's page on the board.
            models.Index(fields=["person", "-written_at"], name="coaching_of_person"),
        ]

    def __str__(self) -> str:
        return f"note for {self.person_id}"
