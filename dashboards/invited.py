"""Whom we asked, and how far it got: invitations of a time, by the day they were sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.orders import bounds, in_tier, tier
from dashboards.periods import Period
from dashboards.remainders import Bases, Lookups, told_apart
from dashboards.selection import Filters
from events.models import Delivery
from surveys import metrics
from surveys.metrics import ShareScore
from surveys.models import Invitation, Response
from surveys.models.invitation import InvitationQuerySet
from teams.access import scope_condition
from teams.models import User

# Where an invitation says what an answer is narrowed by.
_LOOKUPS: Lookups = {
    "survey": "survey_id",
    "touchpoint": "survey__touchpoint_id",
    "region": "customer__region",
    "product_line": "customer__product_line",
    "tier": tier("customer__"),
    # Whoever was invited answers over the personal link.
    "channel": Value(Response.Channel.PERSONAL.value),
    "language": "customer__locale",
    "journey": "survey__touchpoint__stage__journey_id",
    "stage": "survey__touchpoint__stage_id",
    "team": "survey__touchpoint__team_id",
    "account": "customer__account_id",
}
# Tier and region of the customer.
Place = tuple[str, str]


@dataclass(frozen=True)
class Invited:
    """Invitations: `asked` = skipped + sent. `waiting` can still be answered and were
    not; they are in `delivered`, so the rate of a fresh cohort still grows."""

    asked: int = 0
    skipped: int = 0
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    started: int = 0
    completed: int = 0
    partial: int = 0
    waiting: int = 0

    def __add__(self, other: "Invited") -> "Invited":
        names = self.__dataclass_fields__
        return Invited(**{n: getattr(self, n) + getattr(other, n) for n in names})

    @property
    def rate(self) -> ShareScore | None:
        """Completed and kept partial answers, of what was delivered."""
        return metrics.response_rate(
            min(self.completed, self.delivered),
            min(self.partial, self.delivered - min(self.completed, self.delivered)),
            self.delivered,
        )

    @property
    def still_open(self) -> ShareScore | None:
        """Of the delivered ones, those whose time to answer is not over."""
        return metrics.share(min(self.waiting, self.delivered), self.delivered)


def invitations(user: User, filters: Filters) -> InvitationQuerySet:
    """Within filters and scope; customers stand where they stand today."""
    found = InvitationQuerySet(Invitation).filter(
        scope_condition(user, InvitationQuerySet.SCOPE_FIELDS)
    )
    for dimension, value in filters.given.items():
        found = found.filter(_where(dimension, value))
    for name, text in filters.attributes:
        found = found.filter(customer__attributes__contains={name: text})
    return found


def _where(dimension: Dimension, value: int | str) -> Q:
    if dimension == "tier":
        return in_tier(str(value), "customer__")
    if dimension == "channel":
        return Q() if value == Response.Channel.PERSONAL else Q(pk__in=[])
    return Q(**{str(_LOOKUPS[dimension]): value})


def invited(
    user: User, period: Period, filters: Filters, *, at: datetime
) -> dict[Place, Invited]:
    """By tier and region."""
    counted = _counts(at)
    rows = (
        _of_period(user, period, filters)
        .values("customer__tier", "customer__account__tier", "customer__region")
        .annotate(**counted)
        .values_list(
            "customer__tier", "customer__account__tier", "customer__region", *counted
        )
    )
    found: dict[Place, Invited] = {}
    for own, of_account, region, *numbers in rows:
        place = (own or of_account or "", region)
        found[place] = found.get(place, Invited()) + Invited(*numbers)
    return found


def delivered(user: User, period: Period, *, at: datetime) -> Bases:
    """What the response rate rests on, under the name `delivered`."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        found = _of_period(user, period, filters)
        return told_apart(found, by, _LOOKUPS, delivered=_counts(at)["delivered"])

    return Bases(read, ["delivered"])


def skipped(user: User, period: Period, filters: Filters) -> Counter[str]:
    """Invitations that were not sent, by the key of the reason."""
    rows = _of_period(user, period, filters).exclude(skipped_reason="")
    return Counter(dict(rows.values_list("skipped_reason").annotate(n=Count("pk"))))


def _of_period(user: User, period: Period, filters: Filters) -> InvitationQuerySet:
    since, until = bounds(period)
    found = invitations(user, filters).order_by()
    when = found.annotate(when=Coalesce("sent_at", "created_at"))
    return when.filter(when__gte=since, when__lt=until)


def _counts(at: datetime) -> dict[str, Count]:
    """A link that was copied counts as delivered: somebody handed it over."""
    sent = Q(skipped_reason="")
    key = Concat(Value("invitation-"), Cast(OuterRef("pk"), CharField()))
    taken = Delivery.objects.filter(
        key=key, state=Delivery.State.SENT, message__bounced_at__isnull=True
    )
    by_mail = Q(channel=Invitation.Channel.EMAIL)
    delivered = sent & (~by_mail | Q(Exists(taken)))
    done, begun = Q(completed_at__isnull=False), Q(partial__is_intent=False)
    conditions = {
        "asked": Q(),
        "skipped": ~sent,
        "sent": sent,
        "delivered": delivered,
        "opened": sent & (Q(opened_at__isnull=False) | done),
        "started": sent & (done | begun | Q(started_at__isnull=False)),
        "completed": sent & done,
        "partial": sent & begun & ~done,
        "waiting": sent & ~done & Q(expires_at__gt=at),
    }
    return {name: Count("pk", filter=q) for name, q in conditions.items()}
