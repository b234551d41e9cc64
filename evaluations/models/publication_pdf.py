"""The PDF of a publication, made once outside the web server and stored with it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from evaluations.models.evaluation import Publication


class PublicationPdf(models.Model):
    """The 評価書 of a publication (`section` 0) or one of its 節. It can be made again from the publication's body."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="pdfs")
    section = models.PositiveSmallIntegerField("節番号", default=0)
    made_at = models.DateTimeField("作成日時", default=timezone.now)
    content = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "公表資料のPDF"
        ordering: ClassVar = ["publication", "section"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "section"], name="publication_pdf_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {f'第{self.section}節' if self.section else '評価書'}"
