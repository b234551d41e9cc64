"""Login and one's own password: forms and views."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import reverse, reverse_lazy


class LoginForm(AuthenticationForm):
    """ユーザー名 and パスワード; one sentence for every wrong pair, whichever part is wrong."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "ユーザー名かパスワードが違います。大文字と小文字、全角と半角を確かめてください。",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "ユーザー名"
        self.fields["password"].label = "パスワード"


class OwnPasswordForm(PasswordChangeForm):
    """Changing one's own password."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "いまのパスワードが違います。もう一度入力してください。",
        "password_mismatch": "上の「新しいパスワード」と違います。同じものを入力してください。",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "いまのパスワード"
        self.fields["new_password2"].label = "新しいパスワード（確認）"
        self.fields["new_password2"].help_text = "同じものをもう一度入力してください。"


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
