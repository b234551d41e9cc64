"""過去の評価シート on the screen: paste, questions, preview, confirmation; nothing that was typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.archive.sheet import NO_TEXT, TOO_LONG
from core.words import Side
from evaluations.exchange.archive.wanted import ARCHIVE_REASON
from plans.models import Change, Channel, Role, YearState
from plans.queries import stored_values
from tests.archive_sheets import INZAI
from tests.axe import violations
from tests.browser import enter
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, in_state
from tests.page_forms import form_with
from tests.page_readers import failure_on, page_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_manager")]
TEXT = INZAI.read_text()
SHORT = (
    "成果目標\t節別\t成果目標の概要\t実績\t\t\t\t\t課題\n"
    "■拠点等の整備\t第3節\t整備します。 ①検証の回数 1回 ②拠点の数 2か所\t①検証の回数\t回数（回）"
    "\t2021年度\t2022年度\t2023年度\n"
    "\t\t\t\t計画値\t\t\t1\n"
    "\t\t\t\t実績値\t0\t1\n"
)


def address(slug="122319-6"):
    return reverse("evaluations:archive", args=[slug])


def kept_in(response):
    return re.search(r'name="kept" value="([^"]+)"', response.text)[1]


def fields_in(response) -> dict[str, str]:
    """The form as a browser would send it back: what is chosen, marked and written."""
    html = response.text
    fields = dict(re.findall(r'type="radio" name="([^"]+)" value="([^"]*)" checked', html))
    fields |= dict(re.findall(r'type="text" name="([^"]+)" value="([^"]*)"', html))
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        fields[name] = (chosen[1] or chosen[2]) if chosen else ""
    return fields | {"kept": kept_in(response)}


def confirmation_in(response) -> dict:
    return {
        "preview": re.search(r'name="preview" value="([^"]+)"', response.text)[1],
        "kept": kept_in(response),
        "accept": [one.get("value") for one in page_tree(response).findall(".//input[@name='accept']")],
    }


def test_a_pasted_sheet_is_proposed_answered_looked_at_and_taken_in(client, manager, plan):
    proposal = client.post(address(), {"text": SHORT})
    fields = fields_in(proposal)
    preview = client.post(address(), {**fields, "q.3-2.plan": "2022", "t.3-2.plan": "３か所"})
    done = client.post(address(), confirmation_in(preview))

    assert fields.keys() - {"kept"} == {
        *("q.year", "q.3-2.plan", "t.3-2.plan", "to.3-1", "to.3-2"),
        *(f"m.{key}.{column}" for key in ("3-1", "3-2") for column in ("種別", "単位", "種類", "方向", "集計")),
    }
    assert (fields["q.year"], fields["to.3-1"], fields["m.3-2.集計"]) == ("2022", "+", "年度計")
    assert "答えのない質問" not in preview.text
    assert done.url == reverse("evaluations:dashboard", args=["122319-6"])
    codes = {measure.pk: measure.code for measure in plan.measures.all()}
    assert {
        (codes[pk], year, side): value.number for (pk, year, side), value in stored_values(plan.measures.all()).items()
    } == {
        ("3-1", 2021, Side.ACTUAL): 0,
        ("3-1", 2022, Side.ACTUAL): 1,
        ("3-1", 2023, Side.PLANNED): 1,
        ("3-2", 2022, Side.PLANNED): 3,
    }
    assert set(Change.objects.values_list("channel", "reason", "by")) == {(Channel.UPLOAD, ARCHIVE_REASON, manager.pk)}


def test_going_back_from_the_preview_keeps_every_answer(client, manager):
    a_plan()
    proposal = client.post(address(), {"text": SHORT})
    answered = {**fields_in(proposal), "q.3-2.plan": "2021", "t.3-2.plan": "5か所", "m.3-1.集計": "累計"}

    preview = client.post(address(), answered)
    again = client.post(address(), {"kept": kept_in(preview), "back": "1"})

    assert {name: text for name, text in fields_in(again).items() if name != "kept"} == {
        name: text for name, text in answered.items() if name != "kept"
    }


def test_unmarked_measures_are_left_with_their_values(client, manager, plan):
    preview = client.post(address(), fields_in(client.post(address(), {"text": SHORT})))
    confirmation = confirmation_in(preview)
    boxes = page_tree(preview).findall(".//input[@name='accept']")
    unmarked = [one.get("value") for one in boxes if one.get("aria-label").endswith(" 成果目標の作成を取り込む")][1:]

    client.post(address(), {**confirmation, "accept": [n for n in confirmation["accept"] if n not in unmarked]})

    assert list(plan.measures.values_list("code", flat=True)) == ["3-1"]


def test_beside_a_plan_only_what_differs_is_shown_and_a_conflict_shows_both(client, manager, plan):
    measure = a_measure(a_section(plan, 3, "拠点等の整備"), "x-1", label="1", title="検証の回数")
    a_value(measure, 2022, 7)

    proposal = client.post(address(), {"text": SHORT})
    preview = client.post(address(), {**fields_in(proposal), "to.3-2": "-"})
    confirmation = confirmation_in(preview)
    stored = measure.values.get(fiscal_year=2022)
    stored.number = 9
    stored.save()
    clash = client.post(address(), confirmation)
    client.post(address(), {**confirmation_in(clash), "overwrite": ["1"]})

    places = re.findall(r'<th scope="row">([^<]+)</th>', preview.text)
    assert places == [
        "「検証の回数」令和3年度 実績値",
        "「検証の回数」令和4年度 実績値",
        "「検証の回数」令和5年度 計画値",
        "第3節「成果目標の概要」",
        "第3節「目標」",
    ]
    assert "質問に戻る" in clash.text
    assert stored_values([measure])[measure.pk, 2022, Side.ACTUAL].number == 1


def test_an_editor_takes_values_of_measures_that_are_there_and_nothing_else(client, plan):
    a_measure(a_section(plan, 3, "拠点等の整備"), "3-1", label="1", title="検証の回数")
    client.force_login(a_user(Role.EDITOR, plan.municipality))

    proposal = client.post(address(), {"text": SHORT})
    fields = fields_in(proposal)
    preview = client.post(address(), {**fields, "to.3-2": "+"})
    client.post(address(), confirmation_in(preview))

    assert (fields["to.3-1"], fields["to.3-2"]) == ("3-1", "-")
    assert "新しい節・指標、目標の文章、基準値は「管理」の役割の人だけが取り込めるため" in preview.text
    assert plan.measures.count() == 1
    assert len(stored_values(plan.measures.all())) == 3


def test_an_editor_is_told_of_nothing_left_out_where_the_plan_has_it_all(client, manager, plan):
    client.post(address(), confirmation_in(client.post(address(), fields_in(client.post(address(), {"text": SHORT})))))
    client.force_login(a_user(Role.EDITOR, plan.municipality))

    preview = client.post(address(), fields_in(client.post(address(), {"text": SHORT})))

    assert plan.measures.count() == 2
    assert "いまの内容と違うところはありません。" in preview.text
    assert "「管理」の役割の人だけが取り込めるため" not in preview.text


def test_a_locked_year_is_named_and_the_answers_stay(client, manager, plan):
    section = a_section(plan, 3, "拠点等の整備")
    a_measure(section, "3-1", label="1", title="検証の回数")
    in_state(section, 2022, YearState.CONFIRMED, manager)

    proposal = client.post(address(), {"text": SHORT})
    answered = {**fields_in(proposal), "t.3-2.plan": "8か所"}
    refused = client.post(address(), answered)

    assert "G4 「検証の回数」令和4年度 実績値は" in refused.text
    assert fields_in(refused)["t.3-2.plan"] == "8か所"
    assert 'name="preview"' not in refused.text


def test_what_cannot_be_read_comes_back_with_a_sentence(client, manager):
    a_plan()

    typed = client.post(address(), {"text": "ただの文です。\n<script>x</script>"})
    nothing = client.post(address(), {"text": "  "})
    long = client.post(address(), {"file": SimpleUploadedFile("a.txt", b"x" * 2_000_000)})
    stale = client.post(address(), {"kept": "x"})

    assert "ただの文です。\n&lt;script&gt;x&lt;/script&gt;</textarea>" in typed.text
    assert "ファイルも文字もありません。" in nothing.text
    assert TOO_LONG in long.text
    assert "読み取った内容を続けられませんでした。" in stale.text
    assert {one.status_code for one in (typed, nothing, long, stale)} == {200}


def test_a_second_section_of_one_number_is_taken_in_only_where_the_answer_makes_both_one(client, manager):
    a_plan()
    text = SHORT + "■相談\t第3節\t相談を整えます。 ①相談の回数 3回\t\t\t\t\t\t続ける。\n"
    asked = client.post(address(), {"text": text})
    answers = fields_in(asked)

    left_out, joined = (
        client.post(address(), answers | {"kept": kept_in(asked)} | answer) for answer in ({}, {"q.3.same.1": "same"})
    )

    assert "第3節が二つあります。" in asked.text
    assert ["相談の回数" in response.text for response in (left_out, joined)] == [False, True]
    assert "拠点の数" in left_out.text


def test_a_text_that_the_browser_cuts_is_refused_with_its_sentence_and_comes_back(client, manager):
    a_plan()
    longest = int(re.search(r'<textarea id="text"[^>]* maxlength="(\d+)"', client.get(address()).text)[1])
    # Signs that a browser counts twice, between line ends: the shortest and the heaviest that it lets through.
    shortest, heaviest = "𠮷" * (longest // 2) + "あ", "あ\r\n" * (longest // 2)

    for typed in (shortest, heaviest):
        response = client.post(address(), {"text": typed})

        assert response.status_code == 200
        assert "文字が多すぎます。一度に読み取れるのは200,000文字、" in response.text
        assert form_with(response, "text")["text"] == typed


def test_a_sheet_of_as_many_goals_as_are_read_is_answered_in_one_form(client, manager):
    a_plan()
    labels = [chr(ord("①") + place) for place in range(20)]
    text = "成果目標\t節別\t概要\t実績\t課題\n"
    for number in range(1, 6):
        goals = " ".join(f"{label}件数{place} {place + 3}件" for place, label in enumerate(labels))
        done = " ".join(f"{label}件数{place} {place + 2}件。" for place, label in enumerate(labels))
        text += f"■拠点{number}\t第{number}節\t整えます。 {goals}\t実績\t{done}\t残りは7件あります。\n"
    asked = client.post(address(), {"text": text})
    every = dict.fromkeys(re.findall(r'name="([^"]+)"', asked.text), "x")

    response = client.post(address(), every | {"kept": kept_in(asked)})

    assert "から、節5・目標100件を読み取りました。" in asked.text
    assert (response.status_code, len(every) > 1000) == (200, True)


def test_a_reading_of_another_person_or_plan_is_not_taken(client, manager):
    city = a_plan().municipality
    a_plan(city, generation=7, start=2024, end=2026)
    fields = fields_in(client.post(address(), {"text": SHORT}))

    elsewhere = client.post(address("122319-7"), fields)
    client.force_login(a_user(Role.MANAGER, city))
    other = client.post(address(), fields)

    for answer in (elsewhere, other):
        assert "ほかの計画か、ほかの人が読み取った内容です。" in answer.text


def test_the_inzai_sheet_stays_far_below_the_limits_of_a_form(client, manager, django_assert_max_num_queries):
    a_plan()

    with django_assert_max_num_queries(30):
        proposal = client.post(address(), {"text": TEXT})
    fields = fields_in(proposal)
    preview = client.post(address(), fields)

    assert "数値欄の年度36のうち、読み取り33、質問3、読み取れない0。" in proposal.text
    assert proposal.text.count("まだ答えがありません。") == 13
    assert (len(fields) < 300, len(proposal.content) < 400_000) == (True, True)
    assert len(confirmation_in(preview)["accept"]) == 114
    assert "答えのない質問が13件あります。" in preview.text


def test_the_kind_of_a_goal_follows_the_answer_and_not_a_field_beside_it(client, manager, plan):
    text = (
        "成果目標\t節別\t成果目標の概要\t実績\t課題\n"
        "■相談\t第6節\t整えます。 ①結果の共有 有 1回 ②人の配置 有5人\t共有\t①結果の共有 有。 ②人の配置 3名\t続ける。\n"
    )

    fields = fields_in(client.post(address(), {"text": text}))
    answers = {"q.6-1.plan": "2023", "q.6-1.actual.1": "2022", "q.6-2.plan": "2023", "q.6-2.actual.1": "2022"}
    client.post(address(), confirmation_in(client.post(address(), {**fields, **answers})))

    assert {name for name in fields if name.startswith("m.")} == {
        f"m.6-{n}.{column}" for n in (1, 2) for column in ("種別", "方向")
    }
    assert list(plan.measures.values_list("code", "value_kind", "unit")) == [
        ("6-1", "presence", ""),
        ("6-2", "number", "人"),
    ]
    kept = stored_values(plan.measures.all()).values()
    assert sorted((value.number, value.wording) for value in kept) == [
        *((1, "有"), (1, "有 1回"), (3, "3名"), (5, "有5人"))
    ]


@pytest.mark.browser
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_the_whole_way_by_keyboard_alone(page, live_server, client, plan):
    person = a_user(Role.MANAGER, plan.municipality)
    client.force_login(person)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 360, "height": 800})

    page.goto(f"{live_server.url}{address()}")
    found = violations(page)
    page.locator("#text").focus()
    page.keyboard.insert_text(SHORT)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("form.archive")
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found += violations(page)
    page.locator('[name="q.3-2.plan"][value="2023"]').focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("４か所")
    enter(page.locator("form.archive button.primary"))
    page.wait_for_selector("[name=preview]", state="attached")
    found += violations(page)
    enter(page.locator("form:has([name=preview]) button.primary"))
    page.wait_for_url("**/plans/122319-6/")

    assert (wide, found) == (False, [])
    measure = plan.measures.get(code="3-2")
    assert stored_values([measure])[measure.pk, 2022, Side.PLANNED].number == 4


@pytest.mark.parametrize(
    "typed", ["<br>", "<table></table>", "<p>&nbsp;</p>", "\ufeff", "\u200b", "<table><tr><td>\t</td></tr></table>"]
)
def test_a_paste_without_any_text_is_answered_with_what_to_do_and_stays(client, manager, typed):
    a_plan()

    answer = client.post(address(), {"text": typed})

    assert (answer.status_code, failure_on(answer)) == (200, NO_TEXT)
    assert form_with(answer, "text")["text"] == typed
    assert not Change.objects.exists()
