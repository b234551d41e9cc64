"""The locks that actions take until their transaction ends: first the 節 × 年度, then the plan."""

from plans.models import Plan, Section, SectionYear


def lock_section_years(plan: Plan, keys: set[tuple[int, int]]) -> dict[tuple[int, int], SectionYear]:
    """The SectionYear rows of these (section id, year) keys, made where absent and locked in key order.

    Everyone who changes values, texts or state of a year goes through here, so that two of them wait for each other.
    """
    ordered = sorted(keys)
    SectionYear.objects.bulk_create(
        [SectionYear(section_id=section, fiscal_year=year) for section, year in ordered], ignore_conflicts=True
    )
    # OF self: the join would lock the 節 too, for which two people who open different years of it would deadlock.
    rows = (
        SectionYear.objects.select_for_update(of=("self",))
        .filter(section__plan=plan, section__in={s for s, _ in ordered}, fiscal_year__in={y for _, y in ordered})
        .order_by("section_id", "fiscal_year")
    )
    return {(row.section_id, row.fiscal_year): row for row in rows if (row.section_id, row.fiscal_year) in keys}


def lock_section_year(section: Section, year: int) -> SectionYear:
    """One 節 × 年度, made where absent and locked until the transaction ends."""
    return lock_section_years(section.plan, {(section.pk, year)})[section.pk, year]


def lock_plan(plan: Plan) -> Plan:
    """The plan, locked so that numbers are assigned one after the other."""
    locked = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("municipality")
    return locked.get(pk=plan.pk)
