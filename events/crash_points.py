"""Named places at which a process can be made to die, for those who test what then.

`CEM_CRASH_AT=after_provider_accept` dies where that is first reached,
`CEM_CRASH_AT=after_provider_accept:3` where it is reached for the third time. Without
the variable nothing happens.
"""

import os
from collections import Counter
from enum import StrEnum

# What the shell reports of a process that was killed.
KILLED = 137

_WANTED, _, _TIMES = os.environ.get("CEM_CRASH_AT", "").partition(":")
_reached: Counter[str] = Counter()


class Point(StrEnum):
    AFTER_INSERT = "after_insert"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    MID_TASK = "mid_task"
    AFTER_PROVIDER_ACCEPT = "after_provider_accept"


def reached(point: Point) -> None:
    """Die here, without cleaning up, if that is asked for."""
    if point != _WANTED:
        return
    _reached[point] += 1
    if _reached[point] >= int(_TIMES or 1):
        os.write(2, f"killed {point}\n".encode())
        os._exit(KILLED)
