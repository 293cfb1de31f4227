"""The scores of an answer: the counts they add to, and one number for all of them.

The effort scales are kept apart, `ces` for 1-7 and `ces5` for 1-5.
"""

from functools import cache

SCORE_COLUMNS = {
    metric: {score: f"{metric}_{score}" for score in scale}
    for metric, scale in {
        "nps": range(11),
        "csat": range(1, 6),
        "ces": range(1, 8),
        "ces5": range(1, 6),
    }.items()
}
COUNTS = (
    "responses",
    *(name for columns in SCORE_COLUMNS.values() for name in columns.values()),
)


def condition_of(metric: str, score: int) -> str:
    """SQL: a response has this score."""
    if metric in ("ces", "ces5"):
        return f"ces = {score} AND ces_scale = {len(SCORE_COLUMNS[metric])}"
    return f"{metric} = {score}"


# Of raw answers, in the order of COUNTS.
RAW_COUNTS = (
    "count(*)",
    *(
        f"count(*) FILTER (WHERE {condition_of(metric, score)})"
        for metric, columns in SCORE_COLUMNS.items()
        for score in columns
    ),
)
CODE_BITS = 11
# Four bits for NPS, three each for CSAT and effort, one for the effort's scale.
CODE = (
    "COALESCE(r.nps + 1, 0) | (COALESCE(r.csat, 0) << 4) | (COALESCE(r.ces, 0) << 7)"
    " | (CASE WHEN r.ces_scale = 5 THEN 1 ELSE 0 END << 10)"
)


@cache
def counted_under(code: int) -> frozenset[str]:
    """The COUNTS that an answer adds to whose scores have this CODE."""
    effort = "ces5" if code >> 10 else "ces"
    given = {"nps": (code & 15) - 1, "csat": code >> 4 & 7, effort: code >> 7 & 7}
    names = (SCORE_COLUMNS[metric].get(score) for metric, score in given.items())
    return frozenset(("responses", *filter(None, names)))
