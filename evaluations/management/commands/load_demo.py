"""`manage.py load_demo`: 印西市 第6期, みほん市（架空） 第7期 and the people to log in as."""

import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand

from evaluations.demo.loading import PEOPLE, load_demo
from plans.models import Municipality


class Command(BaseCommand):
    """DEMO_PASSWORD in the environment sets the password of the people; without it a random one is made."""

    help = "見本の計画二つと利用者を作ります。入力済みの内容は変えず、パスワードだけを付け直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        for loaded in load_demo(password=password):
            done = "作成しました / created" if loaded.is_new else "そのまま残しました / left as it is"
            self.stdout.write(f"{loaded.plan}（{loaded.plan.slug}）: {done}")
        names = dict(Municipality.objects.values_list("code", "name"))
        self.stdout.write("\n利用者 / people")
        for person in PEOPLE:
            place = names[person.municipality_code]
            self.stdout.write(f"  {person.username:<10}{place} {person.role.label} / {person.role.value}")
        self.stdout.write(f"パスワード（全員同じ） / password for all: {password}")
