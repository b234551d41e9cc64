"""The user behind a request."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class PersonRequest(HttpRequest):
    """A request of a logged-in user: LoginRequiredMiddleware lets no other through to these pages."""

    user: User
