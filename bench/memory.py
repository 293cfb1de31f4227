"""What web, worker and beat hold while nobody asks anything, with the demo in place."""

import os
import subprocess
import time
from contextlib import ExitStack

from bench import cost, load, place
from bench.data import SLUG
from bench.report import Row
from cem.local import commands

IDLE_SECONDS = 15


def measure() -> list[Row]:
    with ExitStack() as stack:
        port, web = stack.enter_context(place.server("cem.wsgi:application"))
        worker = stack.enter_context(place.worker(processes=2))
        beat = subprocess.Popen(  # noqa: S603
            commands.beat(os.environ),
            cwd=place.ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(beat.wait, 20)
        stack.callback(beat.terminate)
        # Both web processes have shown a page, the worker has swept.
        page = load.get(f"/s/{SLUG}/")
        load.run(port, iter([page] * 40), connections=8, count=40)
        time.sleep(IDLE_SECONDS)
        parts = {
            name: cost.memory_mb(pid)
            for name, pid in (("web", web), ("worker", worker), ("beat", beat.pid))
        }
    detail = ", ".join(f"{name} {mb:.0f}" for name, mb in parts.items())
    return [
        Row(
            "memory of web, worker, beat (PSS), MB",
            sum(parts.values()),
            "<=",
            350,
            detail,
        )
    ]
