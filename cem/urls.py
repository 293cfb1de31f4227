"""Every address of the product; respondents' pages are in `surveys.respondents`."""

from django.urls import include, path

from cem import audit_pages
from dashboards.urls import public_patterns as shared_patterns
from surveys.urls import site_patterns
from tickets.urls import initiative_patterns, public_patterns

urlpatterns = [
    path("accounts/", include("teams.sign_in_urls")),
    path("customers/", include("customers.urls")),
    path("journeys/", include("journeys.urls")),
    path("surveys/", include("surveys.urls")),
    path("settings/sites/", include(site_patterns)),
    path("tickets/", include("tickets.urls")),
    path("initiatives/", include(initiative_patterns)),
    path("dashboards/", include("dashboards.urls")),
    path("integrations/", include("integrations.urls")),
    path("api/", include("cem.api.urls")),
    path("", include("cem.health_urls")),
    path("settings/audit/", audit_pages.trail, name="cem_audit"),
    path("settings/audit/trail.jsonl", audit_pages.download, name="cem_audit_file"),
    path("", include(public_patterns)),
    path("", include(shared_patterns)),
    path("", include("teams.urls")),
]
