from surveys.models.campaign import Campaign
from surveys.models.counts import QuotaCount, Shown
from surveys.models.export import Export
from surveys.models.files import Asset, Upload
from surveys.models.invitation import Invitation
from surveys.models.partial import Partial
from surveys.models.past_change import PastChange
from surveys.models.response import Response
from surveys.models.site import AllowedSite
from surveys.models.survey import Survey, SurveyVersion
from surveys.models.tally import Tally
from surveys.models.taxonomy import TopicReading, TopicRule

__all__ = [
    "AllowedSite",
    "Asset",
    "Campaign",
    "Export",
    "Invitation",
    "Partial",
    "PastChange",
    "QuotaCount",
    "Response",
    "Shown",
    "Survey",
    "SurveyVersion",
    "Tally",
    "TopicReading",
    "TopicRule",
    "Upload",
]
