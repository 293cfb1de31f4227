"""The trail as a file: whatever is done to it, it shows."""

import json
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from events.audit_chain import NotGenuine, chained, public_key_of, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = public_key_of(KEY)
ENTRIES = [{"id": n, "name": "ticket.seen", "actor": f"ana{n}@x"} for n in range(4)]


def file_of(entries: Sequence[dict[str, object]], previous: str = "") -> list[str]:
    return list(chained({"site": "x"}, entries, KEY, previous=previous))


class TestVerify:
    def test_finds_what_was_written(self) -> None:
        found = verify(file_of(ENTRIES), PUBLIC)
        assert found.entries == 4
        assert found.header["site"] == "x"

    def test_takes_a_file_without_entries(self) -> None:
        assert verify(file_of([]), PUBLIC).entries == 0

    def test_goes_on_from_an_earlier_file(self) -> None:
        end = verify(file_of(ENTRIES), PUBLIC).end
        later = verify(file_of(ENTRIES, previous=end), PUBLIC)
        assert later.header["previous"] == end
        assert later.end != end

    @pytest.mark.parametrize("number", [1, 2, 3, 5])
    def test_names_the_line_that_was_changed(self, number: int) -> None:
        lines = file_of(ENTRIES)
        line = json.loads(lines[number - 1]) | {"actor": "somebody else"}
        lines[number - 1] = json.dumps(line)
        with pytest.raises(NotGenuine) as error:
            verify(lines, PUBLIC)
        assert error.value.line == number

    @given(st.integers(0, 5), st.sampled_from(["drop", "double", "swap"]))
    def test_refuses_lines_left_out_doubled_or_moved(self, at: int, how: str) -> None:
        lines = file_of(ENTRIES)
        if how == "drop":
            del lines[at]
        elif how == "double":
            lines.insert(at, lines[at])
        else:
            other = (at + 1) % len(lines)
            lines[at], lines[other] = lines[other], lines[at]
        with pytest.raises(NotGenuine):
            verify(lines, PUBLIC)

    def test_refuses_what_another_key_signed(self) -> None:
        other = Ed25519PrivateKey.from_private_bytes(b"8" * 32)
        with pytest.raises(NotGenuine, match="not of this key"):
            verify(file_of(ENTRIES), public_key_of(other))

    @pytest.mark.parametrize("key", ["", "no key", PUBLIC[:-4]])
    def test_refuses_a_key_that_is_none(self, key: str) -> None:
        with pytest.raises(NotGenuine):
            verify(file_of(ENTRIES), key)

    @pytest.mark.parametrize("text", ["", "not json", "[]", '{"cem_audit": 99}'])
    def test_refuses_other_files(self, text: str) -> None:
        with pytest.raises(NotGenuine):
            verify([text] if text else [], PUBLIC)
