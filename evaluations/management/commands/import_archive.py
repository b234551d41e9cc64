"""`manage.py import_archive FILE --plan SLUG`: an old evaluation sheet as text, as the operator."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.archive.answering import Answers, Content
from core.archive.proposal import Proposal, Question
from core.archive.reading import read_archive
from core.archive.sheet import read_file
from core.uploads.table_files import MAX_BYTES
from core.uploads.tables import NotReadable
from evaluations.exchange.archive.wanted import ARCHIVE_REASON, Filled, beside, changes_of
from evaluations.exchange.importing.applying import apply_import
from evaluations.exchange.importing.changes import ImportPlan, line
from evaluations.exchange.importing.refused import ImportRefused
from evaluations.exchange.importing.report import Remark
from evaluations.management.arguments import content_given, not_taken, plan_given
from plans.models import Channel, Plan


class Command(BaseCommand):
    """One line per change and, last, 「変更 n 件」; questions that were not answered are told apart and leave out what
    they are about. With problems, one line each from the address of its cell, nothing written and exit 2.
    """

    help = "過去の評価シートを読み取ります。分からないところは質問にし、答えのないものは取り込みません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="読み取るファイル（.txt、.tsv、.csv、.xlsx）")
        parser.add_argument("--plan", required=True, help="計画の記号")
        parser.add_argument("--dry-run", action="store_true", help="変更と質問を示すだけで、書き込みません")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="json は機械で読む形")
        parser.add_argument("--answers", type=Path, help="質問への答え（JSON。--format json の answers を直したもの）")
        parser.add_argument("--accept-proposals", action="store_true", help="答えのない質問は案のとおりにします")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = plan_given(options["plan"])
        proposal = self.read(options["file"], plan)
        filled = self.answers(options["answers"]) if options["answers"] else Filled()
        with transaction.atomic():
            here = beside(proposal, plan, filled, access=None)
            if options["accept_proposals"]:
                filled = Filled(filled.answers.with_proposals(here.proposal), filled.targets)
            found, content = changes_of(here, filled)
            problems = list(found.problems)
            if not problems and not options["dry_run"]:
                problems = self.apply(found)
        if options["format"] == "json":
            told = _as_json(here.proposal, found, content, filled, problems)
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
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
        """The answers of a file; CommandError where it is none of answers."""
        try:
            given = json.loads(path.read_text(encoding="utf-8-sig"))
            parts = [given.get(name) or {} for name in ("answers", "typed", "measures")]
            chosen, typed, targets = ({str(k): str(v) for k, v in part.items() if v is not None} for part in parts)
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            raise CommandError(f"答えのファイル「{path}」を読み取れません。", returncode=2) from error
        return Filled(Answers(chosen, typed), targets)

    def apply(self, found: ImportPlan) -> list[Remark]:
        """Write the changes; what kept them from being written."""
        try:
            apply_import(found.changes, by=None, channel=Channel.COMMAND, reason=ARCHIVE_REASON)
        except ImportRefused as error:
            return error.remarks
        return []

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
        for warning in found.warnings:
            self.stderr.write(f"注意 {warning}")
        for text in [str(problem) for problem in problems] or [line(change) for change in found.changes]:
            self.stdout.write(text)
        if not problems:
            self.stdout.write(f"変更 {len(found.changes)} 件")

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
    """Everything that was found; `answers` is what to put right and give back with --answers."""
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
        "problems": [asdict(one) for one in problems],
        "warnings": [asdict(one) for one in found.warnings],
    }
