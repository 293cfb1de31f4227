"""When a team works. `tickets.working_time` does the arithmetic."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from events import outbox
from teams.models.past_hours import PastHours
from teams.models.user import User


class WorkingHours(models.Model):
    """Weekly shifts, holidays and dated overrides in one time zone.

    `weekly`: {"0": [["09:00", "12:00"], ["13:00", "18:00"]], ...}, 0 = Monday;
    `holidays`: ["2026-12-25", ...]; `overrides`: {"2026-10-10": [["09:00", "18:00"]]}.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    weekly = models.JSONField(_("weekly hours"), default=dict)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    overrides = models.JSONField(_("special days"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def set_hours(self, *, by: User, at: datetime, **fields: Any) -> bool:
        """Save what changed as the next version; whether anything did.

        `working_hours.changed` tells the clocks: they keep the time used and count the
        rest on the new hours.
        """
        is_new = self.pk is None
        changed = [
            name for name, value in fields.items() if getattr(self, name) != value
        ]
        if not changed and not is_new:
            return False
        if not is_new:
            self.keep_past(at=at)
        for name in changed:
            setattr(self, name, fields[name])
        if not is_new:
            self.version += 1
        self.save()
        outbox.record(
            "working_hours.changed",
            subject=("working_hours", self.pk),
            at=at,
            actor=by.email,
            payload={"changed": changed, "version": self.version},
        )
        return True

    def keep_past(self, *, at: datetime) -> None:
        """As it stands in the database: deadlines counted on it stay explainable."""
        names = ("name", "time_zone", "weekly", "holidays", "overrides")
        rows = WorkingHours.objects.select_for_update().filter(pk=self.pk)
        row = rows.values("version", *names).get()
        version = row.pop("version")
        PastHours.objects.get_or_create(
            hours_key=self.pk, version=version, defaults={"until": at, **row}
        )

    @transaction.atomic
    def discard(self, *, by: User, at: datetime) -> None:
        """Raises ProtectedError while a team works by it."""
        self.keep_past(at=at)
        outbox.record(
            "working_hours.deleted",
            subject=("working_hours", self.pk),
            at=at,
            actor=by.email,
            payload={"version": self.version},
        )
        self.delete()
