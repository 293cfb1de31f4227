"""Ports on the loopback address."""

from __future__ import annotations

import errno
import random
import socket

from cem.local.problems import CannotRun

LOOPBACK = "127.0.0.1"

# Below the range that the kernel hands to outgoing connections: a client that retries
# against a stopped server could otherwise be given the server's own port, and connect
# to itself.
_RANGE = range(20_000, 30_000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def choose_free() -> int:
    for port in random.sample(_RANGE, 200):
        if is_free(port):
            return port
    raise CannotRun("No free port was found on 127.0.0.1 between 20000 and 29999.")
