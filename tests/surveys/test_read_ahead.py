"""Making the next items while the last one is being used."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event, get_ident

import pytest

from surveys.read_ahead import read_ahead


class TestReadAhead:
    def test_gives_the_same_items_in_their_order(self) -> None:
        assert list(read_ahead(iter(range(100)), depth=2)) == list(range(100))

    def test_gives_nothing_of_nothing(self) -> None:
        assert list(read_ahead(iter(()), depth=2)) == []

    def test_makes_them_in_a_thread_of_its_own(self) -> None:
        [other] = read_ahead((get_ident() for _ in range(1)), depth=2)
        assert other != get_ident()

    def test_is_never_further_ahead_than_its_depth(self) -> None:
        made: list[int] = []
        third_is_made = Event()

        def items() -> Iterator[int]:
            for number in range(10):
                made.append(number)
                if number == 2:
                    third_is_made.set()
                yield number

        with closing(read_ahead(items(), depth=2)) as ahead:
            assert next(ahead) == 0
            assert third_is_made.wait(5)
            assert made == [0, 1, 2]

    def test_raises_in_its_place_what_went_wrong(self) -> None:
        def items() -> Iterator[int]:
            yield 1
            raise EOFError("torn")

        ahead = read_ahead(items(), depth=2)
        assert next(ahead) == 1
        with pytest.raises(EOFError, match="torn"):
            next(ahead)
