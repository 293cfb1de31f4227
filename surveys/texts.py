"""A survey's texts in one language, as a page holds them."""

from html import escape

from django.utils.safestring import SafeString

from surveys import fragments
from surveys.elements import Element, Language, Text
from surveys.markup import plain_text, rendered
from surveys.piping import PIPE, Pipe, pipe_of

# What the browser cannot work out by itself: the server alone fills it in.
FIXED = ("hidden.", "customer.")
FIXED_NAMES = ("promise", "language")


def in_language(text: Text, language: Language) -> str:
    """The words in this language, else in whatever language there are any."""
    return text.get(language) or next((words for words in text.values() if words), "")


def html_of(text: Text, language: Language) -> SafeString:
    """With its few tags, and places where values go."""
    words = in_language(text, language)
    if not words:
        return SafeString("")
    # A tag's inside is left alone: a value never becomes part of an address.
    return SafeString(PIPE.sub(lambda m: _place(pipe_of(m)), rendered(words)))


def plain_of(text: Text, language: Language) -> SafeString:
    """The words alone, escaped: for titles and attributes."""
    words = plain_text(in_language(text, language))
    return SafeString(PIPE.sub(lambda m: _bare(pipe_of(m)), escape(words)))


def wording_html(element: Element, language: Language) -> SafeString:
    """The element's text, or all its wordings to draw one from."""
    texts = (element.text, *(wording.text for wording in element.wordings))
    return _drawn(element, [html_of(text, language) for text in texts])


def wording_plain(element: Element, language: Language) -> SafeString:
    texts = (element.text, *(wording.text for wording in element.wordings))
    return _drawn(element, [plain_of(text, language) for text in texts])


def _drawn(element: Element, ways: list[SafeString]) -> SafeString:
    if len(ways) == 1:
        return ways[0]
    marked = (f"{fragments.item(str(n))}{way}" for n, way in enumerate(ways))
    start = fragments.opened("wording", element.id)
    return SafeString(f"{start}{''.join(marked)}{fragments.closed()}")


def _place(pipe: Pipe) -> str:
    if pipe.name in FIXED_NAMES or pipe.name.startswith(FIXED):
        return _bare(pipe)
    otherwise, slot = _default(pipe), _bare(pipe)
    return f'<span data-pipe="{pipe.name}" data-else="{otherwise}">{slot}</span>'


def _bare(pipe: Pipe) -> str:
    return fragments.slot(pipe.name, _default(pipe))


def _default(pipe: Pipe) -> str:
    """The words around it are cleaned or escaped; in an attribute a quote matters, too."""
    return pipe.default.replace('"', "&quot;")
