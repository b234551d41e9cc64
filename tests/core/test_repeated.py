"""Which sentences count as taken over from last year."""

import pytest

from core.repeated import repeated_sentences


@pytest.mark.parametrize(
    ("now", "before", "repeated"),
    [
        ("今後も継続して実施する。", "今後も継続して実施する。", ["今後も継続して実施する。"]),
        ("新しい年になった。今後も継続して実施する。", "今後も継続して実施する", ["今後も継続して実施する。"]),
        ("■ 研修を３回 開く", "①研修を3回開く。", ["■ 研修を３回 開く"]),
        ("（1）研修を3回開く。", "2. 研修を3回開く。", ["（1）研修を3回開く。"]),
        ("研修を4回開く。", "研修を3回開く。", []),
        ("3か所から4か所に広げる。", "4か所に広げる。", []),
        ("課題\n特になし。", "課題\n特になし。", []),
        ("学校と連絡会を開く。学校と連絡会を開く。", "学校と連絡会を開く。", ["学校と連絡会を開く。"]),
        (
            "二つ目の長い文です。一つ目の長い文です。",
            "一つ目の長い文です。二つ目の長い文です。",
            ["二つ目の長い文です。", "一つ目の長い文です。"],
        ),
        ("", "今後も継続して実施する。", []),
        ("今後も継続して実施する。", "", []),
    ],
)
def test_a_sentence_is_repeated_whatever_its_width_bullet_and_marks(now, before, repeated):
    assert repeated_sentences(now, before) == repeated
