"""Many returned forms read outside the web server: one after the other, a line of the report for each."""

import json
from collections.abc import Iterable

from django.urls import reverse

from core.fiscal_years import wareki
from evaluations.exchange.entry_forms.reading import FormReading, desk_of, read_form
from evaluations.exchange.importing.changes import PlanKey
from evaluations.exchange.importing.preview import line_as_list, line_from_list
from evaluations.exchange.importing.report import kept_remarks
from evaluations.long_work.kinds import Kind, NextPage, Progress, ReportLine, Result, ResultFile, plan_of, writers
from evaluations.models import LongWork, LongWorkFile
from plans.models import Plan

MAY_NOT = "入力様式を配り、取り込めるのは、入力・確認・確定・管理の役割の人だけです。"


def read_returned(work: LongWork, report: Progress) -> Result:
    """What each file would change, kept for the page that shows it. Nothing of the plan is written."""
    plan, year = plan_of(work), int(work.parameters["year"])
    desk = desk_of(plan, year, access=plan.access)
    given = work.files.filter(side=LongWorkFile.Side.GIVEN).order_by("order")
    names = list(given.values_list("pk", "name"))
    readings = []
    for done, (pk, name) in enumerate(names):
        report(done, len(names), f"「{name}」を読み取っています。")
        # One file at a time in memory.
        readings.append(read_form(name, bytes(LongWorkFile.objects.get(pk=pk).content), desk))
    file = ResultFile("readings.json", "application/json", as_json(readings))
    changes = len({one.change.code for reading in readings for one in reading.changes})
    sentence = (
        f"{len(readings)}個のファイルを読み取り、変わるところが{changes}件ありました。まだ何も書き込んでいません。"
    )
    return Result(sentence, file, tuple(map(_line, readings)))


def as_json(readings: Iterable[FormReading]) -> bytes:
    """What came of the files, for `readings_in`."""
    kept = [
        vars(reading) | reading.as_kept() | {"changes": [line_as_list(one) for one in reading.changes]}
        for reading in readings
    ]
    return json.dumps(kept, ensure_ascii=False).encode()


def readings_in(content: bytes, plan: Plan) -> list[FormReading]:
    """What `as_json` kept of the forms of this plan."""
    key = PlanKey.of(plan)
    return [
        FormReading(
            **one | kept_remarks(one) | {"changes": tuple(line_from_list(key, line) for line in one["changes"])}
        )
        for one in json.loads(content)
    ]


def _line(reading: FormReading) -> ReportLine:
    """「障がい福祉課：指標28件を読み取り、5件が変わります。」."""
    if reading.failure:
        return ReportLine(reading.name, reading.failure, is_problem=True)
    whose = f"{reading.department}：" if reading.department else ""
    problems = f"取り込めない欄が{len(reading.problems)}件あります。" if reading.problems else ""
    sentence = f"{whose}指標{reading.rows}件を読み取り、{len(reading.changes)}件が変わります。{problems}"
    return ReportLine(reading.name, sentence, is_problem=bool(reading.problems))


def _next_page(work: LongWork) -> NextPage:
    slug = work.plan.slug if work.plan else ""
    address = reverse("evaluations:entry_forms", args=[slug, work.parameters["year"]])
    return NextPage(f"{address}?work={work.key}", "変わるところを確かめる")


def title_of(year: int) -> str:
    """What the work is called."""
    return f"{wareki(year)}の入力様式の読み取り"


ENTRY_FORMS = Kind("entry_forms", read_returned, writers(MAY_NOT), _next_page, offers_file=False)
"""Returned 入力様式 of one year of a plan, chosen on their page, which shows what they would change."""
