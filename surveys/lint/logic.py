"""Logic that cannot be followed, or never leads anywhere. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from customers.conditions import Condition, ConditionError, Fields, parse
from surveys.branching import BrokenLogic, Route, fields_of
from surveys.document import GROUPS, TO_ENDING, Document, Page, Path
from surveys.elements import AnyElement, WithOptions
from surveys.lint.finding import Finding

Place = tuple[int, int]
"""A page and a place on it; questions are asked in this order."""
EVERYWHERE: Place = (10**6, 0)


def findings(document: Document) -> Iterator[Finding]:
    logic = _Logic(document)
    found = [
        *logic.conditions(),
        *logic.branches(),
        *logic.carried(),
        *logic.reach(),
    ]
    yield from found
    if not any(finding.level == "error" for finding in found):
        yield from _compiled(document)


def _compiled(document: Document) -> Iterator[Finding]:
    """What only compiling tells has the last word: it is what customers walk by."""
    try:
        Route(document)
    except BrokenLogic as error:
        cause = {"cause": error.cause} if error.cause else {}
        code = "condition" if error.cause else error.code
        yield Finding("error", code, error.path, {**cause, **error.params})


@dataclass(frozen=True)
class _Asked:
    """A condition, where it stands, and up to where answers are known to it."""

    path: Path
    raw: Mapping[str, object]
    until: Place


class _Logic:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.pages = {page.id: place for place, page in enumerate(document.pages)}
        self.endings = {ending.id for ending in document.endings}

    @cached_property
    def fields(self) -> Fields:
        return fields_of(self.document)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        return {
            element.id: (number, place)
            for number, page in enumerate(self.document.pages)
            for place, element in enumerate(page.elements)
        }

    def conditions(self) -> Iterator[Finding]:
        for asked in self._asked():
            if not asked.raw:
                continue
            try:
                condition = parse(asked.raw, self.fields)
            except ConditionError as error:
                path = (*asked.path, *error.path)
                yield Finding("error", "condition", path, {"cause": error})
                continue
            yield from self._too_early(asked, condition)

    def _too_early(self, asked: _Asked, condition: Condition) -> Iterator[Finding]:
        for key in sorted(condition.fields()):
            place = self.places.get(key.split(".")[0])
            if place is not None and place >= asked.until:
                element = key.split(".")[0]
                yield Finding(
                    "error", "forward_reference", asked.path, {"element": element}
                )

    def _asked(self) -> Iterator[_Asked]:
        for number, page in enumerate(self.document.pages):
            at: Path = ("pages", number)
            yield _Asked((*at, "shown_if"), page.shown_if, (number, 0))
            for place, element in enumerate(page.elements):
                here = (*at, "elements", place, "shown_if")
                yield _Asked(here, element.shown_if, (number, place))
            for place, branch in enumerate(page.branches):
                there = (*at, "branches", place, "when")
                yield _Asked(there, branch.when, (number + 1, 0))
        for number, variable in enumerate(self.document.variables):
            for place, step in enumerate(variable.steps):
                step_path = ("variables", number, "steps", place, "when")
                yield _Asked(step_path, step.when, EVERYWHERE)
        for number, quota in enumerate(self.document.quotas):
            yield _Asked(("quotas", number, "when"), quota.when, EVERYWHERE)

    def branches(self) -> Iterator[Finding]:
        for number, page in enumerate(self.document.pages):
            for place, branch in enumerate(page.branches):
                here = ("pages", number, "branches", place, "to")
                yield from self._branch(here, branch.to, number)
            yield from self._never_asked(page, number)
        for number, quota in enumerate(self.document.quotas):
            if quota.ending not in self.endings:
                path: Path = ("quotas", number, "ending")
                yield Finding("error", "no_ending", path, {"to": quota.ending})

    def _branch(self, path: Path, to: str, number: int) -> Iterator[Finding]:
        if to.startswith(TO_ENDING):
            if to.removeprefix(TO_ENDING) not in self.endings:
                ending = to.removeprefix(TO_ENDING)
                yield Finding("error", "no_ending", path, {"to": ending})
        elif to not in self.pages:
            yield Finding("error", "no_page", path, {"to": to})
        elif self.pages[to] <= number:
            yield Finding("error", "loop", path, {"page": to})

    def _never_asked(self, page: Page, number: int) -> Iterator[Finding]:
        """Branches after one that always leads away."""
        always = [place for place, one in enumerate(page.branches) if not one.when]
        if always and always[0] + 1 < len(page.branches):
            path = ("pages", number, "branches", always[0] + 1)
            yield Finding("warning", "branch_unreached", path)

    def carried(self) -> Iterator[Finding]:
        earlier: dict[str, AnyElement] = {}
        for number, page in enumerate(self.document.pages):
            for place, element in enumerate(page.elements):
                if isinstance(element, WithOptions) and element.carried:
                    source = earlier.get(element.carried.element)
                    if not isinstance(source, WithOptions):
                        path = ("pages", number, "elements", place, "carried")
                        yield Finding("error", "not_carried", path)
                earlier[element.id] = element

    def reach(self) -> Iterator[Finding]:
        for number, page in enumerate(self.document.pages):
            if number not in self.reached_pages:
                params = {"page": page.id}
                yield Finding("warning", "page_unreached", ("pages", number), params)
        for number, ending in enumerate(self.document.endings):
            if ending.id not in self._reached_endings():
                params = {"ending": ending.id}
                yield Finding("advice", "ending_unreached", ("endings", number), params)
        yield from self._unreached_quotas()

    @cached_property
    def reached_pages(self) -> set[int]:
        """Places of the pages that somebody may come to, whatever the conditions say."""
        reached = {0}
        for number in range(len(self.document.pages)):
            if number in reached:
                reached.update(self._next_pages(number))
        return reached

    def _next_pages(self, number: int) -> Iterator[int]:
        page = self.document.pages[number]
        leads_away = False
        for branch in page.branches:
            place = self.pages.get(branch.to)
            if place is not None:
                yield max(place, number + 1)
            if not branch.when:
                leads_away = True
                break
        if not leads_away or page.shown_if:
            yield number + 1

    def _reached_endings(self) -> set[str]:
        document = self.document
        reached = {quota.ending for quota in document.quotas}
        for number in self.reached_pages & set(range(len(document.pages))):
            reached |= {
                b.to.removeprefix(TO_ENDING) for b in document.pages[number].branches
            }
        if len(document.pages) in self.reached_pages:
            groups = GROUPS if document.score else ("passive",)
            reached |= {document.ending_of_group(group).id for group in groups}
        return reached

    def _unreached_quotas(self) -> Iterator[Finding]:
        for number, quota in enumerate(self.document.quotas):
            keys = _fields_in(quota.when, self.fields)
            asked = {self.places[key][0] for key in keys if key in self.places}
            if asked - self.reached_pages:
                yield Finding("warning", "quota_unreached", ("quotas", number))


def _fields_in(raw: Mapping[str, object], fields: Fields) -> set[str]:
    try:
        return {key.split(".")[0] for key in parse(raw, fields).fields()}
    except ConditionError:
        return set()
