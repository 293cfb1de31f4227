"""What the browser has to know to walk a survey as the server does. Pure.

The page carries it as JSON in `<script data-flow>`, where the document has logic or more
than one page; `static/public/respond.js` walks by it. Whatever is as usual is left out: it is read on
slow phones.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from surveys.branching import all_options, fitting
from surveys.document import GROUPS, Document, Page, Variable, bounds_of
from surveys.elements import (
    AnyElement,
    CommentElement,
    DateElement,
    Matrix,
    MultipleChoice,
    NumberElement,
    RatingElement,
    ScoreElement,
    ShortText,
    WithOptions,
)

Json = dict[str, Any]


def flow_of(document: Document, known: Mapping[str, object] | None = None) -> Json:
    """`known` are the values of customer.* that conditions may ask; the page itself
    knows its language and its hidden fields."""
    return _given(
        pages=[_page(document, page) for page in document.pages],
        variables=[_variable(variable) for variable in document.variables],
        ends=_ends(document),
        known=dict(known or {}),
    )


def _page(document: Document, page: Page) -> Json:
    return _given(
        **{"if": page.shown_if},
        id=page.id,
        elements=[_element(document, element) for element in page.elements],
        branches=[_given(when=b.when, to=b.to) for b in page.branches],
    )


def _element(document: Document, element: AnyElement) -> Json:
    facts: Json = {"id": element.id, "type": element.type, "if": element.shown_if}
    facts["required"] = getattr(element, "required", False)
    found = _given(**facts, **dict(_facts(document, element)))
    # To have none is a fact too: then there may be nothing to ask.
    if isinstance(element, WithOptions):
        found.setdefault("options", [])
    if isinstance(element, Matrix):
        found.setdefault("rows", [])
    return found


def _facts(document: Document, element: AnyElement) -> Iterator[tuple[str, Any]]:
    if isinstance(element, ScoreElement | RatingElement):
        yield "span", [element.lowest, element.scale]
    elif isinstance(element, Matrix):
        yield "span", [1, element.scale]
        yield "rows", [row.id for row in element.rows]
    elif isinstance(element, WithOptions):
        yield from _choice(document, element)
    elif isinstance(element, NumberElement):
        yield "span", [element.lowest, element.highest]
        yield "decimals", element.decimals
    elif isinstance(element, DateElement):
        yield "span", [_iso(element.earliest), _iso(element.latest)]
    elif isinstance(element, ShortText | CommentElement):
        yield "span", [element.least, element.most]
        # What a pattern means, only the server knows.
        yield "asks", isinstance(element, ShortText) and element.pattern is not None


def _choice(document: Document, element: WithOptions) -> Iterator[tuple[str, Any]]:
    yield "options", [option.id for option in element.options]
    yield "alone", [option.id for option in element.options if option.kind == "none"]
    if isinstance(element, MultipleChoice):
        yield "span", [element.least or None, element.most]
    if element.carried is not None:
        own = {option.id for option in element.options}
        source = document.by_id[element.carried.element]
        assert isinstance(source, WithOptions)
        yield (
            "carried",
            {
                "from": source.id,
                "chosen": element.carried.which == "chosen",
                "options": [
                    option.id
                    for option in all_options(document, element)
                    if option.kind == "option" and option.id not in own
                ],
            },
        )


def _variable(variable: Variable) -> Json:
    return {
        "id": variable.id,
        "initial": fitting(variable, variable.initial),
        "steps": [
            {"when": s.when, "act": s.act, "value": fitting(variable, s.value)}
            for s in variable.steps
        ],
    }


def _ends(document: Document) -> Json:
    """Which ending a score leads to: up to the first bound, between, from the next."""
    endings = [document.ending_of_group(group).id for group in reversed(GROUPS)]
    if document.score is None:
        return {"to": endings}
    low, high = bounds_of(document.score.type, document.score.scale)
    return {"by": document.score.id, "span": [low, high], "to": endings}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _given(**facts: Any) -> Json:
    return {
        key: value
        for key, value in facts.items()
        if value not in (None, False, {}, [], [None, None])
    }
