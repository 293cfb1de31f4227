"""Who is locked out after too many wrong passwords, and letting them in again."""

from datetime import datetime
from typing import Any

from allauth.account.signals import password_reset
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from teams.models import User


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address somebody tries, in one spelling: `Ana@` is no second set of tries."""
    tried = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()


def is_locked_out(user: User, *, at: datetime) -> bool:
    cool_off = get_cool_off()
    assert cool_off is not None
    return bool(
        AccessAttempt.objects.filter(
            username=user.email,
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gt=at - cool_off,
        ).exists()
    )


def let_in_again(user: User) -> None:
    reset(username=user.email)


@receiver(password_reset)
def _trust_the_new_password(user: User, **_: object) -> None:
    # Who could read the letter is who they say they are.
    let_in_again(user)
