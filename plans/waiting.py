"""What waits for one person: 節 that were returned to those who enter, 節 submitted to those who check and confirm."""

from collections.abc import Iterable
from dataclasses import dataclass

from plans.access import Access, States
from plans.models import Role, Section, SectionYear, YearState


@dataclass(frozen=True)
class Waiting:
    """One 節 × 年度 that needs this person to continue. `note`: why it was returned, else ""."""

    section: Section
    year: int
    state: str
    label: str
    note: str = ""


def waiting_for(access: Access, sections: Iterable[Section], states: States) -> tuple[Waiting, ...]:
    """In the order of years and 節. A person who confirms may also check; a 節 already checked does not wait for a
    checker.
    """
    by_key = {section.pk: section for section in sections}
    rows = sorted(states.values(), key=lambda row: (row.fiscal_year, by_key[row.section_id].number))
    found = ((row, by_key[row.section_id], _label(access, row)) for row in rows)
    return tuple(
        Waiting(section, row.fiscal_year, row.state, label, row.return_note) for row, section, label in found if label
    )


def _label(access: Access, row: SectionYear) -> str:
    """What the 節 waits for, "" where it is not this person's turn."""
    if row.state == YearState.RETURNED and access.role == Role.EDITOR:
        return "差し戻し"
    if row.state == YearState.SUBMITTED and access.may_check and not row.checked_at:
        return "確認待ち"
    if row.state == YearState.SUBMITTED and access.may_confirm:
        return "確定待ち"
    return ""
