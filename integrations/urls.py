"""Addresses that other systems call."""

from django.urls import include, path

urlpatterns = [path("mail/", include("integrations.email.urls"))]
