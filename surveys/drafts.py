"""Drafts: from what the studio's form holds to a survey document, and back.

Element ids are what answers are stored under, so they survive every rewording.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveys import wording
from surveys.document import GROUPS, Document, Ending, Page
from surveys.elements import (
    LANGUAGES,
    AnyElement,
    CommentElement,
    ContactElement,
    Language,
    RatingElement,
    ScoreElement,
    Text,
)

# The form's field names end in these.
SUFFIXES: Mapping[str, Language] = {"en": "en", "zh": "zh-hans"}
RATING_ID = re.compile(r"^rating_(\d+)$")


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
        endings=tuple(
            Ending(id=group, group=group, text=wording.ENDINGS[group])
            for group in GROUPS
        ),
    )


def values_of(document: Document) -> dict[str, str]:
    """What the studio's form shows of a document."""
    values: dict[str, str] = {}
    for name, text in _named_texts(document):
        for suffix, language in SUFFIXES.items():
            values[f"{name}_{suffix}"] = text.get(language, "")
    values["attributes"] = "\n".join(_line_of(e.text) for e in ratings_of(document))
    return values


def document_from(
    values: Mapping[str, Any], *, draft: Document, earlier: Iterable[Document]
) -> Document:
    """The draft in the form's words. `earlier` are all versions there have been:
    the id of a question that was once dropped is never given to another."""
    score = draft.score
    assert score is not None, "the studio makes no survey without a leading question"
    reworded = score.model_copy(
        update={
            "text": _text(values, "question"),
            "low_label": _text(values, "low_label"),
            "high_label": _text(values, "high_label"),
        }
    )
    elements: list[AnyElement] = [reworded]
    elements += _ratings(parse_lines(values["attributes"]), draft, earlier)
    if follow_up := _text(values, "follow_up"):
        elements.append(CommentElement(id="comment", type="long_text", text=follow_up))
    if contact := _text(values, "contact"):
        elements.append(
            ContactElement(id="contact", type="contact_request", text=contact)
        )
    return Document(
        title=_text(values, "title"),
        pages=(Page(id=draft.pages[0].id, elements=tuple(elements)),),
        endings=tuple(
            Ending(id=group, group=group, text=_text(values, group)) for group in GROUPS
        ),
    )


def parse_lines(lines: str) -> list[Text]:
    """One question a line, "English | 中文"; empty lines are left out."""
    texts = []
    for line in lines.splitlines():
        words = [part.strip() for part in line.split("|", 1)]
        text: Text = {
            language: word
            for language, word in zip(LANGUAGES, words, strict=False)
            if word
        }
        if text:
            texts.append(text)
    return texts


def ratings_of(document: Document) -> list[RatingElement]:
    return [e for e in document.elements if isinstance(e, RatingElement)]


def missing_translations(document: Document) -> list[tuple[str, Language]]:
    """Which texts lack which language: the form's name of the text, the language."""
    return [
        (name, language)
        for name, text in [*_named_texts(document), *_rating_texts(document)]
        if text
        for language in LANGUAGES
        if not text.get(language)
    ]


def _named_texts(document: Document) -> list[tuple[str, Text]]:
    score = document.score
    by_type = {e.type: e.text for e in document.elements}
    texts = [("title", document.title)]
    if score is not None:
        texts += [
            ("question", score.text),
            ("low_label", score.low_label),
            ("high_label", score.high_label),
        ]
    texts += [
        ("follow_up", by_type.get("long_text", {})),
        ("contact", by_type.get("contact_request", {})),
    ]
    return texts + [(g, document.ending_of_group(g).text) for g in GROUPS]


def _rating_texts(document: Document) -> list[tuple[str, Text]]:
    return [("attributes", rating.text) for rating in ratings_of(document)]


def _text(values: Mapping[str, Any], name: str) -> Text:
    words = {lang: values.get(f"{name}_{end}", "") for end, lang in SUFFIXES.items()}
    return {language: word for language, word in words.items() if word}


def _line_of(text: Text) -> str:
    chinese = text.get("zh-hans")
    return f"{text.get('en', '')} | {chinese}" if chinese else text.get("en", "")


def _ratings(
    texts: Sequence[Text], draft: Document, earlier: Iterable[Document]
) -> list[RatingElement]:
    """A question that kept its words in one language at least keeps its id."""
    known = ratings_of(draft)
    number = _last_number([draft, *earlier])
    ratings = []
    for text in texts:
        same = next((old for old in known if _is_same(old.text, text)), None)
        if same is not None:
            known.remove(same)
            ratings.append(same.model_copy(update={"text": text}))
        else:
            number += 1
            ratings.append(
                RatingElement(id=f"rating_{number}", type="rating", text=text)
            )
    return ratings


def _is_same(old: Text, new: Text) -> bool:
    return any(old.get(lang) and old.get(lang) == new.get(lang) for lang in LANGUAGES)


def _last_number(documents: Iterable[Document]) -> int:
    numbers = (
        int(match[1])
        for document in documents
        for rating in ratings_of(document)
        if (match := RATING_ID.match(rating.id))
    )
    return max(numbers, default=0)
