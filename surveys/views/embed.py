"""The respondents' pages in frames: on other sites by `/embed.js`, and on a kiosk."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    HttpResponseNotModified,
    JsonResponse,
)
from django.utils import timezone

from surveys import embedding, kiosk, shown
from surveys.language import choose_language
from surveys.models import Response, Survey
from surveys.notices import page
from surveys.published import Version, find_published
from surveys.views import respond

WORKER = "kiosk-worker.js"
# Browsers ask again after an hour, so a new release reaches every site within it.
EMBED_KEPT = "public, max-age=3600"
SHELL_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " frame-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)
WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"


def embed_script(request: HttpRequest, rest: str) -> HttpResponse:
    """`/embed.js`, which any site may load; where it works, the allowed sites say."""
    if rest:
        return HttpResponseNotFound()
    return _script(request, "embed.js", {"Cache-Control": EMBED_KEPT})


def open_link(request: HttpRequest, rest: str) -> HttpResponse:
    """`/s/<slug>/`, whatever shows it."""
    if rest == WORKER:
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": WORKER_POLICY,
        }
        return _script(request, "kiosk_worker.js", headers)
    if not request.META.get("QUERY_STRING"):
        return respond.open_link(request, rest)
    if request.GET.get("kiosk", "form") != "form":
        return _kiosk(request, rest)
    return _framed(request, rest)


def _framed(request: HttpRequest, rest: str) -> HttpResponse:
    frame = embedding.frame_of(request, timezone.now())
    if frame is embedding.NO_FRAME:
        return respond.open_link(request, rest)
    accepted = request.META.pop("HTTP_ACCEPT_ENCODING", "")
    response = embedding.framed(request, respond.open_link(request, rest), frame)
    return _compressed(response, accepted)


def _kiosk(request: HttpRequest, rest: str) -> HttpResponse:
    """What stands around the form. Whatever is wrong with the survey, its page says."""
    version = _find_live(rest.removesuffix("/"))
    if version is None or request.method not in ("GET", "HEAD"):
        return respond.open_link(request, rest)
    kind = request.GET["kiosk"]
    if kind in ("stock", "begun"):
        return _told(version, kind)
    language = choose_language(
        request.GET.get("lang"),
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        version.document.languages,
    )
    if kind in ("kept", "full"):
        body = {"kept": kiosk.kept_page, "full": kiosk.full_page}[kind](language)
        return page(body, language, ancestors="'self'")
    times = kiosk.times_in(request.GET.dict())
    query = f"kiosk=form&lang={language}"
    headers = {"Content-Security-Policy": SHELL_POLICY}
    shell = kiosk.shell(version, language, query, times)
    return page(shell, language, headers=headers)


def _told(version: Version, kind: str) -> HttpResponse:
    """Tokens for the kiosk's stock; or that somebody has touched it, which counts as
    shown."""
    if kind == "begun":
        shown.count(version, Response.Channel.KIOSK, timezone.now())
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    stock = JsonResponse({"forms": kiosk.stock(version)})
    stock.headers["Cache-Control"] = "no-store"
    return stock


def _find_live(slug: str) -> Version | None:
    published = find_published(slug) if respond.SLUG.fullmatch(slug) else None
    if published is None or published.state != Survey.State.PUBLISHED:
        return None
    return published.version


def _script(
    request: HttpRequest, name: str, headers: Mapping[str, str]
) -> HttpResponse:
    found = finders.find(f"public/{name}")
    assert found, f"{name} belongs to this release"
    path = Path(found)
    body, tag = _read(path, path.stat().st_mtime)
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Any site may load it, with a checksum of its own and from an isolated page, too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    for header, value in headers.items():
        response.headers[header] = value
    return _compressed(response, request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(10)
def _read(path: Path, _changed_at: float) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, f'W/"{sha256(body).hexdigest()[:20]}"'


def _compressed(response: HttpResponse, accepted: str) -> HttpResponse:
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    if "gzip" not in accepted or response.status_code == 304:
        return response
    response.content = gzip.compress(response.content, 6, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    return response
