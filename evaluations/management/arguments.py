"""What commands are given: a plan by its 記号, a file by its path."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from plans.models import Plan


def plan_given(slug: str) -> Plan:
    """The plan with this 記号, with its 自治体."""
    plan = _plans().filter(slug=slug).first()
    if plan is None:
        raise CommandError(f"計画「{slug}」はありません。", returncode=2)
    return plan


def plans_given(slug: str | None) -> QuerySet[Plan]:
    """The plan with this 記号 alone, every plan where none was said; with their 自治体."""
    return _plans().filter(pk=plan_given(slug).pk) if slug else _plans()


def content_given(path: Path, most: int) -> bytes:
    """What a file holds; of a larger one a byte more than allowed, which is enough to see that it is too much."""
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise CommandError(f"ファイル「{path}」を開けません。", returncode=2) from error


def write_out(command: BaseCommand, content: bytes, output: Path | None) -> None:
    """Write a file that a command made, to stdout where no path was given."""
    if output:
        output.write_bytes(content)
    elif binary := getattr(command.stdout, "buffer", None):
        binary.write(content)
    else:
        command.stdout.write(content.decode(), ending="")


def refuse_in_production(sentence: str) -> None:
    """End a command that makes what is not real, where the settings are those of production."""
    if settings.PRODUCTION:
        raise CommandError(f"本番の設定なので、{sentence}", returncode=2)


def _plans() -> QuerySet[Plan]:
    return Plan.objects.select_related("municipality__prefecture")
