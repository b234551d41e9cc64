"""The rows behind the values of some cells, and how a new value is put into them.

計画値 are written into the newest 計画変更: the row of an older one is kept as well, so that 当初 can always be read.
実績値 know no 計画変更.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from core.values import Value
from core.words import Side
from plans.models import Plan, PlanRevision, YearlyValue

CellKey = tuple[int, int, str]
"""Measure id, fiscal year, side."""
FIELDS = ("number", "state", "wording", "numerator", "denominator", "as_of", "certainty", "note")


def newest_revision(plan: Plan) -> PlanRevision | None:
    """The 計画変更 that 計画値 are written into; None while the plan is as first adopted. One query."""
    return changes_of_plans().filter(plan=plan).first()


def newest_number(plan: Plan) -> int:
    """The number of the 計画変更 that 計画値 would be written into; 0 while the plan is as first adopted. One query."""
    revision = newest_revision(plan)
    return revision.number if revision else 0


def changes_of_plans() -> QuerySet[PlanRevision]:
    """Every 計画変更, the newest first; 当初 is none."""
    return PlanRevision.objects.filter(number__gt=0).order_by("-number")


def lock_newest_revision(plan: Plan) -> int:
    """The number of the newest 計画変更, locked so that it cannot be removed until the transaction ends; 0: as first
    adopted.
    """
    # All of them: with LIMIT, PostgreSQL would find none after waiting for one that was removed in between.
    rows = PlanRevision.objects.select_for_update(no_key=True, of=("self",)).filter(plan=plan).order_by("number")
    return max((row.number for row in rows), default=0)


class CellRows:
    """The rows of these cells, those that a 計画変更 replaced among them. One query.

    `newest` is the 計画変更 that 計画値 go into. With `corrects` they go into the one that set them last: a typing
    error of the 当初 plan is no change of the plan.
    """

    def __init__(self, keys: Iterable[CellKey], newest: int, *, corrects: bool = False) -> None:
        self.newest, self.corrects = newest, corrects
        self.rows: dict[CellKey, list[YearlyValue]] = defaultdict(list)
        wanted = set(keys)
        measures, years = {measure for measure, _, _ in wanted}, {year for _, year, _ in wanted}
        for row in YearlyValue.objects.filter(measure__in=measures, fiscal_year__in=years):
            self.rows[row.measure_id, row.fiscal_year, row.side].append(row)

    @property
    def current(self) -> dict[CellKey, Value]:
        """The current values; a key that is absent is 未入力, or no plan."""
        return {key: row.value for key, rows in self.rows.items() for row in rows if row.replaced_in is None}

    def into(self, key: CellKey) -> int:
        """The 計画変更 that a new value of this cell belongs to; 0 for 当初 and for every 実績値."""
        if key[2] == Side.ACTUAL:
            return 0
        if not self.corrects:
            return self.newest
        touched = [row.revision if row.replaced_in is None else row.replaced_in for row in self.rows.get(key, ())]
        return max(touched, default=0)

    def puts_right(self, key: CellKey) -> bool:
        """Whether a new value of this cell is a correction of a plan that has been changed since."""
        return self.corrects and self.newest > 0 and key[2] == Side.PLANNED

    def write(self, news: Mapping[CellKey, Value]) -> None:
        """Put these values into their cells, empty ones clearing them: five statements however many there are."""
        gone: list[int] = []
        turned: list[YearlyValue] = []
        changed: list[YearlyValue] = []
        fresh: list[YearlyValue] = []
        for key, new in news.items():
            into = self.into(key)
            row = next((row for row in self.rows[key] if row.replaced_in is None), None)
            before = next((row for row in self.rows[key] if row.replaced_in == into), None)
            if row and row.revision != into:
                row.replaced_in = into
                turned.append(row)
                row = None
            if before and before.value == new:  # as it was before this 計画変更: then it changes nothing here
                before.replaced_in = None
                turned.append(before)
                new = Value()
            if not new.is_entered:
                gone += [row.pk] if row else []
                continue
            row = row or YearlyValue(measure_id=key[0], fiscal_year=key[1], side=key[2], revision=into)
            row.take(new)
            (changed if row.pk else fresh).append(row)
        # In this order no cell has two current rows at any moment.
        YearlyValue.objects.filter(pk__in=gone).delete()
        YearlyValue.objects.bulk_update(turned, ["replaced_in"], batch_size=200)
        YearlyValue.objects.bulk_create(fresh)
        # An INSERT that meets its own row: bulk_update writes a CASE for every field and takes thirty times as long.
        YearlyValue.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=FIELDS)
