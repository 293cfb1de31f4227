"""Where the loop's rows, its cells, and answers without a ticket say what they are of."""

from django.db.models import OuterRef, Subquery

from dashboards.dimensions import DIMENSIONS
from dashboards.remainders import Lookups
from dashboards.selection import COLUMN_OF, OF_TICKETS
from dashboards.uncovered import COLUMNS
from surveys.models import Response

OF_CELLS: Lookups = {**COLUMN_OF}
OF_ROWS: Lookups = {
    **{dimension: f"ticket__{lookup}" for dimension, lookup in OF_TICKETS.items()},
    **COLUMN_OF,
    "team": "team_id",
}
_ANSWER = Response.objects.filter(pk=OuterRef("response_id"))
OF_UNCOVERED: Lookups = {
    **{d: Subquery(_ANSWER.values(known.lookup)) for d, known in DIMENSIONS.items()},
    **COLUMNS,
}
