"""Texts as sheets print them, and an edit of the print as an edit of what was typed."""

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prose import differing, printed, unprinted
from tests.processor_time import SOON, in_sheets

TYPED = "　会議を開いた。 ①一回目 ②二回目\n\n 次も開く。"
PRINTED = "会議を開いた。\n①一回目\n②二回目\n\n次も開く。"
texts = st.text(st.sampled_from("あい 　①②。\n"), max_size=30).map(str.rstrip)


def test_an_enumeration_that_runs_on_is_printed_as_a_list():
    assert printed(TYPED) == PRINTED


@pytest.mark.parametrize(
    ("edited", "kept"),
    [
        (PRINTED, TYPED),
        (PRINTED.replace("次も", "毎月"), "　会議を開いた。 ①一回目 ②二回目\n\n毎月開く。"),
        (PRINTED.replace("一回目", "初回"), "会議を開いた。\n①初回\n②二回目\n\n 次も開く。"),
        (PRINTED + "\n終わり。", TYPED + "\n終わり。"),
        ("", ""),
    ],
)
def test_what_was_not_edited_stays_as_it_was_typed(edited, kept):
    assert unprinted(TYPED, edited) == kept


@given(texts)
def test_an_unedited_print_is_what_was_typed(typed):
    assert unprinted(typed, printed(typed)) == typed


@given(texts, texts)
def test_an_edit_prints_as_it_was_edited(typed, edited):
    assert printed(unprinted(typed, printed(edited))) == printed(edited)


def test_an_unedited_print_of_a_thousand_equal_lines_is_what_was_typed():
    typed = "同じ行 ①一 ②一\n" * 1_000 + " 終わり。"

    assert unprinted(typed, printed(typed)) == typed


@pytest.mark.parametrize(("old", "new"), [("あ。い。", "い。い。あ。"), ("あ\nい\n", "い\nい\nあ\n")])
def test_texts_made_of_equal_pieces_are_compared_soon(old, new):
    before, after = (f"初め。{pieces * 3_000}終わり。" for pieces in (old, new))
    begun = thread_time()

    shown, kept = differing(before, after), unprinted(before, after)

    assert in_sheets(thread_time() - begun) < SOON
    assert shown == (f"…{old * 3_000}…", f"…{new * 3_000}…")
    assert kept == after


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("あ。い。う。", "あ。え。う。", ("…い。…", "…え。…")),
        ("あ。い。", "あ。い。う。", ("…", "…う。")),
        ("あ。い。", "い。", ("あ。…", "…")),
        ("一行目\n二行目", "一行目\n三行目", ("…二行目", "…三行目")),
        ("あ", "い", ("あ", "い")),
    ],
)
def test_of_two_texts_the_sentences_that_differ_are_shown(old, new, shown):
    assert differing(old, new) == shown
