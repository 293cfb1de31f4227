"""A real IMAP server on this machine, with a mailbox for one user."""

import imaplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import wait_for

USER, PASSWORD = "service", "letters and answers"


@dataclass(frozen=True)
class ImapServer:
    port: int

    def receive(self, *mails: bytes) -> None:
        """Put mails into the mailbox, unread."""
        with self.opened() as client:
            for mail in mails:
                client.append("INBOX", None, None, mail)  # type: ignore[arg-type]

    def unread(self) -> int:
        with self.opened() as client:
            client.select("INBOX", readonly=True)
            _state, [found] = client.search(None, "UNSEEN")
            return len(found.split())

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(USER, PASSWORD)
            yield client


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """It forgets everything when it ends."""
    port = _free_port()
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("pymap")),
            *("--host", "127.0.0.1", "--port", str(port), "--no-tls"),
            *("--no-service", "managesieve"),
            *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(port), seconds=20, what="the IMAP server")
        yield ImapServer(port)
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
