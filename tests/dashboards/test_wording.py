"""Numbers in words."""

import pytest
from django.utils import translation

from dashboards.share_words import difference_text
from dashboards.wording import count_text, minutes_text, percent_text
from surveys.metrics import Difference
from surveys.number_words import points_text, whole


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-0.4, 0), (41.6, 42), (-99.9, -100)],
)
def test_rounds_half_away_from_zero(value: float, rounded: int) -> None:
    assert whole(value) == rounded


@pytest.mark.parametrize(
    ("value", "text"), [(42.4, "+42"), (0.4, "0"), (-0.4, "0"), (-7.0, "−7")]
)
def test_shows_points_with_their_sign(value: float, text: str) -> None:
    assert points_text(value) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.2, "+1 point"), (-0.6, "−1 point"), (0.4, "0 points"), (2, "+2 points")],
)
def test_says_one_point_and_several_points(value: float, words: str) -> None:
    difference = Difference(value, value - 1, value + 1, z=3, p_value=0.001)
    with translation.override("en"):
        assert difference_text(difference).startswith(f"{words} (")


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (0, "0 min", "0 分钟"),
        (45.2, "45 min", "45 分钟"),
        (60, "1 h", "1 小时"),
        (200, "3 h 20 min", "3 小时 20 分钟"),
        (3_130, "52 h", "52 小时"),
    ],
)
def test_shows_hours_and_minutes(minutes: float, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert minutes_text(minutes) == english
    with translation.override("zh-hans"):
        assert minutes_text(minutes) == chinese


def test_shows_whole_percent() -> None:
    with translation.override("en"):
        assert percent_text(66.7) == "67 %"
    with translation.override("zh-hans"):
        assert percent_text(66.7) == "67%"


def test_says_the_same_again_in_each_language() -> None:
    for _ in range(2):
        with translation.override("en"):
            assert count_text(12_345) == "12,345"
        with translation.override("zh-hans"):
            assert count_text(12_345) == "12,345"
