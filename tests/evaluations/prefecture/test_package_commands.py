"""`export_package` and `import_package`: what they write, what they say, and how they end."""

import json

import pytest
from django.core.management import CommandError, call_command

from core.packages.file import read_package
from evaluations.models import MadePackage, ReceivedPackage
from evaluations.prefecture.package_content import content_of
from plans.models import Change, Channel, Municipality, Plan, YearState
from tests.builders import a_full_plan, a_municipality, in_state
from tests.packages import a_content, a_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(tmp_path, capsys):
    """Take a file in; the lines printed, and the exit code with its sentence."""

    def taken(content: bytes, *options: str) -> tuple[list[str], int, str]:
        file = tmp_path / "package.json"
        file.write_bytes(content)
        code, sentence = 0, ""
        try:
            call_command("import_package", file, *options)
        except CommandError as error:
            code, sentence = error.returncode, str(error)
        return capsys.readouterr().out.splitlines(), code, sentence

    return taken


def test_a_plan_is_exported_to_a_file_and_to_the_screen(tmp_path, capsysbinary):
    plan = a_full_plan()
    in_state(plan.sections.get(), 2021, YearState.CONFIRMED)
    output = tmp_path / "out.json"

    call_command("export_package", plan.slug, "-o", str(output))
    said = capsysbinary.readouterr().err.decode()
    call_command("export_package", plan.slug)
    printed = capsysbinary.readouterr()

    assert read_package(output.read_bytes()).content == content_of(plan)
    assert printed.out == output.read_bytes()
    assert (said.strip(), printed.err.decode().strip()) == (
        "印西市 第6期障害福祉計画（122319-6） 第1版",
        "印西市 第6期障害福祉計画（122319-6） 第1版（前の版から変わっていません）",
    )
    assert (MadePackage.objects.get().role, Change.objects.get(subject="package").channel) == (
        "システム管理",
        Channel.COMMAND,
    )


def test_a_plan_that_is_not_there_and_one_that_does_not_fit_end_with_two():
    plan = a_full_plan()
    plan.measures.update(definition="字" * 40_000)

    with pytest.raises(CommandError, match="計画「x」はありません。") as missing:
        call_command("export_package", "x")
    with pytest.raises(CommandError, match="定義・算出方法") as unfit:
        call_command("export_package", plan.slug)

    assert (missing.value.returncode, unfit.value.returncode) == (2, 2)


def test_an_empty_database_gets_prefecture_city_and_plan(take):
    lines, code, _ = take(a_file())

    assert (lines[0], lines[-1], len(lines), code) == (
        "自治体 作成：（空欄） → 印西市（122319）",
        "変更 12 件",
        13,
        0,
    )
    assert "「地域生活への移行者数」令和6年度 実績値：未入力 → 2（原文：２人、確定度：確定値）" in lines
    prefecture = Municipality.objects.get(code="120006")
    assert (prefecture.name, prefecture.kind) == ("千葉県", Municipality.Kind.PREFECTURE)
    assert Plan.objects.get().municipality.prefecture == prefecture
    assert (ReceivedPackage.objects.get().received_by, Change.objects.first().channel) == (None, Channel.COMMAND)


def test_the_same_file_again_is_no_change(take):
    take(a_file())

    assert take(a_file()) == (["変更 0 件"], 0, "")


def test_a_dry_run_shows_everything_and_writes_nothing(take):
    lines, code, _ = take(a_file(), "--dry-run")

    assert (len(lines), code) == (13, 0)
    assert not Municipality.objects.exists()


def test_a_city_without_a_prefecture_stays_without_one(take):
    a_municipality("120006", "千葉県", kind=Municipality.Kind.PREFECTURE)

    take(a_file(prefecture=None))

    assert Plan.objects.get().municipality.prefecture is None


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (json.dumps(json.loads(a_file()) | {"made_by": "県"}).encode(), "チェックサム（SHA-256）が合いません。"),
        (a_file()[:100], "JSONとして読み取れません。"),
        (a_file(number=1), "受け取り済みの第2版より古い、第1版のファイルです。"),
        (a_file(a_content() | {"publications": []}), "第2版は受け取り済みですが、内容が違います。"),
    ],
)
def test_a_file_that_is_not_taken_ends_with_two_and_its_reason(take, file, sentence):
    take(a_file())

    lines, code, said = take(file)

    assert (lines, code) == ([], 2)
    assert said.startswith(sentence)
    assert content_of(Plan.objects.get()) == a_content()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="を開けません。") as missing:
        call_command("import_package", str(tmp_path / "none.json"))

    assert missing.value.returncode == 2


def test_a_received_plan_is_exported_as_the_file_that_came(take, tmp_path, capsys):
    take(a_file())

    call_command("export_package", "122319-7", "-o", str(tmp_path / "again.json"))

    assert (tmp_path / "again.json").read_bytes() == a_file()
    assert capsys.readouterr().err.strip() == "印西市 第7期障がい福祉計画（122319-7） ファイルで受領した第2版"
