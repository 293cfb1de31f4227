"""All rollups together: made anew from the raw rows, and compared with them."""

from collections.abc import Callable

from dashboards import answer_rollup, loop_cells, loop_rollup
from tickets import next_scores


def rebuild_rollups(
    *, progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Recreate every rollup while the system runs; how many rows each has then.

    `progress(done, total)` is called after each month of answers.
    """
    return {
        answer_rollup.ROLLUP: answer_rollup.rebuild(progress=progress),
        # What the loop's rows count of customers who were asked again.
        "next_scores": next_scores.rebuild(),
        loop_rollup.ROLLUP: loop_rollup.rebuild(),
    }


def rollup_differences(*, limit: int = 20) -> list[str]:
    """Where a rollup is not what the raw rows say, at most `limit` lines each.

    Empty when all is well, also while answers arrive: what still waits in the outbox
    is left out on both sides.
    """
    answers = (
        f"answers {row[:-2]}: counted {row[-2]}, stored {row[-1]}"
        for row in answer_rollup.differences(limit=limit)
    )
    tickets = (
        f"ticket {number}: is {now}, stored {stored}"
        for number, now, stored in loop_rollup.differences(limit=limit)
    )
    cells = (
        f"loop cell {key}: is not what its tickets add up to"
        for key in loop_cells.differences(limit=limit)
    )
    return [*answers, *tickets, *cells]
