"""`Idempotency-Key`: a write that is sent again under its key happens once."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.models import IdempotentCall
from events.tasks import KEYS_ARE_KEPT
from teams.models import ApiToken

P = ParamSpec("P")
V = TypeVar("V", bound=APIView)
type_of_act = Callable[Concatenate[V, Request, P], Response]

KEY_LENGTH = 200


class KeyReused(APIException):
    status_code = 422
    default_detail = _("This Idempotency-Key was used for another call.")
    default_code = "idempotency_key_reused"


def idempotent(act: type_of_act[V, P]) -> type_of_act[V, P]:
    """Make a view's write repeatable under the caller's key, for 24 hours.

    Effect and outcome commit together. A parallel repeat waits for the first call; a
    call that failed leaves nothing behind, so that it may be sent again.
    """

    def once(
        view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        key = _key_of(request)
        if key is None:
            return act(view, request, *args, **kwargs)
        with transaction.atomic():
            call = _claim(request, key)
            if call.status:
                return Response(call.body, status=call.status)
            response = act(view, request, *args, **kwargs)
            call.status, call.body = response.status_code, response.data
            call.save(update_fields=["status", "body"])
        return response

    return once


def _key_of(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isprintable()):
        raise ValidationError(
            {
                "Idempotency-Key": _("Give 1 to %(most)d printable characters.")
                % {"most": KEY_LENGTH}
            }
        )
    return key


def _claim(request: Request, key: str) -> IdempotentCall:
    """The call under this key; `status` 0 where it has not happened yet."""
    assert isinstance(request.auth, ApiToken)
    now, caller = timezone.now(), f"token:{request.auth.pk}"
    kept: dict[str, Any] = {"caller": caller, "key": key}
    IdempotentCall.objects.filter(**kept, created_at__lt=now - KEYS_ARE_KEPT).delete()
    fingerprint = _fingerprint(request)
    call, _created = IdempotentCall.objects.get_or_create(
        **kept, defaults={"fingerprint": fingerprint, "created_at": now}
    )
    if call.fingerprint != fingerprint:
        raise KeyReused
    return call


def _fingerprint(request: Request) -> str:
    # The body is read here first: DRF parses the bytes that Django then keeps.
    body = request._request.body
    line = f"{request.method} {request.get_full_path()}\n".encode()
    return sha256(line + body).hexdigest()
