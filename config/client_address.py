"""The client address by which failed logins are counted."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's IP address; "" where the server gives none.

    Behind a proxy REMOTE_ADDR is the proxy for everyone. The last entry of X-Forwarded-For is the one the proxy wrote
    itself; those before it came from the caller and may be invented.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")
