"""What changed between two survey documents, thing by thing. Pure.

Things are matched by their ids, so a reworded question is reworded and not another one.
`surveys.difference_words` says each change in a sentence.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from surveys.document import Document, plain
from surveys.elements import LANGUAGES, Language, Text

Kind = Literal["added", "removed", "moved", "reworded", "changed", "logic"]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """`thing` is a page, element, option, row, wording, ending, variable, hidden_field,
    quota or the survey; `name` is what it is called, `within` the question around it.

    `field` says what of it changed; `before` and `after` are JSON as in the document.
    """

    kind: Kind
    thing: str
    id: str
    name: Text
    within: Text | None = None
    field: str = ""
    language: Language | None = None
    before: Any = None
    after: Any = None


# Lists of parts inside a thing, by the thing that each member is.
_PARTS = {"options": "option", "rows": "row", "wordings": "wording"}
_LOGIC = {"shown_if", "branches", "carried", "steps", "when", "redirect"}
# Compared on their own, or names of what is compared.
_APART = {"id", "type", "elements", *_PARTS}
_LISTS = (
    ("variables", "variable"),
    ("hidden_fields", "hidden_field"),
    ("quotas", "quota"),
    ("endings", "ending"),
)


def differences(old: Document, new: Document) -> list[Change]:
    """From old to new, in the order of the new document; nothing where they say the same."""
    before, after = plain(old), plain(new)
    return [
        *_survey(before, after),
        *_listed("page", before["pages"], after["pages"], {}, is_inside=False),
        *_elements(before["pages"], after["pages"]),
        *(
            change
            for name, thing in _LISTS
            for change in _listed(thing, before[name], after[name], {}, is_inside=False)
        ),
    ]


def _survey(old: Json, new: Json) -> Iterator[Change]:
    of = partial(Change, id="", name={})
    said = ("title", "languages")
    was, now = ({name: one[name] for name in said} for one in (old, new))
    yield from _fields(partial(of, thing="survey"), was, now)
    for part in ("theme", "settings"):
        yield from _fields(partial(of, thing=part), old[part], new[part])


def _elements(old: Sequence[Json], new: Sequence[Json]) -> Iterator[Change]:
    before, after = _placed(old), _placed(new)
    stays = _staying(before, after)
    for key, (page, element) in after.items():
        if key not in before or before[key][1]["type"] != element["type"]:
            if key in before:
                yield Change("removed", "element", key, before[key][1]["text"])
            yield Change("added", "element", key, element["text"], after=page)
            continue
        was_page, was = before[key]
        if was_page != page or key not in stays:
            name = element["text"]
            yield Change("moved", "element", key, name, before=was_page, after=page)
        yield from _thing("element", was, element, None)
    for key, (_page, element) in before.items():
        if key not in after:
            yield Change("removed", "element", key, element["text"])


def _placed(pages: Sequence[Json]) -> dict[str, tuple[str, Json]]:
    return {e["id"]: (page["id"], e) for page in pages for e in page["elements"]}


def _staying(
    before: Mapping[str, tuple[str, Json]], after: Mapping[str, tuple[str, Json]]
) -> set[str]:
    """Elements that kept their place among their neighbours on the page."""
    pages = {page for page, _element in after.values()}
    return {
        key
        for wanted in pages
        for key in _unmoved(
            [key for key, (page, _e) in before.items() if page == wanted],
            [key for key, (page, _e) in after.items() if page == wanted],
        )
    }


def _listed(
    thing: str,
    old: Sequence[Json],
    new: Sequence[Json],
    within: Text,
    *,
    is_inside: bool,
) -> Iterator[Change]:
    """Members of one list, matched by id."""
    before = {member["id"]: member for member in old}
    after = {member["id"]: member for member in new}
    stays = _unmoved(list(before), list(after))
    around = within if is_inside else None
    for key, member in after.items():
        if key not in before:
            yield Change("added", thing, key, _name(member), around)
            continue
        if key not in stays:
            yield Change("moved", thing, key, _name(member), around)
        yield from _thing(thing, before[key], member, around)
    for key, member in before.items():
        if key not in after:
            yield Change("removed", thing, key, _name(member), around)


def _thing(thing: str, old: Json, new: Json, within: Text | None) -> Iterator[Change]:
    of = partial(Change, thing=thing, id=new["id"], name=_name(new), within=within)
    yield from _fields(of, old, new)
    for name, part in _PARTS.items():
        if name in new:
            yield from _listed(part, old[name], new[name], _name(new), is_inside=True)


def _fields(of: Callable[..., Change], old: Json, new: Json) -> Iterator[Change]:
    for field, now in new.items():
        was = old.get(field)
        if field in _APART or was == now:
            continue
        if _is_text(was) and _is_text(now):
            yield from _reworded(partial(of, field=field), old[field], now)
        else:
            kind: Kind = "logic" if field in _LOGIC else "changed"
            yield of(kind=kind, field=field, before=was, after=now)


def _reworded(of: Callable[..., Change], old: Text, new: Text) -> Iterator[Change]:
    for language in LANGUAGES:
        was, now = old.get(language, ""), new.get(language, "")
        if was != now:
            yield of(kind="reworded", language=language, before=was, after=now)


def _is_text(value: object) -> bool:
    return isinstance(value, dict) and value.keys() <= set(LANGUAGES)


def _name(member: Json) -> Text:
    """What people know the thing by."""
    text = member.get("text") or member.get("title")
    if isinstance(text, dict) and text:
        return text
    named = str(member.get("name") or member["id"])
    return {"en": named, "zh-hans": named}


def _unmoved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The most members that can be said to have stayed: a longest increasing run."""
    places = {key: place for place, key in enumerate(old)}
    common = [key for key in new if key in places]
    ends: list[int] = []
    last: list[str] = []
    previous: dict[str, str | None] = {}
    for key in common:
        at = bisect_left(ends, places[key])
        previous[key] = last[at - 1] if at else None
        ends[at : at + 1] = [places[key]]
        last[at : at + 1] = [key]
    stays: set[str] = set()
    step = last[-1] if last else None
    while step is not None:
        stays.add(step)
        step = previous[step]
    return stays
