from teams.models.notification import Notification
from teams.models.scope import DataScope
from teams.models.team import Membership, Role, Team
from teams.models.token import ApiToken
from teams.models.user import User
from teams.models.working_hours import WorkingHours

__all__ = [
    "ApiToken",
    "DataScope",
    "Membership",
    "Notification",
    "Role",
    "Team",
    "User",
    "WorkingHours",
]
