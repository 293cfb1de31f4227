"""What people add to numbers: what happened when, and numbers that are kept as shown."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journeys.models import Touchpoint
from teams.access import ScopedQuerySet, can, scope_condition
from teams.models import User
from teams.roles import Ability


class AnnotationQuerySet(ScopedQuerySet["Annotation"]):
    SCOPE_FIELDS = {"team": "touchpoint__team"}
    SEEN_WITH = Ability.SEE_DASHBOARDS

    def visible_to(self, user: User) -> Self:
        """Those about a touchpoint within scope, and those about the whole company."""
        if not can(user, self.SEEN_WITH):
            return self.none()
        scoped = scope_condition(user, self.SCOPE_FIELDS)
        # No scope is an empty condition, which would vanish beside the other.
        return self.filter(Q(touchpoint=None) | scoped) if scoped else self.all()

    def between(self, since: object, until: object) -> Self:
        """Those that happen on some day from `since` to `until`."""
        ends_later = Q(ended_on__gte=since) | Q(ended_on=None, happened_on__gte=since)
        return self.filter(ends_later, happened_on__lte=until)


class Annotation(models.Model):
    """Something that may explain why a number moved."""

    class Kind(models.TextChoices):
        RELEASE = "release", pgettext_lazy("annotation", "release")
        INCIDENT = "incident", pgettext_lazy("annotation", "incident")
        CAMPAIGN = "campaign", pgettext_lazy("annotation", "campaign")
        OTHER = "other", pgettext_lazy("annotation", "other")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("what happened"), max_length=120)
    happened_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    # Empty: everywhere.
    touchpoint = models.ForeignKey(
        Touchpoint,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="annotations",
        verbose_name=_("touchpoint"),
    )
    note = models.TextField(_("note"), blank=True, max_length=2_000)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("happened_on")),
                name="annotation_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            # Read by the figures over time and by the list, newest first.
            models.Index(fields=["-happened_on"], name="annotation_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class Permalink(models.Model):
    """The numbers of a page as they were shown once; never changed.

    `query` is the page's own, its period made of fixed days. `numbers` holds the page's
    report without anybody's words, which could be erased. `scope` are the data scopes of
    whoever kept it, at that time.
    """

    token = models.CharField(max_length=43, unique=True, editable=False)
    page = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    # Metric → version of its definition.
    versions = models.JSONField()
    numbers = models.JSONField()
    # How many answers the page's selection held.
    answers = models.IntegerField()
    # When the newest counted answer came; null before the first one.
    as_of = models.DateTimeField(null=True)
    scope = models.JSONField(default=list)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    kept_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Read by the list of what somebody kept, newest first.
            models.Index(fields=["kept_by", "-kept_at"], name="permalink_of_keeper"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/dashboards/kept/{self.token}/"
