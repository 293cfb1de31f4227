"""A survey's logic as sentences, and what its conditions may ask, in a language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.condition_words import as_sentence, words_for_raw
from customers.conditions import Field, Fields, Kind
from surveys.branching import all_options, fields_of
from surveys.document import TO_ENDING, Document, Ending, Page, Path, Variable
from surveys.elements import AnyElement, Condition, Language, Matrix, Text, WithOptions
from surveys.markup import plain_text
from surveys.piping import without_pipes

LONGEST = 60


@dataclass(frozen=True)
class LogicSentence:
    """`path` leads to what the sentence says; `address` is how the editor opens it."""

    path: Path
    address: str
    words: str


class Names:
    """What pages, questions and endings are called, in one language of the survey."""

    def __init__(self, document: Document, language: Language) -> None:
        self.document = document
        self.language = language

    def words(self, text: Text) -> str:
        """Plain words in the language, else in the other; shortened."""
        given = text.get(self.language) or next((t for t in text.values() if t), "")
        return shortened(without_pipes(plain_text(given)))

    def page(self, page: Page) -> str:
        number = self._page_numbers[page.id]
        title = self.words(page.title)
        if not title:
            return _("page %(number)s") % {"number": number}
        return _("page %(number)s “%(title)s”") % {"number": number, "title": title}

    def element(self, element: AnyElement) -> str:
        words = self.words(element.text)
        return _("“%(words)s”") % {"words": words or element.id}

    def element_by_id(self, element_id: str) -> str:
        """Its id where there is no such question."""
        element = self._elements.get(element_id)
        return self.element(element) if element else element_id

    def value(self, name: str) -> str:
        """What `{{ name }}` puts into a text."""
        element = self._elements.get(name.split(".")[0])
        return self.element(element) if element else self._other_label(name)

    def ending(self, ending: Ending) -> str:
        words = self.words(ending.title) or self.words(ending.text) or ending.id
        return _("the ending “%(words)s”") % {"words": words}

    def target(self, to: str) -> str:
        """Where a branch leads; its id where there is no such place."""
        if to.startswith(TO_ENDING):
            ending = self._endings.get(to.removeprefix(TO_ENDING))
            return self.ending(ending) if ending else to
        page = self._pages.get(to)
        return self.page(page) if page else to

    @cached_property
    def fields(self) -> Fields:
        """As `branching.fields_of`, with labels for people."""
        return {key: self._field(key, f) for key, f in fields_of(self.document).items()}

    def _field(self, key: str, field: Field) -> Field:
        element = self._elements.get(key.split(".")[0])
        if "." in key and (label := self._other_label(key)):
            return replace(field, label=label)
        if key == "language":
            languages = {"en": "English", "zh-hans": "中文"}
            return replace(field, label=_("language of the survey"), choices=languages)
        if element is None:
            return field
        label = self.element(element)
        if isinstance(element, Matrix):
            row = next(r for r in element.rows if r.id == key.split(".")[1])
            label = f"{label} – {self.words(row.text)}"
        elif field.kind is Kind.BOOLEAN:
            label = _("%(question)s is ticked") % {"question": label}
        quoted = _("“%(words)s”")
        choices = {
            option: quoted % {"words": words}
            for option, words in self.choices(key).items()
        }
        return Field(field.kind, label, choices)

    def choices(self, key: str) -> Mapping[str, str]:
        """What the options of a question are called, as they stand in a list."""
        options = all_options(self.document, self._elements.get(key))
        return {option.id: self.words(option.text) or option.id for option in options}

    def _other_label(self, key: str) -> str:
        source, name = key.split(".", 1)
        customer = {
            "name": _("name of the customer"),
            "tier": _("tier of the customer"),
            "region": _("region of the customer"),
            "product_line": _("product line of the customer"),
        }
        if source == "customer":
            return customer[name]
        if source == "var":
            return _("the variable “%(name)s”") % {"name": name}
        if source == "hidden":
            return _("the hidden field “%(name)s”") % {"name": name}
        return ""

    @cached_property
    def _page_numbers(self) -> Mapping[str, int]:
        return {page.id: n for n, page in enumerate(self.document.pages, 1)}

    @cached_property
    def _pages(self) -> Mapping[str, Page]:
        return {page.id: page for page in self.document.pages}

    @cached_property
    def _endings(self) -> Mapping[str, Ending]:
        return {ending.id: ending for ending in self.document.endings}

    @cached_property
    def _elements(self) -> Mapping[str, AnyElement]:
        return self.document.by_id


def sentence_for(condition: Condition, fields: Fields) -> str:
    """A condition as stored, in words."""
    return as_sentence(words_for_raw(condition, fields)) or _("Always")


def logic_sentences(document: Document, language: Language) -> list[LogicSentence]:
    """Everything that depends on an answer, in the order of the document."""
    return list(_Teller(Names(document, language)).everything())


def editor_fields(document: Document, language: Language) -> list[dict[str, Any]]:
    """The fields for the condition editor: `page` is where each is asked, None for those
    that are known from the start."""
    names = Names(document, language)
    pages = {e.id: page for page in document.pages for e in page.elements}
    return [
        {
            "key": key,
            "label": str(field.label),
            "kind": str(field.kind),
            "choices": [
                [one, names.choices(key).get(one, str(said)), str(said)]
                for one, said in field.choices.items()
            ],
            "group": _group(names, pages.get(key.split(".")[0])),
            "page": pages[key.split(".")[0]].id if key.split(".")[0] in pages else None,
        }
        for key, field in names.fields.items()
    ]


def shortened(words: str, longest: int = LONGEST) -> str:
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _group(names: Names, page: Page | None) -> str:
    return as_sentence(names.page(page)) if page else _("Known beforehand")


class _Teller:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.document = names.document

    def everything(self) -> Iterator[LogicSentence]:
        for number, page in enumerate(self.document.pages):
            yield from self.page(page, ("pages", number))
        for number, variable in enumerate(self.document.variables):
            yield from self.variable(variable, ("variables", number))
        yield from self.quotas()

    def page(self, page: Page, at: Path) -> Iterator[LogicSentence]:
        if page.shown_if:
            words = _("%(page)s is shown only if %(condition)s.") % {
                "page": self.names.page(page),
                "condition": self.condition(page.shown_if),
            }
            yield self.sentence((*at, "shown_if"), f"page={page.id}", words)
        for place, element in enumerate(page.elements):
            for path, words in self.element(element):
                address = f"element={element.id}"
                yield self.sentence((*at, "elements", place, *path), address, words)
        for place, branch in enumerate(page.branches):
            words = self.branch(page, branch.when, branch.to)
            yield self.sentence((*at, "branches", place), f"page={page.id}", words)

    def element(self, element: AnyElement) -> Iterator[tuple[Path, str]]:
        if element.shown_if:
            yield (
                ("shown_if",),
                _("%(question)s is shown only if %(condition)s.")
                % {
                    "question": self.names.element(element),
                    "condition": self.condition(element.shown_if),
                },
            )
        if isinstance(element, WithOptions) and element.carried:
            yield ("carried",), self.carried(element)

    def carried(self, element: WithOptions) -> str:
        assert element.carried is not None
        sentence = {
            "chosen": _("%(question)s offers what was chosen at %(source)s."),
            "not_chosen": _("%(question)s offers what was not chosen at %(source)s."),
        }[element.carried.which]
        return sentence % {
            "question": self.names.element_by_id(element.id),
            "source": self.names.element_by_id(element.carried.element),
        }

    def branch(self, page: Page, when: Condition, to: str) -> str:
        parts = {"page": self.names.page(page), "target": self.names.target(to)}
        if not when:
            return _("after %(page)s, always go to %(target)s.") % parts
        return _("after %(page)s, go to %(target)s if %(condition)s.") % {
            **parts,
            "condition": self.condition(when),
        }

    def variable(self, variable: Variable, at: Path) -> Iterator[LogicSentence]:
        for place, step in enumerate(variable.steps):
            sentence = {
                "set": _("the variable “%(name)s” becomes %(value)s if %(condition)s."),
                "add": _(
                    "the variable “%(name)s” grows by %(value)s if %(condition)s."
                ),
            }[step.act]
            words = sentence % {
                "name": variable.id,
                "value": f"{step.value:g}"
                if isinstance(step.value, float)
                else step.value,
                "condition": self.condition(step.when) or _("always"),
            }
            yield self.sentence((*at, "steps", place), "data", words)

    def quotas(self) -> Iterator[LogicSentence]:
        for place, quota in enumerate(self.document.quotas):
            words = ngettext(
                "after %(limit)s answer where %(condition)s, others get %(ending)s.",
                "after %(limit)s answers where %(condition)s, others get %(ending)s.",
                quota.limit,
            ) % {
                "limit": quota.limit,
                "condition": self.condition(quota.when) or _("anything was answered"),
                "ending": self.names.target(TO_ENDING + quota.ending),
            }
            yield self.sentence(("quotas", place), "quotas", words)

    def condition(self, condition: Condition) -> str:
        return words_for_raw(condition, self.names.fields)

    def sentence(self, path: Path, address: str, words: str) -> LogicSentence:
        return LogicSentence(path, address, as_sentence(words))
