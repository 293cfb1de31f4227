"""Parts that are missing or that no answer can satisfy. Pure."""

from collections.abc import Iterator

from surveys.document import Document, Path, document_texts
from surveys.elements import (
    AnyElement,
    CommentElement,
    DateElement,
    Matrix,
    MultipleChoice,
    NumberElement,
    ShortText,
    Statement,
    Text,
    WithOptions,
)
from surveys.lint.finding import Finding, bare

# Texts that may be left out altogether.
OPTIONAL = {"help", "low_label", "high_label", "unit", "alt"}


def findings(document: Document) -> Iterator[Finding]:
    yield from _questions(document)
    for path, text in document_texts(document):
        yield from _text(document, path, text)
    for number, page in enumerate(document.pages):
        at: Path = ("pages", number)
        if not page.elements:
            yield Finding("warning", "empty_page", at, {"number": number + 1})
        for place, element in enumerate(page.elements):
            yield from _element(element, (*at, "elements", place))
    for number, ending in enumerate(document.endings):
        says = _is_said(ending.title) or _is_said(ending.text)
        if not says and not ending.redirect:
            yield Finding("error", "empty_ending", ("endings", number, "text"))


def _questions(document: Document) -> Iterator[Finding]:
    if all(isinstance(element, Statement) for element in document.elements):
        yield Finding("error", "no_questions", ("pages", 0))
    elif not document.scores:
        yield Finding("advice", "no_score", ("pages", 0))


def _text(document: Document, path: Path, text: Text) -> Iterator[Finding]:
    if not any(_is_said({code: text[code]}) for code in text):
        if _is_needed(path):
            yield Finding("error", "empty_text", path)
        elif path[-2:] == ("image", "alt") or path[-2:] == ("logo", "alt"):
            yield Finding("warning", "missing_alt", path)
        return
    for language in document.languages:
        if not bare(text.get(language, "")):
            yield Finding(
                "warning", "missing_translation", path, {"language": language}
            )


def _is_needed(path: Path) -> bool:
    if path[0] == "endings":
        return path[-2:] == ("link", "text")
    is_page_title = len(path) == 3 and path[-1] == "title"
    return not is_page_title and path[-1] not in OPTIONAL


def _is_said(text: Text) -> bool:
    return any(bare(words) for words in text.values())


def _element(element: AnyElement, at: Path) -> Iterator[Finding]:
    if isinstance(element, WithOptions):
        yield from _options(element, at)
    if isinstance(element, Matrix) and not element.rows:
        yield Finding("error", "no_rows", at)
    if _is_impossible(element):
        yield Finding("error", "impossible_limits", at)


def _options(element: WithOptions, at: Path) -> Iterator[Finding]:
    if element.carried is not None:
        return
    if not element.options:
        yield Finding("error", "no_options", at)
    elif len(element.options) == 1 and element.type != "multiple_choice":
        yield Finding("warning", "one_option", at)


def _is_impossible(element: AnyElement) -> bool:
    if isinstance(element, ShortText | CommentElement):
        return element.least > element.most
    if isinstance(element, MultipleChoice):
        offered = sum(option.kind != "none" for option in element.options)
        is_short = element.carried is None and element.least > offered > 0
        return is_short or (element.most is not None and element.least > element.most)
    if isinstance(element, NumberElement):
        return _is_reversed(element.lowest, element.highest)
    if isinstance(element, DateElement):
        return _is_reversed(element.earliest, element.latest)
    return False


def _is_reversed(lowest: object, highest: object) -> bool:
    if lowest is None or highest is None:
        return False
    return bool(lowest > highest)  # type: ignore[operator]  # both numbers, or both days
