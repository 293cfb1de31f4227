"""What is wrong with an answer, said to whoever gave it."""

from collections.abc import Callable, Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.answers import Code, Problem
from surveys.elements import Language
from surveys.markup import plain_text
from surveys.texts import in_language

Params = Mapping[str, object]


def sentence_for(problem: Problem) -> str:
    """In the active language."""
    return _SENTENCES[problem.code](problem.params)


def sentence_in(language: Language, problem: Problem) -> str:
    with translation.override(language):
        return sentence_for(problem)


def _said(sentence: Callable[[], str]) -> Callable[[Params], str]:
    return lambda params: sentence() % params


def _decimals(params: Params) -> str:
    decimals = _count(params, "decimals")
    if not decimals:
        return _("Please write a whole number.")
    return ngettext(
        "Please write at most %(count)s digit after the point.",
        "Please write at most %(count)s digits after the point.",
        decimals,
    ) % {"count": decimals}


def _own_words(params: Params) -> str:
    """The pattern's own message, where it has one in some language."""
    message = params.get("message")
    language: Language = "zh-hans" if translation.get_language() == "zh-hans" else "en"
    words = in_language(message, language) if isinstance(message, dict) else ""
    return plain_text(words) or _("Please write it in the form that is asked for.")


def _count(params: Params, name: str) -> int:
    return int(str(params.get(name, 0)))


_SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    "required": _said(lambda: _("Please answer this question.")),
    "not_on_scale": _said(
        lambda: _("Please choose a whole number from %(lowest)s to %(highest)s.")
    ),
    "not_a_number": _said(lambda: _("Please give a number.")),
    "too_long": _said(lambda: _("Please keep it under %(most)s characters.")),
    "too_short": _said(lambda: _("Please write at least %(least)s characters.")),
    "not_text": _said(lambda: _("Please write your answer in words.")),
    "not_an_option": _said(lambda: _("Please choose from what is offered.")),
    "too_few": _said(lambda: _("Please choose at least %(least)s.")),
    "too_many": _said(lambda: _("Please choose at most %(most)s.")),
    "excluded": _said(
        lambda: _("“None of these” cannot go together with another choice.")
    ),
    "not_ranked": _said(
        lambda: _("Please give every choice a place of its own, or none at all.")
    ),
    "too_low": _said(lambda: _("Please give a number not below %(lowest)s.")),
    "too_high": _said(lambda: _("Please give a number not above %(highest)s.")),
    "too_exact": _decimals,
    "not_a_date": _said(lambda: _("Please give a date: year, month and day.")),
    "too_early": _said(lambda: _("Please give a date not before %(earliest)s.")),
    "too_late": _said(lambda: _("Please give a date not after %(latest)s.")),
    "not_an_email": _said(
        lambda: _("Please give an e-mail address such as name@example.com.")
    ),
    "not_a_phone": _said(
        lambda: _("Please give a phone number such as +44 20 7946 0000.")
    ),
    "no_match": _own_words,
    "not_a_file": _said(lambda: _("Please choose the file again.")),
    "file_empty": _said(lambda: _("This file is empty. Please choose another.")),
    "file_too_large": _said(lambda: _("Please choose a file of at most %(most)s MB.")),
    "file_not_accepted": _said(
        lambda: _("Files of this kind cannot be taken. Please choose another.")
    ),
    "file_disguised": _said(
        lambda: _(
            "This file is not what its name says: it ends in “.%(ending)s” and holds something else. Please choose another."
        )
    ),
    "rows_missing": _said(lambda: _("Please answer every line.")),
    "unknown": _said(lambda: _("This question is not part of the survey.")),
}
