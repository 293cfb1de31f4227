"""Surveys, and the immutable versions that customers have answered."""

from datetime import datetime
from functools import partial
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events import outbox
from journeys.models import Touchpoint
from surveys.stamps import renew
from teams.access import ScopedQuerySet
from teams.models import User


class SurveyQuerySet(ScopedQuerySet["Survey"]):
    SCOPE_FIELDS = {"team": "touchpoint__team"}

    def search(self, words: str) -> Self:
        return self.filter(Q(name__icontains=words) | Q(slug__icontains=words))


class IllegalTransition(Exception):
    """The survey cannot go from its state to the wanted one; a sentence for the user."""


class Survey(models.Model):
    """A survey in work (`draft`) and in the field (`version`)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Live")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    touchpoint = models.ForeignKey(
        Touchpoint,
        models.PROTECT,
        related_name="surveys",
        verbose_name=_("touchpoint"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT
    )
    draft = models.JSONField()
    # Counts the saved changes of the draft, so that two editors notice each other.
    draft_revision = models.PositiveIntegerField(default=0)
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    draft_at = models.DateTimeField(null=True)
    version = models.ForeignKey(
        "SurveyVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A frozen copy of the draft that test answers refer to.
    trial = models.ForeignKey(
        "SurveyVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = SurveyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def has_unpublished_changes(self) -> bool:
        return self.version is None or self.version.document != self.draft

    @transaction.atomic
    def publish(self, *, by: User | None, at: datetime) -> "SurveyVersion":
        """Freeze the draft as the next version and put it in the field."""
        self._refuse_if(self.State.CLOSED)
        version = self._freeze(at=at, by=by, number=self._next_number())
        self.version = version
        self._move_to(self.State.PUBLISHED, by=by, at=at)
        return version

    @transaction.atomic
    def pause(self, *, by: User | None, at: datetime) -> None:
        self._refuse_if(self.State.DRAFT, self.State.CLOSED, self.State.PAUSED)
        self._move_to(self.State.PAUSED, by=by, at=at)

    @transaction.atomic
    def resume(self, *, by: User | None, at: datetime) -> None:
        """Back into the field with the version that was paused or closed."""
        self._refuse_if(self.State.DRAFT, self.State.PUBLISHED)
        self._move_to(self.State.PUBLISHED, by=by, at=at)

    @transaction.atomic
    def close(self, *, by: User | None, at: datetime) -> None:
        self._refuse_if(self.State.DRAFT, self.State.CLOSED)
        self._move_to(self.State.CLOSED, by=by, at=at)

    @transaction.atomic
    def freeze_trial(self, *, by: User | None, at: datetime) -> "SurveyVersion":
        """The version that test answers belong to; a new one when the draft changed."""
        if self.trial is None or self.trial.document != self.draft:
            self.trial = self._freeze(at=at, by=by, number=None)
            self.save(update_fields=["trial"])
        return self.trial

    def _next_number(self) -> int:
        last = self.versions.aggregate(last=models.Max("number"))["last"]
        return (last or 0) + 1

    def _freeze(
        self, *, at: datetime, by: User | None, number: int | None
    ) -> "SurveyVersion":
        return SurveyVersion.objects.create(
            survey=self,
            number=number,
            document=self.draft,
            created_at=at,
            created_by=by,
        )

    def _refuse_if(self, *states: str) -> None:
        if self.state in states:
            raise IllegalTransition(
                _("A survey that is “%(state)s” cannot do that.")
                % {"state": self.get_state_display()}
            )

    def _move_to(self, state: "Survey.State", *, by: User | None, at: datetime) -> None:
        self.state = state
        self.save(update_fields=["state", "version"])
        outbox.record(
            f"survey.{state.value}",
            subject=("survey", self.pk),
            at=at,
            actor=by.email if by else "",
            payload={"version": self.version_id, "slug": self.slug},
        )
        transaction.on_commit(partial(renew, self.slug))


class SurveyVersion(models.Model):
    """A document as it was shown. Never changed; `number` is null for trial copies."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True)
    document = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="one_version_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number or 'trial'}"
