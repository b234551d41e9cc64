"""Somebody who has the files of the open data and nothing else: reads the table by its dictionary."""

import csv
import io
import re

from core.open_data.check import check_open_data

FORMS = {
    "文字列": ".*",
    "整数": "-?[0-9]+",
    "数値": r"-?[0-9]+(\.[0-9]+)?",
    "日付": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
FILLED = {"どちらか一方だけに入る": (1,), "両方に入るか、両方が空欄": (0, 2), "両方に入ることはない": (0, 1)}
KEY = ("団体コード", "計画種別", "計画期", "指標コード", "年度")


def read(content):
    """The rows of a CSV as dicts of texts."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def faults(data):
    """What the dictionary and the list of words, read as files, say against the table: row, column and why."""
    items, table = read(data.file("dictionary.csv").content), read(data.file("data.csv").content)
    words = {(row["項目名"], row["値"]) for row in read(data.file("codes.csv").content)}
    found = [] if list(table[0]) == [item["項目名"] for item in items] else [(1, "", "columns")]
    for number, row in enumerate(table, start=2):
        for item in items:
            name = item["項目名"]
            if fault := _fault(item, row[name], words) or _fault_of_pair(item, row):
                found.append((number, name, fault))
    keys = {tuple(row[name] for name in KEY) for row in table}
    return found + ([(0, "", "a row stands twice")] if len(keys) != len(table) else [])


def unclean(data):
    """The violations of each table that is not clean by the rules."""
    verdicts = {
        file.name: check_open_data(file.name, file.content) for file in data.files if file.name.endswith(".csv")
    }
    return {name: verdict.violations for name, verdict in verdicts.items() if verdict.total}


def _fault(item, text, words):
    if not text:
        return "blank" if item["空欄"] == "なし" else ""
    is_right = re.fullmatch(FORMS[item["形式"]], text, re.DOTALL) is not None
    if item["取り得る値"] == "コード一覧":
        is_right &= (item["項目名"], text) in words
    if item["取り得る値"] == "書式":
        is_right &= re.fullmatch(item["書式"], text) is not None
    return "" if is_right else text


def _fault_of_pair(item, row):
    if not item["組になる項目"]:
        return ""
    filled = sum(bool(row[name]) for name in (item["項目名"], item["組になる項目"]))
    return "" if filled in FILLED[item["組の決まり"]] else item["組の決まり"]
