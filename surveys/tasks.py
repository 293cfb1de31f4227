"""Celery's side of the surveys."""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from surveys import uploads
from surveys.enrichment import enrich_waiting
from surveys.intake import local_day
from surveys.tallies import Asked, tally
from teams.models import User


@shared_task(queue="bulk")
def read_comments() -> None:
    enrich_waiting()


@shared_task(queue="bulk")
def sweep_uploads() -> None:
    uploads.sweep(at=timezone.now())


@shared_task(queue="bulk")
def count_answers(*, user_id: int, since: str | None, **asked: Any) -> None:
    """Have a survey's answers counted for this person; the arguments are `Asked`'s."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return  # gone since they looked
    first = date.fromisoformat(since) if since else None
    wanted = Asked(user=user, since=first, **asked)
    tally(wanted, today=local_day(timezone.now()), most=None)
