"""The customer's page behind the link in the letter, and the letter before it is sent."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from surveys import look
from surveys.elements import LANGUAGES, Language
from surveys.invitations import language_for
from surveys.language import choose_language
from surveys.notices import page
from surveys.pages import NAMES, notice_page
from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import closure
from tickets.closure import Standing
from tickets.closure_letter import Words, letter_of, unreachable
from tickets.forms import LONGEST_TEXT
from tickets.models import ClosureRequest
from tickets.views.case import ticket_for

ANSWERS = {"solved": True, "not-solved": False}


# The token in the address is the key, as for every respondent: there is no session
# that another website could misuse.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    """`/c/<token>/`: opening it never decides, because mail scanners open links."""
    now = timezone.now()
    asked = _find(token)
    if asked is None:
        return _unknown(request)
    language = _language(request, asked)
    if request.method != "POST":
        return _page(asked, language, at=now)
    given = request.POST.get("answer", "")
    words = request.POST.get("words", "").replace("\0", "")
    with translation.override(language):
        problem = _problem(given, words)
    if problem:
        return _page(asked, language, at=now, words=words, problem=problem)
    closure.answer(asked, is_solved=ANSWERS[given], words=words, at=now)
    return redirect(f"{request.path}?lang={language}")


@requires(Ability.WORK_TICKETS)
@require_POST
def letter_preview(request: StaffRequest, number: int) -> HttpResponse:
    """What the customer would read; nothing is sent and nothing stored."""
    ticket = ticket_for(request.user, number)
    if unreachable(ticket.customer) or ticket.customer is None:
        raise Http404
    draft = Words(request.POST.get("subject", ""), request.POST.get("words", ""))
    words = draft.with_outcome(request.POST.get("outcome", ""))
    language = language_for(ticket.customer)
    letter = letter_of(words, link="…", language=language)
    context = {"ticket": ticket, "letter": letter, "language": language}
    return render(request, "tickets/letter_preview.html", context)


def _find(token: str) -> ClosureRequest | None:
    """The request behind a link; of erased customers nothing is shown any more."""
    try:
        key = UUID(token)
    except ValueError:
        return None
    found = ClosureRequest.objects.select_related(
        "ticket__customer", "ticket__team", "ticket__assignee", "message"
    )
    return found.filter(token=key, ticket__customer__erased_at=None).first()


def _language(request: HttpRequest, asked: ClosureRequest) -> Language:
    wanted = request.GET.get("lang") or asked.language
    return choose_language(wanted, request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def _problem(given: str, words: str) -> str:
    if given not in ANSWERS:
        return _("Please choose one of the two buttons.")
    if len(words) > LONGEST_TEXT:
        return _("That is too long: please shorten it.")
    return ""


def _page(
    asked: ClosureRequest,
    language: Language,
    *,
    at: datetime,
    words: str = "",
    problem: str = "",
) -> HttpResponse:
    standing = closure.standing_of(asked, at=at)
    with translation.override(language):
        context = {
            "language": language,
            "style": SafeString(look.usual_style().css),
            "standing": standing.value,
            "told": asked.message.text if asked.message else "",
            "others": [(code, NAMES[code]) for code in LANGUAGES if code != language],
            "answered_at": asked.answered_at,
            "changes_until": (
                asked.answered_at + closure.MAY_CHANGE
                if standing is Standing.SOLVED and asked.answered_at
                else None
            ),
            "words": words,
            "longest": LONGEST_TEXT,
            "problem": problem,
        }
        body = render_to_string("tickets/closure/page.html", context).encode()
    return page(body, language, status=422 if problem else 200)


def _unknown(request: HttpRequest) -> HttpResponse:
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    language = choose_language(request.GET.get("lang"), accepted)
    with translation.override(language):
        title = _("We cannot find this page")
        text = _(
            "The link may be incomplete. Please open it again from the message that brought you here."
        )
    return page(notice_page(title, text, language), language, status=404)
