"""Answers, variables and what is known of the customer, as words inside other words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from surveys.answers import OTHER
from surveys.branching import Walk, all_options
from surveys.document import Document
from surveys.elements import AnyElement, Language
from surveys.markup import plain_text
from surveys.texts import in_language


def values_for(
    document: Document, language: Language, walk: Walk, context: Mapping[str, object]
) -> dict[str, str]:
    """By the names that pipes use."""
    values = {key: str(value) for key, value in context.items() if value}
    values |= {f"var.{key}": _number(value) for key, value in walk.variables.items()}
    with translation.override(language):
        values |= dict(_said(document, language, walk.answers))
    return values


def _said(
    document: Document, language: Language, answers: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for element in document.elements if answers else ():
        answer = answers.get(element.id)
        if answer is not None:
            other = answers.get(element.id + OTHER, "")
            yield element.id, _words(document, element, language, answer, other)
            if other:
                yield element.id + OTHER, other


def _words(
    document: Document, element: AnyElement, language: Language, answer: Any, other: str
) -> str:
    if answer is True:
        return _("yes")
    if isinstance(answer, dict) or element.type == "file":
        return ""
    labels: dict[str, str] = {
        option.id: other
        if option.kind == "other" and other
        else plain_text(in_language(option.text, language))
        for option in all_options(document, element)
    }
    if isinstance(answer, list):
        comma = pgettext("between words in a list", ", ")
        return comma.join(str(labels.get(one, one)) for one in answer)
    return labels.get(str(answer), str(answer))


def _number(value: float | str) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
