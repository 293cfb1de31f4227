"""What dashboards keep: counts made from raw rows, and what people make of them."""

from dashboards.models.alerts import Alert, AlertRule
from dashboards.models.annotations import Annotation, Permalink
from dashboards.models.answers import (
    AnswerCell,
    AnswerColumn,
    AnswerCross,
    AnswerDay,
    AnswerShape,
    AnswerValue,
)
from dashboards.models.boards import COLUMNS, BoardState, BoardTile, Dashboard
from dashboards.models.coverage import Uncovered
from dashboards.models.drivers import DriverRun
from dashboards.models.reports import (
    Mailing,
    Reader,
    ReportFile,
    Schedule,
    ShareLink,
    WorkState,
)
from dashboards.models.rollups import (
    FINISHED,
    FillState,
    LoopCell,
    LoopRow,
    Shape,
)
from dashboards.models.scenarios import Scenario
from dashboards.models.targets import Target

__all__ = [
    "COLUMNS",
    "FINISHED",
    "Alert",
    "AlertRule",
    "Annotation",
    "AnswerCell",
    "AnswerColumn",
    "AnswerCross",
    "AnswerDay",
    "AnswerShape",
    "AnswerValue",
    "BoardState",
    "BoardTile",
    "Dashboard",
    "DriverRun",
    "FillState",
    "LoopCell",
    "LoopRow",
    "Mailing",
    "Permalink",
    "Reader",
    "ReportFile",
    "Scenario",
    "Schedule",
    "Shape",
    "ShareLink",
    "Target",
    "Uncovered",
    "WorkState",
]
