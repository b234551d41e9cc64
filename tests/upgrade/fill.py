"""What two cities and a prefecture do with the site, by its own verbs, after `load_demo` and `import_package`.

`filled_by_0_1.json.xz` was made by the code of commit 45a1ff6. To make the next one at a release: add here what is new
in it, check the release out (`git worktree add`), put this folder in, run `python -m tests.upgrade fill FILE` there and
name the file in `test_upgrade.py`. Nothing else runs this: it goes by the verbs of one release and may not fit later
ones. How an earlier file was made is in the history of the repository.
"""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from core.lineage import How, Tie
from core.outlook import OutlookMethod
from core.values import EMPTY, Value
from core.words import Accumulation, Certainty, Direction, Side, State, ValueKind
from core.yearly_round import RoundStep
from evaluations.action_items import Promise, add_action, report_action
from evaluations.carry_over.copying import add_to_plan
from evaluations.carry_over.deciding import decide
from evaluations.deadlines import DueDate, add_deadline
from evaluations.links import LinksOfGoal, change_links
from evaluations.long_work.asking import ask, cancel
from evaluations.long_work.running import Runner
from evaluations.models import OpinionStatus
from evaluations.opening.drafts import start_draft
from evaluations.opinions import OpinionContent, add_opinion
from evaluations.outlook_choice import choose_outlook
from evaluations.packages import make_package
from evaluations.publication import publish, withdraw_publication
from evaluations.records import RecordContent, add_record
from evaluations.revisions import open_revision
from evaluations.texts import save_texts
from evaluations.tidy import tidy_file, tidy_rows
from evaluations.workflow import MOVE_BY_NAME, move_section_year
from indicators.models import ActivityIndicator
from indicators.monthly_mappings import save_mapping
from indicators.readings import ReadingChange, record_readings
from indicators.volume_actions import Taking, take_over_forecast, worked_out
from indicators.volume_ground import ground_of
from plans.actions import CellChange, record_values
from plans.catalogue_amendments import EntryContent, add_entry
from plans.models import Door, Measure, Membership, Municipality, Plan, Role, Section
from plans.people import NewPerson, add_person, save_department
from plans.plan_settings import SettingChange, change_settings
from plans.queries import stored_values
from plans.sheet_layout_files import add_layout
from plans.sheet_layouts import FOLDER
from tests import drafts

INZAI, INZAI_NEXT, MIHON, MIHON_NEXT = "122319-6", "122319-7", "129992-7", "129992-8"

OPINION = "送迎のある短期入所を増やしてほしい。"
ANSWER = "事業所に、夜間の受け入れを働きかけます。"
PROMISE = "短期入所の事業所に向けて説明会を開く。"
OUTCOME = "説明会を2回開き、11の事業所が参加した。"
RECORD = "短期入所の事業所への説明会"
RETURNED = "移動支援の時間を、請求の数と合わせてください。"
OUTLOOK = "秋に新しい事業所が開くため、増えると見込む。"
REVISED = "国の指針の見直しに合わせて、同行援護の見込みを改めた。"
DUE = "協議会に評価の案を送る"
MAPPING = "請求ソフトの月ごとの表"
ENTRY = "医療的ケア児が短期入所を使った日数"
REDEFINED = "市外の施設に入所している人も数える。"
LAYOUT = "みほん市の管理シート"
READ, GIVEN, FAILED = "大きな表の読み取り", "取り消した表の読み取り", "存在しない様式の評価シート"

PAGES = [
    ("other", f"/plans/{MIHON}/opinions/?year=2025", [OPINION, ANSWER]),
    ("other", f"/plans/{MIHON}/actions/?year=2025", [PROMISE, OUTCOME]),
    ("other", f"/plans/{MIHON}/sections/5/2025/", [RECORD]),
    ("other", f"/plans/{MIHON}/sections/9/2025/", [RETURNED]),
    ("other", f"/plans/{MIHON}/measures/kyotaku_kaigo-users/", [OUTLOOK, "68.5"]),
    ("other", f"/plans/{MIHON}/revisions/", [REVISED]),
    ("other", f"/plans/{MIHON}/sections/1/2025/", ["障害児相談支援"]),
    ("other", f"/plans/{MIHON}/calendar/", [DUE]),
    ("other", f"/plans/{MIHON}/indicators/monthly/2026/?section=4", ["71.25"]),
    ("other", f"/plans/{MIHON}/indicators/monthly/2026/?import=1", [MAPPING]),
    ("other", f"/plans/{MIHON}/volumes/shuro_b/", ["計画値に入れた"]),
    ("other", f"/plans/{MIHON}/settings/layouts/", [LAYOUT]),
    ("other", f"/plans/{MIHON}/settings/layouts/mihon.json", [LAYOUT]),
    ("other", "/plans/catalogue/8/", [ENTRY]),
    ("other", f"/plans/new/{MIHON_NEXT}/", ["第8期"]),
    ("other", "/people/", ["障がい福祉課", "花子"]),
    ("other", "/work/", [READ, GIVEN, FAILED]),
    ("manager", f"/plans/{INZAI_NEXT}/carry-over/", [REDEFINED]),
    ("manager", f"/plans/{INZAI}/exports/", ["第1版"]),
    ("manager", f"/plans/{INZAI}/exports/package-1.json", ["３分の２"]),
    ("prefecture", "/prefectures/990001/packages/", ["架空001市"]),
]
"""Who sees what where; none of it is in the demo."""

EVERY_TEXT = ("do_text", "check_text", "proposal", "issues_text", "act_text", "budget_text")
SCREEN = Door.SCREEN


def fill() -> None:
    inzai, mihon = (Plan.objects.select_related("municipality").get(slug=slug) for slug in (INZAI, MIHON))
    manager, other = _person("manager"), _person("other")
    _publish(inzai)
    _open_the_next_plan(inzai, manager)
    _work(mihon, other)
    _set_up(mihon, other)
    _ask_for_long_work(mihon, other)
    prefecture = User.objects.create_user("prefecture")
    Membership.objects.create(
        user=prefecture, municipality=Municipality.objects.get(code="990001"), role=Role.PREFECTURE
    )
    for user in User.objects.all():
        user.set_unusable_password()
        user.save()


def _publish(plan: Plan) -> None:
    """A year that is new, a year corrected after it was published, and one taken back."""
    editor, confirmer = _person("editor"), _person("confirmer")
    rate = Value(Decimal("66.6667"), wording="３分の２", numerator=Decimal(2), denominator=Decimal(3))
    date_and_note = Value(Decimal(5), as_of="令和6年3月末", certainty=Certainty.FINAL, note="県の照会による。")
    in_words = Value(state=State.WORDS_ONLY, wording="整備に向けて検討した。\n「令和6年度」に続ける。")
    entered = {"1-1": Value(Decimal(3)), "2-1": date_and_note, "4-3": rate, "5-1": in_words}
    _write(plan, 2023, entered, editor)
    _write(plan, 2023, {"7-1": Value(state=State.PENDING)}, editor)
    sections = list(plan.sections.order_by("number"))
    save_texts(
        sections[3], 2023, {name: f"{name}：一行目\n①二行目" for name in EVERY_TEXT}, version=0, by=editor, door=SCREEN
    )
    _confirm(sections, 2023)
    publish(plan, 2023, by=confirmer, reason="年度の評価", door=SCREEN)
    why = "就労定着支援の人数を数え直した。"
    move_section_year(sections[3], 2022, MOVE_BY_NAME["reopen"], by=confirmer, door=SCREEN, text=why)
    _write(plan, 2022, {"4-2": Value(Decimal(8))}, editor)
    _confirm(sections[3:4], 2022)
    publish(plan, 2022, by=confirmer, reason="訂正", door=SCREEN, correction_reason=why)
    early = publish(plan, 2021, by=confirmer, reason="", door=SCREEN)
    withdraw_publication(early, by=confirmer, reason="協議会に示す前に公表した。", door=SCREEN)
    make_package(plan, by=editor, door=SCREEN)


def _open_the_next_plan(plan: Plan, by: User) -> None:
    """第7期, made of a draft, with what goes on from the plan before."""
    draft = start_draft(plan.municipality, "disability", 7, first_year=2024, by=by)
    goal = {"use": "yes", "baseline": "36", "baseline_year": "令和4年度", "y2026": "３人", "rationale": "過去の平均"}
    drafts.only(draft, by, **{"7_1": {"7-1-1": goal}})
    following = drafts.made(draft, by)
    add_to_plan(following, ["4-1"], by=by, door=SCREEN)
    decide(following, [Tie(How.REDEFINED, ("1-1",), ("7-1-1",), REDEFINED)], seen={}, by=by, door=SCREEN)


def _work(plan: Plan, by: User) -> None:
    """A year under way."""
    sections = list(plan.sections.order_by("number"))
    days = Measure.objects.get(plan=plan, code="tanki_fukushi-days")
    opinion = OpinionContent(
        *(2025, "見本ふくし協議会", date(2026, 8, 4), OPINION),
        section_id=sections[4].pk,
        measure_id=days.pk,
        response=ANSWER,
        status=OpinionStatus.ANSWERED,
        published=True,
    )
    add_opinion(plan, opinion, by=by, door=SCREEN)
    promise = add_action(plan, Promise(2025, sections[4].pk, PROMISE, due_year=2026), by=by, door=SCREEN)
    report_action(promise, "DONE", OUTCOME, version=promise.version, by=by, door=SCREEN)
    record = RecordContent(2025, RECORD, frozenset([sections[4].pk]), date(2025, 10, 7), 24, 11)
    add_record(plan, record, by=by, door=SCREEN)
    move_section_year(sections[8], 2025, MOVE_BY_NAME["submit"], by=by, door=SCREEN)
    move_section_year(sections[8], 2025, MOVE_BY_NAME["return"], by=by, door=SCREEN, text=RETURNED)
    users = plan.measures.get(code="kyotaku_kaigo-users")
    choose_outlook(users, OutlookMethod.OWN, OUTLOOK, version=0, by=by, door=SCREEN, own=Decimal("68.5"))
    month = Value(Decimal("71.25"), certainty=Certainty.PRELIMINARY)
    record_readings([ReadingChange(users, 2026, 10, EMPTY, month)], by=by, door=SCREEN)
    open_revision(plan, date(2026, 11, 2), REVISED, seen_newest=_newest_revision(plan), by=by, door=SCREEN)
    _write(plan, 2026, {"doko_engo-users": Value(Decimal(12))}, by, side=Side.PLANNED)
    volume = ground_of(plan, "shuro_b", None).volume
    made = [cell for year in worked_out(plan, volume, by).planned for cell in year.cells]
    taken = [Taking(cell.measure, cell.year, cell.old, cell.new) for cell in made]
    take_over_forecast(plan, volume, taken, version=1, by=by, door=SCREEN)


def _set_up(plan: Plan, by: User) -> None:
    """What a manager keeps for the city and for the plan to come."""
    city = plan.municipality
    save_department(city, "障がい福祉課", by=by)
    add_person(city, NewPerson("hanako", "花子", Role.EDITOR, city.departments.get(), "not kept"), by=by)
    goal = plan.sections.get(number=1)
    linked = frozenset(ActivityIndicator.objects.filter(related_sections=goal).values_list("pk", flat=True))
    more = linked | {plan.measures.get(code="shogaiji_sodan-users").pk}
    change_links(plan, [LinksOfGoal(goal, linked, more)], by=by, door=SCREEN)
    add_deadline(plan, DueDate(date(2027, 5, 20), DUE, RoundStep.COUNCIL, 2026), by=by, door=SCREEN)
    mapping = {
        "name": MAPPING,
        "header_row": 2,
        "service_column": "サービス種類",
        "month_column": "提供年月",
        "users_column": "人数",
        "codes": {"kyotaku_kaigo-users": {"column": "users", "codes": ["11"]}},
    }
    save_mapping(city, None, mapping, version=0, by=by, door=SCREEN)
    kinds = {"value_kind": ValueKind.NUMBER, "direction": Direction.NEAR, "accumulation": Accumulation.YEAR_TOTAL}
    add_entry(city, 8, EntryContent(title=ENTRY, unit="日", **kinds), by=by, door=SCREEN)
    layout = json.loads((FOLDER / "kanri.json").read_text()) | {"key": "mihon", "name": LAYOUT, "title": LAYOUT}
    add_layout(city, json.dumps(layout, ensure_ascii=False).encode(), replace=False, by=by, door=SCREEN)
    change_settings(plan, [SettingChange("", plan, "sheet_layout", plan.sheet_layout, "mihon")], by=by)
    start_draft(city, "disability", 8, first_year=2027, by=by)


def _ask_for_long_work(plan: Plan, by: User) -> None:
    """One done, one failed, one cancelled with its file."""
    table, _ = tidy_file(tidy_rows(plan, access=None)[:3], "csv")
    where = {"by": by, "municipality": plan.municipality, "plan": plan}
    ask("read_table", READ, **where, files=[("値.csv", table)])
    ask("all_sheets", FAILED, **where, parameters={"layout": "none", "edition": ""})
    cancel(ask("read_table", GIVEN, **where, files=[("値.csv", table[:200])]))
    Runner().run_all()


def _write(plan: Plan, year: int, values: dict[str, Value], by: User, side: Side = Side.ACTUAL) -> None:
    measures = list(plan.measures.filter(code__in=values))
    stands = stored_values(measures)
    cells = [CellChange(one, year, side, stands.get((one.pk, year, side), EMPTY), values[one.code]) for one in measures]
    record_values(cells, by=by, door=SCREEN)


def _confirm(sections: Iterable[Section], year: int) -> None:
    for section in sections:
        for name, username in (("submit", "editor"), ("check", "checker"), ("confirm", "confirmer")):
            move_section_year(section, year, MOVE_BY_NAME[name], by=_person(username), door=SCREEN)


def _newest_revision(plan: Plan) -> int:
    return max(plan.revisions.values_list("number", flat=True))


def _person(username: str) -> User:
    return User.objects.get(username=username)
