"""Words that give a faulty question away, in English and Chinese. Pure.

Short lists on purpose: a warning that is wrong once is not read twice. Method: Dillman,
Smyth and Christian, "Internet, Phone, Mail, and Mixed-Mode Surveys" (2014), chapter 4.
"""

import re
from collections.abc import Mapping
from typing import Final

from surveys.elements import Language

AND = re.compile(
    r"[^\W\d] (?:and|as well as) (?!why\b|how\b|what\b|where\b|when\b)[^\W\d]", re.I
)
_PERSONS = r"(?:friends?|family|colleagues?|peers|relatives|others|acquaintances)"
# Pairs that name one thing, or persons who may answer alike.
PAIRS = re.compile(
    rf"\b(?:{_PERSONS}(?:,? \w+){{0,2}},? and {_PERSONS}|terms and conditions|"
    r"pros and cons|food and (?:drinks?|beverages?)|bed and breakfast|health and safety|"
    r"research and development|click and collect|pick[- ]up and drop[- ]off|"
    r"look and feel|wear and tear|trial and error|day and night|now and then|"
    r"more and more|(?:again|over|time) and (?:again|over)|up and running|"
    r"back and forth|dos and don['’]ts|questions? and answers?|and so on|"
    r"between [\w\s]{1,40} and [\w\s]{1,40}|us and you|you and us)\b",
    re.I,
)
# "Marks and Spencer" is one name.
NAMES = re.compile(r"\b[A-Z]\w* and [A-Z]\w*")
SENTENCE = re.compile(r"[^.!?。！？;；]+[.!?。！？;；]?")
_QUALITIES = (
    "质量|服务|价格|速度|态度|效率|环境|物流|配送|包装|外观|性能|功能|设计|产品|商品|专业性?|专业程度|"
    "卫生|口味|味道|位置|设施|售后|界面|内容|品种|种类|性价比|安全性?|准确性?|及时性?|流程|"
    "礼貌|耐心|沟通|培训|交通|住宿|餐饮|场地|讲师|组织"
)
TWO_QUALITIES = re.compile(
    rf"(?:{_QUALITIES})[^，。；？！,.;?!]{{0,4}}(?:以及|和|与|及|跟|、)"
    rf"[^，。；？！,.;?!]{{0,6}}(?:{_QUALITIES})|又[^，。又]{{1,6}}又|既[^，。]{{1,8}}又"
)

LEADING: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:don['’]?t you|do you not|wouldn['’]?t you|isn['’]?t it|aren['’]?t you|"
        r"didn['’]?t you|shouldn['’]?t we|surely|obviously|of course|as you know|"
        r"everyone knows|most (?:people|customers) (?:agree|think|say)|"
        r"how (?:great|amazing|excellent|awesome|fantastic|wonderful|delicious|"
        r"good|happy|delighted|pleased|impressed) (?:was|were|is|are)|"
        r"how much (?:did|do) you (?:love|like|enjoy|appreciate)|"
        r"our (?:great|amazing|excellent|award[- ]winning|world[- ]class|fantastic|"
        r"wonderful|outstanding|friendly|new and improved|superb|best))\b",
        re.I,
    ),
    "zh-hans": re.compile(
        r"难道|是不是很|是不是非常|不是吗|不觉得|对吧|您一定|您肯定|想必|众所周知|显然|"
        r"毫无疑问|大家都|大多数人都|有多喜欢|有多棒|有多好|有多出色|有多优秀|多么|"
        r"我们(?:优质|优秀|卓越|一流|贴心|热情|出色|完美|屡获殊荣|领先)的?"
    ),
}

PERSONAL = re.compile(
    r"\b(?:(?:your|contact|work|private) e-?mail|e-?mail address|"
    r"(?:your|contact) (?:phone|mobile|telephone)|(?:phone|mobile|telephone) number|"
    r"whatsapp|wechat|(?:first|last|full|your|family) names?|surname|"
    r"(?:home|postal|street|your) address|postcode|date of birth|birthday|birth date|"
    r"passport|id number|social security|licen[cs]e plate|account number)\b"
    r"|姓名|您的名字|称呼|电话号码|联系电话|您的电话|手机号|邮箱|邮件地址|微信|住址|"
    r"(?:您的|家庭|收货|联系|通讯)地址|邮编|出生日期|生日|身份证|护照|车牌|账号",
    re.I,
)
CONSENTING = re.compile(
    r"\b(?:consent|agree that|privacy|data protection|gdpr|personal data|"
    r"(?:will|shall) (?:only )?be used (?:only )?(?:to|for)|we (?:only )?use (?:it|your|this)|"
    r"never share|not share|kept? (?:to|for|until|only))\b"
    r"|隐私|同意|个人信息|授权|仅用于|只用于|不会(?:泄露|分享|提供)|保密",
    re.I,
)
PERSONAL_FIELDS = re.compile(
    r"^(?:e_?mail|mail|phone|mobile|tel|name|first_?name|last_?name|full_?name|surname|"
    r"address|birthday|wechat)$"
)

RECOMMEND = re.compile(
    r"\b(?:would|will|likely|likelihood|willing)\b.*\brecommend(?:ing)?\b"
    r"|推荐给|(?:愿意|可能|会|向.{1,12})推荐",
    re.I,
)
SATISFIED = re.compile(
    r"\b(?:overall|all in all|in general|as a whole)\b.*\bsatisf|"
    r"\bsatisf\w*\b.*\b(?:overall|all in all|in general|as a whole)\b|"
    r"(?:总体|整体|总的来说).*满意|满意.*(?:总体|整体)",
    re.I,
)
EFFORT = re.compile(
    r"\bhow (?:easy|difficult|hard|much effort)\b|\bmade it easy\b|\bit was easy\b|"
    r"费力|费劲|是否容易|轻松|多容易|费了多少",
    re.I,
)

GOOD_ANSWER = re.compile(
    r"^(?:(?:very|extremely|completely|fairly|rather|somewhat|mostly|strongly) )?"
    r"(?:satisfied|good|excellent|great|easy|likely|agree|happy|better)$"
    r"|^(?:非常|很|比较|十分|完全|有点)?(?:满意|好|容易|同意|可能|愿意|优秀|开心)$",
    re.I,
)
BAD_ANSWER = re.compile(
    r"^(?:(?:very|extremely|completely|fairly|rather|somewhat|mostly|strongly) )?"
    r"(?:dissatisfied|unsatisfied|bad|poor|terrible|difficult|hard|unlikely|disagree|"
    r"unhappy|worse)$"
    r"|^(?:(?:非常|很|比较|十分|完全|有点)?(?:不|没)(?:太|是很)?(?:满意|好|容易|同意|可能|愿意|开心)"
    r"|(?:非常|很|比较)?(?:差|糟糕|困难))$",
    re.I,
)


def is_double_barrelled(words: str, language: Language) -> bool:
    """Whether one answer would have to judge two things."""
    asked = _asked(words)
    if language == "zh-hans":
        return TWO_QUALITIES.search(asked) is not None
    return AND.search(PAIRS.sub("", NAMES.sub("", asked))) is not None


def _asked(words: str) -> str:
    """The sentences that ask; all of them where none does."""
    sentences = SENTENCE.findall(words)
    asking = [one for one in sentences if one.endswith(("?", "？"))]
    return " ".join(asking or sentences)


def is_leading(words: str, language: Language) -> bool:
    """Whether the question says what it would like to hear."""
    return LEADING[language].search(words) is not None
