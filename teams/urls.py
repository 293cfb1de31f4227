"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from teams.views import home, notifications, profile

app_name = "teams"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", home.set_language, name="set_language"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/reading/", notifications.read_all, name="read_all"),
    path("notifications/<int:pk>/reading/", notifications.read, name="read"),
    path("settings/", profile.profile, name="settings"),
    path("settings/presence/", profile.presence, name="presence"),
]
