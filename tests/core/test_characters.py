"""Signs that a workbook cannot hold, or that mean something else in it."""

import pytest

from core.characters import LONGEST_FOOTER, for_footer


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("印西市 & 栄町\n入力様式", "印西市 && 栄町 入力様式"),
        ("あ" * (LONGEST_FOOTER - 1) + "&続き", "あ" * (LONGEST_FOOTER - 1) + "&&"),
    ],
)
def test_no_sign_of_a_footer_is_read_as_a_code(text, printed):
    assert for_footer(text) == printed
