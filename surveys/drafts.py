"""The documents that new surveys start with."""

from surveys import wording
from surveys.document import GROUPS, Document, Ending, Page
from surveys.elements import (
    AnyElement,
    CommentElement,
    ContactElement,
    ScoreElement,
)


def new_document(kind: str) -> Document:
    """A survey of this kind in its default wording."""
    question = wording.QUESTIONS[kind]
    elements: tuple[AnyElement, ...] = (
        ScoreElement.model_validate(
            {
                "id": "score",
                "type": question.metric,
                "scale": question.scale,
                "text": question.text,
                "low_label": question.low_label,
                "high_label": question.high_label,
            }
        ),
        CommentElement(id="comment", type="long_text", text=wording.FOLLOW_UP),
        ContactElement(id="contact", type="contact_request", text=wording.CONTACT),
    )
    return Document(
        title=wording.TITLE,
        pages=(Page(id="page1", elements=elements),),
        endings=_endings(),
    )


def blank_document() -> Document:
    """One empty page; the thanks are worded, for nobody likes to begin with those."""
    return Document(title=wording.TITLE, pages=(Page(id="page1"),), endings=_endings())


def _endings() -> tuple[Ending, ...]:
    return tuple(
        Ending(id=group, group=group, text=wording.ENDINGS[group]) for group in GROUPS
    )
