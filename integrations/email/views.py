"""What a mail provider posts to us: each in the form that django-anymail knows."""

from collections.abc import Mapping

from anymail.signals import AnymailInboundEvent, inbound
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from tickets.inbound import take_in

# Those that prove by name and password who they are, which all of these can.
PROVIDERS: Mapping[str, str] = {
    name: f"anymail.webhooks.{name}.{view}InboundWebhookView"
    for name, view in (
        ("mailjet", "Mailjet"),
        ("postmark", "Postmark"),
        ("sendgrid", "SendGrid"),
        ("sparkpost", "SparkPost"),
    )
}


@csrf_exempt
@login_not_required
def received(request: HttpRequest, provider: str) -> HttpResponse:
    """Only the provider of the settings, and only where a secret is set.

    A wrong secret is refused (400) before anything is read; an error of ours is a 500,
    after which providers try again.
    """
    if provider != settings.MAIL_WEBHOOK_PROVIDER or provider not in PROVIDERS:
        raise Http404
    if not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    view = import_string(PROVIDERS[provider]).as_view()
    response: HttpResponse = view(request)
    return response


@receiver(inbound, dispatch_uid="integrations.email.views.take")
def take(event: AnymailInboundEvent, **_about: object) -> None:
    take_in(event.message.as_bytes(), at=timezone.now())
