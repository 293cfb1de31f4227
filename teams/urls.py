"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from teams.views import (
    absences,
    home,
    notice_choices,
    notifications,
    people,
    profile,
    teams,
    tokens,
    working_hours,
)

app_name = "teams"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", home.set_language, name="set_language"),
    path("look/", home.set_look, name="set_look"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/reading/", notifications.read_all, name="read_all"),
    path("notifications/<int:pk>/reading/", notifications.read, name="read"),
    path("settings/", profile.profile, name="settings"),
    path("settings/presence/", profile.presence, name="presence"),
    path("settings/notices/", notice_choices.notice_choices, name="notice_choices"),
    path("settings/absences/", absences.absence_list, name="absences"),
    path("settings/absences/new/", absences.new_absence, name="new_absence"),
    path("settings/absences/<int:pk>/", absences.absence, name="absence"),
    path("settings/absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path(
        "settings/tokens/<int:pk>/revocation/",
        tokens.token_revocation,
        name="token_revocation",
    ),
    path("settings/people/", people.people_list, name="people"),
    path("settings/people/invitation/", people.invitation, name="invitation"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/activity/", people.activity, name="activity"),
    path(
        "settings/people/<int:pk>/presence/",
        people.person_presence,
        name="person_presence",
    ),
    path(
        "settings/people/<int:pk>/lockout-removal/",
        people.lockout_removal,
        name="lockout_removal",
    ),
    path(
        "settings/people/<int:pk>/invitation/",
        people.invitation_again,
        name="invitation_again",
    ),
    path("settings/people/<int:pk>/scopes/", people.scope_addition, name="scopes"),
    path(
        "settings/people/<int:pk>/scopes/<int:scope_pk>/removal/",
        people.scope_removal,
        name="scope_removal",
    ),
    path("settings/teams/", teams.teams_list, name="teams"),
    path("settings/teams/new/", teams.new_team, name="new_team"),
    path("settings/teams/<int:pk>/", teams.team, name="team"),
    path(
        "settings/teams/<int:pk>/deletion/", teams.team_deletion, name="team_deletion"
    ),
    path(
        "settings/teams/<int:pk>/retirement/",
        teams.team_retirement,
        name="team_retirement",
    ),
    path("settings/teams/<int:pk>/return/", teams.team_return, name="team_return"),
    path("settings/working-hours/", working_hours.hours_list, name="hours_list"),
    path("settings/working-hours/new/", working_hours.new_hours, name="new_hours"),
    path("settings/working-hours/<int:pk>/", working_hours.hours, name="hours"),
    path(
        "settings/working-hours/<int:pk>/holidays/",
        working_hours.holidays,
        name="holidays",
    ),
    path(
        "settings/working-hours/<int:pk>/deletion/",
        working_hours.hours_deletion,
        name="hours_deletion",
    ),
]
