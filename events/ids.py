"""Ids that sort by time, so that new rows land at the end of their index."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils import compat

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def uuid7(at: datetime | None = None) -> UUID:
    """A version 7 UUID (RFC 9562) of now, or of `at`.

    Ids of now ascend within one process; ids of the same millisecond given by `at` are in
    any order. ValueError for a naive datetime or one before 1970.
    """
    if at is None:
        return compat.uuid7()
    if at.utcoffset() is None:
        raise ValueError("A datetime without a time zone is not an instant.")
    microseconds = (at - EPOCH) // MICROSECOND
    if microseconds < 0:
        raise ValueError("A time-ordered id cannot be older than 1970.")
    return compat.uuid7(nanoseconds=microseconds * 1000)
