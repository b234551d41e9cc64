"""The import of a large table as two long works: reading it, and writing what was confirmed."""

from django.urls import reverse

from evaluations.exchange.importing.confirming import count_in_words, write_chosen
from evaluations.exchange.importing.outcome import Outcome
from evaluations.exchange.importing.preview import PreviewLost, unsigned
from evaluations.exchange.kept_outcome import as_kept
from evaluations.exchange.upload import read_upload, reason_of
from evaluations.long_work.kinds import Kind, Onward, Result, ResultFile, Tell, plan_of, writers
from evaluations.models import LongWork, LongWorkFile
from plans.refusals import Refused
from plans.value_rows import newest_number

MAY_NOT = "取り込みは、入力・確認・確定・管理の役割の人だけができます。"
READ_AGAIN = "取り込みのページで、もう一度ファイルを選んでください。"
CHANGED_SINCE = "確かめている間に、ほかの人が変更したところがあります。まだ何も書き込んでいません。"


def read_given(work: LongWork, tell: Tell) -> Result:
    """What the given table would change, for the page of import."""
    plan, file = plan_of(work), _given(work)
    tell(0, 1, "ファイルを読み、いまの内容と比べています。")
    outcome = read_upload(work.by, plan, file.name, bytes(file.content))
    return Result(_sentence(outcome), _kept(outcome))


def write_given(work: LongWork, tell: Tell) -> Result:
    """Write the changes that were confirmed: all or none."""
    plan = plan_of(work)
    try:
        chosen = unsigned(bytes(_given(work).content).decode(), plan, work.by, revision=newest_number(plan))
    except PreviewLost as lost:
        raise Refused(str(lost)) from lost
    tell(0, 1, f"変更{len(chosen.changes):,}件を、まとめて書き込んでいます。")
    done = write_chosen(chosen, plan, work.by, reason=reason_of(chosen))
    if done.outcome is None:
        return Result(count_in_words(done.count))
    return Result(CHANGED_SINCE if done.outcome.signed else _sentence(done.outcome), _kept(done.outcome))


def onward(work: LongWork) -> Onward:
    """To the page of import with what it has to say, or to the plan where everything is written."""
    slug = work.plan.slug if work.plan else ""
    if not work.files.filter(side=LongWorkFile.Side.RESULT).exists():
        return Onward(reverse("evaluations:dashboard", args=[slug]), "概況を見る")
    return Onward(f"{reverse('evaluations:import', args=[slug])}?work={work.key}", "内容を確かめる")


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


READ_TABLE = Kind("read_table", read_given, writers(MAY_NOT), onward, offers_file=False)
WRITE_CHANGES = Kind("write_changes", write_given, writers(MAY_NOT), onward, offers_file=False)
