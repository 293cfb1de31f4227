"""Addresses of this app."""

from django.urls import URLPattern, URLResolver

from surveys.views import respond

app_name = "surveys"

# Answered by the middleware `surveys.respondents`, before everything else.
respondent_pages = (
    ("/s/", respond.open_link),
    ("/i/", respond.personal_link),
)

urlpatterns: list[URLPattern | URLResolver] = []
