"""The verbs that decide how measures go on from the plan before: all of it or nothing, with history.

No state of a year locks a decision: it says where a series comes from and changes no value.
"""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction

from core.lineage import How, Tie, why_not
from evaluations.planning.carry_over.book import Book, End, book_of, traits_by_code
from plans.access import require_manager
from plans.history_writer import new_line, write_lines
from plans.models import Change, MeasureLink, Plan, Subject
from plans.predecessor import MAY_NOT
from plans.refusals import Conflict, Refused

NO_PREVIOUS = "前の計画が決まっていません。先に前の計画を選んでください。"

DECIDED_MEANWHILE = "ほかの人が先に引き継ぎ方を決めました。いまの内容を確かめてください。"


@transaction.atomic
def decide(plan: Plan, wanted: Sequence[Tie], *, seen: Mapping[End, Tie], by: User, channel: str) -> int:
    """Decide all of these ties or none; how many were new. `seen`: the decisions that the page showed.

    What a measure was tied to before is undecided again. Raises PermissionDenied, Conflict, or Refused with
    a sentence for each tie that cannot stand.
    """
    book = start(plan, by)
    ties = [tie for tie in wanted if tie not in book.ties]
    _refuse_unfit(book, ties)
    _refuse_outdated(book, ties, seen)
    settle(book, ties, by=by, channel=channel)
    return len(ties)


@transaction.atomic
def leave_open(plan: Plan, end: End, *, seen: Tie | None, by: User, channel: str) -> bool:
    """Take the decision about a measure back, for every measure of its tie; whether there was one.

    Raises PermissionDenied, Conflict, or Refused where something was put on top of a new goal.
    """
    book = start(plan, by)
    tie = book.by_end.get(end)
    if tie is None:
        return False
    if tie != seen:
        raise Conflict((_said(book, end),), DECIDED_MEANWHILE)
    settle(book, [], dropped=[tie], by=by, channel=channel)
    return True


def start(plan: Plan, by: User) -> Book:
    """Rights, then the plan's row: whoever decides about one plan waits for whoever else does. Then both plans."""
    require_manager(by, plan.municipality, MAY_NOT)
    kept = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("municipality").get(pk=plan.pk)
    # A line that something is being put on top of is not to be deleted meanwhile.
    list(MeasureLink.objects.select_for_update().filter(plan=kept).order_by("id").values_list("id"))
    book = book_of(kept)
    if book is None:
        raise Refused(NO_PREVIOUS)
    return book


def settle(book: Book, ties: Sequence[Tie], *, dropped: Sequence[Tie] = (), by: User, channel: str) -> None:
    """Write ties that were found fit, in place of all that stands against them, with history. For verbs."""
    overlapped = [book.by_end[end] for tie in ties for end in sorted(tie.ends) if end in book.by_end]
    gone = list(dict.fromkeys([*dropped, *overlapped]))
    _write(book, gone, ties)
    stays = [tie for tie in book.ties if tie not in gone]
    after = {end: tie for tie in (*stays, *ties) for end in tie.ends}
    write_lines(_history(book, after, by, channel))


def _refuse_unfit(book: Book, ties: Sequence[Tie]) -> None:
    """Every reason in one go, so that a page with many ties is put right at once."""
    olds, news = traits_by_code(book.olds.values()), traits_by_code(book.news.values())
    known = {*(("old", code) for code in olds), *(("new", code) for code in news)}
    sentences = []
    taken: set[End] = set()
    for tie in ties:
        if not tie.ends <= known:
            raise Refused("前の計画にもこの計画にもない指標が選ばれています。ページを開き直してください。")
        sentences += [sentence for sentence in [why_not(tie, olds, news)] if sentence]
        titles = [book.olds[code].title for side, code in sorted(tie.ends & taken) if side == "old"]
        titles += [book.news[code].title for side, code in sorted(tie.ends & taken) if side == "new"]
        sentences += [f"「{title}」の引き継ぎ方が二度あります。一つにしてください。" for title in titles]
        taken |= tie.ends
    if sentences:
        raise Refused("\n".join(sentences))


def _refuse_outdated(book: Book, ties: Sequence[Tie], seen: Mapping[End, Tie]) -> None:
    ends = sorted(end for tie in ties for end in tie.ends if book.by_end.get(end) != seen.get(end))
    if ends:
        current = dict.fromkeys(_said(book, end) for end in ends)
        raise Conflict(tuple(current), DECIDED_MEANWHILE)


def _said(book: Book, end: End) -> str:
    side, code = end
    measure = (book.olds if side == "old" else book.news)[code]
    return f"「{measure.title}」は、いま「{book.in_words(book.by_end.get(end))}」です。"


def _write(book: Book, dropped: Sequence[Tie], ties: Sequence[Tie]) -> None:
    """Lines of a pair that stays are kept, with what was put on top of their goal; the others go."""
    wanted = {pair: tie for tie in ties for pair in tie.pairs}
    stale = [book.by_pair[pair] for tie in dropped for pair in tie.pairs if pair not in wanted]
    if traced := [link.new.title for link in stale if link.added is not None and link.new]:
        names = "、".join(f"「{title}」" for title in traced)
        raise Refused(
            f"{names}には未達成分の上乗せがあります。先に上乗せを取り消してから、引き継ぎ方を変えてください。"
        )
    MeasureLink.objects.filter(pk__in=[link.pk for link in stale]).delete()
    lines = [(book.by_pair.get(pair) or _new_line(book, *pair), tie) for pair, tie in wanted.items()]
    for link, tie in lines:
        link.how, link.note = tie.how, tie.note
    MeasureLink.objects.bulk_update([link for link, _ in lines if link.pk], ["how", "note"])
    MeasureLink.objects.bulk_create([link for link, _ in lines if not link.pk])


def _new_line(book: Book, old: str, new: str) -> MeasureLink:
    return MeasureLink(plan=book.plan, old=book.olds.get(old), new=book.news.get(new))


def _history(book: Book, after: Mapping[End, Tie], by: User, channel: str) -> list[Change]:
    """A line for each measure of this plan that is tied otherwise now; of the old ones only for a 終了."""
    lines = []
    for end in sorted({*book.by_end, *after}):
        old, new = book.by_end.get(end), after.get(end)
        side, code = end
        is_ending = How.ENDED in (old and old.how, new and new.how)
        if old == new or (side == "old" and not is_ending):
            continue
        measure = book.news[code] if side == "new" else None
        words = book.in_words(old), book.in_words(new)
        lines.append(new_line(book.plan, Subject.MASTER, "引き継ぎ", *words, by=by, channel=channel, measure=measure))
    return lines
