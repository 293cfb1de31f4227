"""One connection to the mail server for many letters.

Where the server allows it (RFC 2920), a letter's words and the envelope of the next one
go in one packet: the server works on it while we write down that the first was
accepted. A letter's own words leave only after that, so that a process that dies
repeats one letter at most.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from smtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from django.core.mail.backends.smtp import EmailBackend

from events.transports import TransportError, Unreachable

READY, CLOSING = 354, 421
ACCEPTED = frozenset({250, 251})
LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Letter:
    """The addresses are those of the envelope; the content is seven bits with CRLF."""

    sender: str
    recipient: str
    content: bytes

    @property
    def commands(self) -> tuple[str, ...]:
        return (f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{self.recipient}>", "DATA")


class _HungUp(Exception):
    """The server closed the connection before it got any words of the letter."""


class Session:
    """Opens when it is needed, and anew where the server had enough."""

    def __init__(self) -> None:
        self._backend = EmailBackend()
        # The server has, or will have, the envelope of the letter that comes next.
        self._is_announced = False

    def send_all(self, letters: Sequence[Letter]) -> Iterator[str | TransportError]:
        """For each letter, as soon as it is known: the server's words on accepting it,
        or why it did not. Raises Unreachable."""
        following: list[Letter | None] = [*letters[1:], None]
        for letter, following_letter in zip(letters, following, strict=True):
            try:
                self._prepare(letter)
                outcome: str | TransportError = self._say(letter, following_letter)
            except Unreachable:
                raise
            except TransportError as error:
                outcome = error
            yield outcome

    def close(self) -> None:
        if self._is_announced:
            self._drop()  # in the middle of a letter no command would be understood
            return
        try:
            self._backend.close()
        except (SMTPException, OSError):
            self._backend.connection = None

    def _prepare(self, letter: Letter) -> None:
        """Up to the server's readiness for the words."""
        is_used = self._backend.connection is not None
        try:
            self._introduce(letter)
        except _HungUp as error:
            self._drop()
            if not is_used:
                raise Unreachable(str(error)) from error
            self._again(letter)

    def _again(self, letter: Letter) -> None:
        try:
            self._introduce(letter)
        except _HungUp as error:
            self._drop()
            raise Unreachable(str(error)) from error

    def _introduce(self, letter: Letter) -> None:
        server = self._open()
        try:
            if not self._is_announced and _takes_many(server):
                server.send(_lines(letter.commands))
            self._is_announced = False
            _read_envelope(server, letter)
        except SMTPResponseException as refusal:
            if refusal.smtp_code == CLOSING:
                raise _HungUp(_words_of(refusal)) from refusal
            raise TransportError(_words_of(refusal)) from refusal
        except (SMTPServerDisconnected, OSError) as error:
            raise _HungUp(str(error)) from error

    def _open(self) -> SMTP:
        try:
            self._backend.open()
            server = self._server
            server.ehlo_or_helo_if_needed()
        except (SMTPException, OSError) as error:
            self._drop()
            raise Unreachable(str(error)) from error
        return server

    def _say(self, letter: Letter, following: Letter | None) -> str:
        server = self._server
        packet = LEADING_DOT.sub(b"..", letter.content) + b".\r\n"
        if following and _takes_many(server):
            packet += _lines(following.commands).encode()
            self._is_announced = True
        try:
            server.send(packet)
            code, words = server.getreply()
        except (SMTPException, OSError) as error:
            # Perhaps it was accepted: this letter is tried again, under the same id.
            self._drop()
            raise TransportError(str(error)) from error
        said = f"{code} {words.decode(errors='replace')}"
        if code not in ACCEPTED:
            raise TransportError(said)
        return said

    @property
    def _server(self) -> SMTP:
        server: SMTP | None = self._backend.connection
        assert server is not None
        return server

    def _drop(self) -> None:
        self._is_announced = False
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None


def _takes_many(server: SMTP) -> bool:
    return server.has_extn("pipelining")


def _lines(commands: Sequence[str]) -> str:
    return "".join(f"{command}\r\n" for command in commands)


def _read_envelope(server: SMTP, letter: Letter) -> None:
    """Raises SMTPResponseException where the letter is not wanted."""
    if _takes_many(server):
        answers = [server.getreply() for _command in letter.commands]
        if answers[-1][0] == READY and _refusal(answers):
            server.send(".\r\n")  # it waits for words that nobody is to get
            server.getreply()
    else:
        answers = []
        for command in letter.commands:
            answers.append(server.docmd(command))
            if _refusal(answers):
                break
    refusal = _refusal(answers)
    if refusal:
        if refusal[0] != CLOSING:
            server.rset()
        raise SMTPResponseException(*refusal)


def _refusal(answers: Sequence[tuple[int, bytes]]) -> tuple[int, bytes] | None:
    return next((a for a in answers if a[0] not in ACCEPTED | {READY}), None)


def _words_of(refusal: SMTPResponseException) -> str:
    words = refusal.smtp_error
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{refusal.smtp_code} {said}"
