"""Where mail providers call."""

from django.urls import path

from integrations.email.views import received

urlpatterns = [path("<slug:provider>/", received, name="mail_received")]
