"""By what an open page knows that its numbers have changed, without asking for them."""

from datetime import date
from hashlib import blake2s

from django.db import connection


def stamp(*, today: date, board: int | None = None) -> str:
    """Another text whenever something was counted, the day or the board has changed.

    As an ETag. One query. A fold writes its rollup's fill state even where the newest answer stays
    the same, a late answer's for one; `xmin` tells that it was written.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"board": board})
        (found,) = cursor.fetchone() or ("",)
    return stamp_of(found, today)


def stamp_of(found: str, today: date) -> str:
    """The stamp of what STATE says."""
    digest = blake2s(f"{today} {found}".encode(), digest_size=12).hexdigest()
    return f'"{digest}"'


# To be asked alone, or beside something else.
STATE = """
SELECT concat_ws(
    ' ',
    (SELECT string_agg(rollup || ':' || xmin::text, ' ' ORDER BY rollup)
     FROM dashboards_fillstate),
    (SELECT version FROM dashboards_dashboard WHERE id = %(board)s))"""
