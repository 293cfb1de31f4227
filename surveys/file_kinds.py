"""What a file really is, by its own bytes, whatever its name says. Pure.

Nothing is decoded or unpacked, so that nothing made to burst can. Sources: the formats'
own signatures: PNG 1.2, JFIF 1.02, GIF 89a, WebP container, ISO/IEC 14496-12 (ftyp),
ISO 32000 (PDF), PKWARE APPNOTE (zip), ECMA-376 part 2, ODF 1.3 part 2 §3.3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final

from surveys.elements import FileType

HEAD = 4_096
# The directory of an archive stands at its end; that of an office file fits in here.
TAIL = 1_048_576
CHUNK = 65_536
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
PICTURES: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL), "image/heic"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
OFFICE: Final = (
    (b"word/document.xml", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet"),
)
# A macro is a program; nobody sends one with a survey for a good reason.
MACROS = b"vbaProject.bin"
OPEN = re.compile(
    rb"PK\x03\x04.{26}mimetype(" + _OPEN.encode() + rb"(?:text|spreadsheet))PK",
    re.DOTALL,
)
# By content type: what people call the file, and the endings of its name.
KINDS: Final[Mapping[str, tuple[FileType, tuple[str, ...]]]] = {
    "image/png": ("image", ("png",)),
    "image/jpeg": ("image", ("jpg", "jpeg", "jfif")),
    "image/gif": ("image", ("gif",)),
    "image/webp": ("image", ("webp",)),
    "image/heic": ("image", ("heic", "heif")),
    "image/avif": ("image", ("avif",)),
    "application/pdf": ("pdf", ("pdf",)),
    "text/plain": ("text", ("txt", "csv", "tsv", "log", "md")),
    f"{_OFFICE}spreadsheetml.sheet": ("spreadsheet", ("xlsx",)),
    f"{_OPEN}spreadsheet": ("spreadsheet", ("ods",)),
    f"{_OFFICE}wordprocessingml.document": ("document", ("docx",)),
    f"{_OPEN}text": ("document", ("odt",)),
}


@dataclass(frozen=True)
class FileKind:
    """`endings`: the usual ones of its name, the best first."""

    type: FileType
    content_type: str
    endings: tuple[str, ...]

    def is_called(self, ending: str) -> bool:
        """Whether a name may end so: a picture in another format of pictures is no lie,
        many programs rename them."""
        return any(
            type_ == self.type and ending in endings
            for type_, endings in KINDS.values()
        )


def kind_of(file: IO[bytes]) -> FileKind | None:
    """None where the bytes are of no kind that a survey may ask for."""
    file.seek(0)
    head = file.read(HEAD)
    content_type = _of_head(head) or _of_archive(file, head)
    if content_type is None and head and _is_text(file, head):
        content_type = "text/plain"
    if content_type is None:
        return None
    type_, endings = KINDS[content_type]
    return FileKind(type_, content_type, endings)


def _of_head(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return next((name for shape, name in PICTURES if shape.match(head)), None)


def _of_archive(file: IO[bytes], head: bytes) -> str | None:
    if not head.startswith(b"PK\x03\x04"):
        return None
    found = OPEN.match(head)
    if found:
        return found[1].decode()
    tail = _tail(file)
    if b"[Content_Types].xml" not in tail or MACROS in tail:
        return None
    return next((name for part, name in OFFICE if part in tail), None)


def _tail(file: IO[bytes]) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    return file.read()


def _is_text(file: IO[bytes], head: bytes) -> bool:
    """In whatever encoding: without the bytes that no text has. UTF-16 has some, and
    says so with its first two."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _is_utf_16(file)
    file.seek(0)
    while chunk := file.read(CHUNK):
        if CONTROL.search(chunk):
            return False
    return True


def _is_utf_16(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        text = file.read().decode("utf-16")
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(text.encode())
