"""A board as a report: what is shared, mailed, printed and exported of it."""

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dashboards.asked import facts_of, form_for
from dashboards.board_pages import selection_of, tiles_of
from dashboards.board_tiles import Shown, StageShown
from dashboards.models import Dashboard
from dashboards.report import Quote, Report, Section, Table
from dashboards.series import filled_to
from teams.models import User


def board_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """`query` names the board as `pk`; whoever it is for sees it in their own scope."""
    key = query.get("pk", "")
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        raise Http404
    board = get_object_or_404(Dashboard.objects.visible_to(user).kept(), pk=int(key))
    form = form_for(user, selection_of(board, query), at=at)
    sections = tuple(_sections(tiles_of(board, user, form, at=at)))
    return Report(board.name, facts_of(user, form), filled_to(), sections)


def _sections(shown: list[Shown]) -> Iterator[Section]:
    """Numbers that follow each other stand together."""
    numbers: list[Shown] = []
    for one in shown:
        if one.number:
            numbers.append(one)
            continue
        if numbers:
            yield _numbers(numbers)
            numbers = []
        yield _section(one)
    if numbers:
        yield _numbers(numbers)


def _numbers(shown: list[Shown]) -> Section:
    tiles = tuple(one.number for one in shown if one.number)
    results = tuple(one.exact for one in shown if one.exact)
    chips = [f"{one.title}: {', '.join(one.chips)}" for one in shown if one.chips]
    return Section("", tiles, text="; ".join(chips), numbers=results)


def _section(one: Shown) -> Section:
    heading = " · ".join([one.title, *one.chips])
    if one.state != "ready":
        return Section(heading, text=one.sentence)
    tables = tuple(filter(None, [one.table, _stages(one)]))
    return Section(
        heading,
        figures=(one.figure,) if one.figure else (),
        tables=tables,
        quotes=tuple(Quote(quote.text, quote.said) for quote in one.quotes),
        text=one.words or one.note,
    )


def _stages(one: Shown) -> Table | None:
    if not one.stages:
        return None
    metric = one.stages[0].score.label
    columns = (_("Stage"), metric, _("Open tickets"))
    return Table(one.title, columns, tuple(map(_stage, one.stages)))


def _stage(stage: StageShown) -> tuple[str, str, str]:
    score = stage.score
    words = " · ".join(filter(None, [score.value, score.interval, score.base]))
    return stage.name, words, str(stage.open_tickets)
