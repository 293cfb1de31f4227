from surveys.models.campaign import Campaign
from surveys.models.invitation import Invitation
from surveys.models.response import Response
from surveys.models.survey import Survey, SurveyVersion

__all__ = ["Campaign", "Invitation", "Response", "Survey", "SurveyVersion"]
