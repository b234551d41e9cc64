"""The package file: a round trip, every way of tampering, and files that were never meant well."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.packages.file import FORMAT, MAX_BYTES, Package, PackageRefused, read_package, write_package
from tests.packages import HEADER, a_content, a_file, resummed


def document() -> dict:
    return json.loads(a_file())


def refusal(file: bytes, **more) -> str:
    """Why a file is refused; "" where it is read."""
    try:
        read_package(file, **more)
    except PackageRefused as error:
        return str(error)
    return ""


def leaves(value, path=()):
    """Every value of a document that has no parts, with its path."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def flipped(value):
    """Another value of the same sort."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value.endswith("0") else "0") if value else "x"
    return "x" if value is None else None


# --- The round trip ---


def test_what_was_written_is_read():
    file = a_file()

    package = read_package(file)

    assert package == Package(HEADER, a_content(), document()["sha256"], FORMAT)
    assert write_package(package.header, package.content) == file


def test_the_sum_is_that_of_everything_else_as_canonical_text():
    # As anybody would compute it, with nothing of ours.
    from hashlib import sha256

    whole = document()
    written = whole.pop("sha256")

    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert sha256(text.encode()).hexdigest() == written


@pytest.mark.parametrize(
    "same",
    [
        lambda file: b"\xef\xbb\xbf" + file,
        lambda file: file + b"\r\n",
        lambda file: json.dumps(json.loads(file), indent=2).encode(),
        lambda file: json.dumps(dict(reversed(json.loads(file).items())), ensure_ascii=False).encode(),
    ],
    ids=["BOM", "line end", "indented, escaped", "other order"],
)
def test_what_only_looks_different_is_the_same_file(same):
    assert read_package(same(a_file())) == read_package(a_file())


# --- Tampering ---


@pytest.mark.parametrize("path", [path for path, _ in leaves(document())], ids=lambda path: ".".join(map(str, path)))
def test_no_field_can_be_changed_without_being_noticed(path):
    changed = document()
    *way, last = path
    place = changed
    for key in way:
        place = place[key]
    place[last] = flipped(place[last])

    assert refusal(json.dumps(changed).encode()) != ""


@given(st.data())
def test_no_byte_can_be_changed_without_being_noticed(data):
    file = bytearray(a_file())
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != file[place]))

    try:
        package = read_package(bytes(file))
    except PackageRefused:
        return

    # A blank where a blank does not matter, or another way to write the same character.
    assert package == read_package(a_file())


@given(st.integers(0, len(a_file()) - 1))
def test_a_file_cut_off_anywhere_is_refused(length):
    assert refusal(a_file()[:length]) != ""


@pytest.mark.parametrize("key", list(json.loads(a_file())))
def test_a_missing_part_is_noticed(key):
    whole = document()
    del whole[key]

    assert refusal(json.dumps(whole).encode()) != ""
    assert refusal(resummed(whole)) != "" or key == "sha256"


def test_the_refusal_of_a_wrong_sum_says_what_does_not_fit_and_what_to_do():
    changed = document()
    changed["content"]["measures"][0]["years"]["2024"]["actual"]["number"] = "3"

    sentence = refusal(json.dumps(changed).encode())

    assert sentence.startswith("チェックサム（SHA-256）が合いません。")
    assert changed["sha256"][:12] in sentence
    assert sentence.endswith("市区町村から、もう一度受け取ってください。")


# --- Hostile files ---

TOO_BIG = b"x" * (MAX_BYTES + 1)
MANY_KEYS = b"{" + b",".join(b'"%d":0' % number for number in range(200_000)) + b',"199999":0}'


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        (b"", "ファイルが空です。"),
        (b" \r\n", "ファイルが空です。"),
        (TOO_BIG, "ファイルが大きすぎます。"),
        (b"PK\x03\x04rest", "圧縮したファイルか、Excelのファイルです。"),
        (b"[" * 5_000, "JSONとして読み取れません。"),
        (b"[" * 600_000, "ファイルの項目が多すぎます。"),
        (b"[" + b"{}," * 400_000 + b"{}]", "ファイルの項目が多すぎます。"),
        (b'{"package"', "JSONとして読み取れません。"),
        (b"[]", "ふくしPDCAの「県へ渡すファイル」ではありません。"),
        (b'"fukushi-pdca-package"', "ふくしPDCAの「県へ渡すファイル」ではありません。"),
        (b'{"package":"other"}', "ふくしPDCAの「県へ渡すファイル」ではありません。"),
        ("団体コード,計画期".encode("cp932"), "文字コードがUTF-8ではありません。"),
        (a_file().decode().encode("utf-16"), "文字コードがUTF-8ではありません。"),
        (a_file().replace(b'"number":2,', b'"number":2,"number":3,'), "一つのところに同じ項目が二つあります"),
        (MANY_KEYS, "一つのところに同じ項目が二つあります（入力：199999）"),
        (a_file().replace(b'"number":2,', b'"number":NaN,'), "このファイルに書かれないはずの数があります（入力：NaN）"),
        (a_file().replace(b'"number":2,', b'"number":-Infinity,'), "このファイルに書かれないはずの数があります"),
        (a_file().replace(b'"number":2,', b'"number":2.0,'), "このファイルに書かれないはずの数があります"),
        (a_file().replace(b'"number":2,', b'"number":1e999,'), "このファイルに書かれないはずの数があります"),
        (a_file().replace(b'"number":2,', b'"number":' + b"9" * 5_000 + b","), "15桁を超える数があります"),
        (a_file().replace("千葉県".encode(), b"\\ud800"), "文字として扱えない符号か、深すぎる入れ子があります。"),
        (a_file().replace(b'"format":1', b'"format":true'), "ファイルの形式の版が分かりません。"),
        (a_file().replace(b'"format":1', b'"format":"1"'), "ファイルの形式の版が分かりません。"),
        (a_file().replace(b'"format":1', b'"format":0'), "ファイルの形式の版が分かりません。"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence(file, begins):
    assert refusal(file).startswith(begins)


def test_a_nest_that_python_reads_but_no_sum_covers_is_refused():
    deep = b'{"package":"fukushi-pdca-package","format":1,"content":' + b"[" * 900 + b"]" * 900 + b"}"

    assert refusal(deep) != ""


@pytest.mark.parametrize("file", [TOO_BIG * 5, b"[" * MAX_BYTES, b'{"a":' * (MAX_BYTES // 5), b"0" * MAX_BYTES])
def test_fifty_megabytes_and_ten_of_brackets_are_refused(file):
    assert refusal(file) != ""


# --- Formats ---


def test_a_newer_format_is_refused_and_says_what_to_do():
    newer = document() | {"format": FORMAT + 1}

    assert refusal(resummed(newer)) == (
        f"このファイルの形式は第{FORMAT + 1}版で、ここで読めるのは第{FORMAT}版までです。"
        "こちらのふくしPDCAを新しくしてから、もう一度選んでください。"
    )


def test_an_older_format_is_read_step_by_step_and_keeps_its_own_sum():
    old = document()
    del old["made_by"]
    old["content"]["plan"]["title"] = old["content"]["plan"].pop("name")
    file = resummed(old)

    def first(document):
        return document | {"made_by": ""}

    def second(document):
        plan = document["content"]["plan"]
        plan["name"] = plan.pop("title")
        return document

    package = read_package(file, upgrades={1: first, 2: second}, newest=3)

    assert (package.content, package.format, package.sha256) == (a_content(), 1, json.loads(file)["sha256"])
    assert package.header.made_by == ""


def test_an_older_format_without_a_way_up_is_refused():
    assert refusal(a_file(), upgrades={2: dict}, newest=3) == (
        "このファイルの形式（第1版）は古く、もう読めません。市区町村に、ファイルを作り直してもらってください。"
    )
