"""How the numbers of a report are computed: each metric of it, once."""

from dashboards.registry import Metric
from dashboards.report import Report


def definitions_in(report: Report) -> list[Metric]:
    """In the order in which the report names them."""
    metrics: dict[str, Metric] = {}
    for section in report.sections:
        for tile in section.tiles:
            metrics.setdefault(tile.metric.key, tile.metric)
    return list(metrics.values())
