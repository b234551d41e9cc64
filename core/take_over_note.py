"""The line in the 注記 of an actual that says how it was taken over from finer records."""

from core.cell_texts import MAX_LENGTHS

MOST = MAX_LENGTHS["note"]
FROM_MONTHS = "月別値から："
FROM_RECORDS = "取組記録から："


def with_line(note: str, mark: str, how: str) -> str:
    """The 注記 with this line at its end and without the line of an earlier take-over from either source."""
    kept = [line for line in note.splitlines() if not line.startswith((FROM_MONTHS, FROM_RECORDS))]
    return "\n".join([*kept, f"{mark}{how}"])


def too_long(note: str) -> str:
    """Why the 注記 cannot take the line; "" where it can."""
    if len(note) <= MOST:
        return ""
    return f"年度の実績の注記が長すぎて、計算のしかたを書き足せません。{MOST}文字までに縮めてください。"
