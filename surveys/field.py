"""Surveys going into the field and out of it, one act after the other."""

from datetime import datetime

from django.db import transaction

from surveys.models import Survey, SurveyVersion
from teams.models import User


@transaction.atomic
def publish(survey: Survey, *, by: User | None, at: datetime) -> SurveyVersion:
    """Freeze the draft and show it from now on. Raises IllegalTransition."""
    return _locked(survey).publish(by=by, at=at)


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
