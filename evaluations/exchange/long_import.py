"""The import of a large table as two long works: reading it, and writing what was confirmed."""

import json

from django.contrib.auth.models import User
from django.urls import reverse

from evaluations.exchange.importing.confirming import count_in_words, write_chosen
from evaluations.exchange.importing.preview import Outcome, Preview, PreviewLost, unsigned
from evaluations.exchange.importing.report import kept_remarks
from evaluations.exchange.upload import read_upload, reason_of
from evaluations.long_work.kinds import Kind, NextPage, Progress, Result, ResultFile, plan_of, writers
from evaluations.models import LongWork, LongWorkFile
from plans.models import Plan
from plans.refusals import Refused
from plans.value_rows import newest_number

MAY_NOT = "取り込みは、入力・確認・確定・管理の役割の人だけができます。"
READ_AGAIN = "取り込みのページで、もう一度ファイルを選んでください。"
CHANGED_SINCE = "確かめている間に、ほかの人が変更したところがあります。まだ何も書き込んでいません。"


def read_given(work: LongWork, report: Progress) -> Result:
    """What the given table would change, for the page of import."""
    plan, file = plan_of(work), _given(work)
    report(0, 1, "ファイルを読み、いまの内容と比べています。")
    outcome = read_upload(work.by, plan, file.name, bytes(file.content))
    return Result(_sentence(outcome), _kept(outcome))


def write_given(work: LongWork, report: Progress) -> Result:
    """Write the changes that were confirmed: all or none."""
    plan = plan_of(work)
    try:
        chosen = unsigned(bytes(_given(work).content).decode(), plan, work.by, revision=newest_number(plan))
    except PreviewLost as lost:
        raise Refused(str(lost)) from lost
    report(0, 1, f"変更{len(chosen.changes):,}件を、まとめて書き込んでいます。")
    done = write_chosen(chosen, plan, work.by, reason=reason_of(chosen))
    if done.outcome is None:
        return Result(count_in_words(done.count))
    return Result(CHANGED_SINCE if done.outcome.signed else _sentence(done.outcome), _kept(done.outcome))


def as_kept(outcome: Outcome) -> bytes:
    """The outcome as JSON, for the page that shows it; its changes are in the signed text."""
    kept = outcome.as_kept() | {"is_sheet": outcome.is_sheet, "signed": outcome.signed}
    return json.dumps(kept, ensure_ascii=False).encode()


def from_kept(content: bytes, plan: Plan, person: User) -> Outcome:
    """The outcome that `as_kept` wrote. Where its changes can no longer be confirmed, the sentence that says why."""
    kept = json.loads(content)
    preview = Preview(is_sheet=kept["is_sheet"])
    if kept["signed"]:
        try:
            preview = unsigned(kept["signed"], plan, person, revision=newest_number(plan))
        except PreviewLost as lost:
            return Outcome(kept["name"], failure=str(lost))
    return Outcome(**kept_remarks(kept), preview=preview, signed=kept["signed"])


def next_page(work: LongWork) -> NextPage:
    """To the page of import with what it has to say, or to the plan where everything is written."""
    slug = work.plan.slug if work.plan else ""
    if not work.files.filter(side=LongWorkFile.Side.RESULT).exists():
        return NextPage(reverse("evaluations:dashboard", args=[slug]), "概況を見る")
    return NextPage(f"{reverse('evaluations:import', args=[slug])}?work={work.key}", "内容を確かめる")


def _given(work: LongWork) -> LongWorkFile:
    file = work.files.filter(side=LongWorkFile.Side.GIVEN).first()
    if file is None:
        raise Refused(READ_AGAIN)
    return file


def _kept(outcome: Outcome) -> ResultFile:
    return ResultFile("outcome.json", "application/json", as_kept(outcome))


def _sentence(outcome: Outcome) -> str:
    if outcome.failure:
        return outcome.failure
    if outcome.problems:
        return f"直すところが{len(outcome.problems):,}件あります。まだ何も書き込んでいません。"
    if outcome.preview and outcome.preview.changes:
        return f"{len(outcome.preview.changes):,}件が変わります。まだ何も書き込んでいません。内容を確かめてください。"
    return "いまの内容と違うところはありません。"


READ_TABLE = Kind("read_table", read_given, writers(MAY_NOT), next_page, offers_file=False)
WRITE_CHANGES = Kind("write_changes", write_given, writers(MAY_NOT), next_page, offers_file=False)
