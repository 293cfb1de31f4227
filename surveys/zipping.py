"""Pages as gzip: small, since somebody waits for them on slow mobile data."""

import gzip
import zlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

SMALL = 600  # bytes; below, the header of gzip costs more than it saves
TEXT = ("text/html", "text/javascript", "text/css")
LEVEL = 6
START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the browser says so, and not with `gzip;q=0`."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")


def zip_for(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same response, compressed where that is worth it and wanted."""
    headers = response.headers
    if "Content-Encoding" in headers or not takes_gzip(request):
        return response
    is_text = headers.get("Content-Type", "").startswith(TEXT)
    if is_text and len(response.content) >= SMALL:
        response.content = gzip.compress(response.content, LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(response.content))
    return response


@dataclass(frozen=True)
class ZippedAround:
    """Text around a gap that is filled anew each time: compressed once, with the gap's
    words as a block of their own, stored as they are."""

    head: bytes
    head_checksum: int
    tail: bytes
    tail_plain: bytes
    plain_size: int

    def filled(self, words: bytes) -> bytes:
        length = len(words)
        block = (
            b"\x00"
            + length.to_bytes(2, "little")
            + (length ^ 0xFFFF).to_bytes(2, "little")
        )
        checksum = zlib.crc32(self.tail_plain, zlib.crc32(words, self.head_checksum))
        size = self.plain_size + length
        ending = checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
        return b"".join((START, self.head, block, words, self.tail, ending))


def zipped_around(head: bytes, tail: bytes) -> ZippedAround:
    front = zlib.compressobj(9, wbits=-15)
    back = zlib.compressobj(9, wbits=-15)
    return ZippedAround(
        # Flushed in full, so that the block after it begins with a byte of its own and
        # the tail refers to nothing before itself.
        front.compress(head) + front.flush(zlib.Z_FULL_FLUSH),
        zlib.crc32(head),
        back.compress(tail) + back.flush(),
        tail,
        len(head) + len(tail),
    )
