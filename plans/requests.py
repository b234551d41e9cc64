"""The user behind a request, its address, and a file as the response."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header


class PersonRequest(HttpRequest):
    """A request of a logged-in user: LoginRequiredMiddleware lets no other through to these pages."""

    user: User


def address_without(request: HttpRequest, name: str) -> str:
    """The address of the same page with all query parameters but this one."""
    asked = request.GET.copy()
    asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def as_download(content: bytes | str, content_type: str, filename: str) -> HttpResponse:
    """The response that a browser saves under this name, Japanese or not."""
    disposition = content_disposition_header(as_attachment=True, filename=filename) or ""
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
