"""A small load generator: keep-alive connections, each with one request under way.

Loopback only, bounded in requests. One thread and a selector, so that it takes as
little as possible of the processors that it shares with the server.
"""

import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PATIENCE = 30.0


@dataclass(frozen=True)
class Load:
    """What a run of requests came to; latencies in milliseconds."""

    seconds: float
    latencies: list[float]
    statuses: Counter[int]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status once the answer is whole, else None; 0 = connection closed."""
        assert self.socket is not None
        received = self.socket.recv(65_536)
        if not received:
            self.close()
            return 0
        self.buffer += received
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        status, length = STATUS.match(head), LENGTH.search(head)
        if status is None:
            raise ValueError(f"not an answer: {head[:80]!r}")
        if length and len(body) < int(length[1]):
            return None
        if b"connection: close" in head.lower():
            self.close()
        return int(status[1])

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def run(port: int, requests: Iterator[bytes], *, connections: int, count: int) -> Load:
    """Send `count` requests over so many connections, as fast as answers come."""
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    started, left = time.perf_counter(), count
    with selectors.DefaultSelector() as selector:
        idle = [_Connection(port) for _ in range(connections)]
        busy: dict[int, _Connection] = {}
        while left or busy:
            while idle and left:
                connection, left = idle.pop(), left - 1
                connection.send(next(requests))
                assert connection.socket is not None
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                busy[id(connection)] = connection
            for key, _events in selector.select(PATIENCE):
                connection = key.data
                status = connection.read()
                if status is None:
                    continue
                selector.unregister(key.fileobj)
                statuses[status] += 1
                latencies.append((time.perf_counter() - connection.sent_at) * 1000)
                idle.append(busy.pop(id(connection)))
        for connection in idle:
            connection.close()
    return Load(time.perf_counter() - started, latencies, statuses)


def get(path: str) -> bytes:
    """As every browser asks: it takes what is compressed."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
        "Accept-Encoding: gzip, deflate, br\r\n\r\n"
    ).encode()


def post(path: str, body: str, *, address: str) -> bytes:
    """`address`: whom a proxy in front of the server says it speaks for."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
        f"X-Forwarded-For: {address}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
