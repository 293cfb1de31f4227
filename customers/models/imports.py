"""A file of customers on its way in."""


from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerImport(models.Model):
    """The uploaded file, the column mapping, and how far the import has come."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    # Decoded on upload; customers' data lives in the one database that is backed up.
    text = models.TextField()
    delimiter = models.CharField(max_length=1, default=",")
    mapping = models.JSONField(
        default=dict
    )
    is_dry_run = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.UPLOADED
    )
    line_count = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    # [{"line": 12, "reason": "..."}], the first thousand.
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
