"""What happens to a request by a person who is not, or no longer, logged in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

NOT_SAVED = (
    "ログインしていないか、ログインの有効期間が過ぎているため、いま送った内容は保存されていません。"
    "ログインすると、送る前のページに戻ります。もう一度入力してください。"
)


class AskForLogin(LoginRequiredMiddleware):
    """Redirects to the login, and from there to the requested page.

    A POST is not carried out, and a message says so; the way back then leads to the page with the form, since many
    addresses that accept a POST are no pages.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        if request.path != reverse("plans:logout"):
            messages.warning(request, NOT_SAVED)
        return redirect_to_login(
            _page_of(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )


def _page_of(request: HttpRequest) -> str:
    """The page of ours from which this was sent, as far as the browser says; else the requested one."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return request.get_full_path()
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
