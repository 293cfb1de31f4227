"""What a respondent's link leads to: a survey's address, a personal link, a test link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from surveys import duplicates, embedding, personal_links, trials
from surveys.models import Invitation, Partial, Response, Survey
from surveys.notices import Refused
from surveys.published import Published, Version, find_published


@dataclass(frozen=True)
class Asked:
    """What a link leads to. `version` is what it shows now; `test` the test link's key;
    `begun` what was saved under a personal link; `is_plain`: a survey's own address and
    nothing more."""

    survey_id: int
    state: str
    version: Version
    test: str = ""
    channel: Response.Channel = Response.Channel.LINK
    customer_id: int | None = None
    invitation_id: UUID | None = None
    is_used: bool = False
    begun: Partial | None = None
    is_plain: bool = False


def find_open(request: HttpRequest, slug: str, now: datetime) -> Asked:
    """Raises Refused."""
    published = _find_published(slug)
    test = request.GET.get("test", "")
    if test:
        try:
            version = trials.trial_version(test, slug=slug)
        except trials.UnusableTestLink as error:
            raise Refused(404, "unknown") from error
        return Asked(published.survey_id, Survey.State.PUBLISHED, version, test)
    frame = embedding.frame_of(request, now)
    return Asked(
        published.survey_id,
        published.state,
        _shown(published),
        channel=frame.channel,
        customer_id=frame.customer_id(at=now, makes=request.method == "POST"),
        is_plain=not request.META.get("QUERY_STRING"),
    )


def find_personal(request: HttpRequest, token: str, now: datetime) -> Asked:
    """Raises Refused."""
    try:
        invitation_id = personal_links.invitation_of(token, at=now)
    except personal_links.UnknownLink as error:
        raise Refused(404, "unknown") from error
    except personal_links.ExpiredLink as error:
        raise Refused(410, "expired") from error
    invitation = (
        Invitation.objects.select_related("survey", "partial")
        .filter(id=invitation_id)
        .first()
    )
    if invitation is None:
        raise Refused(404, "unknown")
    if invitation.opened_at is None:
        Invitation.objects.filter(id=invitation_id).update(opened_at=now)
    published = _find_published(invitation.survey.slug)
    return Asked(
        published.survey_id,
        published.state,
        _shown(published),
        channel=Response.Channel.PERSONAL,
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        is_used=invitation.completed_at is not None,
        begun=getattr(invitation, "partial", None),
    )


def refuse_unless_live(asked: Asked) -> None:
    """Raises Refused."""
    if asked.state == Survey.State.PAUSED:
        raise Refused(409, "paused")
    if asked.state != Survey.State.PUBLISHED:
        raise Refused(410, "closed")


def refuse_second(asked: Asked, *, but: UUID | None = None) -> None:
    """Where somebody has answered already, other than with the response `but`, and may
    do so once. Raises Refused."""
    if asked.is_used:
        raise Refused(409, "used")
    once_per = asked.version.document.settings.once_per
    if once_per != "customer" or asked.customer_id is None:
        return
    if duplicates.has_answered(asked.survey_id, asked.customer_id, but=but):
        raise Refused(409, "answered")


def _find_published(slug: str) -> Published:
    published = find_published(slug)
    if published is None:
        raise Refused(404, "unknown")
    return published


def _shown(published: Published) -> Version:
    if published.version is None:
        raise Refused(404, "unknown")
    return published.version
