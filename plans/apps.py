from django.apps import AppConfig
from django.core import checks


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = "計画"

    def ready(self) -> None:
        from plans.sheet_layouts import layout_warnings  # models can be imported only now

        checks.register(layout_warnings)
