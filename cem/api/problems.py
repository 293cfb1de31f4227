"""Errors as RFC 9457 problem details: type, title, status, detail, errors by field."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

log = logging.getLogger("cem.api")

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5


def problem_details(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever is raised becomes a problem, never a page."""
    set_rollback()
    request: Request = context["request"]
    known = _known(error)
    if known is None:
        known = _unexpected(error, request)
    # The caller may have asked for a format that we do not speak; errors are JSON.
    request.accepted_renderer = JSONRenderer()
    request.accepted_media_type = JSONRenderer.media_type
    return Response(
        _body(known),
        status=known.status_code,
        headers=_headers(known),
        content_type=CONTENT_TYPE,
    )


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    wait = RETRY_SECONDS


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound(_("There is nothing here that you may see."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, RequestDataTooBig):
        return TooLarge(_("The body is larger than we accept."))
    return None


def _unexpected(error: Exception, request: Request) -> exceptions.APIException:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        return Unavailable(_("The database cannot be reached. Please try again."))
    got_request_exception.send(sender=None, request=request._request)
    return exceptions.APIException(_("Something went wrong on our side."))


def _body(error: exceptions.APIException) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status_code).phrase,
        "status": int(error.status_code),
    }
    if isinstance(error, exceptions.ValidationError):
        body["detail"] = _("The call holds values that cannot be accepted.")
        body["errors"] = _by_field(error.detail)
    else:
        body["detail"] = str(error.detail)
    return body


def _by_field(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """`{"customer": {"external_id": [...]}}` as `{"customer.external_id": [...]}`."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= _by_field(inner, f"{prefix}.{name}" if prefix else str(name))
        return found
    sentences = detail if isinstance(detail, list) else [detail]
    return {prefix or "body": [str(sentence) for sentence in sentences]}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    return headers
