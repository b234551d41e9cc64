"""`manage.py verify_publications [SLUG]`: the hash of every publication computed again from what is kept of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.management.arguments import plans_given
from evaluations.models import Publication
from evaluations.publishing.citations import citation_of
from evaluations.publishing.publication_body import body_hash


class Command(BaseCommand):
    """Prints one line for each publication and exits with 1 where any differs; a plan that is not there is exit 2."""

    help = "公表した内容のハッシュ値を計算し直し、公表したときの識別番号と比べます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="計画の記号。省くとすべての計画")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = plans_given(options["slug"])
        publications = Publication.objects.filter(plan__in=plans).order_by("plan__slug", "number")
        count = differing = 0
        for publication in publications.select_related("plan").iterator(chunk_size=20):
            now = body_hash(publication.body)
            count, differing = count + 1, differing + (now != publication.sha256)
            said = "一致" if now == publication.sha256 else f"不一致（いまの内容のハッシュ値 {now}）"
            self.stdout.write(f"{publication.plan.slug} {citation_of(publication).whole} {said}")
        if differing:
            raise CommandError(f"公表した内容が、公表したときと違うものが{differing}件あります。", returncode=1)
        self.stdout.write(f"公表した内容 {count}件はすべて、公表したときのままです。")
