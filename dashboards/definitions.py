"""How the numbers of a report are computed: each metric of it, once."""

from dashboards.registry import Metric
from dashboards.report import Report


def definitions_in(report: Report) -> list[Metric]:
    """In the order in which the report names them."""
    metrics = [
        one.metric
        for section in report.sections
        for one in (*section.tiles, *section.numbers)
    ]
    return list({metric.key: metric for metric in metrics}.values())
