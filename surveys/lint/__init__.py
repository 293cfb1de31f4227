"""What is wrong with a survey before anybody is asked. Pure.

    findings(document, allowed_sites={"https://www.example.com"})

Never raises, whatever document it is given.
"""

from collections.abc import Collection

from surveys.document import Document
from surveys.lint import logic, look, meaning, parts, words
from surveys.lint.finding import LEVELS, Finding, Level


def findings(
    document: Document,
    *,
    allowed_sites: Collection[str] = (),
    has_promise: bool = True,
) -> list[Finding]:
    """The gravest first, then in the order of the document.

    `allowed_sites` are the origins that endings may lead to; `has_promise` says whether
    there is a time limit for `{{ promise }}` to tell.
    """
    found = [
        *parts.findings(document),
        *logic.findings(document),
        *words.findings(document, has_promise=has_promise),
        *meaning.findings(document),
        *look.findings(document, allowed_sites),
    ]
    order = {path: place for place, path in enumerate(_paths(document))}
    last = len(order)

    def place_of(finding: Finding) -> int:
        path = finding.path
        while path and path not in order:
            path = path[:-1]
        return order.get(path, last)

    return sorted(found, key=lambda one: (LEVELS.index(one.level), place_of(one)))


def _paths(document: Document) -> list[tuple[str | int, ...]]:
    paths: list[tuple[str | int, ...]] = [("title",)]
    for number, page in enumerate(document.pages):
        paths.append(("pages", number))
        paths += [("pages", number, "elements", n) for n in range(len(page.elements))]
    return paths


__all__ = ["LEVELS", "Finding", "Level", "findings"]
