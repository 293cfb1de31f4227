"""A survey's way as stops with words, for `surveys.flow_picture` to place."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.condition_words import as_sentence, words_for_raw
from surveys.document import GROUPS, TO_ENDING, Document, Ending, Group, Page
from surveys.elements import Language, Statement
from surveys.flow_picture import Stop, Way
from surveys.logic_words import Names


def stops_of(document: Document, language: Language) -> list[Stop]:
    names = Names(document, language)
    pages = [_page(names, number) for number in range(len(document.pages))]
    return [*pages, *(_ending(names, ending) for ending in document.endings)]


def way_sentences(stops: Sequence[Stop]) -> list[str]:
    """The picture in words: a sentence for each way, and one for each run of pages that
    simply follow one another."""
    headings = {stop.id: stop.heading for stop in stops}
    sentences: list[str] = []
    run: list[Stop] = []
    for stop in stops:
        if stop.next and not stop.ways:
            run.append(stop)
            continue
        if run:
            sentences.append(_run(run, headings))
            run = []
        sentences += _ways(stop, headings)
    return sentences


def _run(run: Sequence[Stop], headings: Mapping[str, str]) -> str:
    parts = {"stop": run[0].heading, "next": headings.get(run[-1].next, "")}
    if len(run) == 1:
        return _("%(stop)s: then on to %(next)s.") % parts
    return _("From %(stop)s page by page to %(next)s.") % parts


def _ways(stop: Stop, headings: Mapping[str, str]) -> Iterator[str]:
    for way in stop.ways:
        yield _("%(stop)s: %(way)s.") % {"stop": stop.heading, "way": way.words}
    if stop.next:
        yield (
            _("%(stop)s: otherwise on to %(next)s.")
            % {"stop": stop.heading, "next": headings.get(stop.next, "")}
        )


def _page(names: Names, number: int) -> Stop:
    document = names.document
    page = document.pages[number]
    ways = list(_branches(names, page))
    leads_away = any(not branch.when for branch in page.branches)
    is_last = number + 1 == len(document.pages)
    if is_last and not leads_away:
        ways += _endings_by_score(names)
    goes_on = not is_last and not (leads_away and not page.shown_if)
    return Stop(
        id=page.id,
        heading=as_sentence(names.page(page)),
        kind="page",
        notes=list(_notes(names, page)),
        ways=ways,
        next=document.pages[number + 1].id if goes_on else "",
        address=f"page={page.id}",
    )


def _notes(names: Names, page: Page) -> Iterator[str]:
    count = sum(not isinstance(element, Statement) for element in page.elements)
    yield ngettext("%(count)s question", "%(count)s questions", count) % {
        "count": count
    }
    if page.shown_if:
        condition = words_for_raw(page.shown_if, names.fields)
        yield _("Only if %(condition)s") % {"condition": condition}
    some = sum(bool(element.shown_if) for element in page.elements)
    if some:
        sentence = ngettext(
            "%(count)s of them only under a condition",
            "%(count)s of them only under a condition",
            some,
        )
        yield sentence % {"count": some}


def _branches(names: Names, page: Page) -> Iterator[Way]:
    for branch in page.branches:
        parts = {"target": names.target(branch.to)}
        if branch.when:
            parts["condition"] = words_for_raw(branch.when, names.fields)
            words = _("if %(condition)s: to %(target)s") % parts
        else:
            words = _("always to %(target)s") % parts
        yield Way(words, branch.to)
        if not branch.when:
            return


def _endings_by_score(names: Names) -> Iterator[Way]:
    document = names.document
    if document.score is None:
        ending = document.ending_of_group("passive")
        yield Way(
            _("always to %(target)s") % {"target": names.ending(ending)}, _id(ending)
        )
        return
    for group in GROUPS:
        ending = document.ending_of_group(group)
        parts = {"group": _group_words(group), "target": names.ending(ending)}
        yield Way(_("%(group)s: to %(target)s") % parts, _id(ending))


def _group_words(group: Group) -> str:
    return {
        "promoter": _("high score"),
        "passive": _("middle score, or none"),
        "detractor": _("low score"),
    }[group]


def _ending(names: Names, ending: Ending) -> Stop:
    notes = []
    if ending.redirect:
        notes.append(_("Leads on to %(address)s") % {"address": ending.redirect})
    if ending.offers_call:
        notes.append(_("Offers a call"))
    return Stop(
        id=_id(ending),
        heading=as_sentence(names.ending(ending)),
        kind="ending",
        notes=notes,
        address=f"ending={ending.id}",
    )


def _id(ending: Ending) -> str:
    return TO_ENDING + ending.id
