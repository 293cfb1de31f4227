"""What changed between two survey documents, in sentences that a manager can check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.condition_words import as_sentence
from surveys.differences import Change, differences
from surveys.document import TO_ENDING, Document
from surveys.elements import Language, Text
from surveys.logic_words import Names, sentence_for
from surveys.markup import plain_text

LANGUAGE_NAMES: Mapping[str, Promise] = {
    "en": gettext_lazy("English"),
    "zh-hans": gettext_lazy("Chinese"),
}
THINGS: Mapping[str, Promise] = {
    "page": gettext_lazy("page “%(name)s”"),
    "element": gettext_lazy("question “%(name)s”"),
    "option": gettext_lazy("option “%(name)s” of “%(within)s”"),
    "row": gettext_lazy("line “%(name)s” of “%(within)s”"),
    "wording": gettext_lazy("wording “%(name)s” of “%(within)s”"),
    "ending": gettext_lazy("ending “%(name)s”"),
    "variable": gettext_lazy("variable “%(name)s”"),
    "hidden_field": gettext_lazy("hidden field “%(name)s”"),
    "quota": gettext_lazy("quota “%(name)s”"),
    "survey": gettext_lazy("survey"),
    "theme": gettext_lazy("look"),
    "settings": gettext_lazy("settings"),
}
FIELDS: Mapping[str, Promise] = {
    "text": gettext_lazy("words"),
    "help": gettext_lazy("help text"),
    "title": gettext_lazy("heading"),
    "low_label": gettext_lazy("label of the lowest value"),
    "high_label": gettext_lazy("label of the highest value"),
    "unit": gettext_lazy("unit"),
    "required": gettext_lazy("must be answered"),
    "scale": gettext_lazy("scale"),
    "look": gettext_lazy("shown as"),
    "order": gettext_lazy("order"),
    "least": gettext_lazy("least"),
    "most": gettext_lazy("most"),
    "lowest": gettext_lazy("lowest value"),
    "highest": gettext_lazy("highest value"),
    "decimals": gettext_lazy("decimal places"),
    "earliest": gettext_lazy("earliest day"),
    "latest": gettext_lazy("latest day"),
    "accepts": gettext_lazy("kinds of files"),
    "most_mb": gettext_lazy("largest file in MB"),
    "pattern": gettext_lazy("pattern"),
    "image": gettext_lazy("picture"),
    "kind": gettext_lazy("kind"),
    "is_fixed": gettext_lazy("keeps its place"),
    "group": gettext_lazy("score group"),
    "link": gettext_lazy("link"),
    "offers_call": gettext_lazy("offers a call"),
    "redirect": gettext_lazy("leads on to"),
    "initial": gettext_lazy("initial value"),
    "steps": gettext_lazy("how it is worked out"),
    "name": gettext_lazy("name"),
    "when": gettext_lazy("condition"),
    "limit": gettext_lazy("limit"),
    "ending": gettext_lazy("ending"),
    "languages": gettext_lazy("languages"),
    "accent": gettext_lazy("accent colour"),
    "background": gettext_lazy("background colour"),
    "font": gettext_lazy("font"),
    "corners": gettext_lazy("corners"),
    "logo": gettext_lazy("logo"),
    "shows_progress": gettext_lazy("shows progress"),
    "allows_back": gettext_lazy("lets people go back"),
    "once_per": gettext_lazy("one answer per"),
    "asks_proof_of_work": gettext_lazy("asks the browser for a proof of work"),
    "shown_if": gettext_lazy("shown only if"),
    "branches": gettext_lazy("where it leads"),
    "carried": gettext_lazy("options taken over"),
}
VALUES: Mapping[object, Promise] = {
    "fixed": gettext_lazy("as listed"),
    "random": gettext_lazy("at random"),
    "numbers": gettext_lazy("numbers"),
    "stars": gettext_lazy("stars"),
    "faces": gettext_lazy("faces"),
    "nobody": gettext_lazy("no limit"),
    "device": gettext_lazy("device"),
    "customer": gettext_lazy("customer"),
    "system": gettext_lazy("system font"),
    "serif": gettext_lazy("serif"),
    "rounded": gettext_lazy("rounded"),
    "mono": gettext_lazy("monospaced"),
    "square": gettext_lazy("square"),
    "soft": gettext_lazy("slightly rounded"),
    "round": gettext_lazy("round"),
    "option": gettext_lazy("option"),
    "other": gettext_lazy("other, with words"),
    "none": gettext_lazy("none of these"),
    "promoter": gettext_lazy("high scores"),
    "passive": gettext_lazy("middle scores"),
    "detractor": gettext_lazy("low scores"),
    "pdf": gettext_lazy("PDF"),
    "image": gettext_lazy("pictures"),
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "spreadsheet": gettext_lazy("spreadsheets"),
    "document": gettext_lazy("documents"),
}


@dataclass(frozen=True)
class Told:
    """`words` says what changed; `before` and `after` show it where that helps."""

    kind: str
    words: str
    before: str = ""
    after: str = ""
    language: str = ""


def told_differences(old: Document, new: Document, language: Language) -> list[Told]:
    """Every difference in the language that is active; names in `language`."""
    teller = _Teller(Names(old, language), Names(new, language), language)
    return [teller.told(change) for change in differences(old, new)]


class _Teller:
    def __init__(self, old: Names, new: Names, language: Language) -> None:
        self.old = old
        self.new = new
        self.language = language

    def told(self, change: Change) -> Told:
        thing = self._thing(change)
        if change.kind in ("added", "removed"):
            return Told(
                change.kind, _sentence(_ADDED_REMOVED[change.kind], thing=thing)
            )
        if change.kind == "moved":
            return Told("moved", self._moved(change, thing))
        field = str(FIELDS.get(change.field, change.field))
        if change.kind == "reworded":
            sentence = (
                _("%(thing)s reads differently in %(language)s.")
                if change.field == "text"
                else _("%(thing)s: “%(field)s” reads differently in %(language)s.")
            )
            names = {"thing": thing, "field": field}
            names["language"] = str(LANGUAGE_NAMES[change.language or "en"])
            words = _sentence(sentence, **names)
            before, after = plain_text(change.before), plain_text(change.after)
            return Told("reworded", words, before, after, change.language or "")
        words = _sentence(
            _("%(thing)s: “%(field)s” changed."), thing=thing, field=field
        )
        before = self._value(change.field, change.before, self.old)
        return Told(
            change.kind,
            words,
            before,
            self._value(change.field, change.after, self.new),
        )

    def _thing(self, change: Change) -> str:
        names = {
            "name": self._name(change.name) or change.id,
            "within": self._name(change.within or {}),
        }
        if change.thing == "page":
            return self._page(change.id)
        return str(THINGS[change.thing]) % names

    def _moved(self, change: Change, thing: str) -> str:
        if change.thing == "element" and change.before != change.after:
            return _sentence(
                _("%(thing)s moved from %(before)s to %(after)s."),
                thing=thing,
                before=self._page(change.before, self.old),
                after=self._page(change.after),
            )
        return _sentence(_("%(thing)s has another place in the order."), thing=thing)

    def _page(self, page_id: str, first: Names | None = None) -> str:
        """As it is called now, or was."""
        for names in (first or self.new, self.new, self.old):
            page = next((p for p in names.document.pages if p.id == page_id), None)
            if page is not None:
                return names.page(page)
        return page_id

    def _name(self, text: Text) -> str:
        return self.new.words(text)

    def _value(self, field: str, value: Any, names: Names) -> str:
        if field in ("shown_if", "when"):
            return sentence_for(value or {}, names.fields)
        if field == "branches":
            return _("; ").join(_branch(b, names) for b in value) or "–"
        if field == "steps":
            return _("; ").join(_step(step, names) for step in value) or "–"
        if field == "carried":
            return _carried(value, names)
        if field == "ending":
            return names.target(f"{TO_ENDING}{value}")
        if field == "languages":
            return ", ".join(str(LANGUAGE_NAMES[language]) for language in value)
        return _plain(value, self.language)


def _branch(branch: Mapping[str, Any], names: Names) -> str:
    target = names.target(branch["to"])
    if not branch["when"]:
        return _("always to %(target)s") % {"target": target}
    condition = sentence_for(branch["when"], names.fields)
    return _("to %(target)s if: %(condition)s") % {
        "target": target,
        "condition": condition,
    }


def _step(step: Mapping[str, Any], names: Names) -> str:
    sentence = {"set": _("%(value)s if: %(condition)s")}.get(
        step["act"], _("plus %(value)s if: %(condition)s")
    )
    condition = sentence_for(step["when"], names.fields)
    return sentence % {"value": step["value"], "condition": condition}


def _carried(value: Mapping[str, Any] | None, names: Names) -> str:
    if value is None:
        return "–"
    source = names.document.by_id.get(value["element"])
    question = names.element(source) if source else value["element"]
    if value["which"] == "chosen":
        return _("what was chosen at %(question)s") % {"question": question}
    return _("what was not chosen at %(question)s") % {"question": question}


def _plain(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(_plain(one, language) for one in value)
    if isinstance(value, dict):
        return _inside(value, language)
    if isinstance(value, float):
        return f"{value:g}"
    return str(VALUES.get(value, value))


def _inside(value: Mapping[str, Any], language: Language) -> str:
    """Of a picture its words, of a pattern its expression, of a link where it leads."""
    shown: Sequence[object] = [value.get("regex"), value.get("url")]
    text = value.get("text") or value.get("alt") or value.get("message") or {}
    words = text.get(language) or next(iter(text.values()), "")
    parts = [str(part) for part in (*shown, plain_text(words)) if part]
    return " · ".join(parts) or _("given")


def _sentence(template: Promise | str, **names: str) -> str:
    return as_sentence(str(template) % names)


_ADDED_REMOVED: Mapping[str, Promise] = {
    "added": gettext_lazy("%(thing)s was added."),
    "removed": gettext_lazy("%(thing)s was removed."),
}
