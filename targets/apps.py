from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "成果目標"
    default_auto_field = "django.db.models.BigAutoField"
