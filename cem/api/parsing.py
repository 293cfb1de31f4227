"""Reading a JSON body without trusting its size, depth or characters."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CarefulJSON(JSONParser):
    """As DRF's, which reads a body of any size and lets lone surrogates through."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = self._limited(stream, parser_context or {})
        try:
            body = json.loads(raw, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        if b"\\u" in raw:
            _refuse_lone_surrogates(body)
        if not isinstance(body, dict):
            raise ParseError(_("The body must be a JSON object."))
        return body

    def _limited(self, stream: IO[Any], context: Mapping[str, Any]) -> bytes:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        request = context.get("request")
        declared = int(request.META.get("CONTENT_LENGTH") or 0) if request else 0
        raw: bytes = b"" if declared > most else stream.read(most + 1)
        if declared > most or len(raw) > most:
            raise RequestDataTooBig
        return raw


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_lone_surrogates(body: object) -> None:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ParseError(_("The body holds text that is not Unicode.")) from error
