"""Where benchmarks run: engines of their own, a published survey, servers to load."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cem.local import commands
from cem.local.engines import Engines, engines
from cem.local.home import home_from

ROOT = Path(__file__).resolve().parent.parent
# As behind a company's proxy: each request of the load comes from another customer.
BEHIND_PROXY = {"TRUSTED_PROXIES": "1"}


@contextmanager
def prepared() -> Iterator[Engines]:
    """Durable engines with a fresh database; Django is set up when it begins."""
    with engines(home_from(os.environ) / "bench") as running:
        os.environ.update(running.environment())
        os.environ.update(BEHIND_PROXY)
        os.environ["DATABASE_URL"] = _fresh_database(running.database_url)
        os.environ["DJANGO_SETTINGS_MODULE"] = "cem.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield running


def _fresh_database(url: str) -> str:
    import psycopg2

    parts = urlsplit(url)
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS cem_bench WITH (FORCE)")
        cursor.execute("CREATE DATABASE cem_bench")
    connection.close()
    return urlunsplit(parts._replace(path="/cem_bench"))


@contextmanager
def server(application: str) -> Iterator[tuple[int, int]]:
    """gunicorn as `make run` starts it, with this application: its port and pid."""
    port = _free_port()
    environ = {**os.environ, "PORT": str(port)}
    command = [
        application if word == "cem.wsgi:application" else word
        for word in commands.web(environ)
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environ)  # noqa: S603
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def worker(
    *, processes: int = 1, application: str = "cem", queues: str = ""
) -> Iterator[int]:
    """A Celery worker as `make run` starts it, ready for work: its pid."""
    environ = {**os.environ, "WORKER_PROCESSES": str(processes)}
    if queues:
        environ["WORKER_QUEUES"] = queues
    command = [
        application if word == "cem" else word for word in commands.worker(environ)
    ]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        _wait_until_ready(process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def companion(module: str) -> Iterator[int]:
    """A Python module running beside us: its pid."""
    process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT)  # noqa: S603
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)  # noqa: S603


def _wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    said = b""
    for line in process.stdout:
        said += line
        if b"ready." in line:
            # Somebody has to go on listening, or the worker would wait for it.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    raise RuntimeError(f"the worker did not start: {said.decode()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")
