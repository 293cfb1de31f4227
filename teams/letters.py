"""Letters to our own people, in their language; sent like all that leaves the building."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events.deliveries import queue_delivery
from events.models import Delivery
from teams.models import User


def post_letter(
    template: str, *, to: User, key: str, at: datetime, context: Mapping[str, object]
) -> Delivery:
    """Queue `<template>_subject.txt` and `<template>_message.txt`, once per `key`."""
    words = {"person": to, "site": settings.SITE_URL, **context}
    with translation.override(to.language or translation.get_language()):
        subject = render_to_string(f"{template}_subject.txt", words)
        text = render_to_string(f"{template}_message.txt", words)
    return queue_delivery(
        key=key,
        channel="email",
        recipient=to.email,
        content={
            "subject": " ".join(subject.split()),
            "text": text.strip() + "\n",
            # Nobody's out-of-office reply, and no robot, is to answer it.
            "headers": {"Auto-Submitted": "auto-generated"},
        },
        at=at,
        subject=("user", to.pk),
    )
