"""Questions that measure, or collect, more than they declare. Pure."""

from collections.abc import Iterator

from surveys.document import Document, Path, document_texts
from surveys.elements import (
    AnyElement,
    ConsentElement,
    EmailElement,
    FileElement,
    NumberElement,
    PhoneElement,
    RatingElement,
    ShortText,
)
from surveys.lint.finding import Finding, bare
from surveys.wording_lists import (
    CONSENTING,
    EFFORT,
    PERSONAL,
    PERSONAL_FIELDS,
    RECOMMEND,
    SATISFIED,
)


def findings(document: Document) -> Iterator[Finding]:
    metrics = {element.type for element in document.scores}
    has_consent = _has_consent(document)
    for number, page in enumerate(document.pages):
        for place, element in enumerate(page.elements):
            at: Path = ("pages", number, "elements", place)
            metric = _metric_of(element)
            # Beside a declared score, how easy or good something was is a detail.
            if metric not in metrics and (metric == "nps" or (metric and not metrics)):
                yield Finding("warning", "undeclared_metric", at, {"metric": metric})
            if _is_personal(element) and not has_consent:
                yield Finding("warning", "no_consent", at)
    for number, hidden in enumerate(document.hidden_fields):
        if PERSONAL_FIELDS.search(hidden.id):
            path = ("hidden_fields", number)
            yield Finding("warning", "personal_address", path, {"field": hidden.id})


def _metric_of(element: AnyElement) -> str:
    """The metric that a question looks like without saying so."""
    if not isinstance(element, RatingElement | NumberElement):
        return ""
    words = " ".join(bare(one) for one in element.text.values())
    highest = element.scale if isinstance(element, RatingElement) else element.highest
    if RECOMMEND.search(words) or _is_zero_to_ten(element):
        return "nps" if highest in (None, 5, 10) else ""
    if SATISFIED.search(words):
        return "csat"
    return "ces" if EFFORT.search(words) else ""


def _is_zero_to_ten(element: RatingElement | NumberElement) -> bool:
    is_number = isinstance(element, NumberElement)
    return is_number and element.lowest == 0 and getattr(element, "highest", 0) == 10


def _is_personal(element: AnyElement) -> bool:
    if isinstance(element, EmailElement | PhoneElement):
        return True
    if not isinstance(element, ShortText | FileElement):
        return False
    return any(PERSONAL.search(bare(words)) for words in element.text.values())


def _has_consent(document: Document) -> bool:
    """A tick to agree, or words that say what happens to what is given."""
    if any(isinstance(element, ConsentElement) for element in document.elements):
        return True
    return any(
        CONSENTING.search(bare(words))
        for path, text in document_texts(document)
        if path[0] == "pages"
        for words in text.values()
    )
