"""Outgoing mail over one SMTP connection, against one EmailMessage at a time."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from bench.report import Row
from events import deliveries
from events.models import Delivery, Event

LETTERS = 2_000
# So much slower that a quarter tells as much.
SINGLE = 500
WORDS = "We are sorry for the long wait. Your refund is on its way.\n" * 6


def measure(*, rounds: int) -> list[Row]:
    with _server() as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        _deliveries(200)  # both sides warm
        _messages(50)
        pairs = [(_messages(SINGLE), _deliveries(LETTERS)) for _ in range(rounds)]
    singles, ours = zip(*pairs, strict=True)
    detail = (
        f"{median(ours):,.0f} deliveries/s, each recorded within a moment of its acceptance; "
        f"{median(singles):,.0f} EmailMessage/s over one connection; "
        f"{rounds} pairs of {LETTERS:,} and {SINGLE:,}"
    )
    ratio = median(own / single for single, own in pairs)
    return [Row("deliveries sent / one EmailMessage at a time", ratio, ">=", 5, detail)]


def _messages(count: int) -> float:
    """Letters a second: built by Django and sent one by one, nothing recorded."""
    with get_connection() as connection:
        started = time.perf_counter()
        for number in range(count):
            message = EmailMultiAlternatives(
                f"Your answer {number}",
                WORDS,
                to=[f"customer{number}@customers.test"],
                connection=connection,
            )
            message.attach_alternative(f"<p>{WORDS}</p>", "text/html")
            message.send()
        return count / (time.perf_counter() - started)


def _deliveries(count: int) -> float:
    """Letters a second, from the claim to the mark and the event of the last."""
    Delivery.objects.all().delete()
    told = Event.objects.filter(name="delivery.sent")
    told_before = told.count()
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            key=f"bench-{number}",
            channel="email",
            recipient=f"customer{number}@customers.test",
            content={
                "subject": f"Your answer {number}",
                "text": WORDS,
                "html": f"<p>{WORDS}</p>",
            },
            created_at=now,
            next_try_at=now,
        )
        for number in range(count)
    )
    started = time.perf_counter()
    while deliveries.send_due(at=timezone.now()):
        pass
    seconds = time.perf_counter() - started
    assert Delivery.objects.filter(state="sent", attempts=1).count() == count
    assert told.count() == told_before + count
    return count / seconds


@contextmanager
def _server() -> Iterator[int]:
    """An SMTP server in another process, which takes everything: its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.floor.mail_sink"],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
