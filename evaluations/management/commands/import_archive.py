"""`manage.py import_archive FILE --plan SLUG`: an old evaluation sheet as text, as the operator."""

import json
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from core.archive.answering import Answers, Content
from core.archive.proposal import Proposal, Question
from core.archive.reading import read_archive
from core.archive.sheet import read_file
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from evaluations.exchange.archive.wanted import ARCHIVE_REASON, Filled, changes_of, proposal_for
from evaluations.exchange.importing.changes import ImportPlan
from evaluations.exchange.importing.report import Remark
from evaluations.management.arguments import content_given, plan_given
from evaluations.management.import_command import ImportCommand, as_dicts, not_taken
from plans.models import Plan


class Command(ImportCommand):
    """Questions without a choice go to stderr, and leave out what they are about."""

    reason = ARCHIVE_REASON
    dry_run = "変更と質問を示すだけで、書き込みません"
    help = "過去の評価シートを読み取ります。分からないところは質問にし、答えのないものは取り込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="読み取るファイル（.txt、.tsv、.csv、.xlsx）")
        parser.add_argument("--plan", required=True, help="計画の記号")
        self.add_usual(parser)
        parser.add_argument("--answers", type=Path, help="質問への答え（JSON。--format json の answers を直したもの）")
        parser.add_argument("--accept-proposals", action="store_true", help="答えのない質問は案のとおりにします")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = plan_given(options["plan"])
        proposal = self.read(options["file"], plan)
        filled = self.answers(options["answers"]) if options["answers"] else Filled()
        with transaction.atomic():
            here = proposal_for(proposal, plan, filled, access=None)
            if options["accept_proposals"]:
                filled = Filled(filled.answers.with_proposals(here.proposal), filled.targets)
            found, content = changes_of(here, filled)
            problems = list(found.problems)
            if not problems and not options["dry_run"]:
                problems = self.apply(found.changes)
        if options["format"] == "json":
            found_all = _as_json(here.proposal, found, content, filled, problems)
            self.stdout.write(json.dumps(found_all, ensure_ascii=False, indent=1))
        else:
            self.say(here.proposal, found, content, problems)
        if problems:
            raise not_taken(len(problems))

    def read(self, path: Path, plan: Plan) -> Proposal:
        """What the file says."""
        try:
            return read_archive(read_file(path.name, content_given(path, MAX_BYTES)), plan.years)
        except NotReadable as error:
            self.stop(f"{error.address} {error}")

    def answers(self, path: Path) -> Filled:
        """The choices in a file; CommandError where it has another form."""
        try:
            given = json.loads(path.read_text(encoding="utf-8-sig"))
            parts = [given.get(name) or {} for name in ("answers", "typed", "measures")]
            chosen, typed, targets = ({str(k): str(v) for k, v in part.items() if v is not None} for part in parts)
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            raise CommandError(f"答えのファイル「{path}」を読み取れません。", returncode=2) from error
        return Filled(Answers(chosen, typed), targets)

    def say(self, proposal: Proposal, found: ImportPlan, content: Content, problems: list[Remark]) -> None:
        """Questions and what was not read apart from the result; problems instead of changes where there are any."""
        columns = proposal.columns
        self.stderr.write(
            f"節 {len(proposal.sections)}、目標 {len(proposal.measures)}、数値欄の年度 {columns.all}"
            f"（読み取り {columns.read}、質問 {columns.asked}、読み取れない {columns.unread}）"
        )
        for question in content.unanswered:
            self.stderr.write(f"質問 {_in_words(question)}")
        for remnant in proposal.remnants:
            self.stderr.write(f"読み取れないもの {remnant.address} {remnant.text[:200]}")
        self.say_remarks(found)
        self.say_result(found.changes, problems)

    def stop(self, sentence: str) -> NoReturn:
        self.stdout.write(sentence)
        raise not_taken(1)


def _in_words(question: Question) -> str:
    choices = "／".join(f"{choice.value}：{choice.label}" for choice in question.choices)
    printed = f"「{question.printed}」" if question.printed else ""
    words = f"{question.key} {question.address} {printed}{question.asked} {question.thought} [{choices}]"
    return " ⏎ ".join(words.splitlines())


def _as_json(
    proposal: Proposal, found: ImportPlan, content: Content, filled: Filled, problems: list[Remark]
) -> dict[str, Any]:
    """Everything that was found; `answers` is what to put right and give back."""
    columns = proposal.columns
    return {
        "counts": {
            "sections": len(proposal.sections),
            "goals": len(proposal.measures),
            "columns_read": columns.read,
            "columns_asked": columns.asked,
            "columns_unread": columns.unread,
        },
        "questions": [
            {
                "key": one.key,
                "address": one.address,
                "printed": one.printed,
                "question": one.asked,
                "thought": one.thought,
                "choices": {choice.value: choice.label for choice in one.choices},
                "proposed": one.proposed or None,
                "answered": one not in content.unanswered,
            }
            for one in proposal.questions
        ],
        "answers": {one.key: filled.answers.chosen.get(one.key, one.proposed or None) for one in proposal.questions},
        "unread": [{"address": one.address, "text": one.text} for one in proposal.remnants],
        "changes": [
            {"address": one.address, "place": one.place, "old": one.sides[0], "new": one.sides[1]}
            for one in found.changes
        ],
        "problems": as_dicts(problems),
        "warnings": as_dicts(found.warnings),
    }
