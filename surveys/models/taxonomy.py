"""What this company's words are about, where our own word lists do not know better."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TopicRuleQuerySet(models.QuerySet["TopicRule"]):
    def in_force(self) -> Self:
        return self.filter(undone_at__isnull=True)


class TopicRule(models.Model):
    """A word that a reader corrected; never changed, only undone."""

    class Act(models.TextChoices):
        ADD = "add", _("is about")
        REMOVE = "remove", _("is not about")

    # As `surveys.comments.own_words.normal_form` writes it.
    word = models.CharField(max_length=60)
    # "en" or "zh": which texts it is looked for in.
    language = models.CharField(max_length=5)
    topic = models.CharField(max_length=40)
    act = models.CharField(max_length=6, choices=Act.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects = TopicRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # A word cannot at once be about a topic and not.
            models.UniqueConstraint(
                fields=["word", "topic"],
                condition=Q(undone_at__isnull=True),
                name="one_rule_per_word_and_topic",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.act} {self.topic}"


class TopicReading(models.Model):
    """One pass over the comments of old, after the words changed."""

    asked_at = models.DateTimeField()
    # Comments looked at, of how many there were; and how many changed their topics.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    # The last response that was looked at: whoever goes on begins after it.
    reached = models.UUIDField(null=True)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"
