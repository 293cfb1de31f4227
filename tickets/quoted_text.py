"""What somebody wrote, apart from what their mail program put below it. Pure.

Line by line, so that no mail can be made to take long: what finds quotes with one
expression over the whole text can be kept busy for minutes by a page of empty lines.
"""

import re
from collections.abc import Sequence

LONGEST = 100_000
# How far apart the lines of one introduction stand.
NEAR = 4
_RULE = re.compile(
    r"\s*[-—_=*]{2,}\s*(?:original message|forwarded message|urspr.{1,3}ngliche nachricht|"
    r"message d.origine|原始邮件|原邮件|原始信件|转发邮件|转发的邮件|邮件原件)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r".{0,300}(?:\bwrote|\bschrieb.{0,120}|a écrit|escribió|写道|寫道|的邮件)\s*[:：]\s*$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[0-9@]")
# Where an introduction begins that goes on over more lines.
_BEGINS = re.compile(r"\s*(?:on|am|le|el|在|于|於)\s?\S", re.IGNORECASE)
_FROM = re.compile(
    r"\s*\*?(?:from|von|de|发件人|寄件者|寄件人)\*?\s*[:：]", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\s*\*?(?:sent|date|to|subject|gesendet|datum|betreff|envoyé|objet|发送时间|"
    r"发送日期|日期|时间|收件人|主题|寄件日期|收件者|主旨)\*?\s*[:：]",
    re.IGNORECASE,
)


def split_quoted(text: str) -> tuple[str, str]:
    """The new words, and what is quoted below them; all of it is new where nothing
    stands above the quote."""
    lines = text[:LONGEST].splitlines()
    start = _start_of_quote(lines)
    new = "\n".join(lines[:start]).strip()
    if not new:
        return text[:LONGEST].strip(), ""
    return new, "\n".join(lines[start:]).strip()


def _start_of_quote(lines: Sequence[str]) -> int:
    for number, line in enumerate(lines):
        if _introduces(line, lines[number + 1 : number + 1 + NEAR]):
            return number
    return _start_of_last_marks(lines)


def _introduces(line: str, following: Sequence[str]) -> bool:
    if line.lstrip().startswith(">"):
        return False
    # With a day or an address: "my colleague wrote:" is somebody's own words.
    if _RULE.match(line) or (_WROTE.match(line) and _SIGN.search(line)):
        return True
    if _FROM.match(line):
        return any(_ABOUT.match(later) for later in following)
    if _BEGINS.match(line) and len(line) > NEAR:
        # "On Monday, somebody with a long name" … "wrote:" on one of the next lines.
        wrapped = [line]
        for later in following[:2]:
            if not later.strip():
                return False
            wrapped.append(later)
            whole = " ".join(wrapped)[-300:]
            if _WROTE.match(whole) and _SIGN.search(whole):
                return True
    return False


def _start_of_last_marks(lines: Sequence[str]) -> int:
    """Of the lines marked with `>` at the very end; answers between stay answers."""
    start = len(lines)
    while start and (not lines[start - 1].strip() or lines[start - 1][:1] == ">"):
        start -= 1
    return start
