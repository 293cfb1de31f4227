"""The example company's people, customers, journeys and surveys, in plain data."""

from dataclasses import dataclass

REGIONS = ("China", "Europe", "North America", "Southeast Asia")
PRODUCT_LINES = ("Long haul", "Short haul", "Cargo")
TIERS = ("standard", "standard", "standard", "silver", "silver", "gold", "platinum")

FIRST_NAMES = [
    "Alice",
    "Ben",
    "Clara",
    "David",
    "Elena",
    "Felix",
    "Grace",
    "Hugo",
    "Iris",
    "Jonas",
    "Kate",
    "Leo",
    "Maya",
    "Noah",
    "Olivia",
    "Peter",
    "Quinn",
    "Rosa",
    "Sam",
    "Tara",
    "Uma",
    "Victor",
    "Wendy",
    "Yara",
]
LAST_NAMES = [
    "Adler",
    "Brooks",
    "Costa",
    "Dubois",
    "Evans",
    "Fischer",
    "Garcia",
    "Hughes",
    "Ivanov",
    "Jensen",
    "Keller",
    "Lopez",
    "Moreau",
    "Novak",
    "Olsen",
    "Petrov",
    "Quist",
    "Rossi",
    "Schmidt",
    "Turner",
    "Ueda",
    "Vargas",
    "Weber",
    "Young",
]
CHINESE_LAST_NAMES = "王李张刘陈杨黄赵周吴徐孙"
CHINESE_FIRST_NAMES = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "刚",
]
COMPANIES = [
    "Aster Foods",
    "Birchwood Logistics",
    "Cobalt Systems",
    "Dunmore Textiles",
    "Eastgate Pharma",
    "Fairview Media",
    "Granite Capital",
    "Harbour Marine",
    "Ironbridge Steel",
    "Juniper Retail",
    "Kestrel Energy",
    "Lakeshore Clinics",
    "Meridian Tours",
    "Northgate Motors",
    "Orchard Software",
    "Pinecrest Paper",
    "Quarry Minerals",
    "Riverside Events",
    "Sterling Optics",
    "Tideway Shipping",
    "Upland Dairy",
    "Vertex Robotics",
    "Westmoor Legal",
    "Yellowfin Seafood",
    "Zenith Solar",
    "华晨科技",
    "东海物流",
    "长江医药",
    "北辰能源",
    "南岭食品",
    "星河传媒",
    "金桥资本",
    "云帆旅游",
    "启明软件",
    "远洋航运",
    "丰泰零售",
    "天工机械",
    "恒信咨询",
    "锦程会展",
    "瑞和纺织",
]


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    role: str
    team: str = ""
    language: str = ""  # the browser's


# The first person of each role is the demo account whose password is printed.
PEOPLE = (
    Person("ada", "Ada Lindqvist", "administrator"),
    Person("mei", "Mei Tan", "cx_manager"),
    Person("tom", "Tom Becker", "team_lead", "Account management"),
    Person("ana", "Ana Costa", "agent", "Account management"),
    Person("eva", "Eva Rossi", "executive"),
    Person("otto", "Otto Weber", "agent", "Account management"),
    Person("lin", "Lin Yue", "agent", "Account management", "zh-hans"),
    Person("sara", "Sara Novak", "team_lead", "Customer service"),
    Person("ravi", "Ravi Menon", "agent", "Customer service"),
    Person("nina", "Nina Olsen", "agent", "Customer service"),
    Person("wei", "Wei Zhang", "team_lead", "China service desk", "zh-hans"),
    Person("fang", "Fang Liu", "agent", "China service desk", "zh-hans"),
    Person("gus", "Gus Keller", "team_lead", "Ground operations"),
    Person("ida", "Ida Jensen", "agent", "Ground operations"),
    Person("dan", "Dan Hughes", "team_lead", "Digital"),
    Person("zoe", "Zoe Martin", "agent", "Digital"),
    Person("carl", "Carl Dubois", "team_lead", "Cabin crew"),
    Person("bea", "Bea Garcia", "agent", "Cabin crew"),
)
# They own the accounts, in turn.
ACCOUNT_MANAGERS = ("ana", "otto", "lin")


@dataclass(frozen=True)
class TouchpointPlan:
    key: str
    name: str
    stage: str
    channel: str
    team: str
    is_moment_of_truth: bool = False


@dataclass(frozen=True)
class JourneyPlan:
    name: str
    description: str
    persona: str
    touchpoints: tuple[TouchpointPlan, ...]


_T = TouchpointPlan
JOURNEYS = (
    JourneyPlan(
        "A business trip",
        "From the idea of a trip to the expense report.",
        "Claire, who flies every week",
        (
            _T("search-fares", "Search for fares", "consideration", "web", "Digital"),
            _T("online-booking", "Online booking", "purchase", "web", "Digital", True),
            _T("check-in", "Check-in", "use", "store", "Ground operations"),
            _T("on-board", "On board", "use", "product", "Cabin crew", True),
            _T("baggage-claim", "Baggage claim", "use", "store", "Ground operations"),
            _T("support-call", "Support call", "service", "phone", "Customer service"),
            _T("miles-account", "Miles account", "loyalty", "app", "Digital"),
        ),
    ),
    JourneyPlan(
        "A family holiday",
        "Once a year, with children, and everything has to work.",
        "The Wangs, who fly once a year",
        (
            _T("holiday-offers", "Holiday offers", "awareness", "social", "Digital"),
            _T(
                "call-centre",
                "Booking by phone",
                "purchase",
                "phone",
                "China service desk",
            ),
            _T(
                "family-boarding",
                "Family boarding",
                "use",
                "store",
                "Ground operations",
            ),
            _T(
                "wechat-service",
                "Service chat",
                "service",
                "chat",
                "China service desk",
            ),
        ),
    ),
    JourneyPlan(
        "A corporate account",
        "From the first contract to its renewal.",
        "Henrik, who buys travel for four hundred",
        (
            _T(
                "contract",
                "Contract and set-up",
                "purchase",
                "email",
                "Account management",
            ),
            _T("invoicing", "Monthly invoice", "use", "email", "Account management"),
            _T(
                "account-review",
                "Quarterly review",
                "loyalty",
                "phone",
                "Account management",
                True,
            ),
        ),
    ),
)

PERSONAS = {
    "Claire, who flies every week": {
        "background": "Consultant in Lyon, forty flights a year, hand luggage only.",
        "demographics": "38, lives in a city, gold tier.",
        "identifiers": "Books on the phone, in the evening, the day before.",
        "goals": "Arrive rested and on time\nNever queue",
        "challenges": "Short connections\nExpense reports",
        "solutions": "Priority lane\nOne-tap rebooking",
    },
    "The Wangs, who fly once a year": {
        "background": "A family of four from Chengdu on the way to the sea.",
        "demographics": "Parents about 40, children of 6 and 9.",
        "identifiers": "Book three months ahead, by phone or chat.",
        "goals": "Sit together\nKeep the children happy",
        "challenges": "Rules about luggage\nLanguage at foreign airports",
        "solutions": "Family boarding\nService chat in Chinese",
    },
    "Henrik, who buys travel for four hundred": {
        "background": "Procurement lead of an engineering company.",
        "demographics": "51, Gothenburg.",
        "identifiers": "Signs the contract, never flies on it.",
        "goals": "Predictable cost\nOne person who answers",
        "challenges": "Invoices that cannot be reconciled",
        "solutions": "A named account manager\nMonthly statement",
    },
}


@dataclass(frozen=True)
class SurveyPlan:
    slug: str
    name: str
    kind: str
    touchpoint: str
    subject: str  # which of words.COMMENTS its customers draw from
    weight: int  # its share of all answers
    mood: float  # how content its customers are: 0 awful, 1 delighted
    question: tuple[str, str] | None = None
    attributes: tuple[tuple[str, str, str], ...] = ()


ON_BOARD = (
    ("seat", "Seat comfort", "座椅舒适度"),
    ("staff", "Cabin crew", "乘务员服务"),
    ("food", "Food and drinks", "餐食饮料"),
    ("entertainment", "Entertainment", "机上娱乐"),
    ("ground", "Ground service", "地面服务"),
    ("wifi", "Wi-Fi", "无线网络"),
    ("value", "Value for money", "性价比"),
)
SURVEYS = (
    SurveyPlan(
        "relationship-nps", "Corporate relationship", "nps", "account-review", "account",
        10, 0.62,
    ),
    SurveyPlan(
        "online-booking", "Online booking", "ces7", "online-booking", "booking",
        20, 0.66,
        ("Do you agree: booking was easy?", "您是否同意：订票很轻松？"),
    ),
    SurveyPlan(
        "check-in", "Check-in", "csat", "check-in", "airport", 20, 0.68,
        ("How satisfied are you with check-in?", "您对值机服务满意吗？"),
    ),
    SurveyPlan(
        "flight-experience", "Flight experience", "nps", "on-board", "flight", 25, 0.64,
        None, ON_BOARD,
    ),
    SurveyPlan(
        "baggage", "Baggage", "csat", "baggage-claim", "baggage", 10, 0.58,
        ("How satisfied are you with how we handled your baggage?", "您对行李服务满意吗？"),
    ),
    SurveyPlan(
        "support", "Support contact", "ces7", "support-call", "support", 15, 0.55,
        ("Do you agree: getting help was easy?", "您是否同意：寻求帮助很轻松？"),
    ),
    # Empty at first: the documented example imports published reviews into it.
    SurveyPlan(
        "flight-reviews", "Flight reviews", "nps", "on-board", "flight", 0, 0.5,
        None, ON_BOARD,
    ),
)  # fmt: skip
