"""Packed answers: nothing is lost by packing, joining, crossing and asking."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.crossing import Block, ask, joined, joined_column
from dashboards.packing import (
    Column,
    count_matrix,
    counted,
    crossed,
    in_order,
    pack_cells,
    pack_column,
    uncrossed,
    unpack_cells,
    unpack_column,
)
from dashboards.scores import COUNTS, counted_under

NAMES = ("region", "tier", "survey")
TEXTS = ["", "North", "South", "东北", 'a "b" \\ c']
# NPS 9 alone; NPS 0 and CSAT 5; effort 7 of 7; effort 5 of 5; nothing scored.
CODES = [10, 1 | 5 << 4, 7 << 7, 5 << 7 | 1 << 10, 0]
Row = tuple[str, str, int, int]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(TEXTS),
        st.sampled_from(TEXTS[:3]),
        st.sampled_from([7, 30, 2**40]),
        st.sampled_from(CODES),
    ),
    max_size=60,
)


def column(values: list[Any]) -> Column:
    found = sorted(set(values))
    return Column(found, np.array([found.index(v) for v in values], np.int64))


def block(rows: list[Row], bucket: date | None = None) -> Block:
    columns = {
        name: column([row[place] for row in rows]) for place, name in enumerate(NAMES)
    }
    return Block(bucket, columns, scores=column([row[3] for row in rows]))


def by_hand(rows: list[Row], by: list[str]) -> dict[tuple[Any, ...], list[int]]:
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for row in rows:
        key = tuple(row[NAMES.index(name)] for name in by)
        found.setdefault(key, Counter()).update(counted_under(row[3]))
    return {key: [names[n] for n in COUNTS] for key, names in found.items()}


def as_cells(one: Block) -> Block:
    """The same answers as a cross keeps them, packed and read again."""
    columns = [one.columns[name] for name in NAMES]
    scores = one.scores
    assert scores is not None
    groups, size = crossed(columns)
    groups = groups[: len(scores.places)]
    found, counts = counted(groups, size, scores.places, count_matrix(scores.values))
    read, again = unpack_cells(pack_cells(list(uncrossed(found, columns)), counts))
    return Block(one.bucket, dict(zip(NAMES, read, strict=True)), counts=again)


class TestColumns:
    @given(st.lists(st.sampled_from(TEXTS)))
    def test_are_read_as_they_were_packed(self, values: list[str]) -> None:
        read = unpack_column(pack_column(column(values)))
        assert [read.values[place] for place in read.places.tolist()] == values

    def test_may_have_fifty_thousand_values(self) -> None:
        values = [f"value {number}" for number in range(70_000)]
        read = unpack_column(pack_column(column_of_many(values)))
        assert read.values[int(read.places[69_999])] == "value 69999"

    @given(st.lists(st.lists(st.sampled_from(TEXTS)), max_size=4))
    def test_join(self, parts: list[list[str]]) -> None:
        joined = joined_column([column(part) for part in parts])
        values = [value for part in parts for value in part]
        assert [joined.values[place] for place in joined.places.tolist()] == values

    @given(ROWS)
    def test_are_sorted_by_the_first_of_them_first(self, rows: list[Row]) -> None:
        columns = block(rows).columns
        order = in_order(columns)[: len(rows)].tolist()
        assert [rows[at][:3] for at in order] == sorted(row[:3] for row in rows)


def column_of_many(values: list[str]) -> Column:
    return Column(values, np.arange(len(values)))


class TestAsk:
    @settings(deadline=None)
    @given(ROWS, ROWS, st.sets(st.sampled_from(NAMES)), st.booleans())
    def test_counts_what_counting_by_hand_finds(
        self, rows: list[Row], more: list[Row], names: set[str], is_cross: bool
    ) -> None:
        blocks = [block(rows), block(more)]
        if is_cross:
            blocks[0] = as_cells(blocks[0])
        by = sorted(names)
        found = ask(blocks, tests={}, by=by)
        wanted = by_hand(rows + more, by)
        assert {key: counts for (_bucket, key), counts in found.items()} == wanted

    @settings(deadline=None)
    @given(ROWS, st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)))
    def test_parts_add_up_to_the_whole(
        self, rows: list[Row], filtered: str, names: set[str]
    ) -> None:
        by = sorted(names)
        place = NAMES.index(filtered)
        parts: Counter[Any] = Counter()
        for value in {row[place] for row in rows}:
            tests = {filtered: lambda v, only=value: v == only}
            for (_bucket, key), counts in ask(
                [block(rows)], tests=tests, by=by
            ).items():
                parts.update({(key, n): c for n, c in zip(COUNTS, counts, strict=True)})
        whole = {
            (key, name): count
            for (_bucket, key), counts in ask([block(rows)], tests={}, by=by).items()
            for name, count in zip(COUNTS, counts, strict=True)
        }
        assert +parts == +Counter(whole)

    @settings(deadline=None)
    @given(ROWS, ROWS, st.sets(st.sampled_from(NAMES)), st.booleans())
    def test_takes_what_is_left_out_from_the_counts(
        self, rows: list[Row], rest: list[Row], names: set[str], is_narrowed: bool
    ) -> None:
        def is_asked(value: int | str) -> bool:
            return not is_narrowed or value == "North"

        blocks = [as_cells(block(rows + rest)), replace(block(rest), left_out=True)]
        by = sorted(names)
        found = ask(joined(blocks), tests={"region": is_asked}, by=by)
        wanted = by_hand([row for row in rows if is_asked(row[0])], by)
        assert {key: counts for (_bucket, key), counts in found.items()} == wanted

    def test_keeps_buckets_apart(self) -> None:
        may, june = date(2026, 5, 1), date(2026, 6, 1)
        row = ("North", "", 7, 10)
        found = ask([block([row], may), block([row, row], june)], tests={}, by=())
        assert {key: counts[0] for key, counts in found.items()} == {
            (may, ()): 1,
            (june, ()): 2,
        }


class TestCounted:
    @pytest.mark.parametrize("size", [3, 10_000_000])
    def test_does_not_mind_how_many_groups_there_could_be(self, size: int) -> None:
        groups = np.array([2, 0, 2], np.int64)
        found, counts = counted(groups, size, np.zeros(3, np.int64), count_matrix([10]))
        assert found.tolist() == [0, 2]
        assert counts[:, 0].tolist() == [1, 2]
