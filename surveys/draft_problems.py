"""Why a change of a draft was not saved, in a sentence for the person who made it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.document import FutureDocument, UnreadableDocument
from surveys.draft_changes import ChangeRefused
from surveys.studio import OtherMeaning

REFUSALS = (ChangeRefused, UnreadableDocument, FutureDocument, OtherMeaning)
# What a message of the document's own checks says, by the words that tell it apart.
_SENTENCES: Mapping[str, Promise] = {
    "a metric may be asked once": gettext_lazy(
        "NPS, CSAT and CES may each be asked once in a survey."
    ),
    "have the same id": gettext_lazy("Two parts have the same name."),
    "at most": gettext_lazy("This is too long."),
    "at least 1 character": gettext_lazy("Something has to be written here."),
    "at least": gettext_lazy("One has to stay."),
    "match pattern": gettext_lazy("This is not written as it has to be."),
    "greater than": gettext_lazy("This number is too small."),
    "less than": gettext_lazy("This number is too large."),
    "more than": gettext_lazy("These are more questions than a survey can hold."),
}


def problem_of(error: Exception) -> dict[str, Any]:
    """Where and why: `path` leads into the document as far as it is known."""
    if isinstance(error, OtherMeaning):
        why = _(
            "A question that was here before has other answers under this name."
            " Add a new question instead."
        )
        return {"path": ["elements", error.element_id], "sentence": why}
    if isinstance(error, UnreadableDocument):
        path, message = error.problems[0]
        return {"path": list(path), "sentence": _sentence(message)}
    path = error.path if isinstance(error, ChangeRefused) else ()
    return {"path": list(path), "sentence": _sentence(str(error))}


def _sentence(message: str) -> str:
    for words, sentence in _SENTENCES.items():
        if words in message:
            return str(sentence)
    return _("This is not possible here.")
