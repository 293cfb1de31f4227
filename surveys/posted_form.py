"""A form that a respondent sent: which of our pages it is, and what stands in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from surveys import form_tokens
from surveys.elements import Language
from surveys.form_answers import FormReader
from surveys.language import choose_language
from surveys.links import Asked
from surveys.models import SurveyVersion
from surveys.notices import Refused
from surveys.published import Version, get_version

TOKEN = re.compile(r"([0-9a-f-]{36})\.(\d{1,15})\.([-\w=]{1,40})", re.ASCII)
ACTS = ("next", "back", "send", "save", "call")


@dataclass(frozen=True)
class Form:
    """One filled form: the id made with its page, and the version it was shown in.

    `at` is the id of the page that was shown. `seen` are those of its questions that
    depend on answers and were shown; None where a script looks after them.
    """

    token: str
    response_id: UUID
    version: Version
    language: Language
    answers: Mapping[str, object]
    hidden: Mapping[str, str]
    at: str
    act: str
    seen: frozenset[str] | None


def token_for(response_id: UUID, version: Version) -> str:
    return f"{response_id}.{version.id}.{form_tokens.sign(response_id, version.id)}"


def read_token(token: str, asked: Asked) -> tuple[UUID, Version]:
    """Raises Refused where we did not make it, or made it for another survey."""
    parts = TOKEN.fullmatch(token)
    if not parts:
        raise Refused(400, "tampered")
    try:
        response_id = UUID(parts[1])
        form_tokens.verify(response_id, int(parts[2]), parts[3])
        version = get_version(int(parts[2]))
    except (
        ValueError,
        form_tokens.TamperedForm,
        SurveyVersion.DoesNotExist,
    ) as error:
        raise Refused(400, "tampered") from error
    if (version.survey_id, version.is_trial) != (asked.survey_id, bool(asked.test)):
        raise Refused(400, "elsewhere")
    return response_id, version


def read_form(posted: QueryDict, asked: Asked) -> Form:
    """Raises Refused."""
    token = posted.get("form", "")
    response_id, version = read_token(token, asked)
    reader, document = form_reader(version.id), version.document
    at = posted.get("at", "")
    if at not in version.route.places:
        # A form of one page need not say where it is.
        at = document.pages[-1].id
    seen = posted.get("seen")
    return Form(
        token=token,
        response_id=response_id,
        version=version,
        language=choose_language(posted.get("lang"), "", document.languages),
        answers=reader.answers(posted),
        hidden=reader.hidden_fields(posted),
        at=at,
        act=_act(posted.get("act", ""), is_last=at == document.pages[-1].id),
        seen=None if seen is None else frozenset(seen[:50_000].split()),
    )


@lru_cache(500)
def form_reader(version_id: int) -> FormReader:
    return FormReader(get_version(version_id).document)


def refuse_unreadable(request: HttpRequest, *, room: int = 0) -> None:
    """Read the body now, so that whatever is wrong with it is found in one place.
    `room`: bytes that files may take beside the answers."""
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise Refused(400, "unreadable") from error
    takes_files = room and request.content_type == "multipart/form-data"
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if most is not None and size > most + (room if takes_files else 0):
        raise Refused(413, "too_large" if not takes_files else "files_too_large")
    try:
        # Large files go to the disk as they come; that the rest of the form is whole,
        # its last field says: the token.
        received = size if takes_files else len(request.body)
        _read_fields(request, takes_files=bool(takes_files))
    except RequestDataTooBig as error:
        raise Refused(413, "too_large") from error
    except (
        BadRequest,
        SuspiciousOperation,
        MultiPartParserError,
        UnreadablePostError,
    ) as error:
        raise Refused(400, "unreadable") from error
    # A connection that broke off would leave half a comment, and no way to mend it.
    if received < size or (takes_files and "form" not in request.POST):
        raise Refused(400, "unreadable")


def _read_fields(request: HttpRequest, *, takes_files: bool) -> None:
    """As Django reads them, in a quarter of the time for a form as browsers send it:
    answers are most of what a server of ours does."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if (
        takes_files
        or request.content_type != "application/x-www-form-urlencoded"
        or request.encoding is not None
        or not request.body.isascii()
        or (most is not None and request.body.count(b"&") >= most)
    ):
        request.POST  # noqa: B018  reading it is the point
    else:
        request.POST = _fields_in(request.body.decode("ascii"))  # type: ignore[assignment]


def _fields_in(body: str) -> QueryDict:
    found: dict[str, list[str]] = {}
    for pair in body.split("&"):
        if pair:
            name, _equals, value = pair.partition("=")
            found.setdefault(_unquoted(name), []).append(_unquoted(value))
    fields = QueryDict(mutable=True)
    dict.update(fields, found)
    fields._mutable = False
    return fields


def _unquoted(words: str) -> str:
    words = words.replace("+", " ")
    return unquote(words) if "%" in words else words


def _act(given: str, *, is_last: bool) -> str:
    if given in ACTS:
        return given
    return "send" if is_last else "next"
