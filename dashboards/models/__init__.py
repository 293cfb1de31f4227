"""What dashboards keep: counts made from raw rows, and what people make of them."""

from dashboards.models.annotations import Annotation, Permalink
from dashboards.models.coverage import Uncovered
from dashboards.models.drivers import DriverRun
from dashboards.models.rollups import (
    FINISHED,
    AnswerCell,
    FillState,
    LoopCell,
    LoopRow,
    Shape,
)
from dashboards.models.scenarios import Scenario
from dashboards.models.targets import Target

__all__ = [
    "FINISHED",
    "Annotation",
    "AnswerCell",
    "DriverRun",
    "FillState",
    "LoopCell",
    "LoopRow",
    "Permalink",
    "Scenario",
    "Shape",
    "Target",
    "Uncovered",
]
