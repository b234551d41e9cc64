"""`manage.py about`: what is installed here, for a report of a fault and after an upgrade."""

import platform
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.pdf import makes_pdf


class Command(BaseCommand):
    """Prints a line for each part. Exit 0 even where migrations are pending: it reports, it does not judge."""

    help = "版、データベース、未適用のマイグレーション、PDF用の部品の有無を表示します。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"ふくしPDCA {settings.VERSION}（{'本番' if settings.PRODUCTION else '開発'}の設定）")
        self.stdout.write(f"Python {platform.python_version()}、Django {django.get_version()}")
        self.stdout.write(f"データベース: {_database()}")
        self.stdout.write(f"マイグレーション: {_migrations()}")
        self.stdout.write(f"PDF: {'作れます' if makes_pdf() else '作れません（README.md に用意のしかた）'}")


def _database() -> str:
    with connection.cursor():  # the version is known once a connection is open
        numbers = connection.get_database_version()
    return f"{connection.display_name} {'.'.join(map(str, numbers))}"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"未適用 {pending} 件（manage.py migrate）" if pending else "すべて適用済み"
