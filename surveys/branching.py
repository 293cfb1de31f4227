"""The way a respondent takes through a survey, and what the answers on it come to. Pure.

A Route is compiled once per version. `route.walk(raw, context)` goes from the first page
along the answers and checks each on the way; what lies beside the way is dropped, so
the walk has the last word on what is stored. The browser's copy of this walk is
`static/public/respond.js`; tests hold the two together.

What conditions may ask, beside element ids: `<matrix>.<row>`, `var.<id>`,
`hidden.<id>`, `customer.<name>`, `language`. `context` holds the last three kinds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from customers.conditions import Condition, ConditionError, Field, Fields, Kind, parse
from surveys.answers import (
    OTHER,
    InvalidAnswers,
    Problem,
    Reader,
    alone,
    clean_text,
    reader_for,
    short,
)
from surveys.document import (
    GROUPS,
    TO_ENDING,
    Document,
    Group,
    Path,
    Variable,
    group_of,
)
from surveys.elements import (
    LANGUAGES,
    SHORT,
    AnyElement,
    ContactElement,
    Matrix,
    MultipleChoice,
    Option,
    Ranking,
    Statement,
    Text,
    WithOptions,
)

CUSTOMER = ("name", "tier", "region", "product_line")
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("nps", "csat", "ces", "rating", "number"), Kind.NUMBER),
    **dict.fromkeys(("single_choice", "dropdown"), Kind.CHOICE),
    **dict.fromkeys(("multiple_choice", "ranking"), Kind.LIST),
    **dict.fromkeys(("consent", "contact_request"), Kind.BOOLEAN),
    **dict.fromkeys(("short_text", "long_text", "email", "phone", "file"), Kind.TEXT),
    "date": Kind.DATE,
}


class BrokenLogic(ValueError):
    """A condition or a branch that cannot be followed; `path` leads to it."""

    def __init__(
        self,
        path: Path,
        code: Literal["condition", "no_page", "no_ending", "not_carried"],
        cause: ConditionError | None = None,
        **params: object,
    ) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {cause or code} {params or ''}")
        self.path = path
        self.code = code
        self.cause = cause
        self.params = params


@dataclass(frozen=True)
class Walk:
    """`next_page` and `ending` are both None only where a problem stopped the walk."""

    pages: tuple[str, ...]
    shown: tuple[str, ...]
    answers: Mapping[str, Any]
    variables: Mapping[str, float | str]
    problems: tuple[Problem, ...]
    next_page: str | None = None
    ending: str | None = None


@dataclass(frozen=True)
class CheckedAnswers:
    """Clean answers by element id, and the columns that are taken out of them."""

    answers: Mapping[str, Any]
    ending: str
    nps: int | None
    csat: int | None
    ces: int | None
    ces_scale: int | None
    comment: str
    wants_contact: bool
    variables: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Stop:
    """An element on the way, ready to be read."""

    element: AnyElement
    read: Reader
    shown_if: Condition | None
    is_required: bool
    is_missing: Problem
    # The ids of its options or rows, where it has any to choose from.
    offered: list[str] | None
    # The element whose options are carried over, which, and if chosen or not.
    source: str | None
    carried: tuple[str, ...]
    carries_chosen: bool
    takes_words: bool

    def offered_after(self, answers: Mapping[str, Any]) -> list[str]:
        """Of the carried options those on offer, and its own."""
        answer = answers.get(self.source or "", ())
        chosen = (answer,) if isinstance(answer, str) else answer
        wanted = self.carries_chosen
        found = [one for one in self.carried if (one in chosen) is wanted]
        return [*found, *(self.offered or ())]


@dataclass(frozen=True)
class _PageStops:
    id: str
    shown_if: Condition | None
    stops: tuple[_Stop, ...]
    branches: tuple[tuple[Condition, str], ...]


class Route:
    """Raises BrokenLogic where the document cannot be followed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        fields = fields_of(document)
        self.pages = tuple(_pages(document, fields))
        self.variables = tuple(
            (variable, tuple(_steps(document, variable, place, fields)))
            for place, variable in enumerate(document.variables)
        )
        self.places = {page.id: place for place, page in enumerate(self.pages)}
        self.known = {e.id for e in document.elements if not isinstance(e, Statement)}
        self.known |= {
            stop.element.id + OTHER
            for page in self.pages
            for stop in page.stops
            if stop.takes_words
        }
        self._comments = tuple(e.id for e in document.elements if e.type == "long_text")
        self._contacts = tuple(
            e.id for e in document.elements if isinstance(e, ContactElement)
        )
        self.score = document.score
        self.endings = {group: document.ending_of_group(group).id for group in GROUPS}
        self._scores = {element.type: element for element in document.scores}

    def read(
        self, raw: Mapping[str, object], context: Mapping[str, object] | None = None
    ) -> CheckedAnswers:
        """The whole way, checked. Raises InvalidAnswers with every problem."""
        walk = self.walk(raw, context)
        problems = list(walk.problems)
        if not raw.keys() <= self.known:
            unknown = sorted(map(str, raw.keys() - self.known))
            problems += [Problem(key[:80], "unknown") for key in unknown]
        if problems:
            raise InvalidAnswers(problems)
        return self.checked(walk)

    def walk(
        self,
        raw: Mapping[str, object],
        context: Mapping[str, object] | None = None,
        *,
        until: str | None = None,
    ) -> Walk:
        """From the first page to an ending, or to what follows the page `until`.

        Problems do not stop it: a wrong answer counts as none.
        """
        return _Walker(self, raw, context or {}).walk(until)

    def checked(self, walk: Walk) -> CheckedAnswers:
        """What the answers on the way come to; a wrong one counts as none."""
        answers = walk.answers
        scores = {metric: answers.get(e.id) for metric, e in self._scores.items()}
        ces = scores.get("ces")
        comments = [answers[key] for key in self._comments if key in answers]
        return CheckedAnswers(
            answers=answers,
            ending=walk.ending or self.document.endings[-1].id,
            nps=scores.get("nps"),
            csat=scores.get("csat"),
            ces=ces,
            ces_scale=self._scores["ces"].scale if ces is not None else None,
            comment="\n\n".join(comments),
            wants_contact=any(key in answers for key in self._contacts),
            variables=walk.variables,
        )


def fields_of(document: Document) -> Fields:
    """What conditions in this document may ask, in the order in which it is asked."""
    fields: dict[str, Field] = {}
    for element in document.elements:
        if isinstance(element, Statement):
            continue
        if isinstance(element, Matrix):
            for row in element.rows:
                label = f"{_first(element.text)} – {_first(row.text)}"
                fields[f"{element.id}.{row.id}"] = Field(Kind.NUMBER, label)
            continue
        choices = {o.id: _first(o.text) for o in all_options(document, element)}
        kind = _KINDS[element.type]
        fields[element.id] = Field(kind, _first(element.text), choices)
    for variable in document.variables:
        kind = Kind.NUMBER if variable.kind == "number" else Kind.TEXT
        fields[f"var.{variable.id}"] = Field(kind, variable.id)
    for hidden in document.hidden_fields:
        fields[f"hidden.{hidden.id}"] = Field(Kind.TEXT, hidden.id)
    for name in CUSTOMER:
        fields[f"customer.{name}"] = Field(Kind.TEXT, f"customer {name}")
    languages: dict[str, object] = {code: code for code in LANGUAGES}
    fields["language"] = Field(Kind.CHOICE, "language", languages)
    return fields


def all_options(document: Document, element: object) -> tuple[Option, ...]:
    """Every option that may ever be on offer: carried ones first."""
    if not isinstance(element, WithOptions):
        return ()
    source = _source(document, element)
    return (*_carried(element, source), *element.options) if source else element.options


def offered_options(
    element: WithOptions, source: WithOptions | None, answers: Mapping[str, Any]
) -> tuple[Option, ...]:
    """The options on offer to somebody who answered so far."""
    if element.carried is None or source is None:
        return element.options
    answer = answers.get(source.id, ())
    chosen = {answer} if isinstance(answer, str) else set(answer)
    wanted = element.carried.which == "chosen"
    carried = _carried(element, source)
    return (*(o for o in carried if (o.id in chosen) == wanted), *element.options)


def _carried(element: WithOptions, source: WithOptions) -> tuple[Option, ...]:
    """What may be taken over; an option of the same id here says it already."""
    own = {option.id for option in element.options}
    return tuple(o for o in source.options if o.kind == "option" and o.id not in own)


class _Walker:
    def __init__(
        self, route: Route, raw: Mapping[str, object], context: Mapping[str, object]
    ) -> None:
        self.route = route
        self.raw = raw
        self.values: dict[str, object] = dict(context)
        self.answers: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.shown: list[str] = []
        self.visited: list[str] = []
        self.variables: dict[str, float | str] = {}
        self._work_out()

    def walk(self, until: str | None) -> Walk:
        pages, place, ending = self.route.pages, 0, None
        stopped = False
        while place < len(pages) and not stopped:
            page = pages[place]
            place += 1
            if page.shown_if is not None and not page.shown_if.matches(self.values):
                continue
            self._pass(page)
            stopped = page.id == until
            target = self._branch(page)
            if target is None:
                continue
            if target.startswith(TO_ENDING):
                ending, place = target.removeprefix(TO_ENDING), len(pages)
            else:
                # Never back: a way that turns round would have no end.
                place = max(place, self.route.places[target])
        return self._end(place, ending)

    def _end(self, place: int, ending: str | None) -> Walk:
        next_page = None
        if ending is None:
            next_page = self._next_shown(place)
            ending = self._ending_by_score() if next_page is None else None
        return Walk(
            tuple(self.visited),
            tuple(self.shown),
            self.answers,
            self.variables,
            tuple(self.problems),
            next_page,
            ending,
        )

    def _next_shown(self, place: int) -> str | None:
        for page in self.route.pages[place:]:
            if page.shown_if is None or page.shown_if.matches(self.values):
                return page.id
        return None

    def _pass(self, page: _PageStops) -> None:
        self.visited.append(page.id)
        for stop in page.stops:
            if stop.shown_if is None or stop.shown_if.matches(self.values):
                self._read(stop)
        if self.route.variables:
            self._work_out()

    def _read(self, stop: _Stop) -> None:
        element, key = stop.element, stop.element.id
        offered = stop.offered
        if stop.source is not None:
            offered = stop.offered_after(self.answers)
        # Nothing to choose from is nothing to ask: a required one would be the end.
        if offered == []:
            return
        self.shown.append(key)
        if element.type == "statement":
            return
        answer = stop.read(self.raw.get(key))
        if stop.source is not None and answer is not None and offered is not None:
            answer = _among(element, answer, offered)
        if answer is None and stop.is_required:
            answer = stop.is_missing
        if type(answer) is Problem:
            self.problems.append(answer)
        elif answer is not None:
            self._keep(stop, answer)

    def _keep(self, stop: _Stop, answer: Any) -> None:
        key = stop.element.id
        self.answers[key] = answer
        if type(answer) is dict:
            self.values.update({f"{key}.{row}": one for row, one in answer.items()})
        else:
            self.values[key] = answer
        if stop.takes_words and _is_other(stop.element, answer):
            words = self.raw.get(key + OTHER)
            text = clean_text(words)[:SHORT] if isinstance(words, str) else ""
            if text:
                self.answers[key + OTHER] = text

    def _branch(self, page: _PageStops) -> str | None:
        for condition, target in page.branches:
            if condition.matches(self.values):
                return target
        return None

    def _work_out(self) -> None:
        """Every variable anew from its initial value, so that no page counts twice."""
        for variable, steps in self.route.variables:
            value = fitting(variable, variable.initial)
            for condition, act, by in steps:
                if condition.matches(self.values):
                    value = _stepped(value, act, by)
            self.variables[variable.id] = self.values[f"var.{variable.id}"] = value

    def _ending_by_score(self) -> str:
        element = self.route.score
        group: Group = "passive"
        if element is not None:
            score = self.answers.get(element.id)
            group = group_of(element.type, score, element.scale)
        return self.route.endings[group]


def _among(element: AnyElement, answer: Any, offered: Sequence[str]) -> Any:
    if type(answer) is Problem:
        return answer
    chosen = {answer} if isinstance(answer, str) else set(answer)
    if isinstance(element, Ranking):
        is_right = chosen == set(offered)
        return answer if is_right else Problem(element.id, "not_ranked")
    if not chosen <= set(offered):
        return Problem(element.id, "not_an_option")
    if isinstance(element, MultipleChoice):
        # Nobody can tick more than there is.
        least = min(element.least, len(offered), element.most or len(offered))
        if len(chosen) < least and not alone(element).intersection(chosen):
            return Problem(element.id, "too_few", {"least": least})
        return [option for option in offered if option in chosen]
    return answer


def _is_other(element: AnyElement, answer: Any) -> bool:
    others = {o.id for o in getattr(element, "options", ()) if o.kind == "other"}
    chosen = {answer} if isinstance(answer, str) else set(answer)
    return bool(others & chosen)


def _stepped(value: float | str, act: str, by: float | str) -> float | str:
    if act == "set" or isinstance(value, str) or isinstance(by, str):
        return by
    return value + by


def fitting(variable: Variable, value: float | str) -> float | str:
    """The value as the variable's kind has it: what is no number counts as nought."""
    if variable.kind == "text":
        return value if isinstance(value, str) else str(short(value))
    return 0 if isinstance(value, str) else short(value)


def _pages(document: Document, fields: Fields) -> Iterator[_PageStops]:
    for number, page in enumerate(document.pages):
        at: Path = ("pages", number)
        yield _PageStops(
            page.id,
            _condition(page.shown_if, fields, (*at, "shown_if")),
            tuple(
                _stop(document, element, fields, (*at, "elements", place))
                for place, element in enumerate(page.elements)
            ),
            tuple(_branches(document, number, fields)),
        )


def _branches(
    document: Document, number: int, fields: Fields
) -> Iterator[tuple[Condition, str]]:
    pages = {page.id for page in document.pages}
    endings = {ending.id for ending in document.endings}
    for place, branch in enumerate(document.pages[number].branches):
        at: Path = ("pages", number, "branches", place)
        if branch.to.startswith(TO_ENDING):
            if branch.to.removeprefix(TO_ENDING) not in endings:
                raise BrokenLogic((*at, "to"), "no_ending", to=branch.to)
        elif branch.to not in pages:
            raise BrokenLogic((*at, "to"), "no_page", to=branch.to)
        yield _parsed(branch.when, fields, (*at, "when")), branch.to


def _steps(
    document: Document, variable: Variable, place: int, fields: Fields
) -> Iterator[tuple[Condition, str, float | str]]:
    for number, step in enumerate(variable.steps):
        at: Path = ("variables", place, "steps", number, "when")
        condition = _parsed(step.when, fields, at)
        yield condition, step.act, fitting(variable, step.value)


def _stop(document: Document, element: AnyElement, fields: Fields, at: Path) -> _Stop:
    carried = element.carried if isinstance(element, WithOptions) else None
    source = _source(document, element) if isinstance(element, WithOptions) else None
    if carried and source is None:
        raise BrokenLogic((*at, "carried", "element"), "not_carried")
    return _Stop(
        element,
        reader_for(element),
        _condition(element.shown_if, fields, (*at, "shown_if")),
        getattr(element, "required", False),
        Problem(element.id, "required"),
        _offered_ids(element),
        source.id if source else None,
        _carried_ids(element, source),
        carried is not None and carried.which == "chosen",
        any(option.kind == "other" for option in getattr(element, "options", ())),
    )


def _offered_ids(element: AnyElement) -> list[str] | None:
    if isinstance(element, WithOptions):
        return [option.id for option in element.options]
    return [row.id for row in element.rows] if isinstance(element, Matrix) else None


def _carried_ids(element: AnyElement, source: WithOptions | None) -> tuple[str, ...]:
    if source is None or not isinstance(element, WithOptions):
        return ()
    return tuple(option.id for option in _carried(element, source))


def _source(document: Document, element: WithOptions) -> WithOptions | None:
    if element.carried is None:
        return None
    for earlier in document.elements:
        if earlier.id == element.id:
            return None
        if earlier.id == element.carried.element:
            return earlier if isinstance(earlier, WithOptions) else None
    return None


def _condition(raw: Mapping[str, Any], fields: Fields, at: Path) -> Condition | None:
    """None where there is nothing to judge: most elements are always shown."""
    return _parsed(raw, fields, at) if raw else None


def _parsed(raw: Mapping[str, Any], fields: Fields, at: Path) -> Condition:
    try:
        return parse(raw, fields)
    except ConditionError as error:
        raise BrokenLogic((*at, *error.path), "condition", error) from error


def _first(text: Text) -> str:
    return next((words for words in text.values() if words), "")
