"""What the customers of the example company say, by subject, mood and language.

Our own sentences; each list is short on purpose and combined at random.
"""

from collections.abc import Mapping

Sentences = Mapping[str, tuple[str, ...]]

COMMENTS: Mapping[str, Mapping[str, Sentences]] = {
    "booking": {
        "good": {
            "en": (
                "Booked in three minutes on my phone, no fuss.",
                "Changing the return date online was easy.",
                "Clear prices and no surprises at checkout.",
                "The seat map finally makes sense.",
            ),
            "zh-hans": (
                "手机上三分钟就订好了，很省心。",
                "在线改签很方便。",
                "价格清楚，结账时没有额外收费。",
                "选座页面终于好用了。",
            ),
        },
        "mixed": {
            "en": (
                "It worked, but the site was slow in the evening.",
                "Fine, although I had to enter my details twice.",
            ),
            "zh-hans": ("能订，但是晚上网站有点慢。", "还行，就是资料要填两遍。"),
        },
        "bad": {
            "en": (
                "Payment failed twice and the website charged me both times.",
                "The app crashed at the last step and I lost my seats.",
                "I could not find how to add a bag. Confusing website.",
                "Refund promised three weeks ago, still nothing.",
            ),
            "zh-hans": (
                "支付失败两次，却扣了两次款。",
                "最后一步闪退，选好的座位没了。",
                "找不到怎么加行李，网站太复杂。",
                "说好的退款三周了还没到账。",
            ),
        },
    },
    "airport": {
        "good": {
            "en": (
                "Check-in took two minutes, friendly staff.",
                "Priority lane was fast and well signed.",
                "The kiosk printed everything at the first try.",
            ),
            "zh-hans": (
                "值机只用了两分钟，工作人员很热情。",
                "优先通道很快，指示清楚。",
                "自助机一次就打印好了。",
            ),
        },
        "mixed": {
            "en": (
                "Queue was acceptable, announcements hard to hear.",
                "Staff were polite but there were too few counters.",
            ),
            "zh-hans": ("排队还可以，广播听不清。", "服务态度不错，就是柜台太少。"),
        },
        "bad": {
            "en": (
                "Waited fifty minutes with only two counters open.",
                "Nobody told us about the gate change.",
                "Rude staff at the desk, nobody apologised for the delay.",
            ),
            "zh-hans": (
                "只开两个柜台，排了五十分钟。",
                "换登机口没有人通知我们。",
                "柜台态度差，航班延误也没人道歉。",
            ),
        },
    },
    "flight": {
        "good": {
            "en": (
                "The crew were attentive and kind from start to finish.",
                "Comfortable seat and surprisingly good food.",
                "Landed early, everything worked. Will fly again.",
                "Best cabin crew I have met in years.",
            ),
            "zh-hans": (
                "空乘全程都很细心周到。",
                "座位舒服，餐食出乎意料地好吃。",
                "提前到达，一切顺利，下次还坐。",
                "这几年遇到的最好的机组。",
            ),
        },
        "mixed": {
            "en": (
                "Pleasant crew, but the entertainment screen did not work.",
                "On time. The food was average.",
            ),
            "zh-hans": ("机组不错，但是娱乐屏坏了。", "准点，餐食一般。"),
        },
        "bad": {
            "en": (
                "Four hours late and no information at all.",
                "Broken seat, cold meal, and the wifi I paid for never worked.",
                "Dirty cabin. I missed my connection and nobody helped.",
                "Cramped seat and an unfriendly crew.",
            ),
            "zh-hans": (
                "晚点四个小时，没有任何说明。",
                "座椅坏了，饭是凉的，买的无线网一直连不上。",
                "客舱很脏，我错过了转机也没人管。",
                "座位太挤，机组态度冷淡。",
            ),
        },
    },
    "baggage": {
        "good": {
            "en": (
                "My bag was on the belt before I got there.",
                "Lost bag found and delivered the same evening. Great help.",
            ),
            "zh-hans": (
                "我到的时候行李已经在转盘上了。",
                "行李当晚就送到家，服务真好。",
            ),
        },
        "mixed": {
            "en": ("Bags came after half an hour. Acceptable.",),
            "zh-hans": ("等了半小时行李，还能接受。",),
        },
        "bad": {
            "en": (
                "My suitcase arrived with a broken wheel.",
                "Two days without my luggage and nobody answers the phone.",
                "Waited ninety minutes at the belt.",
            ),
            "zh-hans": (
                "行李箱轮子被摔坏了。",
                "行李两天没到，电话也没人接。",
                "在转盘等了一个半小时。",
            ),
        },
    },
    "support": {
        "good": {
            "en": (
                "Solved in one call, and they called back as promised.",
                "The agent knew my case and rebooked me at once.",
                "Quick and friendly answer in the chat.",
            ),
            "zh-hans": (
                "一个电话就解决了，还按约定回了电。",
                "客服了解我的情况，马上帮我改签。",
                "在线客服回复又快又好。",
            ),
        },
        "mixed": {
            "en": ("Helpful in the end, but I had to explain everything twice.",),
            "zh-hans": ("最后解决了，但是要重复讲两遍。",),
        },
        "bad": {
            "en": (
                "Forty minutes on hold and then the line was cut.",
                "I was sent from department to department, nobody owns my problem.",
                "No reply to my e-mail for eight days.",
            ),
            "zh-hans": (
                "等了四十分钟电话还断了。",
                "被各个部门踢来踢去，没人负责。",
                "邮件八天没人回复。",
            ),
        },
    },
    "account": {
        "good": {
            "en": (
                "Our account manager answers within the hour. A real partner.",
                "Reliable, and the quarterly review was useful.",
            ),
            "zh-hans": (
                "客户经理一小时内就回复，合作很愉快。",
                "很可靠，季度回顾很有用。",
            ),
        },
        "mixed": {
            "en": ("Good flights, but the invoices are hard to reconcile.",),
            "zh-hans": ("航班不错，但是账单很难对。",),
        },
        "bad": {
            "en": (
                "Three wrong invoices this quarter. We are looking at others.",
                "The contract discount was not applied and nobody explains why.",
            ),
            "zh-hans": (
                "这个季度账单错了三次，我们在考虑别家。",
                "合同折扣没有执行，也没人解释。",
            ),
        },
    },
}

OUTCOMES = (
    "Apologised, explained the cause and agreed the next step with the customer.",
    "Refunded the charge and confirmed by e-mail.",
    "Rebooked free of charge and followed up after the flight.",
    "Sent a voucher and passed the cause to the department.",
)
CALLS = (
    "Called, listened, and promised a solution by tomorrow.",
    "Reached the customer by phone; they were glad that somebody called.",
    "Spoke with the customer and took down the details.",
)
NOT_SOLVED = (
    "The refund has still not arrived.",
    "Nobody called back as promised.",
    "同样的问题昨天又发生了。",
)
