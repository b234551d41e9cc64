"""テキスト版: one text for who hears or feels it, from the command, the page of outputs and the published pages."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from core.words import ParentRole, Side
from evaluations.models import ActivityRecord, Evaluation
from evaluations.publishing.citations import not_published
from evaluations.publishing.publication import publish, withdraw_publication
from plans.models import Channel, Role, YearState
from targets.models import OutcomeTarget, TargetItem
from tests.builders import a_measure, a_plan, a_revision, a_section, a_user, a_value, changed_plan, in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]


@pytest.fixture
def plan(confirmer):
    """第1節 with everything that a 節 can say, 確定 in 2021; 第2節 with a draft."""
    plan = a_plan(end=2022)
    a_revision(plan, reason="①を見直したため")
    section = a_section(plan, 1, "地域への移行")
    whole = a_measure(section, "1-1", label="1", title="移行者数", baseline=60, baseline_year=2019, definition="※本人")
    part = a_measure(section, "1-2", title="うち女性", unit="人/月", parent=whole, parent_role=ParentRole.SUBSET)
    OutcomeTarget.objects.update(overview="概要です。", goal_text="①4人 ②▲2人")
    TargetItem.objects.filter(measure=whole).update(rationale="国の水準、\n3.1%による。")
    changed_plan(whole, 2021, 5, 4)
    a_value(whole, 2021, 3, as_of="令和4年3月末")
    a_value(part, 2022, 2, side=Side.PLANNED)
    row = in_state(section, 2021, YearState.CONFIRMED, confirmer)
    Evaluation.objects.create(section_year=row, do_text="・会議　2回", check_text="○ 進んだ。", act_text="続ける。")
    a_record(section, held_on=date(2021, 5, 9), participants=8, organisations=4, content="事例検討")
    a_record(section, fiscal_year=2020, title="研修", cancelled_reason="感染症対策")
    plan.action_items.create(section=section, fiscal_year=2021, issue="人手", action="募集する。", due_year=2022)
    opinion = {"fiscal_year": 2021, "council": "協議会", "held_on": date(2022, 7, 15), "published": True}
    plan.opinions.create(
        section=section, number=1, speaker="委員", opinion="増やして。", response="増やす。", **opinion
    )
    plan.opinions.create(number=2, opinion="わかりやすく。", **opinion)
    draft = a_section(plan, 2, "下書きの節")
    a_value(a_measure(draft, "2-1", title="件数", unit="件"), 2021, 31337)
    Evaluation.objects.create(section_year=in_state(draft, 2021, YearState.DRAFT), do_text="外に出ない文")
    return plan


def a_record(section, **fields) -> None:
    given = {"fiscal_year": 2021, "title": "専門部会"} | fields
    ActivityRecord.objects.create(plan=section.plan, **given).sections.add(section)


HEAD = """\
印西市 第6期障害福祉計画 令和3年度（2021年度）の評価　テキスト版

このファイルについて
このファイルは、読み上げソフトや点字で読めるように、評価の内容を文字だけで書いたテキスト版です。
"""
FIRST = """\
第1節 地域への移行
令和3年度の評価の状態は、{state}です。

第1節、成果目標の概要
概要です。

第1節、目標
【まる1】4人
【まる2】マイナス2人

第1節、指標と年度ごとの数値

成果目標の指標、【まる1】移行者数
単位は、人。増えるほどよい指標。1年度の合計。基準値は、令和元年度 60人。
定義・算出方法：注：本人
目標値設定の考え方：国の水準、3.1%による。
令和3年度、計画値 4人、実績値 3人、差 マイナス1人、達成率 75.0%、判定 未達。時点：令和4年3月末。
令和4年度、計画値 なし、実績値 {later_none}。

成果目標の指標、うち女性
単位は、1か月あたりの人。増えるほどよい指標。1年度の合計。「移行者数」の内数。
令和3年度、計画値 なし、実績値 未入力、判定 計画値なし。期間途中：令和4年度の目標 2人。
令和4年度、計画値 2人、実績値 {later}。

第1節、取組の内容
・会議　2回

第1節、取組記録
令和2年度、中止、研修。中止の理由：感染症対策。
令和3年度、2021年5月9日、専門部会。参加者 8人、4事業所・機関。内容：事例検討。

第1節、評価（達成状況の分析）
【まる】 進んだ。

第1節、次年度における取組
続ける。
{promises}
第1節、協議会等の意見と対応

意見 番号1、協議会、2022年7月15日
該当箇所：第1節
意見者：委員
意見：増やして。
対応：増やす。

第1節はここまでです。
"""
PROMISES = """
第1節、課題ごとの取組

課題：人手
取組：募集する。
期限：令和4年度
状況：予定
"""
OPERATOR = {
    "state": "確定",
    "later_none": "未入力、判定 計画値なし",
    "later": "未入力、判定 未入力",
    "promises": PROMISES,
}
RESIDENT = {"state": "公表", "later_none": "未公表", "later": "未公表", "promises": ""}
WHOLE = """\
評価全体への協議会等の意見と対応

意見 番号2、協議会、2022年7月15日
該当箇所：全体
意見：わかりやすく。
対応：未回答
"""
CHANGED = """\
計画変更
第1回計画変更（令和4年10月1日決定）：【まる1】を見直したため
計画値の変更　第1節 【まる1】移行者数：令和3年度 当初 5人から、第1回変更後 4人（令和4年10月1日）
"""


def the_file(plan, *options: str) -> str:
    call_command("export_plan", plan.slug, "--format", "text", *options, stdout=(out := StringIO()))
    return out.getvalue()


def test_the_operator_gets_everything_in_words(stopped_clock, plan):
    text = the_file(plan, "--year", "2021").replace("\r\n", "\n")

    begin = text.index("第1節 地域への移行\n令和")
    head, first = text[:begin], text[begin:]
    states = "評価の状態が確定の節は、第1節です。\n評価の状態が下書きの節は、第2節です。"
    mark = f"テキスト版\n{not_published().words}\n"
    assert head.startswith(HEAD.replace("テキスト版\n", mark, 1) + f"{states}\n\n書き方\n")
    assert "以下、年度、計画値、実績値、差、達成率、判定の順に記載しています。" in head
    contents = "評価全体への協議会等の意見と対応\n計画変更\n数値の計算のしかた"
    assert head.endswith(f"目次\n第1節 地域への移行\n第2節 下書きの節\n{contents}\n\n")
    assert first.startswith(FIRST.format(**OPERATOR) + "\n第2節 下書きの節\n")
    assert "実績値 31337件" in first
    assert "第2節、取組の内容\n外に出ない文\n" in first
    assert f"{WHOLE}\n{CHANGED}\n数値の計算のしかた\n差は、" in first
    assert first.endswith("\n\nこのファイルはここまでです。\n")


def test_the_file_is_utf_8_without_a_mark_with_lines_for_windows(plan, tmp_path):
    the_file(plan, "-o", str(tmp_path / "text.txt"))

    content = (tmp_path / "text.txt").read_bytes()

    assert content.startswith("印西市".encode())
    assert content.endswith("ここまでです。\r\n".encode())
    assert content.count(b"\n") == content.count(b"\r\n") > 50
    assert "令和3年度（2021年度）の評価　テキスト版" in content.decode()


def test_a_viewer_takes_what_is_settled_and_reads_that_the_rest_is_under_review(client, plan):
    client.force_login(a_user(Role.VIEWER))
    address = reverse("evaluations:text_download", args=[plan.slug, 2021])

    answer = client.get(address)

    text = answer.content.decode()
    assert address in client.get(reverse("evaluations:exports", args=[plan.slug])).text
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "令和3年度の実績と評価は確認中です。確定すると、ここに書きます。" in text
    assert "令和3年度、計画値 なし、実績値 確認中。" in text
    assert ("課題：人手" in text, "31337" in text, "外に出ない文" in text) == (True, False, False)
    assert client.get(reverse("evaluations:text_download", args=[plan.slug, 2023])).status_code == 404


def test_residents_read_a_section_and_a_year_made_from_the_publication_alone(client, plan, confirmer):
    publication = publish(plan, 2021, by=confirmer, reason="", channel=Channel.SCREEN)
    Evaluation.objects.update(check_text="公表の後に直した文")
    section = reverse("evaluations:published_section_text", args=[plan.slug, 1, 2021])
    whole = reverse("evaluations:published_version_text", args=[plan.slug, 1])

    one, all_of_it = (client.get(address).content.decode().replace("\r\n", "\n") for address in (section, whole))

    said = FIRST.format(**RESIDENT)
    assert said in one
    assert said in all_of_it
    assert "目次\n第1節 地域への移行\n計画変更\n数値の計算のしかた\n\n" in one
    assert "数値の計算のしかた\n第2節 下書きの節（未公表）\n\n" in all_of_it
    assert (WHOLE in one, WHOLE in all_of_it) == (False, True)
    assert [secret for secret in ("31337", "外に出ない文", "直した文", "人手") if secret in one + all_of_it] == []
    links = {
        "published_plan": ([plan.slug], whole),
        "published_version": ([plan.slug, 1], whole),
        "published_section": ([plan.slug, 1, 2021], section),
    }
    for name, (args, address) in links.items():
        page = client.get(reverse(f"evaluations:{name}", args=args)).text
        assert f'href="{address}"' in page
        assert "テキスト版" in page

    missing = [client.get(section.replace(old, new)).status_code for old, new in (("s/1/", "s/2/"), ("2021", "2022"))]
    withdraw_publication(publication, by=confirmer, reason="誤りがありました。", channel=Channel.SCREEN)

    assert missing == [404, 404]
    assert (client.get(section).status_code, client.get(whole).status_code) == (404, 410)


def test_a_browser_that_has_the_text_is_told_that_nothing_changed(client, plan, confirmer):
    publish(plan, 2021, by=confirmer, reason="", channel=Channel.SCREEN)
    address = reverse("evaluations:published_version_text", args=[plan.slug, 1])
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first["Content-Disposition"].startswith("inline")
