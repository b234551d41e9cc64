"""Who stands before a page."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class PersonRequest(HttpRequest):
    """A request of somebody who has logged in: LoginRequiredMiddleware lets no other through to these pages."""

    user: User
