"""The paper of a year: as its reader may see it, and from a publication as it was published."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.words import Side
from evaluations.models import ActivityRecord, Evaluation
from evaluations.public_site.published import published_plan
from evaluations.publishing.publication import publish
from evaluations.reports.report import EvaluationReport, report_of_plan, report_of_publication
from plans.access import Access
from plans.models import Channel, Role, SectionYear, YearState
from tests.builders import a_measure, a_plan, a_revision, a_section, a_value, changed_plan, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]

VIEWER, EDITOR = Access(Role.VIEWER), Access(Role.EDITOR)


@pytest.fixture
def plan(confirmer):
    """Two 節 alike but for their state: in 2022 第1節 is 確定, 第2節 下書き; 2021 is 確定 in both."""
    plan = a_plan()
    a_revision(plan, reason="増えたため")
    for number in (1, 2):
        a_written_section(plan, number)
        in_state(plan.sections.get(number=number), 2021, YearState.CONFIRMED, confirmer)
    in_state(plan.sections.get(number=1), 2022, YearState.CONFIRMED, confirmer)
    plan.opinions.create(**an_opinion(9, published=True))
    return plan


def a_written_section(plan, number: int) -> None:
    """A 節 with one measure, and with texts, 取組記録, 取組 and an opinion in 2021 and 2022."""
    section = a_section(plan, number, f"節の名{number}")
    measure = a_measure(section, f"{number}-1", label="1", title=f"指標{number}")
    measure.target_item.rationale = f"考え方{number}"
    measure.target_item.save()
    a_value(measure, 2021, 10, side=Side.PLANNED)
    changed_plan(measure, 2022, 10, 20)
    for year in (2021, 2022):
        a_value(measure, year, 20)
        row = SectionYear.objects.create(section=section, fiscal_year=year)
        Evaluation.objects.create(section_year=row, do_text=f"取組{number}の{year}", check_text=f"評価{number}の{year}")
        plan.action_items.create(section=section, fiscal_year=year, action=f"約束{number}の{year}")
        ActivityRecord.objects.create(plan=plan, fiscal_year=year, title=f"会議{number}の{year}").sections.add(section)
    plan.opinions.create(**an_opinion(number, section=section, published=number == 1))


def an_opinion(number: int, **fields) -> dict:
    given = {"fiscal_year": 2022, "council": "協議会", "held_on": date(2023, 7, 15), "opinion": f"意見{number}"}
    return given | {"number": number} | fields


def said(paper: EvaluationReport) -> dict:
    """Everything that a paper says, in plain values."""
    return {
        "title": paper.title,
        "states": [(word, [section.label for section in sections]) for word, sections in paper.states],
        "opinions": [opinion.opinion for opinion in paper.opinions],
        "notes": paper.revision_notes,
        "sections": {
            section.section.label: {
                "withheld": section.withheld,
                "figures": {
                    (row.measure.code, cell.year): (
                        cell.figures.planned.missing_word or f"{cell.figures.planned.number:.0f}",
                        cell.figures.actual_word or f"{cell.figures.actual.number:.0f}",
                        cell.figures.reading,
                    )
                    for row in section.rows
                    for cell in row.cells
                },
                "targets": [target.title for target in section.targets],
                "reasons": [item.rationale for item in section.reasons],
                "texts": section.evaluation and [section.evaluation.do_text, section.conclusions],
                "records": [record.title for record in section.records],
                "promises": [item.action for item in section.promises],
                "opinions": [(opinion.place, opinion.opinion) for opinion in section.opinions],
            }
            for section in paper.sections
        },
    }


def seen(number: int) -> dict:
    """What a 節 of the plan says to who may see it."""
    return {
        "withheld": "",
        "figures": {
            (f"{number}-1", 2021): ("10", "20", "達成"),
            (f"{number}-1", 2022): ("20", "20", "達成"),
            (f"{number}-1", 2023): ("未入力", "未入力", "計画値なし"),
        },
        "targets": [f"節の名{number}"],
        "reasons": [f"考え方{number}"],
        "texts": [f"取組{number}の2022", [("評価（達成状況の分析）", f"評価{number}の2022")]],
        "records": [f"会議{number}の2021", f"会議{number}の2022"],
        "promises": [f"約束{number}の2022"],
        "opinions": [(f"第{number}節", f"意見{number}")],
    }


def note(number: int) -> str:
    versions = "令和4年度 当初 10人 → 第1回変更後 20人（令和4年10月1日）"
    return f"計画値の変更　第{number}節 ①指標{number}：{versions}"


REASON = "第1回計画変更（令和4年10月1日決定）：増えたため"
TITLE = "印西市 第6期障害福祉計画 令和4年度（2022年度）の評価"


def later_hidden(section: dict, code: str, word: str) -> dict:
    """The same 節 where 2023, which is 下書き, is a word."""
    return section | {"figures": section["figures"] | {(code, 2023): ("未入力", word, "")}}


@pytest.mark.parametrize("access", [None, EDITOR])
def test_the_operator_and_who_writes_see_drafts_too(plan, access):
    paper = report_of_plan(plan, 2022, access=access)

    assert said(paper) == {
        "title": TITLE,
        "states": [("確定", ["第1節"]), ("下書き", ["第2節"])],
        "opinions": ["意見9"],
        "notes": (REASON, note(1), note(2)),
        "sections": {"第1節": seen(1), "第2節": seen(2)},
    }


def test_a_viewer_gets_the_plan_of_a_draft_and_nothing_that_was_written_of_its_year(plan):
    paper = report_of_plan(plan, 2022, access=VIEWER)

    draft = later_hidden(seen(2), "2-1", "確認中")
    draft["figures"][("2-1", 2022)] = ("20", "確認中", "")
    draft |= {"withheld": "確認中", "texts": None, "records": ["会議2の2021"], "promises": [], "opinions": []}
    assert said(paper) == {
        "title": TITLE,
        "states": [("確定", ["第1節"]), ("下書き", ["第2節"])],
        "opinions": ["意見9"],
        "notes": (REASON, note(1), note(2)),
        "sections": {"第1節": later_hidden(seen(1), "1-1", "確認中"), "第2節": draft},
    }


def test_the_paper_of_a_publication_says_what_was_published_and_names_what_was_not(
    plan, confirmer, django_assert_num_queries
):
    publish(plan, 2022, by=confirmer, reason="", channel=Channel.SCREEN)
    Evaluation.objects.update(check_text="公表の後に直した")
    published = published_plan(plan.slug).years[2022]

    with django_assert_num_queries(0):
        paper = said(report_of_publication(published))

    unpublished = paper["sections"].pop("第2節")
    assert {key: unpublished[key] for key in ("withheld", "targets", "texts", "records", "promises", "opinions")} == {
        "withheld": "未公表",
        "targets": [],
        "texts": None,
        "records": [],
        "promises": [],
        "opinions": [],
    }
    assert unpublished["figures"]["2-1", 2022] == ("20", "未公表", "")
    assert paper == {
        "title": TITLE,
        "states": [("公表", ["第1節"]), ("未公表", ["第2節"])],
        "opinions": ["意見9"],
        "notes": (REASON, note(1)),
        "sections": {"第1節": later_hidden(seen(1), "1-1", "未公表") | {"promises": []}},
    }


def test_one_section_alone_is_a_paper_without_what_was_said_of_the_whole(plan):
    paper = report_of_plan(plan, 2022, access=None)

    alone = paper.only(2)

    assert alone is not None
    assert said(alone) == {
        "title": TITLE,
        "states": [("下書き", ["第2節"])],
        "opinions": [],
        "notes": (REASON, note(2)),
        "sections": {"第2節": seen(2)},
    }
    assert paper.only(3) is None


def test_a_paper_asks_no_more_for_more_sections_and_measures(plan):
    questions(plan)  # the first of a process also asks SQLite whether it knows JSON
    few = questions(plan)

    for number in range(3, 9):
        a_written_section(plan, number)
        for order in range(5):
            a_measure(plan.sections.get(number=number), f"{number}-x{order}", family="indicator")

    assert few == 8
    assert questions(plan) == few


def questions(plan) -> int:
    with CaptureQueriesContext(connection) as asked:
        said(report_of_plan(plan, 2022, access=VIEWER))
    return len(asked)
