"""What dashboards keep: counts made from raw rows, and what people make of them."""

from dashboards.models.rollups import (
    FINISHED,
    AnswerCell,
    FillState,
    LoopCell,
    LoopRow,
    Shape,
)

__all__ = ["FINISHED", "AnswerCell", "FillState", "LoopCell", "LoopRow", "Shape"]
