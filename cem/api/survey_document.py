"""The JSON Schema of survey documents, for whoever writes or checks them elsewhere."""

import json
from functools import cache
from hashlib import blake2b

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from surveys.document import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def _schema() -> bytes:
    schema = {"$schema": DIALECT, **Document.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False).encode()


@cache
def _etag() -> str:
    return f'"{blake2b(_schema(), digest_size=12).hexdigest()}"'


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=lambda request: _etag())
def survey_document_schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_schema(), content_type="application/schema+json")
