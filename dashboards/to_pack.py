"""What the packer finds to do. Apart from it: the packer loads numpy, and mostly there
is nothing to do."""

from datetime import date

from django.db import connection


def is_anything_to_pack(*, today: date) -> bool:
    return bool(stale_days() or months_to_cross(today))


def stale_days() -> list[tuple[date, int]]:
    """Days to be packed anew, and how many answers each has, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE)
        return [(day, answers) for day, answers in cursor.fetchall()]


def months_to_cross(today: date) -> list[date]:
    """Months that are over and whole, and have no crosses yet."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [today.replace(day=1)])
        return [month for (month,) in cursor.fetchall()]


_STALE = """
    SELECT d.day, COALESCE(c.responses, 0)
    FROM dashboards_answerday d
    LEFT JOIN dashboards_answercell c ON c.shape = 0 AND c.day = d.day AND c.value = ''
    WHERE d.is_stale ORDER BY d.day"""
_OVER = """
    SELECT month FROM (
        SELECT date_trunc('month', day)::date AS month, bool_or(is_stale) AS is_stale
        FROM dashboards_answerday WHERE day < %s GROUP BY 1) months
    WHERE NOT is_stale AND NOT EXISTS (
        SELECT FROM dashboards_answercross c WHERE c.month = months.month)
    ORDER BY month"""
