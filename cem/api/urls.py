"""Addresses of the API."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from cem.api.docs import docs
from cem.api.survey_document import survey_document_schema
from cem.api.unknown import UnknownAddress
from customers.api import CustomerList, InteractionIntake
from dashboards.api import MetricList
from surveys.api import ResponseIntake, ResponseList, SurveyDetail, SurveyList
from tickets.api import TicketList

resources = [
    path("surveys/", SurveyList.as_view(), name="api_surveys"),
    path("surveys/<slug:slug>/", SurveyDetail.as_view(), name="api_survey"),
    path(
        "surveys/<slug:slug>/responses/",
        ResponseIntake.as_view(),
        name="api_response_intake",
    ),
    path("responses/", ResponseList.as_view(), name="api_responses"),
    path("tickets/", TicketList.as_view(), name="api_tickets"),
    path("customers/", CustomerList.as_view(), name="api_customers"),
    path("metrics/", MetricList.as_view(), name="api_metrics"),
    path("interactions/", InteractionIntake.as_view(), name="api_interactions"),
]

urlpatterns = [
    path("", login_not_required(RedirectView.as_view(pattern_name="api_docs"))),
    path("schema/survey-document.json", survey_document_schema),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", docs, name="api_docs"),
    path("v1/", include(resources)),
    re_path(r"", UnknownAddress.as_view()),
]
