from teams.models.absence import Absence
from teams.models.notification import NoticePreference, Notification
from teams.models.past_hours import PastHours
from teams.models.scope import DataScope
from teams.models.team import Membership, Role, Team
from teams.models.token import ApiToken
from teams.models.user import User
from teams.models.working_hours import WorkingHours

__all__ = [
    "Absence",
    "ApiToken",
    "DataScope",
    "Membership",
    "NoticePreference",
    "Notification",
    "PastHours",
    "Role",
    "Team",
    "User",
    "WorkingHours",
]
