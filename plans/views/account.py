"""Login and one's own password."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse, reverse_lazy

from plans.forms import LoginForm, OwnPasswordForm


class Login(LoginView):
    """Fields `username` and `password`; afterwards the requested page."""

    form_class = LoginForm
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """The requested page; "" for the login itself, which would be a loop, and for the logout after an expired
        session, which is no page.
        """
        asked = str(super().get_redirect_url())
        return "" if urlsplit(asked).path in (self.request.path, reverse("plans:logout")) else asked


class PasswordChange(SuccessMessageMixin, PasswordChangeView):
    """Changing one's own password; no mail anywhere."""

    form_class = OwnPasswordForm
    template_name = "registration/password.html"
    success_url = reverse_lazy("plans:home")
    success_message = "パスワードを変更しました。"
