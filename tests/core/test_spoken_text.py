"""Texts in words: every sign that hangs on its look, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.spoken_text import BULLETS, MARKS, UNITS, spoken, spoken_line


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        # Marks
        ("評価：○", "評価：【まる】"),
        ("◯と〇とO", "【まる】と【まる】とO"),
        ("◎ 目標を達成", "【二重まる】 目標を達成"),
        ("△、×", "【さんかく】、【ばつ】"),
        ("〇〇地区", "【まる】【まる】地区"),
        ("二〇二二年", "二〇二二年"),
        ("☑済", "【チェック】済"),
        ("☆☆☆", "【ほし】【ほし】【ほし】"),
        ("●", "【くろまる】"),
        # Minus
        ("▲3人", "マイナス3人"),
        ("差は△３人", "差はマイナス３人"),
        ("△ 3", "マイナス3"),
        ("前年度比−2.5ポイント", "前年度比マイナス2.5ポイント"),
        ("（-3）", "（マイナス3）"),
        ("差 -3", "差 マイナス3"),
        ("4-5歳、電話0476-42-5111、A-3", "4-5歳、電話0476-42-5111、A-3"),
        ("△（検討中）", "【さんかく】（検討中）"),
        # Numbers and letters in signs
        ("①5人 ②３人", "【まる1】5人 【まる2】３人"),
        ("⑳㉑㊿", "【まる20】【まる21】【まる50】"),
        ("❶㋐Ⓐ", "【くろまる1】【まるア】【まるA】"),
        ("⑴㈱", "（1）（株）"),
        ("㋿4年、㍻31年", "令和4年、平成31年"),
        ("25℃、30㎡、5㎞、80㌫、№3、〃", "25度、30平方メートル、5キロメートル、80パーセント、番号3、同上"),
        ("2×3、2 × 3、×", "2かける3、2かける3、【ばつ】"),
        ("4月～6月、10〜12人、令和3年度〜令和5年度", "4月から6月、10から12人、令和3年度から令和5年度"),
        ("はい〜", "はい〜"),
        # Notes
        ("※ 速報値", "注：速報値"),
        ("※1 出典：国保連", "注1：出典：国保連"),
        ("※２）暫定", "注２：暫定"),
        ("利用者数※1は（※速報）", "利用者数（注1）は（注：速報）"),
        ("※印は見込み", "【米印】印は見込み"),
        # Bullets and layout
        ("■ 協議会", "・協議会"),
        ("・開催回数", "・開催回数"),
        ("○ 実施", "【まる】 実施"),
        ("構成員 ・病院　・事業所", "構成員\n・病院\n・事業所"),
        ("目　　的", "目的"),
        ("  名称　　　内容\t人数  ", "名称　内容 人数"),
        ("目標…………4人", "目標　4人"),
        ("─────\n本文\n＝＝＝＝\n■■■■■■\n・・・・", "本文"),
        ("│計画│実績│", "計画　実績"),
        ("1行目\n\n\n2行目", "1行目\n2行目"),
        # A sentence on one line
        ("支援を行い、\n地域に移行した。\n次の文。", "支援を行い、地域に移行した。\n次の文。"),
        ("移行した\n。", "移行した。"),
        ("次のとおり、\n・一つ\n①二つ", "次のとおり、\n・一つ\n【まる1】二つ"),
        ("", ""),
    ],
)
def test_a_text_is_said_in_words(typed, said):
    assert spoken(typed) == said


def test_a_name_is_said_on_one_line():
    assert spoken_line("①地域生活\n（移行者数）") == "【まる1】地域生活　（移行者数）"


PLAIN = "あいうえおアイウエオ障害福祉計画人日年度月0123456789０１ABab、。（）「」：/%％・々〆→"
SIGNS = "".join((*MARKS, *UNITS, BULLETS, "①⑳㉑㊿❶⑴⒈㈱㋀㋐Ⓐ※−-－‐▲△×〜～…‥─│═・_=*# 　\t\n\ufe0f〇二"))


@settings(max_examples=300)
@given(st.lists(st.text(PLAIN, min_size=1).filter(lambda word: not word.startswith("・")), min_size=1))
def test_a_text_without_such_signs_stays_as_it_was_typed(words):
    text = " ".join(word.replace("・・", "").rstrip("・") or "あ" for word in words)

    assert spoken(text) == text


@settings(max_examples=700)
@given(st.text(PLAIN + SIGNS))
def test_saying_it_twice_says_the_same_and_leaves_no_sign(text):
    once = spoken(text)

    assert spoken(once) == once
    assert not set(once) & (set(MARKS) - {"〇"} | set(UNITS) | set("①⑳㉑㊿❶⑴⒈㈱㋀㋐Ⓐ※─│═\t"))
    assert "\n\n" not in once
