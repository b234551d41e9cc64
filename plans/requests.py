"""The user behind a request, and its address."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class PersonRequest(HttpRequest):
    """A request of a logged-in user: LoginRequiredMiddleware lets no other through to these pages."""

    user: User


def address_without(request: HttpRequest, name: str) -> str:
    """The address of the same page with all query parameters but this one."""
    asked = request.GET.copy()
    asked.pop(name, None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path
