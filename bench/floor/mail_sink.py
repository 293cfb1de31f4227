"""python -m bench.floor.mail_sink: the least that takes a letter by SMTP.

Prints its port, and runs until it is ended. It costs so little that what is measured
is the sender.
"""

import asyncio
import sys

END = b"\r\n.\r\n"
GREETING = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
ANSWERS = {b"EHLO": GREETING, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Sink(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting, self.is_letter = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        answers = []
        while answer := self._next_answer():
            answers.append(answer)
        if answers:
            self.transport.write(b"".join(answers))

    def _next_answer(self) -> bytes:
        end = END if self.is_letter else b"\r\n"
        head, found, rest = self.waiting.partition(end)
        if not found:
            return b""
        self.waiting = rest
        if self.is_letter:
            self.is_letter = False
            return b"250 taken\r\n"
        self.is_letter = head[:4].upper() == b"DATA"
        return ANSWERS.get(head[:4].upper(), b"250 ok\r\n")


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
