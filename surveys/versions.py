"""What was published, compared and brought back into the draft."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from events import outbox
from surveys import studio
from surveys.document import read_document
from surveys.models import Response, Survey, SurveyVersion
from teams.models import User


def published_versions(survey: Survey, user: User) -> QuerySet[SurveyVersion]:
    """Newest first, each with `answers`: how many this person may see."""
    seen = Response.objects.visible_to(user).counted().filter(survey=survey)
    return (
        survey.versions.filter(number__isnull=False)
        .select_related("created_by")
        .defer("document")
        .annotate(answers=Count("responses", filter=Q(responses__in=seen.values("pk"))))
        .order_by("-number")
    )


@transaction.atomic
def restore(
    survey: Survey, version: SurveyVersion, *, revision: int, by: User, at: datetime
) -> None:
    """Make the draft say what the version says. Raises studio.StaleDraft."""
    studio.replace_draft(
        survey,
        revision=revision,
        document=read_document(version.document),
        by=by,
        at=at,
    )
    outbox.record(
        "survey.version_restored",
        subject=("survey", survey.pk),
        at=at,
        actor=by.email,
        payload={"number": version.number},
    )
