"""Municipality codes with their check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.municipality_codes import check_digit, read_code


@pytest.mark.parametrize("code", ["122319", "120006", "129992", "011002", "012025", "131016", "472018"])
def test_real_codes_carry_their_check_digit(code):
    assert (check_digit(code[:5]), read_code(code)) == (code[5], code)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (" １２２３１９ ", "122319"),
        ("122 319", "122319"),
        (122319, "122319"),
        (122319.0, "122319"),
        ("122319.0", "122319"),
        (12025, "012025"),
        (12025.0, "012025"),
        ("12025", "012025"),
        ("12025.0", "012025"),
    ],
)
def test_a_code_is_read_as_spreadsheets_keep_it(written, code):
    assert read_code(written) == code


def test_a_wrong_check_digit_is_named_with_the_right_one():
    with pytest.raises(ValueError, match="検査数字") as problem:
        read_code("122310")

    assert (
        str(problem.value) == "団体コードの検査数字（6桁目）が合いません。先頭5桁が 12231 なら 9 です（入力：122310）"
    )


def test_a_code_without_its_check_digit_is_told_the_whole_code():
    with pytest.raises(ValueError, match="検査数字") as problem:
        read_code("12231")

    assert str(problem.value) == (
        "団体コードの検査数字（6桁目）が合いません。"
        "検査数字のない5桁なら 122319、先頭5桁が 01223 なら 8 です（入力：12231）"
    )


@pytest.mark.parametrize(
    "written", ["", "1223", "1223199", "印西市", "12231９x", 12231.9, float("nan"), -122319, "①②③④⑤⑥x"]
)
def test_what_is_no_code_is_a_problem(written):
    with pytest.raises(ValueError, match="団体コードは6桁の数字で入力してください"):
        read_code(written)


@given(st.text(alphabet="0123456789", min_size=5, max_size=5))
def test_exactly_one_check_digit_fits(first_five):
    fitting = []
    for digit in "0123456789":
        try:
            fitting.append(read_code(first_five + digit))
        except ValueError:
            continue

    assert fitting == [first_five + check_digit(first_five)]
