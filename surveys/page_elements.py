"""One element of a survey as its template shows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys import assets, fragments
from surveys.answers import OTHER, clean_text
from surveys.branching import all_options
from surveys.document import Document
from surveys.elements import (
    AnyElement,
    CommentElement,
    DateElement,
    Dropdown,
    FileElement,
    Image,
    Language,
    Matrix,
    MultipleChoice,
    NumberElement,
    Option,
    Ranking,
    RatingElement,
    ScoreElement,
    ShortText,
    WithOptions,
)
from surveys.form_answers import FIELD
from surveys.texts import html_of, plain_of, wording_html, wording_plain
from surveys.variants import stays

FOLDER = "surveys/respond/elements/"
TEMPLATES: Mapping[str, str] = {
    **dict.fromkeys(("nps", "csat", "ces", "rating"), "scale.html"),
    **dict.fromkeys(("single_choice", "multiple_choice"), "choice.html"),
    **dict.fromkeys(("consent", "contact_request"), "tick.html"),
    "dropdown": "dropdown.html",
    "ranking": "ranking.html",
    "matrix": "matrix.html",
    "long_text": "long_text.html",
    "file": "file.html",
    "statement": "statement.html",
}
# type of the input, its keyboard, what the browser may fill in
INPUTS: Mapping[str, tuple[str, str, str]] = {
    "short_text": ("text", "", ""),
    "email": ("email", "email", "email"),
    "phone": ("tel", "tel", "tel"),
    "number": ("text", "decimal", "off"),
    "date": ("date", "", "off"),
}
FILE_ENDINGS: Mapping[str, str] = {
    "image": "image/*",
    "pdf": ".pdf",
    "text": ".txt,.csv",
    "spreadsheet": ".xlsx,.ods",
    "document": ".docx,.odt",
}


@dataclass(frozen=True)
class Given:
    """What the customer has answered to one element so far, and what is wrong with it."""

    answer: object = None
    other: str = ""
    problem: str = ""
    is_hidden: bool = False
    # Ids of the options on offer; None where all are.
    offered: frozenset[str] | None = None


@dataclass(frozen=True)
class Choice:
    """One option, point or place; `mark` cuts the page where orders differ."""

    value: str
    text: SafeString
    is_chosen: bool = False
    kind: str = "option"
    is_hidden: bool = False
    mark: SafeString = SafeString("")
    face: str = ""


@dataclass(frozen=True)
class Row:
    id: str
    text: SafeString
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Shown:
    """`text` is HTML, `label` the same without tags."""

    id: str
    name: str
    type: str
    template: str
    text: SafeString
    label: SafeString
    help: SafeString
    hint: str
    required: bool
    problem: str
    is_hidden: bool
    answer: str = ""
    # Cuts the page where the order of its elements differs.
    mark: SafeString = SafeString("")
    image: Mapping[str, Any] | None = None
    choices: Sequence[Choice] = ()
    # Around the choices, where their order differs.
    opened: SafeString = SafeString("")
    closed: SafeString = SafeString("")
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def described_by(self) -> str:
        parts = (
            ("help", self.help),
            ("hint", self.hint),
            ("ends", self.facts.get("ends")),
            ("problem", self.problem),
        )
        return " ".join(f"{self.name}-{part}" for part, words in parts if words)


def shown(
    document: Document, element: AnyElement, language: Language, given: Given
) -> Shown:
    """In the active language."""
    return Shown(
        id=element.id,
        name=f"{FIELD}{element.id}",
        type=element.type,
        template=FOLDER + TEMPLATES.get(element.type, "text.html"),
        text=wording_html(element, language),
        label=wording_plain(element, language),
        help=html_of(element.help, language),
        hint=_hint(element),
        required=getattr(element, "required", False),
        problem=given.problem,
        is_hidden=given.is_hidden,
        image=picture(element.image, language),
        **_own(document, element, language, given),
    )


def picture(image: Image | None, language: Language) -> Mapping[str, Any] | None:
    if image is None:
        return None
    alt = plain_of(image.alt, language)
    return {"address": assets.address_of(image.asset), "alt": alt}


def _own(
    document: Document, element: AnyElement, language: Language, given: Given
) -> dict[str, Any]:
    """What only this kind of element has."""
    if isinstance(element, ScoreElement | RatingElement):
        return _scale(element, language, given)
    if isinstance(element, Matrix):
        return _matrix(element, language, given)
    if isinstance(element, Ranking):
        return _ranking(document, element, language, given)
    if isinstance(element, WithOptions):
        return _options(document, element, language, given)
    answer = clean_text(str(given.answer)) if given.answer is not None else ""
    return {"answer": answer, "facts": _facts(element, language)}


def _scale(
    element: ScoreElement | RatingElement, language: Language, given: Given
) -> dict[str, Any]:
    points = range(element.lowest, element.scale + 1)
    chosen = "" if given.answer is None else str(given.answer).strip()
    return {
        "choices": _points(points, chosen, faces=element.look == "faces"),
        "facts": {
            "look": element.look,
            "ends": _ends(element, points, language),
        },
    }


def _points(points: range, chosen: str, *, faces: bool = False) -> list[Choice]:
    return [
        Choice(
            str(point),
            SafeString(point),
            str(point) == chosen,
            face=_mouth(points, point) if faces else "",
        )
        for point in points
    ]


def _mouth(points: range, point: int) -> str:
    """The curve of a face's mouth, from down to up."""
    share = (point - points[0]) / (len(points) - 1)
    corners = 17.5 - 2.5 * share
    return f"M8 {corners:.1f}Q12 {12 + 7.5 * share:.1f} 16 {corners:.1f}"


def _ends(
    element: ScoreElement | RatingElement | Matrix, points: range, language: Language
) -> Sequence[tuple[int, SafeString]]:
    """What the lowest and the highest point mean."""
    low, high = element.low_label, element.high_label
    labels = html_of(low, language), html_of(high, language)
    if not any(labels):
        if isinstance(element, ScoreElement):
            return ()
        labels = SafeString(_("very poor")), SafeString(_("very good"))
    return (points[0], labels[0]), (points[-1], labels[1])


def _matrix(element: Matrix, language: Language, given: Given) -> dict[str, Any]:
    answers = given.answer if isinstance(given.answer, Mapping) else {}
    points = range(1, element.scale + 1)
    rows = [
        Row(
            row.id,
            html_of(row.text, language),
            _points(points, str(answers.get(row.id, ""))),
        )
        for row in element.rows
    ]
    ends = _ends(element, points, language)
    return {"facts": {"rows": rows, "ends": ends, "points": len(points)}}


def _options(
    document: Document, element: WithOptions, language: Language, given: Given
) -> dict[str, Any]:
    answer = given.answer
    chosen = set(answer) if isinstance(answer, list | tuple) else {answer}
    options = all_options(document, element)
    other = any(option.kind == "other" for option in options)
    make = plain_of if isinstance(element, Dropdown) else html_of
    return {
        **_ordered(
            element,
            (
                (option, make(option.text, language), option.id in chosen)
                for option in options
            ),
            given,
        ),
        "facts": {
            "input": "radio" if element.type == "single_choice" else "checkbox",
            "other": FIELD + element.id + OTHER if other else "",
            "words": clean_text(given.other),
            "is_long": len(options) > 7,
        },
    }


def _ranking(
    document: Document, element: Ranking, language: Language, given: Given
) -> dict[str, Any]:
    places = _places(given.answer)
    options = all_options(document, element)
    offered = len(options) if given.offered is None else len(given.offered)
    drawn = ((option, html_of(option.text, language), False) for option in options)
    ordered = _ordered(element, drawn, given)
    return {
        **ordered,
        "facts": {
            "places": [str(n) for n in range(1, offered + 1)],
            "options": [
                (choice, places.get(choice.value, "")) for choice in ordered["choices"]
            ],
        },
    }


def _places(answer: object) -> dict[str, str]:
    """Places by option, of {option: place} as a form sends it or of ids, best first."""
    if isinstance(answer, Mapping):
        return {str(key): str(place).strip() for key, place in answer.items()}
    if isinstance(answer, list | tuple):
        return {str(one): str(n) for n, one in enumerate(answer, 1)}
    return {}


def _ordered(
    element: WithOptions,
    options: Iterable[tuple[Option, SafeString, bool]],
    given: Given,
) -> dict[str, Any]:
    is_random = element.order == "random"
    choices = [
        Choice(
            option.id,
            text,
            is_chosen,
            option.kind,
            given.offered is not None and option.id not in given.offered,
            _mark(option) if is_random else SafeString(""),
        )
        for option, text, is_chosen in options
    ]
    if not is_random:
        return {"choices": choices}
    start = fragments.opened("order", element.id)
    return {
        "choices": choices,
        "opened": SafeString(start),
        "closed": SafeString(fragments.closed()),
    }


def _mark(option: Option) -> SafeString:
    return SafeString(fragments.item(option.id, stays=stays(option)))


def _facts(element: AnyElement, language: Language) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if element.type in INPUTS:
        names = ("input", "keyboard", "fills")
        facts |= dict(zip(names, INPUTS[element.type], strict=True))
    if isinstance(element, ShortText | CommentElement):
        facts["most"] = element.most
    if isinstance(element, NumberElement):
        facts["unit"] = html_of(element.unit, language)
        if not element.decimals and (element.lowest or 0) >= 0:
            facts["keyboard"] = "numeric"
    if isinstance(element, DateElement):
        facts |= {"earliest": element.earliest, "latest": element.latest}
    if isinstance(element, FileElement):
        facts["accepts"] = ",".join(FILE_ENDINGS[kind] for kind in element.accepts)
    return facts


def _hint(element: AnyElement) -> str:
    """What the answer has to be like, said before somebody gets it wrong."""
    make = _HINTS.get(element.type)
    return make(element) if make else ""


def _choice_hint(element: MultipleChoice) -> str:
    least, most = element.least, element.most
    if least > 1 and most is not None:
        if least == most:
            return _("Choose %(count)s.") % {"count": least}
        return _("Choose %(least)s to %(most)s.") % {"least": least, "most": most}
    if most is not None:
        return _("Choose up to %(most)s.") % {"most": most}
    if least > 1:
        return _("Choose at least %(least)s.") % {"least": least}
    return _("Choose all that apply.")


def _number_hint(element: NumberElement) -> str:
    low, high = (
        None if bound is None else f"{bound:.15g}"
        for bound in (element.lowest, element.highest)
    )
    if low is not None and high is not None:
        return _("A number from %(low)s to %(high)s.") % {"low": low, "high": high}
    if low is not None:
        return _("A number from %(low)s up.") % {"low": low}
    return _("A number up to %(high)s.") % {"high": high} if high is not None else ""


def _words_hint(element: ShortText | CommentElement) -> str:
    if element.least < 2:
        return ""
    return _("At least %(least)s characters.") % {"least": element.least}


def _file_hint(element: FileElement) -> str:
    kinds = {
        "image": _("pictures"),
        "pdf": "PDF",
        "text": _("plain text"),
        "spreadsheet": _("spreadsheets"),
        "document": _("documents"),
    }
    accepted = ", ".join(kinds[kind] for kind in element.accepts)
    words = {
        "kinds": accepted[:1].upper() + accepted[1:],
        "most": element.most_mb,
    }
    return _("%(kinds)s, up to %(most)s MB.") % words


_HINTS: Mapping[str, Callable[[Any], str]] = {
    "multiple_choice": _choice_hint,
    "ranking": lambda _element: _("Give each one a place: 1 is the best."),
    "number": _number_hint,
    "short_text": _words_hint,
    "long_text": _words_hint,
    "file": _file_hint,
}
