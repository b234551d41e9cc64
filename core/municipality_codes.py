"""全国地方公共団体コード: two digits for the prefecture, three for the city, one check digit."""

import re

from core.numerals import squeeze, typed

_WEIGHTS = (6, 5, 4, 3, 2)
# A spreadsheet keeps the code as a number: the leading zero of 01–09 goes, and sometimes ".0" comes.
_WRITTEN = re.compile(r"([0-9]{5,6})(?:\.0+)?")


def check_digit(first_five: str) -> str:
    """The sixth digit. Source: 総務省, 全国地方公共団体コード仕様 (weights 6 to 2, remainder of 11)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_five, strict=True))
    return str((11 - total % 11) % 10)


def read_code(written: str | int | float) -> str:
    """Six digits, a lost leading zero put back; ValueError with a sentence that names the right check digit."""
    text = squeeze(str(written))
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f"団体コードは6桁の数字で入力してください{typed(str(written))}")
    code = match[1].zfill(6)
    right = check_digit(code[:5])
    if code[5] == right:
        return code
    # Five digits may also be the code without its check digit.
    hint = f"検査数字のない5桁なら {match[1]}{check_digit(match[1])}、" if len(match[1]) == 5 else ""
    raise ValueError(
        f"団体コードの検査数字（6桁目）が合いません。{hint}先頭5桁が {code[:5]} なら {right} です{typed(str(written))}"
    )
