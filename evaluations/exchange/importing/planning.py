"""From a table to the list of what it would change: the one reading behind the command and the page."""

from collections.abc import Iterable

from core.uploads.tables import Table
from evaluations.exchange.importing.cells import LockReason, plan_cells
from evaluations.exchange.importing.changes import ImportChange, ImportPlan, PlanKey, ValueChange
from evaluations.exchange.importing.masters import plan_masters
from evaluations.exchange.importing.report import Report
from evaluations.exchange.importing.rows import ImportRow, import_rows
from evaluations.exchange.importing.stored import StoredPlan, stored_plan
from evaluations.exchange.importing.wanted import WantedPlan, wanted_plans
from plans.access import Access, lock_reason
from plans.models import Measure, Plan, PlanKind


def import_for_operator(table: Table) -> ImportPlan:
    """What the table would do at the command line: any plan, without a check of rights; locks hold."""
    report = Report()
    wanted = wanted_plans(import_rows(table, report), report)
    cities_made: set[str] = set()
    changes = [
        change for plan in wanted for change in _changes(plan, stored_plan(plan.key), report, lock_reason, cities_made)
    ]
    return ImportPlan(changes=tuple(changes), **report.in_order())


def import_for_person(table: Table, plan: Plan) -> ImportPlan:
    """What the table would do for the person of `plan.access`, in this plan alone."""
    report = Report()
    changes = changes_of_rows(import_rows(table, report), plan, report, access=plan.access)
    return ImportPlan(changes=tuple(changes), **report.in_order())


def changes_of_rows(
    rows: Iterable[ImportRow], plan: Plan, report: Report, *, access: Access | None
) -> list[ImportChange]:
    """What rows would do in this plan alone; `access` None is the operator, whose rights are not checked."""
    own = PlanKey.of(plan)
    wanted = wanted_plans(rows, report, refuse=lambda row, key: _refuse_other(row, key, own, report))
    changes: list[ImportChange] = []
    for part in wanted:
        stored = stored_plan(part.key)
        changes += _changes(part, stored, report, access.lock_reason if access else lock_reason, set())
        if access:
            _check_rights(changes, stored, access, report)
    return changes


def _changes(
    wanted: WantedPlan, stored: StoredPlan, report: Report, locks: LockReason, cities_made: set[str]
) -> list[ImportChange]:
    masters, final = plan_masters(wanted, stored, report, cities_made=cities_made)
    return [*masters, *plan_cells(wanted, stored, final, report, locks)]


def _refuse_other(row: ImportRow, key: PlanKey, own: PlanKey, report: Report) -> bool:
    """Report a row of another plan than the page's."""
    for column, given, right, shown in (
        ("団体コード", key.code, own.code, own.code),
        ("計画種別", key.kind, own.kind, PlanKind(own.kind).label),
        ("計画期", key.generation, own.generation, str(own.generation)),
    ):
        if given != right:
            report.problem(
                row.address(column, "団体コード"),
                f"「{column}」がこの計画（{shown}）と違います。別の計画の表は、その計画の取り込みで扱ってください。",
            )
    return key != own


def _check_rights(changes: Iterable[ImportChange], stored: StoredPlan, access: Access, report: Report) -> None:
    """Values need the right to enter the measure; everything else needs the manager."""
    for change in changes:
        if isinstance(change, ValueChange):
            if not access.may_enter(stored.measures.get(change.code, Measure())):
                report.problem(
                    change.address, f"{change.place}を入力する権限がありません。担当課の人に頼んでください。"
                )
        elif not access.may_manage:
            new = f"（{change.sides[1]}）"
            report.problem(change.address, f"{change.place}{new}は「管理」の役割の人だけが取り込めます。")
