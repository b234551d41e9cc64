"""The cities of the demo as `manage.py load_demo` leaves them, for tests that are about something else.

The first test of a process loads them; for every other one the same rows are put back, in a tenth of the time.
test_load_demo.py is about the loading.
"""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from evaluations.demo.loading import load_demo
from plans.models import Municipality

PASSWORD = "demo-pass-12"

_rows: dict[type[Model], list[Model]] = {}


def the_demo() -> None:
    """印西市 第6期, みほん市 第7期 and their people, into a database that knows no 自治体 yet."""
    assert not Municipality.objects.exists()
    if _rows:
        _put_back()
        return
    empty = [model for model in apps.get_models(include_auto_created=True) if not model._base_manager.exists()]
    load_demo(password=PASSWORD)
    _rows.update((model, rows) for model in empty if (rows := list(model._base_manager.all())))


@transaction.atomic
def _put_back() -> None:
    for model, rows in _rows.items():
        model._base_manager.bulk_create(rows)
    # PostgreSQL counts on from the keys it gave itself.
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(_rows)):
            cursor.execute(sql)
