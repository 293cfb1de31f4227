"""Files: what respondents send with an answer, and the pictures of a survey."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from surveys.models.survey import Survey


class Upload(models.Model):
    """A respondent's file, under its id outside the web root. `name` is for people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="uploads")
    element = models.CharField(max_length=40)
    # The response's id, which may never come: such files are swept away.
    response_id = models.UUIDField()
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Read with a response, and by the sweep of those that never came.
            models.Index(fields=["response_id"], name="upload_of_response"),
        ]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """A picture shown to respondents: a logo, or beside a question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="assets")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
