"""The moves of one 節 × 年度: submit, withdraw, check, return, confirm, reopen. Publishing has its own action.

States are data: a move says from which states it starts, where it leads, who may make it and which stamps it leaves.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from plans.access import Access, access_for
from plans.history_writer import write_line
from plans.models import MOVES, Section, SectionYear, Subject, YearState
from plans.refusals import Refused
from plans.row_locks import lock_section_year


@dataclass(frozen=True)
class Move:
    """One move. `right` names a property of Access, `stamp` the step it records, `clears` the steps that no longer
    apply.

    `done` is the message that it was made. `wants` is what the person must write (差し戻しの理由 …), with the name of
    its form field; "" where nothing.
    """

    name: str
    label: str
    done: str
    starts: tuple[str, ...]
    to: str
    right: str
    stamp: str = ""
    clears: tuple[str, ...] = ()
    wants: str = ""
    wants_field: str = ""
    explanation: str = ""


MOVE_LIST = (
    Move(
        "submit",
        "提出する",
        "提出しました",
        (YearState.DRAFT, YearState.RETURNED),
        YearState.SUBMITTED,
        "may_write",
        stamp="submitted",
        clears=("checked", "returned"),
        explanation="確認する人に渡します。提出すると、入力の担当者は変更できなくなります。",
    ),
    Move(
        "withdraw",
        "提出を取り下げる",
        "提出を取り下げました",
        (YearState.SUBMITTED,),
        YearState.DRAFT,
        "may_write",
        clears=("submitted", "checked"),
        explanation="下書きに戻し、また入力できるようにします。",
    ),
    Move(
        "check",
        "確認済みにする",
        "確認済みにしました",
        (YearState.SUBMITTED,),
        YearState.SUBMITTED,
        "may_check",
        stamp="checked",
        explanation="確認した人の名前と日時を残します。確定は別の操作です。",
    ),
    Move(
        "return",
        "差し戻す",
        "差し戻しました",
        (YearState.SUBMITTED,),
        YearState.RETURNED,
        "may_check",
        stamp="returned",
        clears=("submitted", "checked"),
        wants="差し戻しの理由",
        wants_field="note",
        explanation="理由を添えて、入力の担当者に戻します。",
    ),
    Move(
        "confirm",
        "確定する",
        "確定しました",
        (YearState.SUBMITTED,),
        YearState.CONFIRMED,
        "may_confirm",
        stamp="confirmed",
        explanation="内容を確定し、だれも変更できないようにします。閲覧の人にも実績と文章が見えるようになります。",
    ),
    Move(
        "reopen",
        "確定を解除する",
        "確定を解除しました",
        (YearState.CONFIRMED, YearState.PUBLISHED),
        YearState.DRAFT,
        "may_confirm",
        clears=("submitted", "checked", "confirmed", "published"),
        wants="解除の理由",
        wants_field="reason",
        explanation="下書きに戻します。すでに公表したものは、次に公表するまでそのまま残ります。",
    ),
)
MOVE_BY_NAME = {move.name: move for move in MOVE_LIST}


def moves_open_to(access: Access, state: str) -> list[Move]:
    """The moves that this person may make from this state."""
    return [move for move in MOVE_LIST if state in move.starts and getattr(access, move.right)]


@transaction.atomic
def move_section_year(
    section: Section,
    year: int,
    move: Move,
    *,
    by: User,
    channel: str,
    text: str = "",
    seen_version: int | None = None,
) -> SectionYear:
    """Make one move, stamp it and write it into the history. `seen_version` is the version the person looked at.

    Raises PermissionDenied without the right, Refused from another state, without the text that the move requires,
    or when something was changed since the person looked.
    """
    access = access_for(by, section.plan.municipality)
    if access is None or not getattr(access, move.right):
        raise PermissionDenied(f"「{move.label}」の権限がありません。")
    row = lock_section_year(section, year)
    if row.state not in move.starts:
        raise Refused(f"いまの状態は「{row.get_state_display()}」です。「{move.label}」はできません。")
    if seen_version is not None and seen_version != row.version:
        raise Refused(
            "ページを開いた後に、ほかの人が変更しました。いまの内容を確かめてから、もう一度操作してください。"
        )
    if move.wants and not text.strip():
        raise Refused(f"{move.wants}を書いてください。")
    return _carry_out(row, move, by, channel, text.strip())


def _carry_out(row: SectionYear, move: Move, by: User, channel: str, text: str) -> SectionYear:
    old = YearState(row.state)
    if move.to != old and move.to not in MOVES[old]:
        raise Refused(f"「{old.label}」から「{YearState(move.to).label}」へは変えられません。")
    row.state = move.to
    for step in move.clears:
        setattr(row, f"{step}_at", None)
        setattr(row, f"{step}_by", None)
    if move.stamp:
        setattr(row, f"{move.stamp}_at", timezone.now())
        setattr(row, f"{move.stamp}_by", by)
    row.return_note = text if move.name == "return" else ""
    row.version = F("version") + 1
    row.save()
    row.refresh_from_db(fields=["version"])
    more = {"reason": text, "section": row.section, "fiscal_year": row.fiscal_year}
    new = YearState(move.to).label
    write_line(row.section.plan, Subject.STATE, move.label, old.label, new, by=by, channel=channel, **more)
    return row
