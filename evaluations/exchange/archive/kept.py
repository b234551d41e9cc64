"""What travels between the steps: the cells of the sheet and what was chosen so far, signed for plan and person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core import signing

from core.archive.answering import Answers
from core.archive.sheet import ArchiveSheet
from evaluations.exchange.archive.wanted import Filled
from evaluations.exchange.importing.preview import PreviewLost
from plans.models import Plan
from plans.signed_previews import MAX_AGE

SALT = "evaluations.archive"
ANSWER, TYPED, TARGET, MASTER = "q.", "t.", "to.", "m."
"""How the fields of the form begin."""
LOST = "読み取った内容を続けられませんでした。もう一度、ファイルか文字を読み取ってください。"


@dataclass(frozen=True)
class Kept:
    """A sheet with its name and the fields of the form as they were sent."""

    name: str
    sheet: ArchiveSheet
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> Filled:
        """The fields by what they say."""
        masters = {
            (key, column): text for name, text in self._of(MASTER).items() for key, _, column in [name.rpartition(".")]
        }
        return Filled(Answers(self._of(ANSWER), self._of(TYPED)), self._of(TARGET), masters)

    def _of(self, beginning: str) -> dict[str, str]:
        return {name.removeprefix(beginning): text for name, text in self.fields.items() if name.startswith(beginning)}


def fields_of(posted: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form that a person filled in."""
    beginnings = (ANSWER, TYPED, TARGET, MASTER)
    return {name: str(posted[name])[:1000] for name in posted if name.startswith(beginnings)}


def signed_archive(kept: Kept, plan: Plan, person: User) -> str:
    """The text that only this person can send back, for this plan."""
    body = {
        "plan": plan.pk,
        "person": person.pk,
        "name": kept.name,
        "cells": kept.sheet.as_lists(),
        "fields": dict(kept.fields),
    }
    return signing.dumps(body, salt=SALT, compress=True)


def unsigned_archive(text: str, plan: Plan, person: User) -> Kept:
    """What was signed; PreviewLost with a sentence otherwise."""
    try:
        body: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MAX_AGE)
        if (body["plan"], body["person"]) != (plan.pk, person.pk):
            raise PreviewLost("ほかの計画か、ほかの人が読み取った内容です。もう一度読み取ってください。")
        return Kept(body["name"], ArchiveSheet.from_lists(body["cells"]), body["fields"])
    except signing.SignatureExpired as error:
        raise PreviewLost("読み取ってから時間がたちすぎました。もう一度読み取ってください。") from error
    except (signing.BadSignature, KeyError, TypeError) as error:
        raise PreviewLost(LOST) from error
