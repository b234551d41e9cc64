"""The action that sets which plan a plan follows: measures, 節 and their series are carried over from there."""

from django.contrib.auth.models import User
from django.db import transaction

from plans.access import require_manager
from plans.history_writer import write_line
from plans.lineage import possible_previous
from plans.models import Plan, Subject
from plans.refusals import Refused

MAY_NOT = "計画の引き継ぎを決められるのは、管理の役割の人だけです。"


@transaction.atomic
def follow(plan: Plan, previous_id: int | None, *, seen: int | None, by: User, channel: str) -> None:
    """Let the plan follow another one of its city, or none. `seen` is the one that the page showed.

    Raises PermissionDenied, or Refused: changed meanwhile, not a plan that can come before, or measures are
    carried over already.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    kept = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if kept.previous_id == previous_id:
        return
    if kept.previous_id != seen:
        raise Refused("ほかの人が先に前の計画を決めました。いまの内容を確かめてください。")
    possible = {one.pk: one for one in possible_previous(kept)}
    if previous_id is not None and previous_id not in possible:
        raise Refused("前の計画は、この計画より前に終わる同じ自治体の計画から選んでください。")
    if kept.measure_links.exists():
        raise Refused(
            "引き継ぎ方を決めた指標があるため、前の計画は変えられません。先に、すべての指標を未定に戻してください。"
        )
    old, new = possible.get(kept.previous_id or 0), possible.get(previous_id or 0)
    Plan.objects.filter(pk=kept.pk).update(previous=previous_id)
    words = (one.name if one else None for one in (old, new))
    write_line(plan, Subject.SETTING, "前の計画", *words, by=by, channel=channel)
