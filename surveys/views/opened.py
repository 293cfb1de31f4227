"""The form as it is opened: empty, pre-selected, or as it was left. Nothing is stored,
whatever the address says."""

from datetime import datetime
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from events.ids import uuid7
from surveys import embedding, known, look, pages, partials, shown
from surveys.elements import Language
from surveys.language import choose_language
from surveys.links import Asked, refuse_second, refuse_unless_live
from surveys.models import Partial
from surveys.notices import page
from surveys.posted_form import form_reader, read_token, token_for
from surveys.published import Version, get_version
from surveys.zipping import takes_gzip

# Of the address, what a link to the same page does not keep.
FORGOTTEN = ("lang", "again", *embedding.CARRIED)
LONGEST_QUERY = 2_000


def show(request: HttpRequest, asked: Asked, now: datetime) -> HttpResponse:
    """Raises Refused."""
    refuse_second(asked)
    refuse_unless_live(asked)
    is_own = request.META.get("QUERY_STRING") or asked.customer_id is not None
    begun = _find_begun(request, asked) if is_own else None
    if begun is not None:
        return _resumed(request, asked, begun)
    # A kiosk's page is there before anybody is: the kiosk says when somebody comes.
    if request.method == "GET" and asked.channel != "kiosk":
        shown.count(asked.version, asked.channel, now)
    if is_own:
        return _show_own(request, asked)
    version = asked.version
    language = _language(request, version)
    token = token_for(uuid7(), version)
    values = known.known_of(version, None, language)
    if not values and takes_gzip(request):
        zipped = pages.zipped_form_page(version.id, language, token)
        if zipped is not None:
            response = styled(version, zipped, language)
            response.headers["Content-Encoding"] = "gzip"
            return response
    body = pages.form_page(version.id, language, token, values=values)
    return styled(version, body, language)


def styled(
    version: Version, body: bytes, language: Language, *, status: int = 200
) -> HttpResponse:
    """The page, with leave for the survey's own style sheet."""
    return page(body, language, status=status, style=_style_source(version.id))


def kept_query(request: HttpRequest) -> dict[str, str]:
    """Of the address, what a link to the same page keeps."""
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return {}
    return {k: v for k, v in request.GET.dict().items() if k not in FORGOTTEN}


def _show_own(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The form of somebody of whom more is known than that they opened the link."""
    version, query = asked.version, request.GET
    language, score = _language(request, version), query.get("score", "")
    token = token_for(uuid7(), version)
    hidden = form_reader(version.id).hidden_fields(query, prefix="")
    facts = known.known_of(version, asked.customer_id, language)
    document = version.document
    if document.has_logic and (score or hidden or facts):
        filled = pages.Filled(
            token=token,
            answers=pages.preselected_answers(document, score),
            banner=pages.test_banner(language) if asked.test else "",
            query=kept_query(request),
            hidden=hidden,
            known=facts,
        )
        body = pages.filled_page(document, language, filled, route=version.route)
    else:
        values = facts | {f"hidden.{name}": words for name, words in hidden.items()}
        body = pages.form_page(version.id, language, token, score, values)
        body = pages.with_query(body, kept_query(request))
    return styled(version, body, language)


def _resumed(request: HttpRequest, asked: Asked, begun: Partial) -> HttpResponse:
    """What was saved, in the version in which it was begun."""
    version = get_version(begun.version_id)
    language = choose_language(
        request.GET.get("lang") or begun.locale, "", version.document.languages
    )
    filled = pages.Filled(
        token=token_for(begun.id, version),
        answers=partials.given_answers(begun),
        hidden=partials.hidden_fields(begun),
        at=begun.page if begun.page in version.route.places else "",
        banner=pages.test_banner(language) if asked.test else "",
        query=kept_query(request),
        known=known.known_of(version, asked.customer_id, language),
        is_resumed=not begun.is_intent,
    )
    body = pages.filled_page(version.document, language, filled, route=version.route)
    return styled(version, body, language)


def _find_begun(request: HttpRequest, asked: Asked) -> Partial | None:
    """What was saved under the token in the address, or under a personal link."""
    if "again" in request.GET:
        return None
    token = request.GET.get("resume", "")
    if not token:
        return asked.begun
    response_id, version = read_token(token, asked)
    begun = partials.find(response_id, survey_id=version.survey_id)
    # What was begun by a personal link is for whoever has that link.
    if begun is None or begun.invitation_id != asked.invitation_id:
        return asked.begun
    return begun


@lru_cache(500)
def _style_source(version_id: int) -> str:
    return look.style_of(get_version(version_id).document.theme).source


def _language(request: HttpRequest, version: Version) -> Language:
    return choose_language(
        request.GET.get("lang"),
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        version.document.languages,
    )
