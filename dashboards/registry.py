"""Every published number, declared once: what it is, of what, from where, since when.

Pages, exports and the API print these words beside the value. The calculation itself
is `surveys.metrics`; a change of either raises `version`.
"""

from collections.abc import Mapping

from dashboards.declarations.attitude import ATTITUDE
from dashboards.declarations.loop import LOOP
from dashboards.declarations.money import MONEY
from dashboards.declarations.reach import REACH
from dashboards.metric import Better, Metric, Source, Unit, Words

__all__ = ["METRICS", "SCORES", "Better", "Metric", "Source", "Unit", "Words"]

METRICS: Mapping[str, Metric] = {
    metric.key: metric for metric in (*ATTITUDE, *REACH, *LOOP, *MONEY)
}
SCORES = ("nps", "csat", "ces", "ces5")
