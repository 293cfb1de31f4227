"""Findings as sentences, with the name of the place that each is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.condition_words import as_sentence, reason_for
from surveys.document import Document, Path
from surveys.elements import Language
from surveys.estimate import HANZI_A_MINUTE, WORDS_A_MINUTE
from surveys.lint import LEVELS, Finding, Level
from surveys.logic_words import Names

# Of one level; whoever has more does not read them all.
SHOWN = 50
LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "zh-hans": "中文"}
LEVEL_LABELS: Mapping[Level, Promise] = {
    "error": gettext_lazy("Has to be mended"),
    "warning": gettext_lazy("Have a look"),
    "advice": gettext_lazy("Advice"),
}
SENTENCES: Mapping[str, Promise] = {
    "no_questions": gettext_lazy("The survey asks nothing yet."),
    "no_score": gettext_lazy(
        "Nothing here is a score (NPS, CSAT or CES), so no answer counts in the KPIs."
    ),
    "empty_page": gettext_lazy("This page is empty."),
    "empty_text": gettext_lazy("The words are missing."),
    "empty_ending": gettext_lazy("This ending says nothing."),
    "missing_alt": gettext_lazy(
        "The picture has no description for people who cannot see it."
    ),
    "missing_translation": gettext_lazy(
        "Not translated: %(language)s. Customers will read the other language."
    ),
    "no_options": gettext_lazy("There is nothing to choose from."),
    "one_option": gettext_lazy("There is only one option to choose from."),
    "no_rows": gettext_lazy("The matrix has no rows."),
    "impossible_limits": gettext_lazy(
        "No answer can satisfy these limits: the lowest is above the highest."
    ),
    "condition": gettext_lazy("The condition cannot be followed: %(reason)s"),
    "forward_reference": gettext_lazy(
        "The condition asks about %(element)s, which is answered only later."
    ),
    "no_page": gettext_lazy("The way leads to a page that is not there: %(to)s."),
    "no_ending": gettext_lazy("The way leads to an ending that is not there: %(to)s."),
    "loop": gettext_lazy(
        "The way leads back to %(page)s. Surveys only go forward, or they would never end."
    ),
    "not_carried": gettext_lazy(
        "The question whose options are taken over does not come before this one."
    ),
    "branch_unreached": gettext_lazy(
        "This way is never taken: the one before it always is."
    ),
    "page_unreached": gettext_lazy("No way leads to this page."),
    "ending_unreached": gettext_lazy("No way leads to this ending."),
    "quota_unreached": gettext_lazy(
        "This quota asks about a page to which no way leads."
    ),
    "double_barrelled": gettext_lazy(
        "%(language)s: this seems to ask two things at once. One answer cannot judge both; ask one, or two questions."
    ),
    "leading": gettext_lazy(
        "%(language)s: the wording seems to suggest an answer. Ask in a neutral way."
    ),
    "one_sided_scale": gettext_lazy(
        "Only one end of the scale has a label. Name both ends, or neither."
    ),
    "unlabelled_scale": gettext_lazy(
        "Neither end of the scale says what it means. Name both, so that nobody answers the wrong way round."
    ),
    "unbalanced_options": gettext_lazy(
        "%(language)s: there are not as many good answers as bad ones. That pulls the result to one side."
    ),
    "unknown_pipe": gettext_lazy(
        "The text shows “%(name)s”, but there is no such question, variable or field."
    ),
    "later_pipe": gettext_lazy(
        "The text shows the answer to %(name)s, which is answered only later."
    ),
    "bare_pipe": gettext_lazy(
        "The text shows %(name)s, which is not always known. Say what stands there then: {{ %(pipe)s | words }}."
    ),
    "no_promise": gettext_lazy(
        "The text gives a promise, but no time limit is set that it could tell."
    ),
    "undeclared_metric": gettext_lazy(
        "This looks like %(metric)s but is not counted as such. Use a question of the kind %(metric)s, so that it appears in the KPIs."
    ),
    "no_consent": gettext_lazy(
        "This asks for personal data, and nothing says what happens to it. Add a consent question, or say so in the help text."
    ),
    "personal_address": gettext_lazy(
        "The hidden field “%(field)s” puts personal data into the address of the page, where histories and logs keep it."
    ),
    "low_contrast": gettext_lazy(
        "The text is hard to read on the background: contrast %(ratio)s : 1, and %(least)s : 1 is the least."
    ),
    "low_accent": gettext_lazy(
        "The accent colour hardly stands out from the background: contrast %(ratio)s : 1; %(least)s : 1 or more would."
    ),
    "site_not_allowed": gettext_lazy(
        "Customers will not be sent to %(site)s: an administrator has to allow this site first."
    ),
}


@dataclass(frozen=True)
class Worded:
    """A finding as it is shown; `path` leads by ids to what the editor has to open."""

    level: Level
    code: str
    place: str
    words: str
    path: Path

    @property
    def jump(self) -> str:
        return json.dumps(self.path)

    @property
    def is_look(self) -> bool:
        return self.path[0] == "theme"

    @property
    def anchor(self) -> str:
        """What the address of the editor ends in to open the place."""
        match self.path:
            case ("pages", _page, "elements", str(element), *_rest):
                return f"element={element}"
            case ("pages", str(page), *_rest):
                return f"page={page}"
            case ("endings", str(ending), *_rest):
                return f"ending={ending}"
            case ("quotas", *_rest):
                return "quotas"
            case ("variables" | "hidden_fields", *_rest):
                return "data"
        return "settings"


@dataclass(frozen=True)
class Group:
    """The findings of one level; `more` were left out."""

    level: Level
    label: str
    shown: Sequence[Worded]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.shown) + self.more


def grouped(
    findings: Sequence[Finding], document: Document, language: Language
) -> list[Group]:
    """By level, the gravest first; levels without findings are left out."""
    names = Names(document, language)
    groups = []
    for level in LEVELS:
        found = [finding for finding in findings if finding.level == level]
        if found:
            shown = [_worded(finding, names) for finding in found[:SHOWN]]
            label = str(LEVEL_LABELS[level])
            groups.append(Group(level, label, shown, len(found) - len(shown)))
    return groups


def _worded(finding: Finding, names: Names) -> Worded:
    return Worded(
        finding.level,
        finding.code,
        place_words(finding.path, names),
        sentence_for(finding, names),
        named_path(names.document, finding.path),
    )


def sentence_for(finding: Finding, names: Names) -> str:
    """What is wrong, in the active language."""
    if finding.code == "too_long":
        return _too_long(int(finding.params["seconds"]))
    params = dict(finding.params)
    if "language" in params:
        params["language"] = LANGUAGE_NAMES[params["language"]]
    if "element" in params:
        params["element"] = names.element_by_id(params["element"])
    if "page" in params:
        params["page"] = names.target(params["page"])
    if finding.code in ("bare_pipe", "later_pipe"):
        params["pipe"] = params["name"]
        params["name"] = names.value(params["name"])
    if "metric" in params:
        params["metric"] = str(params["metric"]).upper()
    if "cause" in params:
        params["reason"] = reason_for(params["cause"])
    return str(SENTENCES[finding.code]) % params


def _too_long(seconds: int) -> str:
    sentence = ngettext(
        "Answering takes about %(minutes)s minute. Above 3 minutes, many give up. (Reckoned with %(words)s English words or %(characters)s Chinese characters read a minute.)",
        "Answering takes about %(minutes)s minutes. Above 3 minutes, many give up. (Reckoned with %(words)s English words or %(characters)s Chinese characters read a minute.)",
        round(seconds / 60),
    )
    minutes = f"{seconds / 60:.1f}".removesuffix(".0")
    return sentence % {
        "minutes": minutes,
        "words": WORDS_A_MINUTE,
        "characters": HANZI_A_MINUTE,
    }


def named_path(document: Document, path: Path) -> Path:
    """The path with members of lists named by their ids, as `surveys.draft_changes`
    takes it; those without an id stay places."""
    node: Any = document
    names: list[str | int] = []
    for key in path:
        if isinstance(node, tuple) and isinstance(key, int):
            node = node[key]
            names.append(getattr(node, "id", key))
        else:
            node = getattr(node, str(key), None)
            names.append(key)
    return tuple(names)


def place_words(path: Path, names: Names) -> str:
    """What the place is called; the survey itself where it is no part of it."""
    document = names.document
    match path:
        case ("pages", int(number), "elements", int(place), *rest):
            page = document.pages[number]
            return _part(names.element(page.elements[place]), rest)
        case ("pages", int(number), *_rest):
            return as_sentence(names.page(document.pages[number]))
        case ("endings", int(number), *_rest):
            return as_sentence(names.ending(document.endings[number]))
        case ("variables", int(number), *_rest):
            name = document.variables[number].id
            return as_sentence(_("the variable “%(name)s”") % {"name": name})
        case ("hidden_fields", int(number), *_rest):
            name = document.hidden_fields[number].id
            return as_sentence(_("the hidden field “%(name)s”") % {"name": name})
        case ("quotas", int(number), *_rest):
            return _("Quota “%(name)s”") % {"name": document.quotas[number].name}
        case ("theme", *_rest):
            return _("Look")
    return _("Title")


def _part(question: str, rest: Sequence[str | int]) -> str:
    match rest:
        case ["options", int(place), *_rest]:
            part = _("option %(number)s") % {"number": place + 1}
        case ["rows", int(place), *_rest]:
            part = _("row %(number)s") % {"number": place + 1}
        case ["wordings", int(place), *_rest]:
            part = _("wording %(number)s") % {"number": place + 2}
        case ["low_label"] | ["high_label"]:
            part = _("ends of the scale")
        case ["help"]:
            part = _("help text")
        case ["shown_if", *_rest]:
            part = _("condition")
        case _:
            return question
    return _("%(question)s, %(part)s") % {"question": question, "part": part}
