"""What a new survey says before anybody words it: good defaults in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.elements import Text


class Kind(models.TextChoices):
    """What a survey measures, together with its scale."""

    NPS = "nps", _("Recommendation (NPS, 0 to 10)")
    CSAT = "csat", _("Satisfaction (CSAT, 1 to 5)")
    CES7 = "ces7", _("Effort (CES, 1 to 7)")
    CES5 = "ces5", _("Effort (CES, 1 to 5)")


@dataclass(frozen=True)
class Question:
    """The leading question of one kind; `scale` is its highest value."""

    metric: str
    scale: int
    text: Text
    low_label: Text
    high_label: Text


QUESTIONS: Mapping[str, Question] = {
    Kind.NPS: Question(
        "nps",
        10,
        {
            "en": "How likely are you to recommend us to a friend or colleague?",
            "zh-hans": "您有多大可能把我们推荐给朋友或同事？",
        },
        {"en": "Not at all likely", "zh-hans": "完全不可能"},
        {"en": "Extremely likely", "zh-hans": "非常可能"},
    ),
    Kind.CSAT: Question(
        "csat",
        5,
        {
            "en": "How satisfied are you with your experience?",
            "zh-hans": "您对这次体验满意吗？",
        },
        {"en": "Very dissatisfied", "zh-hans": "非常不满意"},
        {"en": "Very satisfied", "zh-hans": "非常满意"},
    ),
    Kind.CES7: Question(
        "ces",
        7,
        {
            "en": "Do you agree: it was easy to get what I needed?",
            "zh-hans": "您是否同意：这次办事很轻松？",
        },
        {"en": "Strongly disagree", "zh-hans": "非常不同意"},
        {"en": "Strongly agree", "zh-hans": "非常同意"},
    ),
    Kind.CES5: Question(
        "ces",
        5,
        {
            "en": "How easy was it to get what you needed?",
            "zh-hans": "这次办事对您来说容易吗？",
        },
        {"en": "Very difficult", "zh-hans": "非常困难"},
        {"en": "Very easy", "zh-hans": "非常容易"},
    ),
}

TITLE: Text = {"en": "How did we do?", "zh-hans": "我们做得怎么样？"}
FOLLOW_UP: Text = {
    "en": "What is the main reason for your answer?",
    "zh-hans": "您这样评分的主要原因是什么？",
}
CONTACT: Text = {
    "en": "Please contact me about this",
    "zh-hans": "请就此事与我联系",
}
ENDINGS: Mapping[str, Text] = {
    "promoter": {
        "en": "Thank you! We are glad that it went well.",
        "zh-hans": "谢谢您！很高兴您感到满意。",
    },
    "passive": {
        "en": "Thank you. Your answer helps us to do better.",
        "zh-hans": "谢谢您！您的意见会帮助我们做得更好。",
    },
    "detractor": {
        "en": "Thank you for telling us. We are sorry that we let you down, and we will look into it.",
        "zh-hans": "感谢您坦诚相告。很抱歉没有让您满意，我们会认真查找原因。",
    },
}
