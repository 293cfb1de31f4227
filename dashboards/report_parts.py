"""A report's tiles, figures and tables, each by a key of its own."""

from collections.abc import Iterator
from dataclasses import replace

from django.http import Http404

from dashboards.report import Report, Section


def parts_of(report: Report) -> list[tuple[str, str]]:
    """The key and the name of each part, in the order of the page."""
    return [(key, name) for key, name, _one in _parts(report)]


def only(report: Report, part: str) -> Report:
    """The report of this part alone; Http404 where it has no such part."""
    for key, name, section in _parts(report):
        if key == part:
            return replace(
                report, title=f"{report.title} – {name}", sections=(section,)
            )
    raise Http404


def _parts(report: Report) -> Iterator[tuple[str, str, Section]]:
    """The last of each is the part's section, with nothing else in it."""
    for place, section in enumerate(report.sections):
        bare = Section(section.heading, numbers=section.numbers)
        for tile in section.tiles:
            alone = tuple(n for n in section.numbers if n.key == tile.metric.key)
            kept = replace(bare, tiles=(tile,), numbers=alone)
            yield f"tile:{tile.metric.key}", tile.label, kept
        bare = replace(bare, numbers=())
        for figure in section.figures:
            name = figure.caption or figure.title
            yield f"figure:{figure.key}", name, replace(bare, figures=(figure,))
        for number, table in enumerate(section.tables):
            name = table.title or section.heading
            yield f"table:{place}-{number}", name, replace(bare, tables=(table,))
