"""What the customers of the example company did, as what they said would have it.

Orders, losses, calls, referrals and tasks on the website; and the letters that nobody
answered.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from customers.models import Consent, Customer, Interaction
from events.models import Delivery
from surveys.models import Invitation, Response, Survey
from tickets.models import NextScore

# Chances to be lost, by what was said last.
LOST = {"recovered": 0.03, "low": 0.3, "content": 0.04, "silent": 0.07}
UNANSWERED = 3_600
TASKS = ("online-booking", "search-fares", "miles-account")


def behave(rng: Random, *, since: datetime, until: datetime) -> None:
    """After the history: who was let down and not won back leaves more often."""
    said = _said()
    customers = list(Customer.objects.order_by("pk"))
    happened: list[Interaction] = []
    for customer in customers:
        mood, at = said.get(customer.pk, ("silent", since))
        happened += _of_one(rng, customer, mood, at, since=since, until=until)
    Interaction.objects.bulk_create(happened, batch_size=2_000)
    _ask_in_vain(rng, customers, since=since, until=until)


def _said() -> dict[int, tuple[str, datetime]]:
    """Each known customer's last mood, and when they said it."""
    back = set(
        NextScore.objects.filter(is_recovered=True).values_list(
            "answer__response__customer_id", flat=True
        )
    )
    answers = Response.objects.filter(customer__isnull=False).order_by("submitted_at")
    found: dict[int, tuple[str, datetime]] = {}
    for customer, nps, csat, ces, at in answers.values_list(
        "customer_id", "nps", "csat", "ces", "submitted_at"
    ):
        is_low = (
            (nps is not None and nps <= 6)
            or (csat is not None and csat <= 2)
            or (ces is not None and ces <= 3)
        )
        found[customer] = ("low" if is_low else "content", at)
    return {
        pk: ("recovered" if pk in back else mood, at)
        for pk, (mood, at) in found.items()
    }


def _of_one(
    rng: Random,
    customer: Customer,
    mood: str,
    at: datetime,
    *,
    since: datetime,
    until: datetime,
) -> Iterator[Interaction]:
    def some_time(first: datetime) -> datetime:
        seconds = max(int((until - first).total_seconds()), 1)
        return first + timedelta(seconds=rng.randrange(seconds))

    if rng.random() < LOST[mood]:
        yield Interaction(customer=customer, kind="churn", occurred_at=some_time(at))
    elif mood in ("content", "recovered") and rng.random() < 0.6:
        yield Interaction(
            customer=customer,
            kind="order",
            occurred_at=some_time(max(at, since)),
            touchpoint_key="online-booking",
            value=rng.randrange(90, 1_800),
            currency="EUR",
        )
    if rng.random() < (0.5 if mood == "low" else 0.15):
        yield Interaction(
            customer=customer,
            kind="call",
            occurred_at=some_time(at),
            touchpoint_key="support-call",
        )
    if mood in ("content", "recovered") and rng.random() < 0.06:
        yield Interaction(customer=customer, kind="referral", occurred_at=some_time(at))
    if rng.random() < 0.5:
        outcome = rng.choices(("success", "abandoned", "error"), (78, 17, 5))[0]
        yield Interaction(
            customer=customer,
            kind="task",
            occurred_at=some_time(since),
            touchpoint_key=rng.choice(TASKS),
            data={
                "outcome": outcome,
                "seconds": rng.randrange(40, 420),
                "clicks": rng.randrange(4, 22),
            },
        )


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
