"""How often pages are shown: counted in the process, written down every few seconds.

A page costs no query for it. A process that is killed loses what it has not written yet:
seconds of a figure that only says how many began.
"""

import atexit
import logging
import os
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime

from django.db import DatabaseError, InterfaceError, connection, transaction

from surveys.intake import local_day
from surveys.published import Version

log = logging.getLogger("cem.surveys")

WRITTEN_EVERY = 5.0  # seconds
# Days begin on a quarter of an hour, whatever the time zone.
QUARTER = 900  # seconds

_counted: Counter[tuple[int, str, int]] = Counter()
_lock = threading.Lock()
_writer: threading.Thread | None = None
_writes_by_itself = False


def count(version: Version, channel: str, at: datetime) -> None:
    """The first page of the version was shown to somebody. Test links do not count."""
    if version.is_trial:
        return
    key = (version.id, channel, int(at.timestamp()) // QUARTER)
    with _lock:
        _counted[key] += 1
    if _writer is None and _writes_by_itself:
        _start()


def write_by_itself() -> None:
    """From now on each process that counts also writes, until it ends; for servers."""
    global _writes_by_itself
    _writes_by_itself = True


def write() -> None:
    """Add what was counted to the table. Never raises: what fails is kept for later."""
    with _lock:
        taken = _counted.copy()
        _counted.clear()
    if not taken:
        return
    try:
        _add(_by_day(taken))
    except (DatabaseError, InterfaceError) as error:
        log.warning("Shown pages could not be written, they are kept: %s", error)
        with _lock:
            _counted.update(taken)


def _by_day(
    taken: Counter[tuple[int, str, int]],
) -> Counter[tuple[int, date, str]]:
    found: Counter[tuple[int, date, str]] = Counter()
    for (version_id, channel, quarter), times in taken.items():
        day = local_day(datetime.fromtimestamp(quarter * QUARTER, UTC))
        found[version_id, day, channel] += times
    return found


# In one order, so that two processes never wait for each other; a version that is gone
# meanwhile needs no count.
_ADD = """
INSERT INTO surveys_shown AS shown (version_id, day, channel, count)
SELECT version.id, added.day, added.channel, added.times
FROM unnest(%s::bigint[], %s::date[], %s::varchar[], %s::int[])
    AS added (version_id, day, channel, times)
JOIN surveys_surveyversion version ON version.id = added.version_id
ORDER BY 1, 2, 3
ON CONFLICT (version_id, day, channel)
DO UPDATE SET count = shown.count + EXCLUDED.count"""


def _add(counted: Counter[tuple[int, date, str]]) -> None:
    columns = [list(column) for column in zip(*counted, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ADD, [*columns, list(counted.values())])


def _start() -> None:
    global _writer
    with _lock:
        if _writer is not None:
            return
        _writer = threading.Thread(target=_run, name="shown", daemon=True)
    _writer.start()
    atexit.register(write)


def _run() -> None:
    while True:
        time.sleep(WRITTEN_EVERY)
        write()
        # A connection of this thread's own, which nobody would look after in between.
        connection.close()


def _forget() -> None:
    """Threads do not survive a fork, and the parent writes its own counts."""
    global _writer, _lock
    _writer, _lock = None, threading.Lock()
    _counted.clear()


os.register_at_fork(after_in_child=_forget)
