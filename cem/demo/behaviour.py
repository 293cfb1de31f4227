"""What the customers of the example company did, as what they said would have it.

Orders, losses, calls, referrals and tasks on the website; and the letters that nobody
answered.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from cem.demo.moods import Mood, Standing, standings
from customers.models import Consent, Customer, Interaction
from events.models import Delivery
from surveys.models import Invitation, Survey

# Days that pass on average until somebody who is to leave is gone.
PATIENCE = 170
UNANSWERED = 3_600
TASKS = ("online-booking", "search-fares", "miles-account")


def behave(rng: Random, *, since: datetime, until: datetime) -> None:
    """After the history."""
    known = standings()
    customers = list(Customer.objects.order_by("pk"))
    happened: list[Interaction] = []
    for customer in customers:
        standing = known.get(customer.pk, Standing(Mood.SILENT, since, since))
        happened += _of_one(rng, customer, standing, since=since, until=until)
    Interaction.objects.bulk_create(happened, batch_size=2_000)
    _ask_in_vain(rng, customers, since=since, until=until)


def _of_one(
    rng: Random,
    customer: Customer,
    standing: Standing,
    *,
    since: datetime,
    until: datetime,
) -> Iterator[Interaction]:
    habits, at = standing.mood.value, standing.last_at
    gone_at = until
    if rng.random() < habits.lost:
        days = rng.expovariate(1 / PATIENCE)
        gone_at = min(max(standing.since + timedelta(days=days), at), until)
    if gone_at < until:
        yield Interaction(customer=customer, kind="churn", occurred_at=gone_at)
    for _ in range(rng.randint(0, habits.orders)):
        yield Interaction(
            customer=customer,
            kind="order",
            occurred_at=_some_time(rng, since, gone_at),
            touchpoint_key="online-booking",
            value=rng.randrange(60, 2_400),
            currency="EUR",
        )
    if rng.random() < habits.calls:
        yield Interaction(
            customer=customer,
            kind="call",
            occurred_at=_some_time(rng, at, until),
            touchpoint_key="support-call",
        )
    if rng.random() < habits.referrals:
        referred_at = _some_time(rng, at, until)
        yield Interaction(customer=customer, kind="referral", occurred_at=referred_at)
    if rng.random() < 0.5:
        yield _task(rng, customer, since=since, until=until)


def _task(
    rng: Random, customer: Customer, *, since: datetime, until: datetime
) -> Interaction:
    """Something tried on the website."""
    outcome = rng.choices(("success", "abandoned", "error"), (78, 17, 5))[0]
    return Interaction(
        customer=customer,
        kind="task",
        occurred_at=_some_time(rng, since, until),
        touchpoint_key=rng.choice(TASKS),
        data={
            "outcome": outcome,
            "seconds": rng.randrange(40, 420),
            "clicks": rng.randrange(4, 22),
        },
    )


def _some_time(rng: Random, first: datetime, last: datetime) -> datetime:
    seconds = max(int((last - first).total_seconds()), 1)
    return first + timedelta(seconds=rng.randrange(seconds))


def _ask_in_vain(
    rng: Random, customers: list[Customer], *, since: datetime, until: datetime
) -> None:
    """Letters that were delivered and not answered, or not sent at all."""
    refused = set(
        Consent.objects.filter(is_granted=False).values_list("customer_id", flat=True)
    )
    surveys = list(Survey.objects.exclude(slug="flight-reviews").order_by("pk"))
    seconds = int((until - since).total_seconds())
    invitations = []
    for _ in range(UNANSWERED):
        customer = rng.choice(customers)
        at = since + timedelta(seconds=rng.randrange(seconds))
        is_skipped = customer.pk in refused
        invitations.append(
            Invitation(
                id=UUID(int=rng.getrandbits(128), version=4),
                survey=rng.choice(surveys),
                customer=customer,
                channel=Invitation.Channel.EMAIL,
                created_at=at,
                expires_at=at + timedelta(days=30),
                sent_at=None if is_skipped else at,
                opened_at=at + timedelta(hours=3) if rng.random() < 0.4 else None,
                skipped_reason="no_consent" if is_skipped else "",
            )
        )
    Invitation.objects.bulk_create(invitations, batch_size=2_000)
    Delivery.objects.bulk_create(
        (_delivered(one) for one in invitations if one.sent_at), batch_size=2_000
    )


def _delivered(invitation: Invitation) -> Delivery:
    assert invitation.sent_at is not None
    return Delivery(
        key=f"invitation-{invitation.id}",
        channel="email",
        recipient=invitation.customer.email,
        content={},
        subject_type="invitation",
        subject_id=str(invitation.id),
        state=Delivery.State.SENT,
        attempts=1,
        created_at=invitation.sent_at,
        next_try_at=invitation.sent_at,
        sent_at=invitation.sent_at,
    )
