"""What a customer sees and sends: the form, the thanks, and every reason why not."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.ids import uuid7
from surveys import form_tokens, intake, pages, personal_links, rate_limit, trials
from surveys.addresses import address_of
from surveys.answers import InvalidAnswers, Problem
from surveys.elements import Language
from surveys.embedding import NO_FRAME, frame_of, started_at
from surveys.language import choose_language
from surveys.models import Invitation, Response, Survey, SurveyVersion
from surveys.notices import Refused, notice, page
from surveys.published import Published, Version, find_published, get_version

log = logging.getLogger("cem.surveys")

SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)
TOKEN = re.compile(r"[-\w=]{1,80}", re.ASCII)
FORM = re.compile(r"([0-9a-f-]{36})\.(\d{1,15})\.([-\w=]{1,40})", re.ASCII)
# Nobody reads a question faster than this; who seems to is asked to send again.
FASTEST = timedelta(seconds=1)
HONEYPOT = "confirm-code"


@dataclass(frozen=True)
class Asked:
    """What a link leads to. `version` is what it shows now; `test` the test link's key."""

    survey_id: int
    state: str
    version: Version
    test: str = ""
    channel: Response.Channel = Response.Channel.LINK
    customer_id: int | None = None
    invitation_id: UUID | None = None
    is_used: bool = False


@dataclass(frozen=True)
class Form:
    """One filled form: the id made with its page, and the version it was shown in."""

    token: str
    response_id: UUID
    version: Version
    language: Language
    answers: dict[str, object]


type_of_find = Callable[[HttpRequest, str, datetime], Asked]


def open_link(request: HttpRequest, rest: str) -> HttpResponse:
    """`/s/<slug>/`: anybody may answer, any number of times."""
    return _respond(request, rest, SLUG, _find_open)


def personal_link(request: HttpRequest, rest: str) -> HttpResponse:
    """`/i/<token>/`: one customer, once, for a time."""
    return _respond(request, rest, TOKEN, _find_personal)


def _respond(
    request: HttpRequest, rest: str, shape: re.Pattern[str], find: type_of_find
) -> HttpResponse:
    key = rest.removesuffix("/")
    try:
        if not shape.fullmatch(key):
            raise Refused(404, "unknown")
        if not rest.endswith("/"):
            return _with_slash(request)
        return _answered(request, key, find)
    except Refused as refused:
        return notice(request, refused)
    except (OperationalError, InterfaceError):
        log.exception("The database does not answer, so nobody can answer us")
        return notice(request, Refused(503, "down", {"Retry-After": "10"}))


def _answered(request: HttpRequest, key: str, find: type_of_find) -> HttpResponse:
    """A lost connection is replaced once: asking again changes nothing."""
    now = timezone.now()
    try:
        return _by_method(request, key, find, now)
    except (OperationalError, InterfaceError):
        connection.close()
        return _by_method(request, key, find, now)


def _with_slash(request: HttpRequest) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    address = f"{request.path}/?{query}" if query else f"{request.path}/"
    return HttpResponsePermanentRedirect(address)


def _by_method(
    request: HttpRequest, key: str, find: type_of_find, now: datetime
) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return _show(request, find(request, key, now))
    if request.method == "POST":
        _refuse_unreadable(request)
        return _receive(request, find(request, key, now), now)
    raise Refused(405, "method", {"Allow": "GET, HEAD, POST"})


def _find_open(request: HttpRequest, slug: str, now: datetime) -> Asked:
    published = _find_published(slug)
    test = request.GET.get("test", "")
    if test:
        try:
            version = trials.trial_version(test, slug=slug)
        except trials.UnusableTestLink as error:
            raise Refused(404, "unknown") from error
        return Asked(published.survey_id, Survey.State.PUBLISHED, version, test)
    version, frame = _shown(published), frame_of(request, now)
    if frame is NO_FRAME:
        return Asked(published.survey_id, published.state, version)
    return Asked(
        published.survey_id,
        published.state,
        version,
        channel=frame.channel,
        customer_id=frame.customer_id(at=now, makes=request.method == "POST"),
    )


def _find_personal(request: HttpRequest, token: str, now: datetime) -> Asked:
    try:
        invitation_id = personal_links.invitation_of(token, at=now)
    except personal_links.UnknownLink as error:
        raise Refused(404, "unknown") from error
    except personal_links.ExpiredLink as error:
        raise Refused(410, "expired") from error
    invitation = (
        Invitation.objects.select_related("survey").filter(id=invitation_id).first()
    )
    if invitation is None:
        raise Refused(404, "unknown")
    if invitation.opened_at is None:
        Invitation.objects.filter(id=invitation_id).update(opened_at=now)
    published = _find_published(invitation.survey.slug)
    return Asked(
        published.survey_id,
        published.state,
        _shown(published),
        channel=Response.Channel.PERSONAL,
        customer_id=invitation.customer_id,
        invitation_id=invitation.id,
        is_used=invitation.completed_at is not None,
    )


def _find_published(slug: str) -> Published:
    published = find_published(slug)
    if published is None:
        raise Refused(404, "unknown")
    return published


def _shown(published: Published) -> Version:
    if published.version is None:
        raise Refused(404, "unknown")
    return published.version


def _show(request: HttpRequest, asked: Asked) -> HttpResponse:
    """A fresh form. Nothing is stored, whatever the address says."""
    if asked.is_used:
        raise Refused(409, "used")
    _refuse_unless_live(asked)
    query = request.GET if request.META.get("QUERY_STRING") else {}
    version = asked.version
    language = choose_language(
        query.get("lang"),
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        version.document.languages,
    )
    token = _token_for(uuid7(), version)
    if asked.test:
        filled = _filled(asked, token, language)
        return page(pages.filled_page(version.document, language, filled), language)
    body = pages.form_page(version.id, language, token, query.get("score", ""))
    return page(body, language)


def _refuse_unless_live(asked: Asked) -> None:
    if asked.state == Survey.State.PAUSED:
        raise Refused(409, "paused")
    if asked.state != Survey.State.PUBLISHED:
        raise Refused(410, "closed")


def _refuse_unreadable(request: HttpRequest) -> None:
    """Read the body now, so that whatever is wrong with it is found in one place."""
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise Refused(400, "unreadable") from error
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if most is not None and size > most:
        raise Refused(413, "too_large")
    try:
        received = len(request.body)
        request.POST  # noqa: B018  reading it is the point
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
    if received < size:
        raise Refused(400, "unreadable")


def _receive(request: HttpRequest, asked: Asked, now: datetime) -> HttpResponse:
    form = _form(request, asked)
    if request.POST.get(HONEYPOT):
        # A program does not learn that it was seen through.
        log.info("A form filled by a program was dropped: survey %s", asked.survey_id)
        return _thanks(form, form.version.document.ending_of_group("passive").id)
    # What a kiosk sends late must not stand in the way of those who answer now.
    way = "kiosk " if asked.channel == Response.Channel.KIOSK else ""
    try:
        rate_limit.count_answer(asked.survey_id, way + address_of(request))
    except rate_limit.TooManyAnswers as error:
        wait = {"Retry-After": str(error.retry_after)}
        raise Refused(429, "too_many", wait) from error
    if now - form_tokens.made_at(form.response_id) < FASTEST:
        with translation.override(form.language):
            note = _("That was very quick. If your answers are right, send them again.")
        return _again(asked, form, note=note)
    began = started_at(request, form_tokens.made_at(form.response_id), now)
    return _store(asked, form, began, now)


def _store(asked: Asked, form: Form, began: datetime, now: datetime) -> HttpResponse:
    submission = intake.Submission(
        response_id=form.response_id,
        answers=form.answers,
        locale=form.language,
        channel=asked.channel,
        customer_id=asked.customer_id,
        invitation_id=asked.invitation_id,
        started_at=began,
    )
    try:
        receipt = intake.submit_response(
            version=form.version, submission=submission, at=now
        )
    except InvalidAnswers as error:
        _refuse_unless_live(asked)
        return _again(asked, form, problems=error.problems)
    except intake.SurveyPaused as error:
        raise Refused(409, "paused") from error
    except intake.SurveyClosed as error:
        raise Refused(410, "closed") from error
    except intake.AlreadyAnswered as error:
        raise Refused(409, "used") from error
    except intake.ResponseIdTaken as error:
        raise Refused(400, "tampered") from error
    except (OperationalError, InterfaceError):
        log.exception("Answers could not be stored, the customer was asked to wait")
        return _later(asked, form)
    return _thanks(form, receipt.ending)


def _form(request: HttpRequest, asked: Asked) -> Form:
    """The posted form. Raises Refused where we did not make it for this survey."""
    token = request.POST.get("form", "")
    parts = FORM.fullmatch(token)
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
        raise Refused(400, "tampered")
    return Form(
        token=token,
        response_id=response_id,
        version=version,
        language=choose_language(
            request.POST.get("lang"), "", version.document.languages
        ),
        answers={
            element.id: request.POST[pages.FIELD + element.id]
            for element in version.document.elements
            if pages.FIELD + element.id in request.POST
        },
    )


def _again(
    asked: Asked, form: Form, *, note: str = "", problems: list[Problem] | None = None
) -> HttpResponse:
    """The same form, with what was given so far and what has to be mended."""
    filled = _filled(
        asked, form.token, form.language, form.answers, note, tuple(problems or ())
    )
    body = pages.filled_page(form.version.document, form.language, filled)
    return page(body, form.language, status=422)


def _later(asked: Asked, form: Form) -> HttpResponse:
    """The same form, so that nothing that was written is lost while we are down."""
    with translation.override(form.language):
        note = _(
            "We cannot take answers at this moment. Please send again in a minute."
        )
    response = _again(asked, form, note=note)
    response.status_code = 503
    response["Retry-After"] = "10"
    return response


def _filled(
    asked: Asked,
    token: str,
    language: Language,
    answers: dict[str, object] | None = None,
    note: str = "",
    problems: tuple[Problem, ...] = (),
) -> pages.Filled:
    return pages.Filled(
        token=token,
        answers=answers or {},
        problems=problems,
        note=note,
        banner=pages.test_banner(language) if asked.test else "",
        query={"test": asked.test} if asked.test else {},
    )


def _thanks(form: Form, ending_id: str) -> HttpResponse:
    body = pages.ending_page(form.version.id, form.language, ending_id)
    return page(body, form.language)


def _token_for(response_id: UUID, version: Version) -> str:
    return f"{response_id}.{version.id}.{form_tokens.sign(response_id, version.id)}"
