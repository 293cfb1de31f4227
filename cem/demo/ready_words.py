"""Ready-made words of the example company, for letters that are written every day."""

from datetime import datetime

from teams.models import User
from tickets import macros
from tickets.models import Macro, Pause


def write(*, by: User, at: datetime) -> None:
    for words in _words():
        macros.save(words, by=by, at=at)


def _words() -> list[Macro]:
    return [
        Macro(
            name="First letter",
            subject_en="Your feedback: {touchpoint}",
            subject_zh="您的反馈：{touchpoint}",
            text_en=(
                "Dear {customer},\n\nthank you for telling us. This should not have "
                "happened, and I am finding out how it came to that. You will hear "
                "from me by {due} at the latest.\n\n{agent}, {team}"
            ),
            text_zh=(
                "{customer}，您好！\n\n感谢您告诉我们。这样的事本不该发生，我正在查明"
                "原因，最迟于 {due} 给您答复。\n\n{agent}，{team}"
            ),
        ),
        Macro(
            name="Ask for the receipt",
            text_en=(
                "Dear {customer},\n\nto pay the amount back I need the receipt. Could "
                "you send it as an answer to this letter?\n\n{agent}"
            ),
            text_zh=(
                "{customer}，您好！\n\n为办理退款，我需要相关票据。请直接回复本邮件发送"
                "给我。\n\n{agent}"
            ),
            acts={"pause": Pause.Reason.CUSTOMER.value, "tags": ["receipt"]},
        ),
        Macro(
            name="Delay: how to claim",
            text_en=(
                "Dear {customer},\n\nI am sorry for the long wait. For a delay of this "
                "length you are owed money; I have started your claim under number "
                "{number} and see to it that it is paid.\n\n{agent}"
            ),
            text_zh=(
                "{customer}，您好！\n\n很抱歉让您久等。按延误时长您应获得补偿；我已为您"
                "提交申请（编号 {number}），并会跟进到账。\n\n{agent}"
            ),
            acts={"tags": ["delay"]},
        ),
    ]
