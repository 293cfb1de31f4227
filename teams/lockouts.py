"""Who is locked out after too many wrong passwords, and letting them in again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.signals import password_reset
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from events import outbox
from teams.models import User


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address somebody tries, in one spelling: `Ana@` is no second set of tries."""
    tried = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()


def is_locked_out(user: User, *, at: datetime) -> bool:
    return bool(locked_out_among([user], at=at))


def locked_out_among(users: Iterable[User], *, at: datetime) -> set[str]:
    """The addresses of those whom some place was locked out of."""
    cool_off = get_cool_off()
    assert cool_off is not None
    attempts = AccessAttempt.objects.filter(
        username__in=[user.email for user in users],
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=at - cool_off,
    )
    return set(attempts.values_list("username", flat=True))


@transaction.atomic
def let_in_again(user: User, *, by: User, at: datetime) -> None:
    reset(username=user.email)
    outbox.record("user.unlocked", subject=("user", user.pk), at=at, actor=by.email)


@receiver(password_reset)
def _trust_the_new_password(user: User, **_: object) -> None:
    # Who could read the letter is who they say they are.
    let_in_again(user, by=user, at=timezone.now())
