"""Drafts for tests: what a 節 of one holds, texts typed into it, and the plan made of it."""

from evaluations.planning.opening.drafts import Frame, SectionPlace, save_section
from evaluations.planning.opening.opening import open_plan
from evaluations.planning.opening.pages import draft_page
from evaluations.planning.opening.parts import parts_of
from plans.models import Channel

OWN = {  # a 指標 of the city's own
    "title": "体験利用をした人の数",
    "family": "indicator",
    "unit": "人",
    "value_kind": "number",
    "direction": "near",
    "accumulation": "year_total",
    "parent": "",
    "parent_role": "",
}


def part(draft, key):
    return next(part for part in parts_of(draft) if part.key == key)


def typed(draft, key, by, lines):
    """Save these texts for the lines of one 節."""
    found = part(draft, key)
    return save_section(draft, found.row, lines, version=found.row.version, by=by)


def only(draft, by, **kept):
    """Leave every 節 out of the plan but these, which get these lines."""
    for one in parts_of(draft):
        lines = {line.code: {"use": "no"} for line in one.lines} | kept.get(one.key.replace("-", "_"), {})
        save_section(draft, one.row, lines, version=one.row.version, by=by)


def made(draft, by, **frame):
    """The plan of this draft as the page would ask for it."""
    draft.refresh_from_db()
    page = draft_page(draft)
    wanted = Frame(**({name: getattr(draft, name) for name in Frame.__dataclass_fields__} | frame))
    places = {p.key: SectionPlace(p.row.title, n) for n, p in enumerate(page.parts, 1)}
    return open_plan(draft, wanted, places, version=draft.version, seen=page.seen, by=by, channel=Channel.SCREEN)
