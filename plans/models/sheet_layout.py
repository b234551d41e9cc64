"""評価シートの様式 that a city has added to those that come with the system."""

from typing import ClassVar

from django.db import models

from plans.models.municipality import Municipality


class SheetLayout(models.Model):
    """A layout file as it was uploaded, read again by `core.sheets.design_file` whenever a sheet is made.

    `key` is what plans, addresses and exported sheets call it; `name` what people call it. Both stand in the file too.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="sheet_layouts")
    key = models.CharField("記号", max_length=30)
    name = models.CharField("様式の名前", max_length=60)
    content = models.TextField("様式のファイル")

    class Meta:
        verbose_name = verbose_name_plural = "評価シートの様式"
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "key"], name="sheet_layout_once_per_municipality")
        ]

    def __str__(self) -> str:
        return self.name
