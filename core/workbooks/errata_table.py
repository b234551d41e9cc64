"""A 正誤表 as a workbook to hand out with the corrected report."""

from core.citation import Citation
from core.errata import Errata, ErratumKind
from core.fiscal_years import wareki
from core.workbooks.printed_table import PrintedTable, write_table

SHEET_NAME = "正誤表"
COLUMNS = (("箇所", 30), ("年度", 12), ("項目", 18), ("誤（前の号）", 46), ("正（この号）", 46))
NOT_WRONG = "訂正のほかは、誤りを直したものではありません。"
NONE = "前の号から変わったところはありません。"


def write_errata(title: str, errata: Errata, mark: Citation, before: Citation, reason: str) -> bytes:
    """The table as an .xlsx file; a line instead of it where nothing differs."""
    remarks = [f"前の号：{before.words}", f"この号：{mark.words}"]
    remarks += [f"訂正の理由：{'　'.join(reason.split())}"] if reason else []
    remarks += [NOT_WRONG] if any(kind is not ErratumKind.CORRECTED for kind, _ in errata.groups) else []
    parts = tuple(
        (
            f"{kind.label}（{len(lines)}件）",
            tuple((one.place, wareki(one.year) if one.year else "", one.field, one.old, one.new) for one in lines),
        )
        for kind, lines in errata.groups
    )
    return write_table(PrintedTable(SHEET_NAME, title, COLUMNS, parts, NONE, tuple(remarks), mark=mark))
