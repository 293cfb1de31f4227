"""The way through a draft as a customer walks it: the same pages, nothing stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys import pages
from surveys.answers import InvalidAnswers, Problem
from surveys.branching import BrokenLogic, Route, all_options
from surveys.document import Document, Page
from surveys.elements import Language
from surveys.form_answers import FormReader

# No token that we sign looks like this, so nothing can be sent with it in earnest.
TOKEN = "preview"  # noqa: S105
FORM = b"novalidate data-respond"


@dataclass(frozen=True)
class TryOut:
    """One draft in one language; `known` is what is known of a customer beforehand."""

    document: Document
    language: Language
    known: Mapping[str, str] = field(default_factory=dict)

    def page(self, at: str = "") -> bytes:
        """The form from its start; or open at a page, whether or not any way leads
        there, with everything on it that is only sometimes asked."""
        if not self._has_page(at):
            return self._form(pages.Filled())
        unfolded = _unfolded(self.document, at)
        shown = replace(self, document=unfolded)
        return shown._form(pages.Filled(at=at), is_whole=unfolded != self.document)

    def ending(self, ending_id: str) -> bytes:
        """Raises KeyError."""
        banner = self._banner()
        return pages.thanks_page(self.document, self.language, ending_id, banner)

    def turned(self, posted: QueryDict) -> tuple[bytes, int]:
        """What comes after what was sent, and its status."""
        route = self._find_route()
        if route is None:
            note = _(
                "The logic of this draft cannot be followed yet: see the findings."
            )
            return self._form(self._filled(posted, {}, note=note)), 422
        if posted.get("act") in ("next", "back"):
            return self._step(route, posted)
        return self._sent(route, posted)

    def _step(self, route: Route, posted: QueryDict) -> tuple[bytes, int]:
        answers, at = self._answers(posted), self._at(posted)
        walk = route.walk(answers, self._context(posted), until=at)
        if posted["act"] == "back":
            way = walk.pages[: walk.pages.index(at)] if at in walk.pages else walk.pages
            before = way[-1] if way else at
            return self._form(self._filled(posted, answers, at=before)), 200
        problems = self._on_page(at, walk.problems)
        if problems:
            filled = self._filled(posted, answers, at=at, problems=problems)
            return self._form(filled), 422
        if walk.next_page is not None:
            return self._form(self._filled(posted, answers, at=walk.next_page)), 200
        return self._sent(route, posted)

    def _sent(self, route: Route, posted: QueryDict) -> tuple[bytes, int]:
        answers = self._answers(posted)
        try:
            checked = route.read(answers, self._context(posted))
        except InvalidAnswers as error:
            at = self._page_of(error.problems) or self._at(posted)
            problems = self._on_page(at, error.problems)
            filled = self._filled(posted, answers, at=at, problems=problems)
            return self._form(filled), 422
        return self.ending(checked.ending), 200

    def _filled(
        self,
        posted: QueryDict,
        answers: Mapping[str, object],
        *,
        at: str = "",
        note: str = "",
        problems: tuple[Problem, ...] = (),
    ) -> pages.Filled:
        return pages.Filled(
            answers=answers,
            at=at or self._at(posted),
            note=note,
            problems=problems,
            hidden=FormReader(self.document).hidden_fields(posted),
        )

    def _form(self, filled: pages.Filled, *, is_whole: bool = False) -> bytes:
        shown = pages.Filled(
            token=TOKEN,
            answers=filled.answers,
            problems=filled.problems,
            note=filled.note,
            banner=self._banner(is_whole=is_whole),
            at=filled.at,
            hidden=filled.hidden,
            known=self.known,
        )
        page = pages.filled_page(self.document, self.language, shown)
        # Told that it is a trial, the script saves nothing and remembers nothing.
        return page.replace(FORM, FORM + b'="trial"', 1)

    def _answers(self, posted: QueryDict) -> dict[str, object]:
        return FormReader(self.document).answers(posted)

    def _context(self, posted: QueryDict) -> dict[str, object]:
        hidden = FormReader(self.document).hidden_fields(posted)
        named = {f"hidden.{name}": words for name, words in hidden.items()}
        return {"language": self.language, **named, **self.known}

    def _at(self, posted: QueryDict) -> str:
        at = posted.get("at", "")
        return at if self._has_page(at) else self.document.pages[0].id

    def _has_page(self, page_id: str) -> bool:
        return any(page.id == page_id for page in self.document.pages)

    def _on_page(
        self, page_id: str, problems: list[Problem] | tuple[Problem, ...]
    ) -> tuple[Problem, ...]:
        shown = {element.id for element in self.document.page(page_id).elements}
        return tuple(problem for problem in problems if problem.element_id in shown)

    def _page_of(self, problems: list[Problem]) -> str:
        wrong = {problem.element_id for problem in problems}
        return next(
            (
                page.id
                for page in self.document.pages
                if any(element.id in wrong for element in page.elements)
            ),
            "",
        )

    def _find_route(self) -> Route | None:
        try:
            return Route(self.document)
        except BrokenLogic:
            return None

    def _banner(self, *, is_whole: bool = False) -> str:
        if is_whole:
            return _("Preview: shows what is only sometimes asked, too.")
        return _("Preview: nothing is stored.")


def _unfolded(document: Document, page_id: str) -> Document:
    """With one page on which nothing depends on an answer."""
    return document.model_copy(
        update={
            "pages": tuple(
                _always_shown(document, page) if page.id == page_id else page
                for page in document.pages
            )
        }
    )


def _always_shown(document: Document, page: Page) -> Page:
    elements = tuple(
        element.model_copy(
            update={
                "shown_if": {},
                **(
                    {"carried": None, "options": all_options(document, element)}
                    if getattr(element, "carried", None)
                    else {}
                ),
            }
        )
        for element in page.elements
    )
    return page.model_copy(update={"elements": elements, "shown_if": {}})
