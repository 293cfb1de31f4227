"""Where a text stands in a survey, in words: page 1 · question 2 · option 3."""

from collections.abc import Mapping
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.difference_words import FIELDS
from surveys.document import Path

_PARTS: Mapping[str, Promise] = {
    "pages": gettext_lazy("Page %(number)s"),
    "elements": gettext_lazy("Question %(number)s"),
    "options": gettext_lazy("Option %(number)s"),
    "rows": gettext_lazy("Line %(number)s"),
    "wordings": gettext_lazy("Wording %(number)s"),
    "endings": gettext_lazy("Ending %(number)s"),
}


def place_of(path: Path) -> str:
    """The whole way to the text."""
    return " · ".join([*_steps(path), *_field(path)])


def section_of(path: Path) -> str:
    """The page or ending that it belongs to."""
    steps = _steps(path)
    return steps[0] if steps else _("Survey")


def place_in_section(path: Path) -> str:
    inner = [*_steps(path)[1:], *_field(path)]
    return " · ".join(inner) or str(FIELDS["text"])


def _steps(path: Path) -> list[str]:
    return [
        str(_PARTS[str(name)]) % {"number": place + 1}
        for name, place in pairwise(path)
        if isinstance(place, int) and str(name) in _PARTS
    ]


def _field(path: Path) -> list[str]:
    """What of the thing it is; the words themselves need no name."""
    words = {
        "alt": _("picture in words"),
        "message": _("what is said when it does not match"),
    }
    name = str(path[-1])
    if name == "text" and len(path) > 1 and path[-2] == "link":
        return [_("words of the link")]
    if name == "text":
        return []
    return [words.get(name) or str(FIELDS[name])]
