"""What a picture file really is, by its own first bytes, whatever its name says. Pure.

Sources: PNG 1.2 (IHDR), ITU T.81 (SOF markers), WebP container specification.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import error as StructError
from struct import unpack_from

_PNG = b"\x89PNG\r\n\x1a\n"
# Markers that begin a frame; C4, C8 and CC say other things.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN = 0xDA


class NoPicture(ValueError):
    """Neither PNG, JPEG nor WebP, or cut off."""


@dataclass(frozen=True)
class Measured:
    """`width` and `height` in pixels."""

    content_type: str
    width: int
    height: int


def measured(content: bytes) -> Measured:
    """Raises NoPicture."""
    try:
        found = _png(content) or _jpeg(content) or _webp(content)
    except (StructError, IndexError) as error:
        raise NoPicture from error
    if found is None or not (found.width and found.height):
        raise NoPicture
    return found


def _png(content: bytes) -> Measured | None:
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return None
    if content[-8:-4] != b"IEND":
        raise NoPicture
    return Measured("image/png", *unpack_from(">II", content, 16))


def _jpeg(content: bytes) -> Measured | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    for marker, at in _segments(content):
        if marker in _JPEG_FRAMES:
            height, width = unpack_from(">HH", content, at + 5)
            return Measured("image/jpeg", width, height)
    raise NoPicture


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker and where it begins, up to the picture itself."""
    at = 2
    while content[at] == 0xFF and content[at + 1] != _JPEG_SCAN:
        if content[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        yield content[at + 1], at
        at += 2 + unpack_from(">H", content, at + 2)[0]


def _webp(content: bytes) -> Measured | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
    elif kind == b"VP8L":
        (bits,) = unpack_from("<I", content, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in unpack_from("<HH", content, 26))
    else:
        raise NoPicture
    return Measured("image/webp", width, height)
