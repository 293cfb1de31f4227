"""How each part of an installation is started: by `make run` and by the image alike."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cem.local.home import ROOT, home_from
from cem.local.ports import LOOPBACK

Environ = Mapping[str, str]

_MANAGE = [sys.executable, str(ROOT / "manage.py")]
# What npm brings and no page of ours asks for: slow to hash and compress. Patterns
# match names anywhere below a folder of static files.
UNUSED = (
    *("libs", "types", "ext", "extension", "flags", "payments", "social"),
    *("tabler-*", "tabler.css*", "tabler.js*", "*.rtl.*", "package.json"),
    *(
        "echarts.esm.*",
        "htmx.esm.*",
        "tabler.esm.*",
        "*.complete.esm.*",
        "*.core.esm.*",
    ),
    *("echarts.js*", "echarts.common.*", "echarts.simple.*"),
    *("htmx.js", "htmx.amd.js", "htmx.cjs.js", "*.gz"),
)


def web(environ: Environ) -> list[str]:
    """The web server; the application is loaded once and shared by its processes."""
    host, port = environ.get("WEB_HOST", LOOPBACK), environ.get("PORT", "8000")
    return [
        *[sys.executable, "-m", "gunicorn", "cem.wsgi:application"],
        *["--bind", f"{host}:{port}"],
        *["--worker-class", "gthread", "--preload"],
        *["--workers", environ.get("WEB_WORKERS", "2")],
        *["--threads", environ.get("WEB_THREADS", "4")],
        *["--keep-alive", "15", "--graceful-timeout", "15"],
        *["--worker-tmp-dir", _memory_folder()],
        *["--config", "python:cem.local.gunicorn", "--no-control-socket"],
        *["--log-level", "warning"],
    ]


def worker(environ: Environ) -> list[str]:
    return [
        # Celery's warning about root is for pickled messages, which are not accepted.
        *[sys.executable, "-W", "ignore:You're running the worker with superuser"],
        *["-m", "cem.local.worker", "--app", "cem"],
        *["--queues", environ.get("WORKER_QUEUES", "loop,mail,bulk,reports")],
        *["--concurrency", environ.get("WORKER_PROCESSES", "2")],
        *["--hostname", environ.get("WORKER_NAME", "worker@%h")],
    ]


def beat(environ: Environ) -> list[str]:
    schedule = home_from(environ) / "beat-schedule"
    return [sys.executable, "-m", "cem.local.beat", str(schedule)]


def live_demo(environ: Environ) -> list[str]:
    return [*_MANAGE, "live_demo"]


def migrate(environ: Environ) -> list[str]:
    return [*_MANAGE, "migrate", "--no-input", "--verbosity", "1"]


def seed_demo(environ: Environ) -> list[str]:
    return [*_MANAGE, "seed_demo", "--if-empty"]


def static(environ: Environ) -> list[str]:
    ignored = [word for pattern in UNUSED for word in ("--ignore", pattern)]
    return [*_MANAGE, "collectstatic", "--no-input", "--clear", *ignored]


STARTS: Mapping[str, Callable[[Environ], list[str]]] = {
    "web": web,
    "worker": worker,
    "beat": beat,
    "migrate": migrate,
    "static": static,
}
"""What the image can be told to be: `python -m cem.local NAME`."""


def _memory_folder() -> str:
    """Where gunicorn's heartbeat never waits for a disk."""
    shared = Path("/dev/shm")  # noqa: S108 -- gunicorn makes a nameless file in it
    return str(shared) if shared.is_dir() else tempfile.gettempdir()
