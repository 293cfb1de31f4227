"""Respondents' pages as bytes. Rendered once per version and language, cut where copies
differ, then kept: a page in the field costs a join of a few byte strings."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys import fragments, look, proof_of_work
from surveys.answers import OTHER, Problem
from surveys.branching import BrokenLogic, Route, Walk, offered_options
from surveys.document import Document, Page
from surveys.elements import (
    LANGUAGES,
    AnyElement,
    Language,
    Statement,
    WithOptions,
)
from surveys.flow import flow_of
from surveys.form_answers import FIELD, takes_files
from surveys.page_elements import Given, Shown, picture, shown
from surveys.pipe_values import values_for
from surveys.published import Version, get_version
from surveys.sentences import sentence_for
from surveys.texts import html_of, in_language, plain_of
from surveys.zipping import ZippedAround, zipped_around

KEPT = 500
# The script says aloud what it does with them.
SPOKEN = ("dropdown", "ranking")
NOBODY = UUID(int=0)
NAMES: Mapping[Language, str] = {"en": "English", "zh-hans": "中文"}
BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
TOKEN = SafeString(fragments.slot("token"))
PROOF = SafeString(fragments.slot("proof"))


@dataclass(frozen=True)
class Filled:
    """What the page is shown with beyond the questions themselves.

    `at` is the page's id, the first where it is empty; `answers` are raw, by element id;
    `known` is what conditions and words may ask beside them (`customer.*`, `promise`).
    """

    token: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    # A sentence above the form: what has to be done before the answers are stored.
    note: str = ""
    banner: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    is_resumed: bool = False

    def context(self, language: Language) -> dict[str, object]:
        """As conditions ask it."""
        hidden = {f"hidden.{name}": given for name, given in self.hidden.items()}
        return {"language": language, **hidden, **self.known}

    def copy(self, values: Mapping[str, str]) -> fragments.Copy:
        try:
            response_id = UUID(self.token[:36])
        except ValueError:
            response_id = NOBODY
        return fragments.Copy(self.token, response_id, values)


@dataclass(frozen=True)
class Call:
    """The question on the ending's page whether we may call."""

    is_done: bool = False
    phone: str = ""
    problem: str = ""


@dataclass(frozen=True)
class _PageShown:
    id: str
    title: SafeString
    is_current: bool
    elements: Sequence[Shown]
    opened: SafeString
    closed: SafeString


def form_page(
    version_id: int,
    language: Language,
    token: str,
    score: str = "",
    values: Mapping[str, str] | None = None,
) -> bytes:
    """The empty form; `score` pre-selects an answer and stores nothing. `values` are
    those of hidden fields, `hidden.<id>`."""
    around = _around_token(version_id, language)
    if around is not None:
        page = b"".join((around[0], token.encode(), around[1]))
    else:
        own = _proof(get_version(version_id).document, token)
        beside = {"language": language, **(values or {}), **own}
        parts = _compiled(version_id, language)
        page = fragments.joined(parts, Filled(token=token).copy(beside))
    return _preselected(page, version_id, score) if score else page


def zipped_form_page(version_id: int, language: Language, token: str) -> bytes | None:
    """The empty form as gzip, put together from parts that were compressed once; None
    where copies differ in more than their token."""
    zipped = _zipped(version_id, language)
    return zipped.filled(token.encode()) if zipped else None


def filled_page(
    document: Document,
    language: Language,
    filled: Filled,
    *,
    route: Route | None = None,
) -> bytes:
    """The form with what the customer has given so far, and what is wrong with it."""
    route = route or _find_route(document)
    walk, values = Walk((), (), {}, {}, ()), dict(filled.known)
    if route is not None:
        context = filled.context(language)
        filled = replace(filled, at=filled.at or _first(route, context))
        walk = route.walk(filled.answers, context, until=filled.at)
        values = values_for(document, language, walk, context)
    parts = fragments.cut(_form_html(document, language, filled, walk))
    values |= _proof(document, filled.token)
    return fragments.joined(parts, filled.copy(values))


def ending_page(  # noqa: PLR0913  the kept page of one version, and what copies differ in
    version_id: int,
    language: Language,
    ending_id: str,
    *,
    token: str = "",
    values: Mapping[str, str] | None = None,
    call: Call | None = None,
    redirects: bool = False,
) -> bytes:
    """What is read after answering. `redirects`: the ending's own redirect is allowed."""
    # What somebody typed is not kept in the process.
    make = _ending_parts.__wrapped__ if call and call.phone else _ending_parts
    parts = make(version_id, language, ending_id, call or Call(), redirects)
    copy = Filled(token=token).copy({"language": language, **(values or {})})
    return fragments.joined(parts, copy)


def thanks_page(
    document: Document, language: Language, ending_id: str, banner: str
) -> bytes:
    """An ending as a preview shows it: nothing leads away, nothing can be sent."""
    html = _ending_html(document, language, ending_id, banner, None, redirects=False)
    return fragments.joined(fragments.cut(html), Filled().copy({}))


@lru_cache(KEPT)
def notice_page(title: str, text: str, language: Language) -> bytes:
    """A page with nothing to fill in; the words are already in the language."""
    context = {
        "language": language,
        "title": title,
        "text": text,
        "style": SafeString(look.usual_style().css),
    }
    return _render("surveys/respond/notice.html", context, language).encode()


def preselected_answers(document: Document, score: str) -> dict[str, object]:
    """The answer that the score in an address stands for, if it is one."""
    element = document.score
    if element is None or not (score.isascii() and score.isdigit()):
        return {}
    value = int(score[:3])
    is_right = element.lowest <= value <= element.scale
    return {element.id: str(value)} if is_right else {}


def with_query(page: bytes, query: Mapping[str, str]) -> bytes:
    """The links to the other languages keep what the address says."""
    if not query:
        return page
    kept = escape(f"{urlencode(query)}&")
    return page.replace(b'href="?lang=', f'href="?{kept}lang='.encode())


def _preselected(page: bytes, version_id: int, score: str) -> bytes:
    for key, value in preselected_answers(
        get_version(version_id).document, score
    ).items():
        # Quotes in the survey's words are escaped, so this cannot match inside them.
        marked = f'id="{FIELD}{key}-{value}"'.encode()
        page = page.replace(marked, marked + b" checked", 1)
    return page


def test_banner(language: Language) -> str:
    with translation.override(language):
        return _("Test: these answers are kept apart and never counted.")


def _proof(document: Document, token: str) -> dict[str, str]:
    """The sum that the page's browser is asked to work out."""
    if not document.settings.asks_proof_of_work:
        return {}
    try:
        challenge = proof_of_work.challenge_for(UUID(token[:36]))
    except ValueError:
        # A preview, which nobody can send.
        return {}
    return {"proof": json.dumps(challenge, separators=(",", ":"))}


@lru_cache(KEPT)
def _around_token(version_id: int, language: Language) -> tuple[bytes, bytes] | None:
    """What stands before and after the token, where nothing else differs."""
    parts = _compiled(version_id, language)
    if [type(part) for part in parts] != [bytes, fragments.Slot, bytes]:
        return None
    head, _token, tail = parts
    assert isinstance(head, bytes)
    assert isinstance(tail, bytes)
    return head, tail


@lru_cache(KEPT)
def _zipped(version_id: int, language: Language) -> ZippedAround | None:
    around = _around_token(version_id, language)
    return zipped_around(*around) if around else None


@lru_cache(KEPT)
def _compiled(version_id: int, language: Language) -> fragments.Parts:
    version = get_version(version_id)
    context = Filled().context(language)
    walk = version.route.walk({}, context, until=_first(version.route, context))
    filled = Filled(
        banner=_banner_of(version, language), at=_first(version.route, context)
    )
    return fragments.cut(_form_html(version.document, language, filled, walk))


@lru_cache(KEPT)
def _ending_parts(
    version_id: int, language: Language, ending_id: str, call: Call, redirects: bool
) -> fragments.Parts:
    version = get_version(version_id)
    banner = _banner_of(version, language)
    html = _ending_html(
        version.document, language, ending_id, banner, call, redirects=redirects
    )
    return fragments.cut(html)


def _banner_of(version: Version, language: Language) -> str:
    return test_banner(language) if version.is_trial else ""


def _find_route(document: Document) -> Route | None:
    """None for a draft that cannot be followed yet; then everything is shown."""
    try:
        return Route(document)
    except BrokenLogic:
        return None


def _first(route: Route, context: Mapping[str, object]) -> str:
    pages = route.walk({}, context).pages
    return pages[0] if pages else route.document.pages[0].id


def _form_html(
    document: Document, language: Language, filled: Filled, walk: Walk
) -> str:
    with translation.override(language):
        sheet = _Sheet(document, language, filled, walk)
        context = {**_frame(document, language), **sheet.context()}
        return _tight(render_to_string("surveys/respond/form.html", context))


class _Sheet:
    """The whole form as its template asks for it."""

    def __init__(
        self, document: Document, language: Language, filled: Filled, walk: Walk
    ) -> None:
        self.document = document
        self.language = language
        self.filled = filled
        self.walk = walk
        ids = [page.id for page in document.pages]
        self.at = filled.at if filled.at in ids else ids[0]
        self.shown = set(walk.shown)
        self.problems = {p.element_id: p for p in reversed(filled.problems)}

    def context(self) -> dict[str, Any]:
        pages = [self._page(page) for page in self.document.pages]
        order = [page.id for page in pages]
        settings, place = self.document.settings, order.index(self.at)
        way = [page for page in self.walk.pages if page != self.at]
        questions = [q for page in pages for q in page.elements if q.problem]
        return {
            "banner": self.filled.banner,
            "filled": self.filled,
            "token": TOKEN,
            "pages": pages,
            "problems": questions,
            "at": self.at,
            "way": ",".join(way),
            "is_long": len(pages) > 1,
            "needs_note": len(pages) > 1
            or any(e.type in SPOKEN for e in self.document.elements),
            "is_last": place == len(pages) - 1,
            "has_back": bool(way),
            "allows_back": settings.allows_back,
            "progress": (place + 1, len(pages)) if self._shows_progress() else None,
            "hidden": [
                (field.id, SafeString(fragments.slot(f"hidden.{field.id}")))
                for field in self.document.hidden_fields
            ],
            "takes_files": takes_files(self.document),
            "proof": PROOF if settings.asks_proof_of_work else "",
            "is_once": settings.once_per == "device",
            "flow": self._flow(),
            "seen": self._seen(),
            "others": self._others(),
            "afresh": urlencode({**self.filled.query, "again": "1"}),
        }

    def _shows_progress(self) -> bool:
        return self.document.settings.shows_progress and len(self.document.pages) > 1

    def _page(self, page: Page) -> _PageShown:
        is_random = page.order == "random"
        elements = [self._element(page, element) for element in page.elements]
        return _PageShown(
            page.id,
            html_of(page.title, self.language),
            page.id == self.at,
            elements,
            SafeString(fragments.opened("order", page.id) if is_random else ""),
            SafeString(fragments.closed() if is_random else ""),
        )

    def _element(self, page: Page, element: AnyElement) -> Shown:
        answers, problem = self.filled.answers, self.problems.get(element.id)
        given = Given(
            answer=answers.get(element.id),
            other=str(answers.get(element.id + OTHER) or ""),
            problem=_said(element, problem) if problem else "",
            is_hidden=depends(element) and self._is_off(element),
            offered=self._offered(element),
        )
        view = shown(self.document, element, self.language, given)
        if page.order != "random":
            return view
        stays = isinstance(element, Statement)
        return replace(view, mark=SafeString(fragments.item(element.id, stays=stays)))

    def _is_off(self, element: AnyElement) -> bool:
        # Without a walk nobody knows, and everything is shown.
        return bool(self.walk.pages) and element.id not in self.shown

    def _offered(self, element: AnyElement) -> frozenset[str] | None:
        if not isinstance(element, WithOptions) or element.carried is None:
            return None
        source = self.document.by_id.get(element.carried.element)
        if not isinstance(source, WithOptions):
            return None
        options = offered_options(element, source, self.walk.answers)
        return frozenset(option.id for option in options)

    def _flow(self) -> SafeString:
        """For the script, where the way through the survey is not just one page."""
        document = self.document
        if not (document.has_logic or len(document.pages) > 1):
            return SafeString("")
        known = {
            k: v for k, v in self.filled.known.items() if k.startswith("customer.")
        }
        try:
            flow = json.dumps(
                flow_of(document, known), ensure_ascii=False, separators=(",", ":")
            )
        except (AssertionError, KeyError):
            # A draft that cannot be followed yet.
            return SafeString("")
        for letter in "<>&":
            flow = flow.replace(letter, f"\\u{ord(letter):04x}")
        return SafeString(flow)

    def _seen(self) -> str | None:
        """Which of those that depend on answers are shown: without a script the page
        has to be shown again when an answer calls for more."""
        page = self.document.page(self.at)
        if not any(depends(element) for element in page.elements):
            return None
        return " ".join(e.id for e in page.elements if e.id in self.shown)

    def _others(self) -> list[tuple[str, str, str]]:
        query = {k: v for k, v in self.filled.query.items() if k != "lang"}
        return [
            (code, NAMES[code], urlencode({**query, "lang": code}))
            for code in LANGUAGES
            if code in self.document.languages and code != self.language
        ]


def _said(element: AnyElement, problem: Problem) -> str:
    if element.type == "consent" and problem.code == "required":
        return _("Please tick the box to go on.")
    return sentence_for(problem)


def depends(element: AnyElement) -> bool:
    return bool(element.shown_if or getattr(element, "carried", None))


def _ending_html(
    document: Document,
    language: Language,
    ending_id: str,
    banner: str,
    call: Call | None,
    *,
    redirects: bool,
) -> str:
    ending = document.ending(ending_id)
    link = ending.link
    title = html_of(ending.title, language)
    text = html_of(ending.text, language)
    is_long = not text or any(tag in text for tag in ("<p", "<ul", "<ol", "<br"))
    context = {
        **_frame(document, language),
        "banner": banner,
        "ending": ending.id,
        # An ending of one sentence says it as its heading.
        "heading": title or (_thanks(language) if is_long else text),
        "text": text if title or is_long else "",
        "link": link and {"url": link.url, "text": html_of(link.text, language)},
        "redirect": ending.redirect if redirects else "",
        "calls": ending.offers_call and call is not None,
        "call": call,
        "token": TOKEN,
        "is_once": document.settings.once_per == "device",
    }
    return _render("surveys/respond/thanks.html", context, language)


def _thanks(language: Language) -> str:
    with translation.override(language):
        return _("Thank you for your answers!")


def _frame(document: Document, language: Language) -> dict[str, Any]:
    theme = document.theme
    return {
        "language": language,
        "title": plain_of(document.title, language),
        "style": SafeString(look.style_of(theme).css),
        "logo": picture(theme.logo, language),
    }


def _render(template: str, context: Mapping[str, Any], language: Language) -> str:
    with translation.override(language):
        return _tight(render_to_string(template, dict(context)))


def _tight(html: str) -> str:
    """Without the templates' indents; no text or answer has a bare bracket."""
    return BETWEEN_TAGS.sub(">\n<", html)


__all__ = [
    "FIELD",
    "NAMES",
    "Call",
    "Filled",
    "depends",
    "ending_page",
    "filled_page",
    "form_page",
    "in_language",
    "notice_page",
    "preselected_answers",
    "sentence_for",
    "test_banner",
    "thanks_page",
    "with_query",
    "zipped_form_page",
]
