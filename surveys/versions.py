"""What was published, compared and brought back into the draft."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count

from events import outbox
from surveys import studio
from surveys.document import read_document
from surveys.models import Response, Survey, SurveyVersion
from teams.models import User


def published_versions(survey: Survey, user: User) -> list[tuple[SurveyVersion, int]]:
    """Newest first, each with the number of answers that this person may see."""
    published = survey.versions.filter(number__isnull=False)
    seen = Response.objects.visible_to(user).counted().filter(survey=survey)
    # Grouped apart: a join would look every answer up for every version.
    counts = dict(seen.order_by().values_list("version").annotate(Count("pk")))
    newest = published.select_related("created_by").defer("document")
    return [(v, counts.get(v.pk, 0)) for v in newest.order_by("-number")]


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
