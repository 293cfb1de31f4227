"""Addresses of this app: things are nouns, an act on a ticket is a sub-resource."""

from django.urls import path

from tickets.views import case, closure, desk, rules

app_name = "tickets"

urlpatterns = [
    path("", desk.ticket_list, name="list"),
    path("export.csv", desk.export, name="export"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/activity/", rules.rule_activity, name="rule_activity"),
    path("rules/<int:pk>/position/", rules.rule_position, name="rule_position"),
    path("policies/<int:pk>/", rules.policy, name="policy"),
    path("<int:number>/", case.detail, name="detail"),
    path("<int:number>/contacts/", case.act, {"name": "contact"}, name="contact"),
    path(
        "<int:number>/resolution/", case.act, {"name": "resolution"}, name="resolution"
    ),
    path(
        "<int:number>/resolution/letter/", closure.letter_preview, name="letter_preview"
    ),
    path("<int:number>/reopening/", case.act, {"name": "reopening"}, name="reopening"),
    path(
        "<int:number>/assignment/", case.act, {"name": "assignment"}, name="assignment"
    ),
    path("<int:number>/notes/", case.act, {"name": "note"}, name="note"),
]

# The customers' side: no sign-in, found by the token alone.
public_patterns = [path("c/<str:token>/", closure.outcome, name="outcome")]
