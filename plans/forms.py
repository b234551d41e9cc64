"""Forms of the account pages."""

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


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
