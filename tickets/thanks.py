"""Whether a mail says thanks and nothing else. Pure.

A case that is closed stays closed only where no doubt is left: every word has to be one
that people thank, greet or sign with. Whatever else somebody says, they want to be heard.
"""

import re
from collections.abc import Collection, Iterator
from unicodedata import category, normalize

from surveys.comments import analyse

# Longer letters have more to say.
LONGEST = 240
_THANKS = re.compile(
    r"\b(?:thank|thanks|thx|thankyou|appreciate|appreciated|grateful)\b|谢|謝|感激"
)
_REPLY = re.compile(r"\s*(?:re|aw|sv|回复|答复|回覆|答覆)\s*[:：]", re.IGNORECASE)
_SENT_FROM = re.compile(r"\s*(?:sent from my \w+|发自我的\s*\w+)\s*", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:(?:with |many |best |kind |warm |kindest )*(?:regards|wishes|greetings)|"
    r"sincerely|yours(?: sincerely| truly)?|best|cheers)"
)
_GREETING = re.compile(r"(?:dear|hi|hello|hey)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-ZÀ-Þ][\w.'-]*(?: [A-ZÀ-Þ][\w.'-]*){0,2}")
_AGAIN = re.compile(r"\b(thanks|thank you(?: so much| very much)?) again\b")
# “is it solved” asks, also without its mark.
_ASKS = re.compile(
    r"(?:is|was|were|are|am|has|be|been)\b|have (?:you|we|i|it|the|my)\b", re.IGNORECASE
)
_ENGLISH = """
    a absolutely afternoon all amazing an and answer answering answers appreciate
    appreciated appreciation are arrived at awesome be been best brilliant bunch care
    cheers day dear effort efforts evening everyone everything excellent fantastic fast
    fine fixed fixing folks for from glad good got grateful great greetings guys happy
    has have hello help helped helpful helping hey hi i i'm in indeed info information
    is it it's kind kindest kindly kindness know letting lot lots lovely many me million
    morning much my nice nicely now of ok okay on our patience perfect perfectly pleased
    prompt promptly quick quickly really received regards replying reply resolved
    resolving responding response satisfied service sincerely so solved solving sorted
    sorting super support swift taking team thank thanks thankyou that the this thx time
    to today took truly ty update us very warm was we weekend well wishes with wonderful
    worked working works wow yes you your yours
    """
_WORDS = frozenset(_ENGLISH.split())
# Longest first, so that 没问题 is gone before 问题 is looked for.
_POLITE = """
    谢谢 谢啦 谢了 多谢 感谢 感激 谢 謝謝 感謝 多謝 辛苦了 辛苦 麻烦您了 麻烦你了 麻烦你们了
    您好 你好 早上好 上午好 下午好 晚上好 您们 你们 大家 各位 您 你 我们 我 的 了 啦 哦 呀
    很 非常 十分 真的 真 太 好的 好 收到 已经 已 都 全部 一切 没问题 没事 不客气
    问题解决 问题已解决 问题已经解决 问题都解决 解决 解決 可以了 可以用 能用 正常 恢复
    满意 帮助 帮忙 帮 支持 回复 答复 及时 快速 迅速 处理 耐心 服务 客服 态度 棒 赞 给力
    祝 生活愉快 工作顺利 愉快 顺利 此致 敬礼 现在 今天 团队 贵公司 公司 老师 先生 女士 再次
    为 对 这么 如此 高效 贴心 细心 热情 明白 知道了 清楚了 完美 和 与 也
    """
_CHINESE = re.compile("|".join(sorted(_POLITE.split(), key=len, reverse=True)))


def is_only_thanks(text: str, *, names: Collection[str] = ()) -> bool:
    """`names` are those that may be greeted or signed with."""
    said = normalize("NFKC", text).replace("’", "'").strip()
    if not said or len(said) > LONGEST or "?" in said:
        return False
    if not _THANKS.search(said.lower()) or analyse(text).sentiment < 0:
        return False
    known = {word.lower() for name in names for word in re.split(r"\W+", name)}
    return all(_is_polite(clause.lower(), known) for clause in _clauses(said))


def is_reply(subject: str) -> bool:
    """A subject of one's own is something to say."""
    return not subject.strip() or bool(_REPLY.match(subject))


def _clauses(said: str) -> Iterator[str]:
    """What is said between signs, without greeting, signature and the program's line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not _SENT_FROM.fullmatch(line)]
    for number, line in enumerate(lines):
        bare = line.strip(" ,.!-–")
        before = lines[number - 1].strip(" ,.!").lower() if number else ""
        signs = number == len(lines) - 1 and _CLOSING.fullmatch(before)
        greeted = _GREETING.sub("", bare, count=1).strip()
        greets = number == 0 and len(lines) > 1 and greeted != bare
        if _NAME.fullmatch(greeted if greets else bare) and (signs or greets):
            continue
        yield from re.split(r"[.!,;:。、~…()\n-]+", line)


def _is_polite(clause: str, names: Collection[str]) -> bool:
    clause = _AGAIN.sub(r"\1", clause.strip())
    if _ASKS.match(clause):
        return False
    rest = _CHINESE.sub(" ", clause)
    rest = "".join(sign for sign in rest if not category(sign).startswith(("S", "M")))
    return all(
        word in _WORDS or word in names for word in rest.replace("\u200d", "").split()
    )
