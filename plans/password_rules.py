"""The rules of a password, in the words of our pages. The rules themselves are Django's."""

from django.contrib.auth import password_validation as rules


class LongEnough(rules.MinimumLengthValidator):
    """A minimum number of characters."""

    def get_error_message(self) -> str:
        return f"短すぎます。{self.min_length}文字以上にしてください。"

    def get_help_text(self) -> str:
        return f"{self.min_length}文字以上にしてください。"


class UnlikeThePerson(rules.UserAttributeSimilarityValidator):
    """Neither the name of the person nor that of the login."""

    def get_error_message(self) -> str:
        return "ユーザー名か氏名に似ています。似ていないものにしてください。"

    def get_help_text(self) -> str:
        return "ユーザー名や氏名に似たものは使えません。"


class Uncommon(rules.CommonPasswordValidator):
    """None of those that are tried first."""

    def get_error_message(self) -> str:
        return "よく使われているパスワードです。ほかの人が思いつかないものにしてください。"

    def get_help_text(self) -> str:
        return "「password123」のように、よく使われているものは使えません。"


class NotDigitsAlone(rules.NumericPasswordValidator):
    """Something besides digits."""

    def get_error_message(self) -> str:
        return "数字だけになっています。英字か記号も入れてください。"

    def get_help_text(self) -> str:
        return "数字だけのものは使えません。英字か記号も入れてください。"
