"""A thousand customers who do not give up: each sends until somebody says thank you."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from threading import Event as Flag
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone

from cem.local.ports import LOOPBACK
from surveys import personal_links
from surveys.models import Invitation, Survey
from tests.personas import customer
from tests.respondents import form_of, response_id
from tests.waiting import wait_for

COUNT = 1_000
SENDERS = 8
# One in ten is low; of those, half come by personal links, three from each customer.
LOW_EVERY = 10
KNOWN_EVERY = 20
ANSWERS_EACH = 3
# Longer than any fault lasts; afterwards the test fails instead of hanging.
PATIENCE = 300.0
AGAIN_AFTER = 0.2


@dataclass(frozen=True)
class Answer:
    """`customer` is the id of who has a personal link, else None."""

    id: UUID
    path: str
    body: str
    number: int
    score: int
    customer: int | None = None

    @property
    def is_low(self) -> bool:
        return self.score <= 6


def answers_to(survey: Survey, count: int = COUNT) -> list[Answer]:
    links = iter(_personal_links(survey, -(-count // KNOWN_EVERY)))
    return [_answer(survey, number, links) for number in range(count)]


@dataclass
class Load:
    """Answers on their way; `acknowledged` are those that were thanked for."""

    port: int
    answers: Sequence[Answer]
    per_second: float
    acknowledged: list[Answer] = field(default_factory=list)
    tries: int = 0
    started_at: float = field(default_factory=time.monotonic)
    is_given_up: Flag = field(default_factory=Flag)

    def wait_for(self, count: int) -> None:
        wait_for(
            lambda: len(self.acknowledged) >= count,
            seconds=PATIENCE,
            what=f"{count} answers to be taken",
            every=0.005,
        )

    def send_every(self, offset: int) -> None:
        """One sender's share, over a connection that it keeps while it can."""
        connection: HTTPConnection | None = None
        for place in range(offset, len(self.answers), SENDERS):
            time.sleep(max(0.0, self._turn(place) - time.monotonic()))
            answer, is_thanked = self.answers[place], False
            while not is_thanked and not self.is_given_up.is_set():
                connection = connection or HTTPConnection(
                    LOOPBACK, self.port, timeout=60
                )
                status = _send(connection, answer)
                self.tries += 1
                is_thanked = status == 200
                if not status:
                    connection = None
                if not is_thanked:
                    assert status in (0, 503), status
                    time.sleep(AGAIN_AFTER)
            if is_thanked:
                self.acknowledged.append(answer)

    def _turn(self, place: int) -> float:
        return self.started_at + place / self.per_second


@contextmanager
def sending(
    port: int, answers: Sequence[Answer], *, per_second: float = 10_000
) -> Iterator[Load]:
    """Send all of them while the block runs, and wait for the last at its end."""
    load = Load(port, answers, per_second)
    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(load.send_every, n) for n in range(SENDERS)]
        try:
            yield load
            for sender in senders:
                sender.result(PATIENCE)
        finally:
            load.is_given_up.set()


def send_once(port: int, answer: Answer) -> int:
    """The status that came back, 0 for none."""
    connection = HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        return _send(connection, answer)
    finally:
        connection.close()


def _send(connection: HTTPConnection, answer: Answer) -> int:
    """The status, 0 where the connection broke."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        # The proxy in front speaks for a customer at an address of their own.
        "X-Forwarded-For": f"10.0.{answer.number // 250}.{answer.number % 250}",
    }
    try:
        connection.request("POST", answer.path, answer.body, headers)
        reply = connection.getresponse()
        reply.read()
    except (OSError, HTTPException):
        connection.close()
        return 0
    return reply.status


def _answer(survey: Survey, number: int, links: Iterator[tuple[int, str]]) -> Answer:
    is_low = number % LOW_EVERY == 0
    score = number // LOW_EVERY % 7 if is_low else 7 + number % 4
    path, customer_id = f"/s/{survey.slug}/", None
    if number % KNOWN_EVERY == 0:
        customer_id, path = next(links)
    made = response_id()
    form = form_of(survey, made, score=str(score), comment=f"Answer {number}")
    return Answer(made, path, urlencode(form), number, score, customer_id)


def _personal_links(survey: Survey, count: int) -> list[tuple[int, str]]:
    """Customer and path of so many links, three for each customer."""
    now = timezone.now()
    expires_at = now + timedelta(days=1)
    customers = [
        customer(f"{survey.slug}_{number}") for number in range(count // ANSWERS_EACH)
    ] or [customer(f"{survey.slug}_0")]
    invitations = Invitation.objects.bulk_create(
        Invitation(
            survey=survey,
            customer=customers[number % len(customers)],
            created_at=now,
            expires_at=expires_at,
        )
        for number in range(count)
    )
    return [
        (
            invitation.customer_id,
            f"/i/{personal_links.token_for(invitation.id, expires_at=expires_at)}/",
        )
        for invitation in invitations
    ]
