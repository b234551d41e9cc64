"""A file as a response: the headers of every download of every app."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def as_download(content: bytes | str, content_type: str, filename: str) -> HttpResponse:
    """The response that a browser saves under this name, Japanese or not."""
    disposition = content_disposition_header(as_attachment=True, filename=filename) or ""
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
