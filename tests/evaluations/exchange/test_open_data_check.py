"""公開前の点検, on the page and as a command: any file of the city, nothing of it kept."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from plans.models import Role
from tests.builders import a_user
from tests.core.open_data.test_open_data_rules import CLEAN, as_csv, lines_with

ADDRESS = reverse("evaluations:open_data_check")


def checked(client, content, name="表.csv"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)}).text


@pytest.mark.django_db
def test_the_page_names_each_violation_with_its_cell_and_remedy(client):
    client.force_login(a_user(Role.VIEWER))

    page = checked(client, as_csv(lines_with({"E2": "12人", "D3": "<b>①"})))

    assert "「表.csv」に、規則に合わないところが2件あります。" in page
    assert '<th scope="row">E2</th>' in page
    assert "「12」とし、単位は見出しか単位の列に書いてください" in page
    assert "機種依存文字（①）があります（入力：&lt;b&gt;①）" in page


@pytest.mark.django_db
def test_the_page_says_so_where_nothing_is_wrong_or_nothing_can_be_read(client):
    client.force_login(a_user(Role.VIEWER))

    answers = [checked(client, as_csv(CLEAN)), checked(client, b"x", "a.xls"), client.post(ADDRESS).text]

    sentences = ("規則に合わないところはありません", "「Excelブック（.xlsx）」として保存", "ファイルが選ばれていません")
    assert [sentence in answer for sentence, answer in zip(sentences, answers, strict=True)] == [True] * 3


def test_nobody_checks_without_a_login(client, db):
    assert client.post(ADDRESS).status_code == 302


def command(path, **options):
    """Exit code and standard output."""
    out = io.StringIO()
    try:
        call_command("check_open_data", path, stdout=out, stderr=io.StringIO(), **options)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.sqlite
def test_the_command_says_by_its_exit_what_it_found(tmp_path):
    clean, broken, other = (tmp_path / name for name in ("a.csv", "b.csv", "c.txt"))
    clean.write_bytes(as_csv(CLEAN))
    broken.write_bytes(as_csv(lines_with({"E2": "12人"})))
    other.write_bytes(b"x")

    line = (
        "E2 【1-3】数値に、単位・桁区切り・全角・▲などが付いています（入力：12人）。"
        "「12」とし、単位は見出しか単位の列に書いてください\n"
    )
    assert [command(path) for path in (clean, broken, other, tmp_path / "none.csv")] == [
        (0, ""),
        (1, line),
        (2, ""),
        (2, ""),
    ]
    code, text = command(broken, format="json")
    told = json.loads(text)
    assert (code, told["total"], told["violations"][0]["address"]) == (1, 1, "E2")
    assert told["rules"][0]["source"].endswith("チェック項目1-3")
