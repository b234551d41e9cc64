"""One plan of the demo, made from its document in fixtures/: structure first, then values, texts and states.

What has an action goes through it, so that a demo plan has the history and stamps of any other.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from core.fiscal_months import MONTHS
from core.values import EMPTY, Value
from core.volumes import Effect, Spread
from core.words import Certainty, Family, Side
from evaluations.entry.texts import save_texts
from evaluations.follow_up.action_items import add_action, report_action
from evaluations.follow_up.opinions import add_opinion
from evaluations.models import ActivityRecord
from evaluations.planning.revisions import open_revision
from evaluations.publishing.publication import publish
from indicators.models import ActivityIndicator, Service
from indicators.months.readings import ReadingChange, record_readings
from indicators.volumes.actions import save_forecast
from indicators.volumes.content import Factor, ForecastContent
from indicators.volumes.ground import ground_of
from plans.actions import CellChange, record_values
from plans.models import Channel, Measure, Municipality, Plan, PlanRevision, Section, YearState
from plans.models.plan import plan_slug
from plans.queries import stored_values
from plans.workflow import MOVE_BY_NAME, move_section_year
from targets.models import OutcomeTarget, TargetItem

REASON = "見本の読み込み"
MOVES_TO = {
    YearState.DRAFT: (),
    YearState.SUBMITTED: ("submit",),
    YearState.CONFIRMED: ("submit", "check", "confirm"),
    YearState.PUBLISHED: ("submit", "check", "confirm"),
}
COLUMNS = {field.name for field in Measure._meta.concrete_fields} - {"parent", "parent_role"}

Document = dict[str, Any]
Signers = Mapping[str, User]
"""Who makes each move: `submit`, which every other writing is signed by too, `check` and `confirm`."""


def create_plan(municipality: Municipality, document: Document, *, signers: Signers) -> Plan:
    """The whole plan of this document, which must not be there yet; to be called inside a transaction."""
    fields = document["plan"]
    slug = plan_slug(municipality.code, fields["kind"], fields["generation"])
    plan = Plan.objects.create(municipality=municipality, slug=slug, **fields)
    PlanRevision.objects.create(plan=plan)
    sections = {row["number"]: _create_section(plan, row) for row in document["sections"]}
    measures = _create_measures(plan, document, sections)
    record_values(_cell_changes(document, measures), by=None, channel=Channel.COMMAND, reason=REASON)
    record_readings(_month_changes(document, measures), by=None, channel=Channel.COMMAND, reason=REASON)
    _keep_forecasts(plan, document.get("volume_forecasts", ()), by=signers["submit"])
    _create_records(plan, document, sections, measures)
    for row in document["sections"]:
        for year, texts in row["evaluations"].items():
            save_texts(sections[row["number"]], int(year), texts, version=0, by=None, channel=Channel.COMMAND)
    _add_promises(plan, document, sections, by=signers["submit"])
    _revise(plan, document, measures, by=signers["submit"])
    _make_moves(document, sections, signers)
    _add_opinions(plan, document, sections, measures, by=signers["submit"])
    _publish(plan, document, by=signers["confirm"])
    return plan


def _create_section(plan: Plan, row: Document) -> Section:
    section = Section.objects.create(plan=plan, number=row["number"], title=row["title"], sheet_part=row["sheet_part"])
    OutcomeTarget.objects.bulk_create(OutcomeTarget(section=section, **target) for target in row["targets"])
    return section


def _create_measures(plan: Plan, document: Document, sections: dict[int, Section]) -> dict[str, Measure]:
    """The measures by code, each with its row of 成果目標 or 活動指標. A part comes after its whole in the document."""
    services = Service.objects.in_bulk(field_name="code")
    goals = {(g.section_id, g.order): g for g in OutcomeTarget.objects.filter(section__plan=plan)}
    measures: dict[str, Measure] = {}
    for section_row in document["sections"]:
        section = sections[section_row["number"]]
        for row in section_row["measures"]:
            measure = Measure.objects.create(
                plan=plan,
                section=section,
                parent=measures.get(row["parent"]),
                parent_role=row["parent_role"] or "",
                **{name: text for name, text in row.items() if name in COLUMNS},
            )
            measures[row["code"]] = measure
            if row["family"] == Family.TARGET:
                TargetItem.objects.create(
                    measure=measure,
                    outcome_target=goals[section.pk, row["target"]],
                    rationale=row["rationale"],
                    national_level=row["national_level"],
                )
            else:
                indicator = ActivityIndicator.objects.create(
                    measure=measure, service=services.get(row["service"]), amount_of=row["amount_of"] or ""
                )
                indicator.related_sections.set(sections[number] for number in row["related_sections"])
    return measures


def _cell_changes(document: Document, measures: dict[str, Measure]) -> list[CellChange]:
    return [
        CellChange(measures[row["code"]], cell["year"], Side(cell["side"]), EMPTY, _value(cell))
        for section_row in document["sections"]
        for row in section_row["measures"]
        for cell in row["values"]
    ]


def _month_changes(document: Document, measures: dict[str, Measure]) -> list[ReadingChange]:
    """The months of 活動指標, from April on as far as they are known; those in `provisional` are 速報."""
    return [
        ReadingChange(measures[row["code"]], row["year"], month, EMPTY, _month(number, month in row["provisional"]))
        for row in document.get("monthly", ())
        for month, number in zip(MONTHS, row["values"], strict=False)
    ]


def _month(number: int, is_provisional: bool) -> Value:
    return Value(Decimal(number), certainty=Certainty.PRELIMINARY if is_provisional else None)


def _value(cell: Document) -> Value:
    return Value.from_dict({name: cell[name] for name in Value.__slots__ if cell.get(name) not in (None, "")})


def _create_records(plan: Plan, document: Document, sections: dict[int, Section], measures: dict[str, Measure]) -> None:
    for row in document["records"]:
        fields = {name: field for name, field in row.items() if name not in ("sections", "counted_in")}
        record = ActivityRecord.objects.create(plan=plan, **fields)
        record.sections.set(sections[number] for number in row["sections"])
        record.counted_in.set(measures[code] for code in row.get("counted_in", ()))


def _add_promises(plan: Plan, document: Document, sections: dict[int, Section], *, by: User) -> None:
    """取組, promised before their year is 確定, and what became of them."""
    for row in document.get("action_items", ()):
        facts = {name: fact for name, fact in row.items() if name not in ("section", "state", "outcome")}
        promise = facts | {"section_id": sections[row["section"]].pk}
        item = add_action(plan, promise, by=by, channel=Channel.COMMAND)
        report_action(item, row["state"], row["outcome"], version=item.version, by=by, channel=Channel.COMMAND)


def _add_opinions(
    plan: Plan, document: Document, sections: dict[int, Section], measures: dict[str, Measure], *, by: User
) -> None:
    rows_of: dict[str, dict] = {"section": sections, "measure": measures, "reflected_section": sections}
    for row in document.get("opinions", ()):
        facts = {name: fact for name, fact in row.items() if name not in rows_of}
        places = {f"{name}_id": rows[row[name]].pk if row[name] else None for name, rows in rows_of.items()}
        content = facts | places | {"held_on": date.fromisoformat(row["held_on"])}
        add_opinion(plan, content, by=by, channel=Channel.COMMAND)


def _revise(plan: Plan, document: Document, measures: dict[str, Measure], *, by: User) -> None:
    """Each 計画変更 with the 計画値 that it changed."""
    for newest, row in enumerate(document.get("revisions", ())):
        day = date.fromisoformat(row["decided_on"])
        open_revision(plan, day, row["reason"], seen_newest=newest, by=by, channel=Channel.COMMAND)
        current = stored_values(measures.values())
        changes = []
        for cell in row["values"]:
            measure, year = measures[cell["code"]], cell["year"]
            old = current.get((measure.pk, year, Side.PLANNED), EMPTY)
            changes.append(CellChange(measure, year, Side.PLANNED, old, Value(Decimal(cell["number"]))))
        record_values(changes, by=by, channel=Channel.COMMAND)


def _make_moves(document: Document, sections: dict[int, Section], signers: Signers) -> None:
    """Bring each 節 × 年度 to its state, signed by the people of the city. A 節 may differ from the plan."""
    for row in document["sections"]:
        for year, state in (document["states"] | row.get("states", {})).items():
            for name in MOVES_TO[YearState(state)]:
                by = signers[name]
                move_section_year(
                    sections[row["number"]], int(year), MOVE_BY_NAME[name], by=by, channel=Channel.COMMAND
                )


def _publish(plan: Plan, document: Document, *, by: User) -> None:
    """Show residents the years that the document calls 公表, signed by who confirms in the city."""
    for year, state in document["states"].items():
        if state == YearState.PUBLISHED:
            publish(plan, int(year), by=by, reason=REASON, channel=Channel.COMMAND)


def _keep_forecasts(plan: Plan, rows: Iterable[dict[str, Any]], *, by: User) -> None:
    """見込量 that the city worked out and has not put into the plan: with every factor of the reference, 未入力 where
    the document gives no number.
    """
    for row in rows:
        ground = ground_of(plan, row["volume"], None)
        named = {factor.name: factor for factor in map(_factor, row["factors"])}
        content = ForecastContent(
            basis_year=row["basis_year"],
            scenario=row["scenario"],
            reason=row["reason"],
            factors=tuple(named.get(name, Factor(name)) for name in ground.reference.factors),
        )
        save_forecast(plan, ground.volume, content, version=0, by=by, channel=Channel.COMMAND)


def _factor(row: dict[str, Any]) -> Factor:
    effect, spread = Effect(row.get("effect", Effect.NONE)), Spread(row.get("spread", Spread.EVEN))
    return Factor(**(row | {"number": Decimal(row["number"]), "effect": effect, "spread": spread}))
