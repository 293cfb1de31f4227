"""A customer's answers, for the timeline on their page."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.timeline import Entry, register, titled
from surveys.models import Response
from teams.models import User

# Up to the first and from the second on: what low and high mean on each scale.
_BOUNDS = {"nps": (6, 9), "csat": (2, 4), 7: (3, 5), 5: (2, 4)}


@register
def answers(
    customer: Customer, user: User, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    given = Response.objects.visible_to(user).exclude(state=Response.State.HELD)
    found = given.filter(customer=customer, is_test=False)
    if before:
        found = found.filter(submitted_at__lte=before)
    newest = found.select_related("survey").order_by("-submitted_at", "-id")
    return [_entry(response) for response in newest[:limit]]


def _entry(response: Response) -> Entry:
    scores = _scores_of(response)
    words = ", ".join(_word(key, score, scale) for key, score, scale in scores)
    title = _("Answered “%(survey)s”") % {"survey": response.survey.name}
    return Entry(
        at=response.submitted_at,
        kind="response",
        title=titled(title, words),
        text=response.comment,
        url=reverse("surveys:response", args=[response.pk]),
        tone=_tone_of(scores),
    )


def _scores_of(response: Response) -> list[tuple[str, int, int]]:
    """(metric, score, top of its scale) of each metric that was answered."""
    found = (
        ("nps", response.nps, 10),
        ("csat", response.csat, 5),
        ("ces", response.ces, response.ces_scale or 7),
    )
    return [(key, score, scale) for key, score, scale in found if score is not None]


def _word(key: str, score: int, scale: int) -> str:
    return _("%(metric)s %(score)d of %(scale)d") % {
        "metric": key.upper(),
        "score": score,
        "scale": scale,
    }


def _tone_of(scores: Sequence[tuple[str, int, int]]) -> str:
    """The lowest answer decides: it is the one that somebody has to look at."""
    tones = set()
    for key, score, scale in scores:
        low, high = _BOUNDS[scale if key == "ces" else key]
        tones.add("bad" if score <= low else "good" if score >= high else "warning")
    return next((tone for tone in ("bad", "warning", "good") if tone in tones), "")
