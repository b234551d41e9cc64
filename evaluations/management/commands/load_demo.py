"""`manage.py load_demo`: 印西市 第6期, みほん市（架空） 第7期 and the people to log in as."""

import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand

from evaluations.demo.loading import PEOPLE, load_demo, own_people
from evaluations.management.arguments import refuse_in_production
from plans.models import Municipality

IN_PRODUCTION = (
    "見本は読み込みません。見本の利用者は、全員が同じパスワードでログインできるためです。"
    "試すときは、別のデータベースを使い、DJANGO_ENV を production にせずに実行してください。"
)
NOT_OURS = (
    "この名前の利用者は見本専用ではないため、何も変えていません（パスワードもそのままです）"
    " / not the demo's: left as it is"
)


class Command(BaseCommand):
    """DEMO_PASSWORD in the environment sets the password of the people; without it a random one is made.

    Exit 2 in production. An account that the demo did not make is left alone.
    """

    help = "見本の計画二つと利用者を作ります。入力済みの内容は変えず、見本の利用者のパスワードだけを付け直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_in_production(IN_PRODUCTION)
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        for loaded in load_demo(password=password):
            done = "作成しました / created" if loaded.is_new else "そのまま残しました / left as it is"
            self.stdout.write(f"{loaded.plan}（{loaded.plan.slug}）: {done}")
        self._list_people(password)

    def _list_people(self, password: str) -> None:
        names = dict(Municipality.objects.values_list("code", "name"))
        own = own_people()
        self.stdout.write("\n利用者 / people")
        for person in PEOPLE:
            role = f"{names[person.municipality_code]} {person.role.label} / {person.role.value}"
            self.stdout.write(f"  {person.username:<10}{role if person.username in own else NOT_OURS}")
        if len(own) == len(PEOPLE):
            self.stdout.write(f"パスワード（全員同じ） / password for all: {password}")
        elif own:
            self.stdout.write(f"パスワード（見本の利用者だけ、全員同じ） / password of the demo's people: {password}")
