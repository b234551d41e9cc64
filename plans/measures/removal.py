"""The action that removes a 指標 that has neither values nor history of its own."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError

from plans.access import require_manager
from plans.history_writer import write_line
from plans.locks import lock_plan
from plans.measures.rules import MAY_NOT, REASON
from plans.models import Change, Measure, Plan, Subject, YearlyValue
from plans.refusals import Refused


@transaction.atomic
def remove_measure(plan: Plan, measure: Measure, *, by: User, channel: str) -> None:
    """Remove a measure that has neither values nor history of its own. Raises PermissionDenied, Refused."""
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)
    current = plan.measures.select_related("section").filter(pk=measure.pk).first()
    if current is None:
        raise Refused("この指標は、ほかの人が先に取り除きました。")
    if why := why_it_stays(current):
        raise Refused(why)
    more = {"section": current.section, "reason": REASON}
    write_line(plan, Subject.MASTER, "取り除き", str(current), None, by=by, channel=channel, **more)
    try:
        current.delete()
    except ProtectedError as error:
        raise Refused("ほかの記録から使われているため、取り除けません。") from error


def why_it_stays(measure: Measure) -> str:
    """Why this measure cannot be removed; "" where it can. Four queries at most."""
    keep = "数えない年度があるときは、終了年度を入れてください。"
    if YearlyValue.objects.filter(measure=measure).exists():
        return f"値が入力されているため、取り除けません。{keep}"
    if Change.objects.filter(measure=measure).exists():
        return f"変更履歴があるため、取り除けません。{keep}"
    if measure.parts.exists():
        return "この指標の内数や内訳があるため、取り除けません。先に、それらの親指標を変えてください。"
    if measure.earlier_links.exists() or measure.later_links.exists():
        return "前後の期の指標と結び付いているため、取り除けません。"
    return ""
