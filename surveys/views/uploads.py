"""A respondent's file, for those who may see the answer it came with."""

from uuid import UUID

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from surveys import uploads
from surveys.loading import get_response_for
from surveys.models import Upload
from teams.access import StaffRequest, requires
from teams.roles import Ability

# Whatever a customer sent, no browser of ours runs any of it.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def download(request: StaffRequest, pk: UUID, file: UUID) -> FileResponse:
    answer = get_response_for(request.user, pk)
    upload = get_object_or_404(Upload, pk=file, response_id=answer.pk)
    try:
        content = uploads.path_of(upload.pk).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    uploads.record_download(upload, by=request.user.email, at=timezone.now())
    return FileResponse(
        content,
        as_attachment=True,
        filename=upload.name,
        content_type=upload.content_type,
        headers=HARMLESS,
    )
