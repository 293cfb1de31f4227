"""Links to a page of the dashboards for people without a sign-in.

The page is made anew for every opening, of what the link's owner may see then; nothing
of it is stored. Who holds the address reads, until it expires or is revoked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import F
from django.http import QueryDict

from dashboards.figures import Figure
from dashboards.models import ShareLink
from dashboards.report import Report, Section
from dashboards.shareable import PAGES
from events import audit, outbox
from surveys.metrics import HIDDEN_BELOW, LOW_BASE_BELOW, hiding_below
from teams.access import can
from teams.models import User
from teams.roles import Ability

USUAL_DAYS, MOST_DAYS = 30, 365
# A wall screen opens its link all day; the audit trail needs no line for each time.
NOTED_EVERY = timedelta(hours=1)


class Closed(Exception):
    """The link opens nothing any more."""


class Revoked(Closed):
    """Its owner took it back."""


class Expired(Closed):
    """Its days are over."""


class OwnerGone(Closed):
    """Its owner has left, or may not share any more."""


@dataclass(frozen=True)
class Terms:
    """What a link is called, how long it opens, and what it leaves out."""

    label: str
    days: int = USUAL_DAYS
    shows_comments: bool = False
    hides_low_base: bool = False


@transaction.atomic
def share(
    owner: User,
    page: str,
    query: QueryDict,
    terms: Terms,
    *,
    at: datetime,
) -> tuple[ShareLink, str]:
    """A new link and the secret of its address, which cannot be shown again."""
    secret = token_urlsafe(32)
    link = ShareLink.objects.create(
        owner=owner,
        label=terms.label,
        page=page,
        query=query.urlencode(),
        digest=_digest_of(secret),
        shows_comments=terms.shows_comments,
        hides_low_base=terms.hides_low_base,
        created_at=at,
        expires_at=at + timedelta(days=min(terms.days, MOST_DAYS)),
    )
    _record("dashboard.link_created", link, by=owner, at=at)
    return link, secret


def find_link(secret: str) -> ShareLink | None:
    found = ShareLink.objects.select_related("owner")
    return found.filter(digest=_digest_of(secret)).first()


def open_link(link: ShareLink, *, at: datetime) -> Report:
    """What the link shows now. Raises Closed, and whatever the page itself raises."""
    refuse_closed(link, at=at)
    with hiding_below(LOW_BASE_BELOW if link.hides_low_base else HIDDEN_BELOW):
        made = PAGES[link.page].build(link.owner, QueryDict(link.query), at=at)
    return for_strangers(made, shows_comments=link.shows_comments)


def refuse_closed(link: ShareLink, *, at: datetime) -> None:
    if link.revoked_at:
        raise Revoked
    if link.expires_at <= at:
        raise Expired
    if not may_share(link.owner) or link.page not in PAGES:
        raise OwnerGone


def note_opening(link: ShareLink, *, at: datetime) -> None:
    before = link.last_opened_at
    ShareLink.objects.filter(pk=link.pk).update(
        openings=F("openings") + 1, last_opened_at=at
    )
    if before is None or before <= at - NOTED_EVERY:
        payload = {"link": link.label, "page": link.page}
        audit.note(
            "dashboard.link_opened",
            subject=("share_link", link.pk),
            by="",
            at=at,
            payload=payload,
        )


@transaction.atomic
def revoke(link: ShareLink, *, by: User, at: datetime) -> None:
    """Nothing happens to one that is revoked already."""
    open_ones = ShareLink.objects.filter(pk=link.pk, revoked_at=None)
    if open_ones.update(revoked_at=at):
        _record("dashboard.link_revoked", link, by=by, at=at)


def may_share(user: User) -> bool:
    return can(user, Ability.SEE_DASHBOARDS) and can(user, Ability.SHARE_DASHBOARDS)


def for_strangers(report: Report, *, shows_comments: bool) -> Report:
    """Without ways into the product and without single customers."""
    return replace(
        report,
        sections=tuple(_bare(one, shows_comments) for one in report.sections),
    )


def _bare(section: Section, shows_comments: bool) -> Section:
    return replace(
        section,
        tiles=tuple(replace(tile, url="") for tile in section.tiles),
        figures=tuple(_without_links(figure) for figure in section.figures),
        tables=tuple(t for t in section.tables if not t.is_personal),
        quotes=section.quotes if shows_comments else (),
    )


def _without_links(figure: Figure) -> Figure:
    if "points" not in figure.data:
        return figure
    points = [
        {name: value for name, value in point.items() if name != "url"}
        for point in figure.data["points"]
    ]
    return replace(figure, data={**figure.data, "points": points})


def _digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _record(name: str, link: ShareLink, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("share_link", link.pk),
        at=at,
        actor=by.email,
        payload={
            "link": link.label,
            "page": link.page,
            "query": link.query,
            "until": link.expires_at.isoformat(),
            "comments": link.shows_comments,
        },
    )
