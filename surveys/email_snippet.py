"""HTML for a company's own e-mails, with the survey's first question inside.

Tables and inline style only: what Outlook, Gmail and phones all show. The numbers are
links that pre-select; nothing is stored before the customer sends the page, so mail
scanners that follow links answer nothing.
"""

from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation

from surveys.document import Document
from surveys.elements import Language, ScoreElement
from surveys.markup import plain_text
from surveys.pages import in_language
from surveys.piping import piped

WIDTH = 600  # pixels; what mail programs leave
CELL = 46  # at most; on a phone the numbers share what there is


def email_html(document: Document, link: str, language: Language) -> str:
    """A fragment to be pasted into a letter."""
    score = document.score
    points = _points(score, link, language)
    context = {
        "language": language,
        "title": _words(document.title, language),
        "question": _words(score.text, language) if score else "",
        "low": _words(score.low_label, language) if score else "",
        "high": _words(score.high_label, language) if score else "",
        "points": points,
        "link": f"{link}?{urlencode({'lang': language})}",
        "width": WIDTH,
        "row_width": CELL * len(points),
    }
    with translation.override(language):
        html = render_to_string("surveys/email/snippet.html", context)
    return "\n".join(line for line in html.splitlines() if line.strip())


def _points(
    score: ScoreElement | None, link: str, language: Language
) -> list[tuple[int, str]]:
    if score is None:
        return []
    return [
        (value, f"{link}?{urlencode({'lang': language, 'score': value})}")
        for value in range(score.lowest, score.scale + 1)
    ]


def _words(text: dict[Language, str], language: Language) -> str:
    # A letter of the company's own knows nothing that could be put into the words.
    return plain_text(piped(in_language(text, language), {}))
