"""Celery's worker, started without Celery's command line.

That would load every command it knows, and a terminal's toolkit with them: 18 MB that
each installation would hold for nothing. `celery --app cem inspect …` works as ever.
"""

from __future__ import annotations

import argparse
import sys

from celery.app.utils import find_app
from celery.utils.nodenames import default_nodename, host_format

# Imported for what it does to Celery's pool.
from cem.local import forking  # noqa: F401


def main() -> int:
    options = _options()
    worker = find_app(options.app).Worker(
        hostname=host_format(default_nodename(options.hostname)),
        queues=options.queues,
        concurrency=options.concurrency,
        loglevel="INFO",
        quiet=True,
        # Workers need not know each other: rows say what is to be done.
        without_gossip=True,
        without_mingle=True,
    )
    # Only now: the application has set up Django.
    from cem.local.warming import warm_worker

    warm_worker(worker.app)
    worker.start()
    return worker.exitcode or 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cem.local.worker")
    parser.add_argument("--app", default="cem")
    parser.add_argument("--queues", required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--hostname", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
