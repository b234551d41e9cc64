"""オープンデータ: a table that its dictionary alone explains, clean by the rules, from publications alone."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.open_data.check import check_open_data
from core.open_data.dictionary import ITEMS, OPEN_COLUMNS
from core.tidy import COLUMNS, NUMBER_COLUMNS
from core.tidy_files import as_csv
from core.words import Certainty, Direction, Family, ParentRole, Side, State, ValueKind
from evaluations.models import Publication
from evaluations.public_site.open_data import open_data
from evaluations.publishing.publication import publish, withdraw_publication
from plans.models import Change, Channel, Plan, Role, Section, YearState
from plans.models.plan import PlanKind
from plans.tidy import tidy_rows
from tests.builders import a_measure, a_plan, a_section, a_user, a_value, in_state
from tests.demo_city import the_demo
from tests.evaluations.exchange.test_tidy_properties import measures, store
from tests.open_data_reader import faults, read, unclean

pytestmark = pytest.mark.django_db


def publish_years(plan, *years, by=None):
    """Publications of these years, with every 節 in them."""
    by = by or a_user(Role.CONFIRMER, plan.municipality)
    for year in years:
        for section in plan.sections.all():
            in_state(section, year, YearState.CONFIRMED, by)
    return [publish(plan, year, by=by, reason="", channel=Channel.SCREEN) for year in years]


@pytest.fixture
def plan():
    """Every kind, direction, state and certainty; two years published, the last not."""
    plan = a_plan()
    section = a_section(plan, 1, "①地域生活への移行\nその他")
    whole = a_measure(section, "whole", title="　㈱の数　", label="1", baseline=Decimal(36), baseline_year=2019)
    a_measure(section, "part", parent=whole, parent_role=ParentRole.SUBSET)
    for number, state in enumerate(State):
        measure = a_measure(section, f"s{number}", family=Family.INDICATOR, direction=Direction.NEAR, unit="㎡")
        a_value(measure, 2021, side=Side.PLANNED, state=state, wording="=計画の言葉")
        if state is not State.NOT_SET:
            a_value(measure, 2021, state=state, wording="'+言葉", as_of="令和4年3月末", note="一行目\n二行目")
        a_value(measure, 2022, 0, side=Side.PLANNED)
        a_value(measure, 2022, number)
    for number, (kind, direction) in enumerate((kind, way) for kind in ValueKind for way in Direction):
        measure = a_measure(section, f"k{number}", value_kind=kind, direction=direction)
        certainty = list(Certainty)[number % 3]
        for year in plan.years:
            if kind is ValueKind.TEXT:
                a_value(measure, year, state=State.WORDS_ONLY, wording="①検討した", certainty=certainty)
            elif kind is ValueKind.RATE:
                a_value(measure, year, 100, side=Side.PLANNED)
                a_value(measure, year, "66.6667", numerator=Decimal(2), denominator=Decimal(3), certainty=certainty)
            else:
                a_value(measure, year, number % 2, side=Side.PLANNED)
                a_value(measure, year, 1, wording="有1回", certainty=certainty)
    a_measure(section, "late", since_year=2022)
    a_value(a_measure(section, "secret"), 2023, 31337)
    publish_years(plan, 2021, 2022)
    return plan


def test_every_state_and_kind_is_as_the_dictionary_says_and_clean(plan):
    data = open_data(plan.slug)

    assert (faults(data), unclean(data)) == ([], {})


@pytest.mark.sqlite
def test_the_demo_is_as_the_dictionary_says_and_clean():
    the_demo()
    publish_years(Plan.objects.get(slug="129992-7"), 2024, by=None)

    demo = {slug: open_data(slug) for slug in ("122319-6", "129992-7")}

    assert {slug: (faults(data), unclean(data)) for slug, data in demo.items()} == dict.fromkeys(demo, ([], {}))


def test_the_dictionary_has_every_column_and_no_other():
    assert tuple(item.name for item in ITEMS) == OPEN_COLUMNS
    assert {item.name for item in ITEMS if item.form in ("整数", "数値")} - {"公表番号"} == NUMBER_COLUMNS
    assert [word for item in ITEMS if item.name == "計画種別" for word, _ in item.codes] == PlanKind.labels


def test_what_breaks_the_dictionary_is_seen_by_its_reader(plan):
    data = open_data(plan.slug)
    text = data.file("data.csv").content.decode("utf-8-sig")
    for old, new in (("数値,増", "数値,上"), (",成果目標,", ",目標,"), ("122319", "12231x")):
        text = text.replace(old, new, 1)
    table = replace(data.file("data.csv"), content=text.encode("utf-8-sig"))

    seen = faults(replace(data, files=(table, *data.files[1:])))

    assert seen == [(2, "団体コード", "12231x"), (2, "種別", "目標"), (2, "方向", "上")]


def test_texts_are_in_their_open_form_and_every_row_names_its_publication(plan):
    data = open_data(plan.slug)
    first, second = Publication.objects.order_by("number")

    rows = {(row["指標コード"], row["年度"]): row for row in read(data.file("data.csv").content)}

    row = rows["s0", "2021"]
    assert [row[name] for name in ("節名", "単位", "計画値原文", "実績値原文", "時点", "注記")] == [
        *("(1)地域生活への移行 その他", "m2", "＝計画の言葉", "'＋言葉", "令和4年3月末（2022年）", "一行目 二行目"),
    ]
    assert rows["whole", "2021"]["指標名"] == "(株)の数"
    names = ("公表番号", "公表識別番号", "実績値状態")
    named = {year: [rows["whole", year][name] for name in names] for year in ("2021", "2022", "2023")}
    assert named == {
        "2021": ["1", first.sha256, "未入力"],
        "2022": ["2", second.sha256, "未入力"],
        "2023": ["2", second.sha256, "未公表"],
    }
    assert "31337" not in "".join(file.content.decode() for file in data.files)
    assert data.dataset.replaced == (("①", "(1)"), ("㈱", "(株)"), ("㎡", "m2"))


def test_the_metadata_names_publications_files_and_what_they_hold(plan):
    data = open_data(plan.slug)
    first, second = Publication.objects.order_by("number")

    told, package = (json.loads(data.file(name).content) for name in ("metadata.json", "datapackage.json"))

    assert [(one["number"], one["sha256"]) for one in told["publications"]] == [(1, first.sha256), (2, second.sha256)]
    assert package["publications"] == told["publications"]
    sums = {one["fileName"]: one["sha256"] for one in told["distribution"]}
    assert sums == {
        name: hashlib.sha256(data.file(name).content).hexdigest()
        for name in ("data.csv", "dictionary.csv", "codes.csv", "datapackage.json")
    }
    assert [resource["hash"] for resource in package["resources"]] == [
        f"sha256:{sums[name]}" for name in ("data.csv", "dictionary.csv", "codes.csv")
    ]
    assert (told["publisher"], told["temporal"], told["license"], told["contactPoint"]) == (
        {"title": "印西市", "identifier": "122319"},
        {"startDate": "2021-04-01", "endDate": "2024-03-31"},
        None,
        None,
    )
    assert told["rowCount"] == len(read(data.file("data.csv").content))
    assert [column["name"] for column in told["columns"]] == list(OPEN_COLUMNS)
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == list(OPEN_COLUMNS)


def test_the_same_publications_make_the_same_bytes_whatever_is_typed_since(plan):
    before = open_data(plan.slug).archive.content
    Section.objects.update(title="書き直した節名")
    a_value(a_measure(plan.sections.get(), "new"), 2022, 5)

    after = open_data(plan.slug).archive.content

    assert after == before
    with zipfile.ZipFile(io.BytesIO(after)) as packed:
        assert packed.namelist() == [f"122319-6/{file.name}" for file in open_data(plan.slug).files]


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(drawn=st.lists(measures(), min_size=1, max_size=3))
def test_whatever_a_city_typed_its_open_data_are_clean_and_true(drawn, db):
    with transaction.atomic():
        plan = a_plan()
        section = a_section(plan)
        for number, fields in enumerate(drawn):
            store(section, number, **fields)
        publish_years(plan, 2022)
        data = open_data(plan.slug)
        against = {one.rule for one in check_open_data("a.csv", as_csv(tidy_rows(plan, access=None))).violations}
        transaction.set_rollback(True)

    assert (faults(data), unclean(data)) == ([], {})
    # The manual says which rules the table of 出力 may not keep, and why.
    assert against <= {"1-5", "1-7", "1-10", "1-11"}


def test_anybody_fetches_page_and_files(client, plan):
    page = client.get(reverse("evaluations:published_open_data", args=[plan.slug]))
    found = open_data(plan.slug)

    fetched = {
        file.name: client.get(reverse("evaluations:published_open_data_file", args=[plan.slug, file.name]))
        for file in (*found.files, found.archive)
    }

    assert {name: answer.content for name, answer in fetched.items()} == {
        file.name: file.content for file in (*found.files, found.archive)
    }
    assert fetched["data.csv"]["Content-Disposition"] == 'attachment; filename="122319-6_data.csv"'
    assert all(name in page.text for name in fetched)
    assert all(f'<th scope="row">{column}</th>' in page.text for column in COLUMNS)
    assert "決めていません。使うときは、印西市に問い合わせてください。" in page.text
    again = client.get(
        reverse("evaluations:published_open_data_file", args=[plan.slug, "data.csv"]),
        headers={"If-None-Match": fetched["data.csv"]["ETag"]},
    )
    assert again.status_code == 304
    unknown = reverse("evaluations:published_open_data_file", args=[plan.slug, "drafts.csv"])
    assert client.get(unknown).status_code == 404


def test_licence_and_contact_are_what_the_manager_of_the_city_set(client, plan):
    client.force_login(a_user(Role.MANAGER))
    address = reverse("plans:plan_settings", args=[plan.slug])

    form = {"do": "open_data", "open_data_licence": "cc-by-4.0", "open_data_contact": "障がい福祉課 0476-00-0000"}
    client.post(address, form)

    told = json.loads(open_data(plan.slug).file("metadata.json").content)
    package = json.loads(open_data(plan.slug).file("datapackage.json").content)
    assert (told["license"]["identifier"], told["contactPoint"]) == ("CC-BY-4.0", "障がい福祉課 0476-00-0000")
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert list(
        Change.objects.filter(field__startswith="オープンデータ").order_by("pk").values_list("field", "new")
    ) == [
        ("オープンデータの利用条件", "クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）"),
        ("オープンデータの連絡先", "障がい福祉課 0476-00-0000"),
    ]
    page = client.get(reverse("evaluations:published_open_data", args=[plan.slug])).text
    assert 'rel="license">クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）</a>' in page


def test_the_command_writes_files_for_a_web_site(plan, tmp_path):
    call_command("export_open_data", plan.slug, output=tmp_path / "site", stdout=io.StringIO())
    call_command("export_open_data", plan.slug, output=tmp_path / "a.zip", stdout=io.StringIO())

    data = open_data(plan.slug)
    written = {path.name: path.read_bytes() for path in (tmp_path / "site" / plan.slug).iterdir()}
    assert written == {file.name: file.content for file in data.files}
    assert (tmp_path / "a.zip").read_bytes() == data.archive.content


def test_what_is_not_published_or_no_longer_has_no_open_data(client, tmp_path):
    plan = a_plan()
    section = a_section(plan)
    a_value(a_measure(section), 2021, 31337)
    refused = [refusal(plan, tmp_path)]
    by = a_user(Role.CONFIRMER)
    [publication] = publish_years(plan, 2021, by=by)
    withdraw_publication(publication, by=by, reason="誤り", channel=Channel.SCREEN)
    refused.append(refusal(plan, tmp_path))

    assert refused == [
        (2, "122319-6：この計画の公表資料はありません。"),
        (2, "122319-6：この計画で、いま公表しているものはありません。"),
    ]
    assert client.get(reverse("evaluations:published_open_data", args=[plan.slug])).status_code == 404
    with pytest.raises(Http404):
        open_data("999999-9")


def refusal(plan, folder):
    with pytest.raises(CommandError) as refused:
        call_command("export_open_data", plan.slug, output=folder)
    assert list(folder.iterdir()) == []
    return refused.value.returncode, str(refused.value)
