"""Counting and spreading answers, by tables of numbers worked out by hand."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import metrics
from surveys.counting import Counting, Counts, added, restored, stored
from surveys.distributions import Distribution, distributions
from surveys.document import Document
from surveys.quantiles import quantile
from surveys.variants import wording_of
from tests.trips import document, element, options, text


def counted(of: Document, *answers: dict[str, object]) -> Counts:
    counting = Counting(of)
    for given_answers in answers:
        for key, answer in given_answers.items():
            counting.add(key, answer)
    return counting.counts(len(answers), {})


def spread(of: Document, key: str, *answers: dict[str, object]) -> Distribution:
    found = distributions({1: of}, {1: counted(of, *answers)})
    return next(one for one in found if one.element.id == key)


def labels(found: Distribution) -> list[tuple[object, int]]:
    return [
        (line.label["en"] if isinstance(line.label, dict) else line.label, line.n)
        for line in found.lines
    ]


class TestQuantile:
    @pytest.mark.parametrize(
        ("counts", "share", "value"),
        [
            ({}, 0.5, None),
            ({7: 1}, 0.9, 7),
            ({1: 1, 2: 1}, 0.5, 1.5),
            ({1: 1, 2: 1, 3: 1, 10: 1}, 0.25, 1.75),
            ({10: 9, 100: 1}, 0.9, 19),
        ],
    )
    def test_is_worked_out_as_by_the_database(
        self, counts: dict[float, int], share: float, value: float | None
    ) -> None:
        found = quantile(counts, share)
        assert found == (None if value is None else pytest.approx(value))

    @given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
    def test_the_median_has_as_many_below_as_above(self, numbers: list[int]) -> None:
        middle = quantile({n: numbers.count(n) for n in numbers}, 0.5)
        assert middle is not None
        half = len(numbers) / 2
        assert sum(n < middle for n in numbers) <= half
        assert sum(n > middle for n in numbers) <= half


class TestCounts:
    @given(st.lists(st.integers(0, 10), max_size=40), st.integers(0, 40))
    def test_of_two_parts_add_up_to_the_whole(
        self, scores: list[int], cut: int
    ) -> None:
        of = document()
        answers: list[dict[str, object]] = [{"score": score} for score in scores]
        parts = [counted(of, *answers[:cut]), counted(of, *answers[cut:])]
        whole = counted(of, *answers)
        assert added(parts).of("score") == whole.of("score")
        assert added(parts).answered("score") == whole.answered("score")
        assert restored(stored(whole)).of("score") == whole.of("score")


class TestASpread:
    def test_of_a_score_has_every_point_and_its_metric(self) -> None:
        found = spread(document(), "score", *({"score": s} for s in (10, 9, 9, 3, 7)))
        assert found.score == metrics.nps({10: 1, 9: 2, 3: 1, 7: 1})
        assert [line.n for line in found.lines] == [1, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        assert found.lines[0].group == "promoter"

    def test_of_options_has_wilson_intervals_over_who_answered(self) -> None:
        found = spread(
            document(),
            "used",
            {"used": ["app", "web"]},
            {"used": ["app"]},
            {"used": ["desk"]},
            {},
        )
        assert labels(found) == [("App", 2), ("Web", 1), ("Desk", 1)]
        assert (found.n, found.base) == (3, 4)
        assert found.lines[0].share == metrics.share(2, 3)

    def test_counts_the_words_beside_other(self) -> None:
        answers = {"reason": "other", "reason.other": "A wedding"}
        found = spread(document(), "reason", answers)
        assert found.others == 1

    def test_of_a_ranking_has_mean_places_and_first_ones(self) -> None:
        ranked = [["price", "time"], ["time", "price"], ["time", "price"]]
        found = spread(document(), "order", *({"order": r} for r in ranked))
        assert labels(found) == [("Time", 2), ("Price", 1)]
        assert [line.mean for line in found.lines] == [
            pytest.approx(4 / 3),
            pytest.approx(5 / 3),
        ]

    def test_of_a_matrix_has_a_line_for_each_row(self) -> None:
        rated = [{"seat": 5, "crew": 1}, {"seat": 4}, {"seat": 3}]
        found = spread(document(), "parts", *({"parts": r} for r in rated))
        seat, crew = found.lines
        assert (seat.n, seat.mean, crew.n) == (3, 4, 1)
        assert seat.share == metrics.rating({5: 1, 4: 1, 3: 1}, scale=5)

    def test_of_numbers_has_the_quartiles(self) -> None:
        found = spread(document(), "trips", *({"trips": n} for n in (1, 2, 3, 4, 5)))
        assert found.quartiles == (2, 3, 4)
        assert labels(found) == [(str(n), 1) for n in (1, 2, 3, 4, 5)]

    def test_of_many_numbers_has_round_steps(self) -> None:
        found = spread(document(), "trips", *({"trips": n} for n in range(100)))
        assert labels(found)[0] == ("0 – < 10", 10)
        assert sum(line.n for line in found.lines) == 100

    def test_of_dates_goes_by_month_and_else_by_year(self) -> None:
        near = spread(document(), "day", {"day": "2026-01-31"}, {"day": "2026-02-01"})
        far = spread(
            document(), "day", *({"day": f"{y}-05-01"} for y in range(2000, 2020))
        )
        assert labels(near) == [("2026-01", 1), ("2026-02", 1)]
        assert labels(far)[-1] == ("2019", 1)

    def test_of_a_tick_is_a_share_of_all_answers(self) -> None:
        found = spread(document(), "quote", {"quote": True}, {}, {}, {})
        assert found.score == metrics.share(1, 4)

    def test_of_words_is_only_counted(self) -> None:
        found = spread(document(), "why", {"why": "A"}, {"why": "B"}, {})
        assert (found.n, list(found.lines)) == (2, [])

    @pytest.mark.parametrize(("n", "is_hidden"), [(4, True), (5, False)])
    def test_of_fewer_than_five_is_hidden(self, n: int, is_hidden: bool) -> None:
        found = spread(document(), "score", *({"score": 9} for _ in range(n)))
        assert found.is_hidden is is_hidden


class TestVersions:
    old = document([element("reason", "single_choice", options=options("work", "fun"))])
    new = document(
        [
            element(
                "reason",
                "single_choice",
                options=[{"id": "fun", "text": text("Holiday")}, *options("family")],
            ),
            element("more", "short_text"),
        ]
    )

    def spreads(self) -> list[Distribution]:
        return distributions(
            {2: self.new, 1: self.old},
            {
                1: counted(self.old, {"reason": "work"}, {"reason": "fun"}),
                2: counted(self.new, {"reason": "fun", "more": "x"}),
            },
        )

    def test_a_renamed_option_stays_one_and_a_dropped_one_is_marked(self) -> None:
        reason = self.spreads()[0]
        assert labels(reason) == [("Holiday", 2), ("Family", 0), ("Work", 1)]
        assert [line.is_gone for line in reason.lines] == [False, False, True]

    def test_a_question_counts_the_answers_of_versions_that_asked_it(self) -> None:
        reason, more = self.spreads()
        assert (reason.base, more.base) == (3, 1)

    def test_another_scale_is_another_question(self) -> None:
        five = document([element("ease", "ces", scale=5)])
        seven = document([element("ease", "ces", scale=7)])
        found = distributions(
            {2: seven, 1: five},
            {1: counted(five, {"ease": 5}), 2: counted(seven, {"ease": 5})},
        )
        assert [(one.n, one.is_gone) for one in found] == [(1, False), (1, True)]


class TestWordings:
    def test_each_has_the_answers_of_those_who_read_it(self) -> None:
        of = document(
            [
                element(
                    "score", "nps", scale=10, wordings=[{"id": "b", "text": text("B")}]
                )
            ]
        )
        ids = [uuid4() for _ in range(40)]
        counting = Counting(of)
        for one in ids:
            counting.add("score", 9)
            counting.add_worded("score", 9, one)
        [found] = distributions({1: of}, {1: counting.counts(40, {})})
        expected = [self.readers(of, ids, place) for place in (0, 1)]
        assert [worded.spread.n for worded in found.wordings] == expected
        assert found.n == 40

    def test_a_small_group_is_hidden_and_with_it_the_one_that_reveals_it(self) -> None:
        of = document(
            [
                element(
                    "score", "nps", scale=10, wordings=[{"id": "b", "text": text("B")}]
                )
            ]
        )
        counts = Counts(
            9,
            {
                "score": {"": 9, "9": 9},
                "score#0": {"": 7, "9": 7},
                "score#b": {"": 2, "9": 2},
            },
        )
        [found] = distributions({1: of}, {1: counts})
        assert [worded.is_hidden for worded in found.wordings] == [True, True]

    def readers(self, of: Document, ids: list[UUID], place: int) -> int:
        score = of.by_id["score"]
        return sum(wording_of(score, one) == place for one in ids)
