"""The survey document: one validated JSON shape for drafts, versions and files. Pure.

`read_document` takes what is stored or sent, whatever its version; a Document is
immutable. It holds what a studio may save at any moment: whether it is fit to be
published, `surveys.lint` says.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from surveys.document_history import CURRENT, FutureDocument, migrated
from surveys.elements import (
    LANGUAGES,
    AnyElement,
    Condition,
    Id,
    Image,
    Language,
    Order,
    ScoreElement,
    Strict,
    Text,
    texts_of,
)

MOST_PAGES = 200
MOST_ELEMENTS = 1_000
Group = Literal["promoter", "passive", "detractor"]
GROUPS: tuple[Group, ...] = ("promoter", "passive", "detractor")
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Address = Annotated[str, Field(pattern=r"^https://[^\s\"'<>]+$", max_length=500)]
# What a branch leads to when it is not a page's id.
TO_ENDING = "ending:"
Path = tuple[str | int, ...]
Amount = Annotated[float, Field(ge=-1e15, le=1e15)]
"""Small enough that no sum of steps runs out of numbers."""

DEEPEST = 40
# What PostgreSQL keeps in no text.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class UnreadableDocument(ValueError):
    """Not a survey document; `problems` says what is wrong where."""

    def __init__(self, problems: list[tuple[Path, str]]) -> None:
        super().__init__("; ".join(f"{_dotted(at)}: {why}" for at, why in problems))
        self.problems = problems


class Branch(Strict):
    """Where to go from a page instead of the next one: a page's id, or an ending
    ("ending:sorry"). The first branch whose condition is met decides."""

    when: Condition = {}
    to: Annotated[str, Field(pattern=r"^(ending:)?[a-z][a-z0-9_]{0,39}$")]


class Page(Strict):
    id: Id
    title: Text = {}
    elements: tuple[AnyElement, ...] = ()
    shown_if: Condition = {}
    order: Order = "fixed"
    branches: Annotated[tuple[Branch, ...], Field(max_length=50)] = ()


class Step(Strict):
    """Sets a variable, or adds to a number, where the condition is met."""

    when: Condition = {}
    act: Literal["set", "add"] = "set"
    value: Amount | Annotated[str, Field(max_length=200)]


class Variable(Strict):
    """Worked out after each page from the answers so far; shown and asked as `var.<id>`."""

    id: Id
    kind: Literal["number", "text"] = "number"
    initial: Amount | Annotated[str, Field(max_length=200)] = 0
    steps: Annotated[tuple[Step, ...], Field(max_length=50)] = ()


class HiddenField(Strict):
    """Taken from the address, `?<id>=…`; shown and asked as `hidden.<id>`."""

    id: Id


class Quota(Strict):
    """Once so many complete answers meet the condition, others get the ending."""

    id: Id
    name: Annotated[str, Field(max_length=120)]
    when: Condition = {}
    limit: Annotated[int, Field(ge=1, le=10_000_000)]
    ending: Id


class Link(Strict):
    url: Address
    text: Text


class Ending(Strict):
    """What is read after the last page. Of those with a group, the score group's is
    shown; one without is reached by a branch or a quota, or where no score was given."""

    id: Id
    group: Group | None = None
    title: Text = {}
    text: Text = {}
    link: Link | None = None
    # "May we call you?": the answer becomes a request for contact.
    offers_call: bool = False
    # Leaves at once for another site, which an administrator has allowed.
    redirect: Address | None = None


class Theme(Strict):
    """The company's look. Text on the accent colour is black or white, whichever reads."""

    accent: Color = "#1d4ed8"
    background: Color = "#ffffff"
    text: Color = "#1f2937"
    font: Literal["system", "serif", "rounded", "mono"] = "system"
    corners: Literal["square", "soft", "round"] = "soft"
    logo: Image | None = None


class Settings(Strict):
    shows_progress: bool = True
    allows_back: bool = True
    # Whether somebody may answer again: told by the device, the link or the customer.
    once_per: Literal["nobody", "device", "customer"] = "nobody"
    asks_proof_of_work: bool = False


class Document(Strict):
    schema_version: Literal[2] = CURRENT
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = LANGUAGES
    title: Text
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=MOST_PAGES)]
    variables: Annotated[tuple[Variable, ...], Field(max_length=50)] = ()
    hidden_fields: Annotated[tuple[HiddenField, ...], Field(max_length=50)] = ()
    quotas: Annotated[tuple[Quota, ...], Field(max_length=50)] = ()
    endings: Annotated[tuple[Ending, ...], Field(min_length=1, max_length=50)]
    theme: Theme = Theme()
    settings: Settings = Settings()

    @model_validator(mode="after")
    def _ids_are_unique_and_one_score(self) -> "Document":
        _check_unique("languages", self.languages)
        _check_unique("pages", [page.id for page in self.pages])
        _check_unique("elements", [element.id for element in self.elements])
        _check_unique("variables", [variable.id for variable in self.variables])
        _check_unique("hidden fields", [field.id for field in self.hidden_fields])
        _check_unique("quotas", [quota.id for quota in self.quotas])
        _check_unique("endings", [ending.id for ending in self.endings])
        if len(self.elements) > MOST_ELEMENTS:
            raise ValueError(f"more than {MOST_ELEMENTS} elements")
        metrics = [element.type for element in self.scores]
        if len(metrics) != len(set(metrics)):
            raise ValueError("a metric may be asked once in a survey")
        return self

    @property
    def elements(self) -> tuple[AnyElement, ...]:
        return tuple(element for page in self.pages for element in page.elements)

    @property
    def by_id(self) -> Mapping[str, AnyElement]:
        return {element.id: element for element in self.elements}

    @property
    def scores(self) -> tuple[ScoreElement, ...]:
        return tuple(e for e in self.elements if isinstance(e, ScoreElement))

    @property
    def score(self) -> ScoreElement | None:
        """The leading question, which the endings go by."""
        return self.scores[0] if self.scores else None

    def scale_of(self, metric: str) -> int | None:
        """The scale on which the metric is asked; None where it is not."""
        return next((e.scale for e in self.scores if e.type == metric), None)

    def ending(self, ending_id: str) -> Ending:
        """Raises KeyError."""
        return {ending.id: ending for ending in self.endings}[ending_id]

    def page(self, page_id: str) -> Page:
        """Raises KeyError."""
        return {page.id: page for page in self.pages}[page_id]

    def ending_of_group(self, group: Group) -> Ending:
        """The group's own ending; else that of no group; else the last."""
        own = (ending for ending in self.endings if ending.group == group)
        common = (ending for ending in self.endings if ending.group is None)
        return next(own, None) or next(common, None) or self.endings[-1]

    @property
    def has_logic(self) -> bool:
        """Whether what is asked depends on what was answered."""
        return bool(self.variables) or any(
            page.shown_if
            or page.branches
            or any(e.shown_if or getattr(e, "carried", None) for e in page.elements)
            for page in self.pages
        )


def read_document(raw: object) -> Document:
    """A stored or sent document of any version so far.

    Raises UnreadableDocument, and FutureDocument for one that a newer release made.
    """
    _refuse_unstorable(raw)
    try:
        return Document.model_validate(migrated(raw))
    except ValidationError as error:
        raise UnreadableDocument(
            [(tuple(found["loc"]), found["msg"]) for found in error.errors()]
        ) from error


def plain(document: Document) -> dict[str, Any]:
    """As it is stored and sent."""
    return document.model_dump(mode="json")


def document_texts(document: Document) -> Iterator[tuple[Path, Text]]:
    """Every text that a respondent may read, with its path in the document."""
    yield ("title",), document.title
    for number, page in enumerate(document.pages):
        at: Path = ("pages", number)
        yield (*at, "title"), page.title
        for place, element in enumerate(page.elements):
            for inner, text in texts_of(element):
                yield (*at, "elements", place, *inner), text
    for number, ending in enumerate(document.endings):
        at = ("endings", number)
        yield (*at, "title"), ending.title
        yield (*at, "text"), ending.text
        if ending.link is not None:
            yield (*at, "link", "text"), ending.link.text
    if document.theme.logo is not None:
        yield ("theme", "logo", "alt"), document.theme.logo.alt


def group_of(metric: str, score: int | None, scale: int) -> Group:
    """The score group whose ending is shown: promoter, passive or detractor.

    NPS by its own definition; CSAT 4-5 / 3 / 1-2; CES by thirds of agreement:
    1-7 → 5-7 / 4 / 1-3, 1-5 → 4-5 / 3 / 1-2. Without a score: passive.
    """
    if score is None:
        return "passive"
    low, high = bounds_of(metric, scale)
    if score <= low:
        return "detractor"
    return "promoter" if score >= high else "passive"


def bounds_of(metric: str, scale: int) -> tuple[int, int]:
    """The highest score of a detractor and the lowest of a promoter."""
    return {("nps", 10): (6, 9), ("ces", 7): (3, 5)}.get((metric, scale), (2, 4))


def _check_unique(what: str, ids: Any) -> None:
    if len(ids) != len(set(ids)):
        raise ValueError(f"two {what} have the same id")


def _refuse_unstorable(raw: object) -> None:
    """Conditions are free-form: they could be bottomless, or of any characters."""
    waiting: list[tuple[Path, object]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > DEEPEST:
            raise UnreadableDocument([(path[:6], "nested too deeply")])
        if isinstance(value, str) and UNSTORABLE.search(value):
            raise UnreadableDocument([(path, "holds characters that are no text")])
        if isinstance(value, float) and not isfinite(value):
            raise UnreadableDocument([(path, "is no finite number")])
        if isinstance(value, Mapping):
            waiting += [((), key) for key in value]
            waiting += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [((*path, n), inner) for n, inner in enumerate(value)]


def _dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "document"


__all__ = [
    "CURRENT",
    "GROUPS",
    "LANGUAGES",
    "TO_ENDING",
    "Branch",
    "Document",
    "Ending",
    "FutureDocument",
    "Group",
    "HiddenField",
    "Language",
    "Link",
    "Page",
    "Path",
    "Quota",
    "Settings",
    "Step",
    "Text",
    "Theme",
    "UnreadableDocument",
    "Variable",
    "bounds_of",
    "document_texts",
    "group_of",
    "plain",
    "read_document",
]
