"""English, Chinese, or undetermined: by script, and by small words among Latin letters."""

import re

from surveys.comments.word_lists import sections

UNDETERMINED = "und"
READ = ("en", "zh")
"""The languages that we have words for."""

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
ENGLISH_LETTERS = re.compile(r"[a-z']+")

SMALL_WORDS = {title: frozenset(words) for title, words in sections("words_small.txt")}


def detect(text: str) -> str:
    """ "en", "zh" or "und"."""
    han = len(HAN.findall(text))
    if han and len(KANA_OR_HANGUL.findall(text)) * 10 > han:
        return UNDETERMINED
    words = [word.lower() for word in WORD.findall(HAN.sub(" ", _spoken(text)))]
    if han and han >= len(words):
        return "zh"
    return "en" if words and _is_english(words) else UNDETERMINED


def primary(tag: str) -> str:
    """The language of a tag: "zh" of "zh-Hans-CN"."""
    return re.split("[-_]", tag.strip().lower(), maxsplit=1)[0] or UNDETERMINED


def _spoken(text: str) -> str:
    """The text without addresses, handles and tags."""
    parts = text.split()
    return " ".join(
        part for part in parts if "@" not in part and not part.startswith(("http", "#"))
    )


def _is_english(words: list[str]) -> bool:
    latin = sum(1 for word in words if ENGLISH_LETTERS.fullmatch(word))
    if latin < 0.8 * len(words):
        return False
    english = sum(1 for word in words if word in SMALL_WORDS["english"])
    foreign = sum(1 for word in words if word in SMALL_WORDS["foreign"])
    return english >= foreign
