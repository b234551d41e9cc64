from django.conf import settings
from django.core.management import CommandError
from django.db import migrations, models


def write_files(apps, schema_editor):
    """Each uploaded layout becomes <団体コード>-<記号>.json in the folder of layouts, and plans follow to that name.

    Written before the table goes: where a file cannot be, CommandError undoes the whole migration.
    """
    layouts = apps.get_model("plans", "SheetLayout").objects.using(schema_editor.connection.alias)
    for layout in layouts.select_related("municipality").order_by("pk"):
        key = f"{layout.municipality.code}-{layout.key}"
        path = settings.SHEET_LAYOUTS / f"{key}.json"
        try:
            _write(path, layout.content.encode())
        except OSError as error:
            raise CommandError(
                f"評価シートの様式「{layout.name}」を {path} に書き出せません（{error.strerror}）。"
                "何も変えていません。フォルダーに書き込めるようにしてから、もう一度 migrate を実行してください。"
            ) from error
        print(f"評価シートの様式「{layout.name}」を {path} に書き出しました。")  # noqa: T201
        layout.municipality.plans.filter(sheet_layout=layout.key).update(sheet_layout=key)


def _write(path, content):
    """Keep a file that says the same, of an earlier attempt; refuse to overwrite another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.rename(path)
    elif path.read_bytes() != content:
        raise CommandError(
            f"{path} は、内容の違うファイルがすでにあるため、書き出せません。"
            "何も変えていません。そのファイルの名前を変えてから、もう一度 migrate を実行してください。"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0009_history_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='plan',
            name='sheet_layout',
            field=models.CharField(default='inzai', max_length=40, verbose_name='評価シートの様式'),
        ),
        # No way back: the earlier release knows no folder. Its layouts are in the backup.
        migrations.RunPython(write_files),
        migrations.DeleteModel(
            name='SheetLayout',
        ),
    ]
