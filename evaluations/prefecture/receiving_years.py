"""Values, states and texts of a received plan, written as its package says."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from core.packages.content import SETTLED, TEXTS, Content
from core.values import Value
from core.words import Side
from evaluations.models import Evaluation
from plans.actions import bump
from plans.models import Measure, Plan, Section, SectionYear, YearlyValue, YearState
from plans.row_locks import lock_section_years

SIGNER = "(file)"
"""The name shown as 確定者 in a received plan, because the file names no one. No form gives this name to a person."""


def write_values(plan: Plan, content: Content, measures: Mapping[str, Measure]) -> None:
    """Store the values of the package and no others; unchanged values keep their rows."""
    wanted = {
        (measures[facts["code"]].pk, int(year), side.value): Value.from_dict(sides[side])
        for facts in content["measures"]
        for year, sides in facts["years"].items()
        for side in Side
        if isinstance(sides[side], dict)
    }
    stored = YearlyValue.objects.filter(measure__plan=plan)
    by_key = {(row.measure_id, row.fiscal_year, row.side): row for row in stored}
    same = {key: row.pk for key, row in by_key.items() if wanted.get(key) == row.value}
    stored.exclude(pk__in=same.values()).delete()
    rows = []
    for (measure, year, side), value in wanted.items():
        if (measure, year, side) not in same:
            row = YearlyValue(measure_id=measure, fiscal_year=year, side=side)
            row.take(value)
            rows.append(row)
    YearlyValue.objects.bulk_create(rows)


def write_years(plan: Plan, content: Content, sections: Mapping[int, Section]) -> None:
    """State and texts of each 節 × 年度; one that is no longer 確定 keeps neither."""
    wanted = {
        (sections[facts["number"]].pk, int(year)): said
        for facts in content["sections"]
        for year, said in facts["years"].items()
        if said["state"] == SETTLED
    }
    there = set(SectionYear.objects.filter(section__plan=plan).values_list("section_id", "fiscal_year"))
    rows = lock_section_years(plan, set(wanted) | there)
    signer = _signer()
    for key, row in rows.items():
        said = wanted.get(key)
        row.state = YearState.CONFIRMED if said else YearState.DRAFT
        row.confirmed_at = datetime.fromisoformat(said["confirmed_at"]) if said else None
        row.confirmed_by = signer if said else None
    SectionYear.objects.bulk_update(rows.values(), ["state", "confirmed_at", "confirmed_by"], batch_size=200)
    bump(rows.values())
    nothing = dict.fromkeys(TEXTS, "")
    evaluations = {
        evaluation.section_year_id: evaluation
        for evaluation in Evaluation.objects.filter(section_year__in=[row.pk for row in rows.values()])
    }
    fresh: list[Evaluation] = []
    changed: list[Evaluation] = []
    for key, row in rows.items():
        texts = wanted[key]["texts"] if key in wanted else nothing
        evaluation = evaluations.get(row.pk) or Evaluation(section_year=row)
        if texts != {name: getattr(evaluation, name) for name in TEXTS}:
            for name, text in texts.items():
                setattr(evaluation, name, text)
            evaluation.version += 1
            (changed if evaluation.pk else fresh).append(evaluation)
    Evaluation.objects.bulk_create(fresh)
    Evaluation.objects.bulk_update(changed, [*TEXTS, "version"], batch_size=200)


def _signer() -> User:
    """The user for the stamps; no one can log in with its name."""
    return User.objects.get_or_create(
        username=SIGNER,
        defaults={"last_name": "ファイルで受領", "is_active": False, "password": make_password(None)},
    )[0]
