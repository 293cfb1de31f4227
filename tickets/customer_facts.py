"""The customer round a ticket: value, scores so far, other cases, what they did last.

Everything only as far as the reader may see it: what stands here can be opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from customers import timeline
from customers.models import Account, Consent, Customer, Interaction, Message
from surveys.models import Response
from teams.models import User
from tickets.contact_ways import ContactWays, contact_ways
from tickets.models import Ticket

YEAR = timedelta(days=365)
MOST_SCORES, MOST_TICKETS, MOST_INTERACTIONS, MOST_MESSAGES = 20, 5, 5, 3
# The chart's own units; the page scales it.
WIDTH, HEIGHT, MARGIN = 280, 80, 8


@dataclass(frozen=True)
class Value:
    """Orders of the last twelve months in one currency."""

    amount: Decimal
    currency: str
    orders: int


@dataclass(frozen=True)
class PastScore:
    """`share` is the score on its scale, 0 worst to 1 best; `x`, `y` for the chart."""

    day: date
    name: str
    score: int
    top: int
    response: Any
    is_here: bool
    share: float
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class CustomerFacts:
    customer: Customer
    # Whether the reader may open their pages.
    opens_customer: bool
    account: Account | None
    opens_account: bool
    value: Sequence[Value]
    scores: Sequence[PastScore]
    line: str
    tickets: Sequence[Ticket]
    open_tickets: int
    interactions: Sequence[timeline.Entry]
    messages: Sequence[Message]
    consents: Sequence[Consent]
    ways: ContactWays

    @property
    def newest_scores(self) -> Sequence[PastScore]:
        return self.scores[::-1]


def facts_of(ticket: Ticket, user: User, *, at: datetime) -> CustomerFacts | None:
    """None where nobody knows who answered."""
    customer = ticket.customer
    if customer is None:
        return None
    account = customer.account
    seen = Customer.objects.visible_to(user).filter(pk=customer.pk).exists()
    scores = _with_places(_scores(ticket, user))
    tickets = _open_tickets(ticket, user)
    return CustomerFacts(
        customer=customer,
        opens_customer=seen,
        account=account,
        opens_account=account is not None
        and Account.objects.visible_to(user).filter(pk=account.pk).exists(),
        value=_value(customer, since=at - YEAR) if seen else [],
        scores=scores,
        line=" ".join(f"{score.x},{score.y}" for score in scores),
        tickets=tickets[:MOST_TICKETS],
        open_tickets=len(tickets),
        interactions=_interactions(customer, user) if seen else [],
        messages=_messages(ticket) if seen else [],
        consents=sorted(customer.consents.all(), key=lambda c: c.channel),
        ways=contact_ways(ticket, at=at),
    )


def _value(customer: Customer, *, since: datetime) -> list[Value]:
    orders = Interaction.objects.filter(
        customer=customer, kind="order", occurred_at__gte=since, value__isnull=False
    )
    sums = (
        orders.order_by()
        .values("currency")
        .annotate(amount=Sum("value"), orders=Count("pk"))
    )
    return [
        Value(s["amount"], s["currency"], s["orders"]) for s in sums.order_by("-amount")
    ]


def _interactions(customer: Customer, user: User) -> Sequence[timeline.Entry]:
    return timeline.interactions(customer, user, before=None, limit=MOST_INTERACTIONS)


def _messages(ticket: Ticket) -> Sequence[Message]:
    """What was said beside this ticket, the newest first."""
    others = Message.objects.filter(customer=ticket.customer_id)
    newest = others.exclude(thread=ticket.thread).order_by("-happened_at", "-pk")
    return list(newest[:MOST_MESSAGES])


def _open_tickets(ticket: Ticket, user: User) -> list[Ticket]:
    """The customer's other open tickets, the next due first."""
    others = Ticket.objects.visible_to(user).open().filter(customer=ticket.customer_id)
    found = others.exclude(pk=ticket.pk).select_related("assignee")
    return list(found.order_by("next_due_at", "number")[:100])


def _scores(ticket: Ticket, user: User) -> list[PastScore]:
    """The last scores that the reader may see, oldest first."""
    answers = (
        Response.objects.visible_to(user)
        .counted()
        .filter(customer=ticket.customer_id)
        .select_related("ticket_answer")
        .defer("answers", "attributes")
        .order_by("-submitted_at")[:MOST_SCORES]
    )
    found = [_score(answer, ticket) for answer in answers]
    return [score for score in reversed(found) if score]


def _score(answer: Response, ticket: Ticket) -> PastScore | None:
    """Of an answer that gives several, the NPS first."""
    given: Mapping[str, tuple[int | None, int, int]] = {
        "NPS": (answer.nps, 0, 10),
        "CSAT": (answer.csat, 1, 5),
        "CES": (answer.ces, 1, answer.ces_scale or 7),
    }
    for name, (score, lowest, top) in given.items():
        if score is not None:
            link = getattr(answer, "ticket_answer", None)
            return PastScore(
                day=answer.day,
                name=name,
                score=score,
                top=top,
                response=answer.pk,
                is_here=link is not None and link.ticket_id == ticket.pk,
                share=(score - lowest) / (top - lowest),
            )
    return None


def _with_places(scores: Sequence[PastScore]) -> list[PastScore]:
    """Where each stands in the chart: in order, evenly apart."""
    step = (WIDTH - 2 * MARGIN) / max(len(scores) - 1, 1)
    return [
        PastScore(
            **{
                **vars(score),
                "x": round(MARGIN + i * step, 1),
                "y": round(HEIGHT - MARGIN - score.share * (HEIGHT - 2 * MARGIN), 1),
            }
        )
        for i, score in enumerate(scores)
    ]
