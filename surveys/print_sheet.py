"""A sheet of paper with the survey's QR code: what it says, in each language."""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.elements import LANGUAGES, Language

# Printed in the language of the sheet, whatever the person reads who prints it.
CALLS: dict[Language, str] = {
    "en": "How did we do? Tell us in a minute.",
    "zh-hans": "我们做得怎么样？花一分钟告诉我们。",
}
STEPS: dict[Language, str] = {
    "en": "Point your phone’s camera at the code. No sign-in, no app.",
    "zh-hans": "用手机摄像头扫码即可，无需登录，无需安装应用。",
}


@dataclass(frozen=True)
class Words:
    language: Language
    call: str
    steps: str


def words_in(chosen: str, call: str, offered: Sequence[Language]) -> list[Words]:
    """One block of words per language; a headline of one's own is said once."""
    wanted = [code for code in LANGUAGES if chosen in (code, "both")]
    spoken = [code for code in wanted if code in offered] or [offered[0]]
    return [
        Words(
            code, (call or CALLS[code]) if number == 0 or not call else "", STEPS[code]
        )
        for number, code in enumerate(spoken)
    ]
