"""The actions that decide how measures go on from the plan before: all of it or nothing, with history.

No state of a year locks a decision: it says where a series comes from and changes no value.
"""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction

from core.lineage import How, LineageLink, why_not
from evaluations.planning.carry_over.comparison import Comparison, End, comparison_of, traits_by_code
from plans.access import require_manager
from plans.history_writer import new_line, write_lines
from plans.models import Change, MeasureLink, Plan, Subject
from plans.predecessor import MAY_NOT
from plans.refusals import Conflict, Refused

NO_PREVIOUS = "前の計画が決まっていません。先に前の計画を選んでください。"

DECIDED_MEANWHILE = "ほかの人が先に引き継ぎ方を決めました。いまの内容を確かめてください。"


@transaction.atomic
def decide(
    plan: Plan, wanted: Sequence[LineageLink], *, seen: Mapping[End, LineageLink], by: User, channel: str
) -> int:
    """Decide all of these links or none; how many were new. `seen`: the decisions that the page showed.

    What a measure was linked to before is undecided again. Raises PermissionDenied, Conflict, or Refused
    with a sentence for each link that is not possible.
    """
    comparison = start(plan, by)
    lineages = [lineage for lineage in wanted if lineage not in comparison.lineages]
    _refuse_unfit(comparison, lineages)
    _refuse_outdated(comparison, lineages, seen)
    settle(comparison, lineages, by=by, channel=channel)
    return len(lineages)


@transaction.atomic
def leave_open(plan: Plan, end: End, *, seen: LineageLink | None, by: User, channel: str) -> bool:
    """Take the decision about a measure back, for every measure of its link; whether there was one.

    Raises PermissionDenied, Conflict, or Refused where something was put on top of a new goal.
    """
    comparison = start(plan, by)
    lineage = comparison.by_end.get(end)
    if lineage is None:
        return False
    if lineage != seen:
        raise Conflict((_said(comparison, end),), DECIDED_MEANWHILE)
    settle(comparison, [], dropped=[lineage], by=by, channel=channel)
    return True


def start(plan: Plan, by: User) -> Comparison:
    """Check the right and lock the plan's row, so that two people who decide about one plan wait for each other.

    Returns both plans. Raises PermissionDenied, Refused.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    kept = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("municipality").get(pk=plan.pk)
    # A line that something is being put on top of is not to be deleted meanwhile.
    list(MeasureLink.objects.select_for_update().filter(plan=kept).order_by("id").values_list("id"))
    comparison = comparison_of(kept)
    if comparison is None:
        raise Refused(NO_PREVIOUS)
    return comparison


def settle(
    comparison: Comparison,
    lineages: Sequence[LineageLink],
    *,
    dropped: Sequence[LineageLink] = (),
    by: User,
    channel: str,
) -> None:
    """Write links that were found possible, in place of all that contradicts them, with history. For actions."""
    overlapped = [
        comparison.by_end[end] for lineage in lineages for end in sorted(lineage.ends) if end in comparison.by_end
    ]
    gone = list(dict.fromkeys([*dropped, *overlapped]))
    _write(comparison, gone, lineages)
    stays = [lineage for lineage in comparison.lineages if lineage not in gone]
    after = {end: lineage for lineage in (*stays, *lineages) for end in lineage.ends}
    write_lines(_history(comparison, after, by, channel))


def _refuse_unfit(comparison: Comparison, lineages: Sequence[LineageLink]) -> None:
    """Every reason in one go, so that a page with many links is put right at once."""
    olds, news = traits_by_code(comparison.olds.values()), traits_by_code(comparison.news.values())
    known = {*(("old", code) for code in olds), *(("new", code) for code in news)}
    sentences = []
    taken: set[End] = set()
    for lineage in lineages:
        if not lineage.ends <= known:
            raise Refused("前の計画にもこの計画にもない指標が選ばれています。ページを開き直してください。")
        sentences += [sentence for sentence in [why_not(lineage, olds, news)] if sentence]
        titles = [comparison.olds[code].title for side, code in sorted(lineage.ends & taken) if side == "old"]
        titles += [comparison.news[code].title for side, code in sorted(lineage.ends & taken) if side == "new"]
        sentences += [f"「{title}」の引き継ぎ方が二度あります。一つにしてください。" for title in titles]
        taken |= lineage.ends
    if sentences:
        raise Refused("\n".join(sentences))


def _refuse_outdated(comparison: Comparison, lineages: Sequence[LineageLink], seen: Mapping[End, LineageLink]) -> None:
    ends = sorted(end for lineage in lineages for end in lineage.ends if comparison.by_end.get(end) != seen.get(end))
    if ends:
        current = dict.fromkeys(_said(comparison, end) for end in ends)
        raise Conflict(tuple(current), DECIDED_MEANWHILE)


def _said(comparison: Comparison, end: End) -> str:
    side, code = end
    measure = (comparison.olds if side == "old" else comparison.news)[code]
    return f"「{measure.title}」は、いま「{comparison.in_words(comparison.by_end.get(end))}」です。"


def _write(comparison: Comparison, dropped: Sequence[LineageLink], lineages: Sequence[LineageLink]) -> None:
    """Lines of a pair that stays are kept, with what was put on top of their goal; the others go."""
    wanted = {pair: lineage for lineage in lineages for pair in lineage.pairs}
    stale = [comparison.by_pair[pair] for lineage in dropped for pair in lineage.pairs if pair not in wanted]
    if traced := [link.new.title for link in stale if link.added is not None and link.new]:
        names = "、".join(f"「{title}」" for title in traced)
        raise Refused(
            f"{names}には未達成分の上乗せがあります。先に上乗せを取り消してから、引き継ぎ方を変えてください。"
        )
    MeasureLink.objects.filter(pk__in=[link.pk for link in stale]).delete()
    lines = []
    for (old, new), lineage in wanted.items():
        link = comparison.by_pair.get((old, new))
        lines.append(
            link or MeasureLink(plan=comparison.plan, old=comparison.olds.get(old), new=comparison.news.get(new))
        )
        lines[-1].how, lines[-1].note = lineage.how, lineage.note
    MeasureLink.objects.bulk_update([link for link in lines if link.pk], ["how", "note"])
    MeasureLink.objects.bulk_create([link for link in lines if not link.pk])


def _history(comparison: Comparison, after: Mapping[End, LineageLink], by: User, channel: str) -> list[Change]:
    """A line for each measure of this plan that is linked otherwise now; of the old ones only for a 終了."""
    lines = []
    for end in sorted({*comparison.by_end, *after}):
        old, new = comparison.by_end.get(end), after.get(end)
        side, code = end
        is_ending = How.ENDED in (old and old.how, new and new.how)
        if old == new or (side == "old" and not is_ending):
            continue
        measure = comparison.news[code] if side == "new" else None
        words = comparison.in_words(old), comparison.in_words(new)
        lines.append(
            new_line(comparison.plan, Subject.MASTER, "引き継ぎ", *words, by=by, channel=channel, measure=measure)
        )
    return lines
