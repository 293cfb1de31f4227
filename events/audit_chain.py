"""The audit trail as a file that shows whether anybody changed it. Pure.

JSON lines, each with the SHA-256 of the line before and itself: a line that is changed,
left out, added or moved breaks the chain. The last line signs its end by Ed25519, so
that nobody without the installation's key can make a chain of their own. The first line
says what was asked for and, where an earlier file is continued, that file's last hash.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = 1


class NotGenuine(Exception):
    """The file is not as it was written; `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line


@dataclass(frozen=True)
class Verified:
    """`entries` counts the events; `end` is the last hash, for the next file to go on
    from; `header` is the first line as it was written."""

    entries: int
    end: str
    header: Mapping[str, Any]


def chained(
    header: Mapping[str, Any],
    entries: Iterable[Mapping[str, Any]],
    key: "Ed25519PrivateKey",
    *,
    previous: str = "",
) -> Iterator[str]:
    """The file's lines, each with its line end."""
    opening = {"cem_audit": FORMAT, **header, "previous": previous}
    end = _hash(previous, opening)
    yield _line({**opening, "hash": end})
    count = 0
    for entry in entries:
        count += 1
        end = _hash(end, entry)
        yield _line({**entry, "hash": end})
    closing = {"entries": count, "end": end}
    signature = b64encode(key.sign(_canonical(closing))).decode()
    yield _line({**closing, "signature": signature})


def verify(lines: Iterable[str], public_key: str) -> Verified:
    """Raises NotGenuine at the first line that is not as the key's owner wrote it."""
    header: dict[str, Any] | None = None
    end, number, entries = "", 0, 0
    is_signed = False
    for number, text in enumerate(lines, 1):
        if is_signed:
            raise NotGenuine(number, "there are lines after the signature")
        line = _read(text, number)
        if header is not None and "signature" in line:
            _check_signature(line, number, entries, end, public_key)
            is_signed = True
            continue
        claimed = line.pop("hash", None)
        if header is None:
            if line.get("cem_audit") != FORMAT:
                raise NotGenuine(number, "this is no audit file of a known format")
            header, end = line, str(line.get("previous", ""))
        else:
            entries += 1
        end = _hash(end, line)
        if claimed != end:
            raise NotGenuine(number, "this line or the one before it was changed")
    if header is None or not is_signed:
        raise NotGenuine(number + 1, "the end with the signature is missing")
    return Verified(entries, end, header)


def public_key_of(key: "Ed25519PrivateKey") -> str:
    """In base64, 44 characters."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def _check_signature(
    line: Mapping[str, Any], number: int, entries: int, end: str, public_key: str
) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if line.get("entries") != entries or line.get("end") != end:
        raise NotGenuine(number, "lines are missing before the end")
    closing = {"entries": entries, "end": end}
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key, validate=True))
        signature = b64decode(str(line["signature"]), validate=True)
        key.verify(signature, _canonical(closing))
    except (InvalidSignature, NotBase64, ValueError) as error:
        raise NotGenuine(number, "the signature is not of this key") from error


def _read(text: str, number: int) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError as error:
        raise NotGenuine(number, "this line cannot be read") from error
    if not isinstance(line, dict):
        raise NotGenuine(number, "this line cannot be read")
    return line


def _hash(previous: str, entry: Mapping[str, Any]) -> str:
    return sha256(previous.encode() + _canonical(entry)).hexdigest()


def _line(entry: Mapping[str, Any]) -> str:
    return _canonical(entry).decode() + "\n"


def _canonical(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(
        entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
