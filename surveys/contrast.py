"""How well a colour reads on another. Pure.

Source: WCAG 2.2, "relative luminance" and "contrast ratio"; success criteria 1.4.3
(text, 4.5 : 1) and 1.4.11 (controls, 3 : 1).
"""

from typing import Final, Literal

TEXT: Final = 4.5
CONTROLS: Final = 3.0
_LIGHT_OF: Final = (0.2126, 0.7152, 0.0722)


def contrast_ratio(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white); colours as "#rrggbb", in any order."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """How much light the colour gives, 0 to 1. Raises ValueError if it is none."""
    if len(color) != 7 or not color.startswith("#"):
        raise ValueError(f"{color} is not a colour such as #1d4ed8")
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return sum(
        share * _linear(channel)
        for share, channel in zip(_LIGHT_OF, channels, strict=True)
    )


def readable_on(background: str) -> Literal["#000000", "#ffffff"]:
    """White where it reads, else black, which then has 4.6 : 1 at least."""
    on_white = contrast_ratio("#ffffff", background)
    return "#ffffff" if on_white >= TEXT else "#000000"


def _linear(channel: float) -> float:
    # The bound of WCAG 2.2 since 2021; no 8-bit channel lies between it and 0.03928.
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
