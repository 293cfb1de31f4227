"""Reading comments: language, sentiment and topics are added to what was answered.

Comments are read in the background, where a slow analysis delays nobody; who needs a
comment read at once, as a ticket rule may, calls `enrich`.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection

from surveys.comments import CommentAnalysis, analyse
from surveys.models import Response
from surveys.taxonomy import own_words

# The label of a comment that was read and could not be judged; "" is not yet read.
UNCLEAR = "unclear"

BATCH = 500

# One statement for a whole batch: a CASE per column and row costs twenty times as much.
WRITE = """
UPDATE surveys_response r
SET language = f.language, sentiment = f.sentiment, sentiment_label = f.label,
    topics = string_to_array(f.topics, ' ')
FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::text[], %s::text[])
    AS f (id, language, sentiment, label, topics)
WHERE r.id = f.id"""


def enrich(ids: Iterable[UUID | str]) -> int:
    """Analyse the comments that nobody has looked at yet; return how many there were.

    The language is detected, not taken from the page: people answer in their own.
    """
    waiting = Response.objects.filter(id__in=list(ids), sentiment_label="")
    comments = list(waiting.exclude(comment="").values_list("id", "comment"))
    if comments:
        own = own_words()
        _write([(one, analyse(comment, own=own)) for one, comment in comments])
    return len(comments)


def enrich_waiting() -> int:
    """Read every comment that waits, newest first; how many there were."""
    total = 0
    while True:
        unread = Response.objects.filter(sentiment_label="").exclude(comment="")
        ids = list(
            unread.order_by("-submitted_at").values_list("id", flat=True)[:BATCH]
        )
        if not ids:
            return total
        total += enrich(ids)


def _write(found: Sequence[tuple[UUID, CommentAnalysis]]) -> None:
    columns = [list(column) for column in zip(*map(_row, found), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)


def _row(
    found: tuple[UUID, CommentAnalysis],
) -> tuple[str, str, float | None, str, str]:
    response_id, analysis = found
    return (
        str(response_id),
        analysis.language,
        analysis.sentiment if analysis.is_judged else None,
        analysis.label if analysis.is_judged else UNCLEAR,
        " ".join(analysis.topics),
    )
