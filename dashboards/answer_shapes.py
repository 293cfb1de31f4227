"""What the answers' cells are told apart by, and how one statement makes them all."""

from dashboards.models import AnswerShape
from dashboards.scores import COUNTS, RAW_COUNTS

KEY = ("shape", "day", "value")
# The name of each dimension that has cells, and its column of the answers.
COLUMNS: dict[AnswerShape, tuple[str, str]] = {
    AnswerShape.SURVEY: ("survey", "survey_id"),
    AnswerShape.TOUCHPOINT: ("touchpoint", "touchpoint_id"),
    AnswerShape.REGION: ("region", "region"),
    AnswerShape.PRODUCT_LINE: ("product_line", "product_line"),
    AnswerShape.TIER: ("tier", "tier"),
    AnswerShape.CHANNEL: ("channel", "channel"),
    AnswerShape.LANGUAGE: ("language", "locale"),
}
SHAPE_OF = {name: shape for shape, (name, _column) in COLUMNS.items()}

_NAMES = [column for _name, column in COLUMNS.values()]


def _mask(kept: str) -> int:
    """What GROUPING(dimensions) says of a set: a bit for each that is left out."""
    return int("".join("0" if name == kept else "1" for name in _NAMES), 2)


_SHAPE = (
    f"CASE GROUPING({', '.join(_NAMES)}) "
    + " ".join(f"WHEN {_mask(c)} THEN {shape}" for shape, (_n, c) in COLUMNS.items())
    + f" ELSE {AnswerShape.ALL} END"
)
_VALUE = ", ".join(f"{name}::text" for name in _NAMES)
_COUNTED = ", ".join(
    f"{count} AS {name}" for count, name in zip(RAW_COUNTS, COUNTS, strict=True)
)


def cells_of(condition: str) -> str:
    """The cells that the counted responses under an SQL condition add up to."""
    sets = ", ".join(("(day)", *(f"(day, {name})" for name in _NAMES)))
    return f"""
        SELECT {_SHAPE} AS shape, day, COALESCE({_VALUE}, '') AS value, {_COUNTED}
        FROM surveys_response
        WHERE state = 'complete' AND NOT is_test AND {condition}
        GROUP BY GROUPING SETS ({sets})"""  # noqa: S608
