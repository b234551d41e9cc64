"""Login and one's own password."""

from django.contrib.auth.views import LoginView, PasswordChangeView
from django.urls import reverse_lazy


class Login(LoginView):
    """Fields `username` and `password`."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True


class PasswordChange(PasswordChangeView):
    """Changing one's own password; no mail anywhere."""

    template_name = "registration/password.html"
    success_url = reverse_lazy("plans:home")
