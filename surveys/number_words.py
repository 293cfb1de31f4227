"""Scores as people read them: whole numbers, and points with their sign."""

import math

MINUS = "−"


def whole(value: float) -> int:
    """Rounded half away from zero, as people do it; never -0."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def points_text(value: float) -> str:
    """A whole number with its sign: +42, 0, −7."""
    rounded = whole(value)
    if rounded == 0:
        return "0"
    return f"{'+' if rounded > 0 else MINUS}{abs(rounded)}"


def how_many_points(value: float) -> int:
    """What decides between one point and several."""
    return abs(whole(value))
