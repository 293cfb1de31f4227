"""Surveys going into the field and out of it, one act after the other."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.models import Survey, SurveyVersion
from surveys.readiness import refuse_errors
from teams.models import User


class ChangedMeanwhile(Exception):
    """The draft is not the one that was looked at; a sentence for the user."""


@transaction.atomic
def publish(
    survey: Survey, *, by: User | None, at: datetime, revision: int | None = None
) -> SurveyVersion:
    """Freeze the draft and show it from now on.

    `revision` is that of the draft which was looked at. Raises ChangedMeanwhile,
    NotReady and IllegalTransition.
    """
    survey = _locked(survey)
    if revision is not None and revision != survey.draft_revision:
        raise ChangedMeanwhile(_("The draft was changed meanwhile. Look at it again."))
    refuse_errors(survey)
    return survey.publish(by=by, at=at)


@transaction.atomic
def pause(survey: Survey, *, by: User | None, at: datetime) -> None:
    """Take no answers for a while. Raises IllegalTransition."""
    _locked(survey).pause(by=by, at=at)


@transaction.atomic
def resume(survey: Survey, *, by: User | None, at: datetime) -> None:
    """Take answers again, with the version last shown. Raises IllegalTransition."""
    _locked(survey).resume(by=by, at=at)


@transaction.atomic
def close(survey: Survey, *, by: User | None, at: datetime) -> None:
    """Take no answers any more. Raises IllegalTransition."""
    _locked(survey).close(by=by, at=at)


def _locked(survey: Survey) -> Survey:
    """Two people pressing at once act one after the other."""
    survey.refresh_from_db(from_queryset=Survey.objects.select_for_update(of=("self",)))
    return survey
