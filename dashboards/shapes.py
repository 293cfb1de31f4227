"""What the cells of a rollup are told apart by, and how one statement makes them all."""

from collections.abc import Iterable, Sequence

from dashboards.models import Shape

DIMENSIONS = ("survey_id", "touchpoint_id", "region", "product_line", "tier")
KEY = ("shape", "day", *DIMENSIONS)
SHAPES: dict[Shape, tuple[str, ...]] = {
    Shape.ALL: (),
    Shape.SURVEY: ("survey_id",),
    Shape.TOUCHPOINT: ("touchpoint_id",),
    Shape.REGION: ("region",),
    Shape.PRODUCT_LINE: ("product_line",),
    Shape.TIER: ("tier",),
}


def _mask(kept: Sequence[str]) -> int:
    """What GROUPING(dimensions) says of a set: a bit for each that is left out."""
    return int("".join("0" if name in kept else "1" for name in DIMENSIONS), 2)


_SHAPE = (
    f"CASE GROUPING({', '.join(DIMENSIONS)}) "
    + " ".join(f"WHEN {_mask(kept)} THEN {shape}" for shape, kept in SHAPES.items())
    + " END"
)
# The key's columns of a SELECT that is grouped by `grouping`; the dimensions a cell is
# not told apart by are empty.
KEY_COLUMNS = f"""{_SHAPE} AS shape, day,
    COALESCE(survey_id, 0) AS survey_id, COALESCE(touchpoint_id, 0) AS touchpoint_id,
    COALESCE(region, '') AS region, COALESCE(product_line, '') AS product_line,
    COALESCE(tier, '') AS tier"""


def grouping(shapes: Iterable[Shape]) -> str:
    """What to GROUP BY for the cells of these shapes."""
    sets = (f"({', '.join(('day', *SHAPES[shape]))})" for shape in shapes)
    return f"GROUPING SETS ({', '.join(sets)})"
