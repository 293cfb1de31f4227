"""The picture of a survey's way: nothing overlaps, nothing is left out."""

import pytest
from hypothesis import given, settings

from surveys.document import Document
from surveys.flow_picture import (
    PER_LINE,
    Box,
    Picture,
    Stop,
    Way,
    picture_of,
    text_width,
    wrapped,
)
from surveys.flow_words import stops_of, way_sentences
from surveys.templates import TEMPLATES
from tests.surveys.documents import documents


def stop(stop_id: str, *ways: str, then: str = "") -> Stop:
    leading = [Way(f"if so: to {to}", to) for to in ways]
    return Stop(stop_id, stop_id, "page", ["2 questions"], leading, then)


def lanes_of(picture: Picture) -> list[tuple[int, int, int]]:
    """Of each way around: where its lane stands, and from where to where it runs."""
    lanes = []
    for arrow in picture.arrows:
        if arrow.kind in ("way", "back"):
            start, rest = arrow.path.split("H", 1)
            lane, rest = rest.split("V", 1)
            end = rest.split("H", 1)[0]
            lanes.append((int(lane), int(start.split(" ")[1]), int(end)))
    return lanes


class TestBoxes:
    def test_stand_below_each_other(self) -> None:
        picture = picture_of([stop("a", then="b"), stop("b"), stop("c")])
        assert [box.id for box in picture.boxes] == ["a", "b", "c"]
        for upper, lower in zip(picture.boxes, picture.boxes[1:], strict=False):
            assert upper.bottom < lower.y
        assert picture.boxes[-1].bottom < picture.height

    def test_grow_with_their_words(self) -> None:
        short, long = (
            picture_of([Stop("a", words, "page")]).boxes[0]
            for words in (
                "Page 1",
                "Page 1 “A title that is far too long for a line”" * 2,
            )
        )
        assert long.height > short.height
        assert all(text_width(line.words) <= PER_LINE for line in long.lines)

    def test_hold_all_their_lines(self) -> None:
        box: Box = picture_of([stop("a", "b", "c"), stop("b"), stop("c")]).boxes[0]
        assert all(box.y < line.y < box.bottom for line in box.lines)


class TestArrows:
    def test_lead_down_to_the_next_page(self) -> None:
        picture = picture_of([stop("a", then="b"), stop("b")])
        [arrow] = picture.arrows
        first, second = picture.boxes
        assert arrow.path.endswith(f"{first.bottom}V{second.y - 2}")

    def test_never_lie_on_each_other(self) -> None:
        stops = [stop("a", "d", "c", "e"), stop("b", "e"), stop("c", "d")]
        picture = picture_of([*stops, stop("d"), stop("e")])
        lanes = lanes_of(picture)
        for place, (lane, start, end) in enumerate(lanes):
            for other, above, below in lanes[place + 1 :]:
                if lane == other and end != below:
                    assert max(start, end) < min(above, below) or max(
                        above, below
                    ) < min(start, end)
        assert max(lane for lane, _start, _end in lanes) < picture.width

    def test_leave_out_what_leads_nowhere(self) -> None:
        assert picture_of([stop("a", "gone", then="gone")]).arrows == []


class TestWrapping:
    @pytest.mark.parametrize(
        ("words", "longest", "lines"),
        [
            ("", 10, [""]),
            ("one two three", 8, ["one two", "three"]),
            ("满意度调查", 6, ["满意度", "调查"]),
            ("NPS 推荐", 6, ["NPS 推", "荐"]),
        ],
    )
    def test_breaks_where_the_language_does(
        self, words: str, longest: int, lines: list[str]
    ) -> None:
        assert wrapped(words, longest) == lines


class TestWays:
    def test_are_told_in_words_too(self) -> None:
        sentences = way_sentences(stops_of(TEMPLATES["relationship"].document, "en"))
        assert sentences[0] == "From Page 1 page by page to Page 3."
        assert any("low score: to the ending" in sentence for sentence in sentences)

    @settings(max_examples=60, deadline=None)
    @given(documents())
    def test_are_drawn_for_every_document(self, document: Document) -> None:
        stops = stops_of(document, "zh-hans")
        picture = picture_of(stops)
        assert len(picture.boxes) == len(document.pages) + len(document.endings)
        drawn = sum(len(one.ways) + bool(one.next) for one in stops)
        assert len(picture.arrows) == drawn
        told = " ".join(way_sentences(stops))
        assert all(way.words in told for one in stops for way in one.ways)

    def test_of_fifty_pages_stay_readable(self) -> None:
        stops = [
            stop(f"p{n}", f"p{n + 7}", f"p{n + 3}", then=f"p{n + 1}") for n in range(50)
        ]
        picture = picture_of(stops)
        assert picture.width < 700
        assert picture.height < 50 * 140
