"""What a customer sees and sends: the form, the thanks, and every reason why not."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from surveys import (
    call_requests,
    embedding,
    endings,
    form_flags,
    form_tokens,
    intake,
    known,
    pages,
    partials,
    quotas,
    rate_limit,
    uploads,
)
from surveys.addresses import address_of
from surveys.answers import InvalidAnswers, Problem
from surveys.branching import Walk
from surveys.form_answers import takes_files
from surveys.links import (
    Asked,
    find_open,
    find_personal,
    refuse_second,
    refuse_unless_live,
)
from surveys.notices import Refused, notice
from surveys.posted_form import Form, read_form, refuse_unreadable
from surveys.views.opened import kept_query, show, styled

log = logging.getLogger("cem.surveys")

SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)
TOKEN = re.compile(r"[-\w=]{1,80}", re.ASCII)
# Nobody reads a question faster than this; who seems to is asked to send again.
FASTEST = timedelta(seconds=1)

type_of_find = Callable[[HttpRequest, str, datetime], Asked]


def open_link(request: HttpRequest, rest: str) -> HttpResponse:
    """`/s/<slug>/`: anybody may answer, any number of times."""
    return _respond(request, rest, SLUG, find_open)


def personal_link(request: HttpRequest, rest: str) -> HttpResponse:
    """`/i/<token>/`: one customer, once, for a time."""
    return _respond(request, rest, TOKEN, find_personal)


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
        return show(request, find(request, key, now), now)
    if request.method == "POST":
        asked = find(request, key, now)
        refuse_unreadable(request, room=uploads.room_for(asked.version.document))
        return _receive(request, asked, read_form(request.POST, asked), now)
    raise Refused(405, "method", {"Allow": "GET, HEAD, POST"})


def _receive(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> HttpResponse:
    if form.act == "save":
        return _save(request, asked, form, now)
    if form.act != "call" and takes_files(form.version.document):
        try:
            form, problems = _with_files(request, asked, form, now)
        except OSError:
            log.exception("A file could not be kept, the customer was asked to wait")
            return _later(request, asked, form)
        if problems and form.act != "back":
            at = _page_of(form, problems)
            return _again(request, asked, form, at=at, problems=problems)
    if form.act in ("next", "back"):
        return _turn(request, asked, form, now)
    _count(request, asked)
    if form.act == "call":
        return _call(form, request.POST.get("call", ""), now)
    if now - form_tokens.made_at(form.response_id) < FASTEST:
        with translation.override(form.language):
            note = _("That was very quick. If your answers are right, send them again.")
        return _again(request, asked, form, note=note)
    return _store(request, asked, form, now)


def _with_files(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> tuple[Form, Sequence[Problem]]:
    """The form with the ids of its files, and what is wrong with those not kept."""
    if request.FILES:
        if asked.is_used:
            raise Refused(409, "used")
        refuse_unless_live(asked)
        _count(request, asked)
    received = uploads.receive(
        request.FILES,
        version=form.version,
        response_id=form.response_id,
        answers=form.answers,
        at=now,
    )
    return replace(form, answers=received.answers), received.problems


def _count(
    request: HttpRequest,
    asked: Asked,
    count: Callable[[int, str], None] = rate_limit.count_answer,
) -> None:
    # What a kiosk sends late must not stand in the way of those who answer now.
    way = "kiosk " if asked.channel == "kiosk" else ""
    try:
        count(asked.survey_id, way + address_of(request))
    except rate_limit.TooManyAnswers as error:
        wait = {"Retry-After": str(error.retry_after)}
        raise Refused(429, "too_many", wait) from error


def _save(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> HttpResponse:
    """What a script sends on the way: kept, not judged."""
    if asked.is_used:
        raise Refused(409, "used")
    refuse_unless_live(asked)
    _count(request, asked, rate_limit.count_page)
    is_intent = request.POST.get("intent") == "1"
    _keep(asked, form, form.at, now, is_intent=is_intent)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _may_be_begun(asked: Asked, form: Form) -> bool:
    """Whether anything is kept on the way: a single page is sent at once, but for a
    score from a letter and what somebody began by a personal link."""
    return not asked.is_plain or len(form.version.document.pages) > 1


def _keep(
    asked: Asked, form: Form, at_page: str, now: datetime, *, is_intent: bool = False
) -> None:
    if not _may_be_begun(asked, form):
        return
    begun = partials.Begun(
        response_id=form.response_id,
        page=at_page,
        answers=form.answers,
        hidden=form.hidden,
        language=form.language,
        channel=asked.channel.value,
        customer_id=asked.customer_id,
        invitation_id=asked.invitation_id,
        is_intent=is_intent,
    )
    try:
        is_kept = partials.save(form.version, begun, at=now)
    except partials.TooMuch as error:
        raise Refused(413, "too_large") from error
    except partials.NotTheirs as error:
        raise Refused(400, "elsewhere") from error
    if not is_kept:
        raise Refused(409, "used")


def _turn(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> HttpResponse:
    """One page on, or back."""
    refuse_second(asked, but=form.response_id)
    refuse_unless_live(asked)
    submission = _submission(request, asked, form, now)
    context = intake.context_of(submission)
    walk = form.version.route.walk(form.answers, context, until=form.at)
    if form.act == "back":
        return _step(request, asked, form, _page_before(walk, form.at), now)
    problems = _problems_on(form, form.at, walk.problems)
    if problems:
        return _again(request, asked, form, problems=problems)
    if _asks_more(form, walk):
        return _again(request, asked, form, status=200)
    beside = context | {f"var.{name}": value for name, value in walk.variables.items()}
    full = quotas.find_full(form.version, walk.answers, beside)
    if full is not None:
        _count(request, asked)
        receipt = _stored(
            lambda: intake.turn_away(
                version=form.version,
                submission=submission,
                quota=full,
                until=form.at,
                at=now,
            )
        )
        return _ended(form, receipt.ending, submission.context)
    if walk.next_page is None:
        _count(request, asked)
        return _store(request, asked, form, now)
    return _step(request, asked, form, walk.next_page, now)


def _step(
    request: HttpRequest, asked: Asked, form: Form, to: str, now: datetime
) -> HttpResponse:
    _count(request, asked, rate_limit.count_page)
    try:
        _keep(asked, form, to, now)
    except (OperationalError, InterfaceError):
        # Everything stands in the page anyway: nobody has to wait for us.
        log.exception("What was begun could not be kept")
        connection.close()
    return _again(request, asked, form, at=to, status=200)


def _page_before(walk: Walk, at: str) -> str:
    way = walk.pages[: walk.pages.index(at)] if at in walk.pages else walk.pages
    return way[-1] if way else at


def _problems_on(
    form: Form, page_id: str, problems: Sequence[Problem]
) -> list[Problem]:
    shown = {element.id for element in form.version.document.page(page_id).elements}
    return [problem for problem in problems if problem.element_id in shown]


def _asks_more(form: Form, walk: Walk) -> bool:
    """Whether the answers on this page call for something that was not shown on it."""
    if form.seen is None:
        return False
    document = form.version.document
    depending = (e for e in document.page(form.at).elements if pages.depends(e))
    unseen = (e.id for e in depending if e.id not in form.seen)
    return any(one in walk.shown and one not in walk.answers for one in unseen)


def _submission(
    request: HttpRequest,
    asked: Asked,
    form: Form,
    now: datetime,
    flags: tuple[str, ...] = (),
) -> intake.Submission:
    made_at = form_tokens.made_at(form.response_id)
    return intake.Submission(
        response_id=form.response_id,
        answers=form.answers,
        locale=form.language,
        channel=asked.channel,
        customer_id=asked.customer_id,
        invitation_id=asked.invitation_id,
        attributes=form.hidden,
        context=known.known_of(form.version, asked.customer_id, form.language),
        started_at=embedding.started_at(request, made_at, now),
        is_begun=_may_be_begun(asked, form),
        flags=flags,
    )


def _store(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> HttpResponse:
    flags = form_flags.flags_of(request, asked, form, now)
    submission = _submission(request, asked, form, now, flags)
    try:
        receipt = _stored(
            lambda: intake.submit_response(
                version=form.version, submission=submission, at=now
            )
        )
    except InvalidAnswers as error:
        refuse_unless_live(asked)
        at = _page_of(form, error.problems)
        problems = _problems_on(form, at, error.problems)
        return _again(request, asked, form, at=at, problems=problems)
    except (OperationalError, InterfaceError):
        log.exception("Answers could not be stored, the customer was asked to wait")
        return _later(request, asked, form)
    return _ended(form, receipt.ending, submission.context)


def _stored(store: Callable[[], intake.Receipt]) -> intake.Receipt:
    try:
        return store()
    except intake.SurveyPaused as error:
        raise Refused(409, "paused") from error
    except intake.SurveyClosed as error:
        raise Refused(410, "closed") from error
    except intake.CustomerHasAnswered as error:
        raise Refused(409, "answered") from error
    except intake.AlreadyAnswered as error:
        raise Refused(409, "used") from error
    except intake.ResponseIdTaken as error:
        raise Refused(400, "tampered") from error


def _page_of(form: Form, problems: Sequence[Problem]) -> str:
    """The first page on which something is wrong."""
    wrong = {problem.element_id for problem in problems}
    for one in form.version.document.pages:
        if any(element.id in wrong for element in one.elements):
            return one.id
    return form.at


def _call(form: Form, phone: str, now: datetime) -> HttpResponse:
    version, language = form.version, form.language
    call, status = pages.Call(is_done=True), 200
    try:
        call_requests.request_call(
            response_id=form.response_id,
            survey_id=version.survey_id,
            phone=phone,
            at=now,
        )
    except call_requests.NotAnswered as error:
        raise Refused(400, "tampered") from error
    except call_requests.NoPhone:
        call, status = endings.wrong_phone(phone, language), 422
    body = endings.page_again(version, language, form.response_id, form.token, call)
    return styled(version, body, language, status=status)


def _again(  # noqa: PLR0913  the same form, with what was given and what has to be mended
    request: HttpRequest,
    asked: Asked,
    form: Form,
    *,
    at: str = "",
    note: str = "",
    problems: Sequence[Problem] = (),
    status: int = 422,
) -> HttpResponse:
    version, language = form.version, form.language
    query = {**kept_query(request), "resume": form.token}
    filled = pages.Filled(
        token=form.token,
        answers=form.answers,
        problems=problems,
        note=note,
        banner=pages.test_banner(language) if asked.test else "",
        query=query if len(version.document.pages) > 1 else kept_query(request),
        at=at or form.at,
        hidden=form.hidden,
        known=known.known_of(version, asked.customer_id, language),
    )
    body = pages.filled_page(version.document, language, filled, route=version.route)
    return styled(version, body, language, status=status)


def _later(request: HttpRequest, asked: Asked, form: Form) -> HttpResponse:
    """The same form, so that nothing that was written is lost while we are down."""
    with translation.override(form.language):
        note = _(
            "We cannot take answers at this moment. Please send again in a minute."
        )
    response = _again(request, asked, form, note=note)
    response.status_code = 503
    response["Retry-After"] = "10"
    return response


def _ended(
    form: Form, ending_id: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    answers = form.answers
    ended = endings.Ended(form.version, form.language, ending_id, form.token)
    body = endings.page_after(ended, answers, {**_hidden(form), **context})
    return styled(form.version, body, form.language, status=status)


def _hidden(form: Form) -> dict[str, object]:
    return {f"hidden.{name}": words for name, words in form.hidden.items()}
