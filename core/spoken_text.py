"""Texts as a text version writes them: for screen readers and braille, so no meaning may depend on how a character or a
line looks.

Source: the conventions of the text versions (テキスト版) that cities make by hand for blind readers. Characters that
screen readers skip or call by changing names become words; what only lays out a page is left out; everything else stays
as typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_NAMED = {
    "まる": "○◯〇",
    "二重まる": "◎",
    "くろまる": "●",
    "さんかく": "△",
    "くろさんかく": "▲",
    "さかさんかく": "▽",
    "くろさかさんかく": "▼",
    "ばつ": "×✕✖╳",
    "しかく": "□☐",
    "くろしかく": "■",
    "ひしがた": "◇",
    "くろひしがた": "◆",
    "ほし": "☆",
    "くろほし": "★",
    "チェック": "✓✔☑",
}
MARKS = {mark: name for name, marks in _NAMED.items() for mark in marks}
"""Marks by the names they are called aloud. 〇 in a number (二〇二二) is a digit, and × between numbers is かける."""
UNITS = {
    "℃": "度",
    "㎡": "平方メートル",
    "㎥": "立方メートル",
    "㎞": "キロメートル",
    "㎝": "センチメートル",
    "㎜": "ミリメートル",
    "㎢": "平方キロメートル",
    "㏊": "ヘクタール",
    "㎏": "キログラム",
    "㎎": "ミリグラム",
    "㏄": "シーシー",
    "№": "番号",
    "℡": "電話",
    "〒": "郵便番号",
    "〃": "同上",
}
MARK_BULLETS = "■□●◆◇☆★"
BULLETS = "・▪▫•‣◦▶▷►" + MARK_BULLETS
"""At the beginning of a line these only say that it is an item of a list; the others of MARKS may be a grade there."""

_DIGIT = "0-9０-９"
_ALL_MARKS = "".join(MARKS)
_CIRCLED = re.compile("[①-⑳㉑-㉟㊱-㊿⓪Ⓐ-ⓩ㋐-㋾]")
_BLACK_CIRCLED = re.compile("[❶-❿⓫-⓴➊-➓⓿]")
_ENCLOSED = re.compile("[⑴-⒵㈀-㉇㊀-㊰㋀-㋏㋿-㏿]")
_TIMES = re.compile(rf"(?<=[{_DIGIT}])[ 　]*×[ 　]*(?=[{_DIGIT}])")
_MINUS = re.compile(
    rf"(?<![{_DIGIT}])[▲△−][ 　]?(?=[{_DIGIT}])"
    rf"|(?:^|(?<=[\s（(「『【［\[、。，・：:＝=→/／]))[-－‐‑–](?=[{_DIGIT}])"  # elsewhere it may join: 4-5, 0476-42
)
_UNTIL = re.compile(
    rf"(?<=[{_DIGIT}年度月日時分人名回件所割節%％)）])[ 　]*[〜～][ 　]*(?=[{_DIGIT}第翌]|令和|平成|[RHＲＨ][{_DIGIT}])"
)
_THE_MARK_ITSELF = re.compile("※(?=[印はがのをと」])")
_NOTE = re.compile(rf"(?P<before>^|[\s（(「。、・])※[ 　]?(?P<number>[{_DIGIT}]*)[)）：:]?[ 　]*")
_REFERENCE = re.compile(rf"※(?P<number>[{_DIGIT}]*)")
_MARK = re.compile(f"(?<=[一二三四五六七八九十百千])(?P<zeros>〇+)|[{_ALL_MARKS}]")
_RULER = re.compile(r"[\s\-―─-╿＝=＊*_＿・.．…‥~〜～#＃+＋|｜]{3,}|([ー■□◆◇☆★○●◎])\1{4,}")
_LEADERS = re.compile("[─-╿]+|[…‥]{3,}|[・．._＿]{4,}|[-=＝＊*~〜～]{4,}")
_BLANKS = re.compile("[ \t\u00a0\u2000-\u200a\u3000]+")
_SPREAD = re.compile(r"(?<!\S)[一-龠々](?:　[一-龠々])+(?!\S)")
_RUN_ON = re.compile(r"(?<=\S)[ 　]+(?=・\S)")
_BULLET = re.compile(f"^(?:[{MARK_BULLETS}](?=[ 　]*[^{_ALL_MARKS} 　])|[{BULLETS.removesuffix(MARK_BULLETS)}])[ 　]*")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
_UNFINISHED = ("、", "，", "（", "「")
_CLOSING = ("、", "。", "，", "）", "」")
_ITEM = ("・", "【", "（", "注")


def spoken(text: str) -> str:
    """The text in words: one paragraph a line, without empty lines. Saying it a second time changes nothing."""
    said = (_line(line) for line in _INVISIBLE.sub("", text).splitlines())
    lines = (item for line in said for item in _RUN_ON.sub("\n", line).splitlines())
    return "\n".join(_joined(line for line in lines if line))


def spoken_line(text: str) -> str:
    """A name or a title in words, on one line."""
    return "　".join(spoken(text).splitlines())


def _line(line: str) -> str:
    """One line in words; "" for one that is empty or only rules off."""
    line = _BULLET.sub("・", _without_layout(_in_letters(line)))
    line = _THE_MARK_ITSELF.sub("【米印】", line)
    line = _NOTE.sub(r"\g<before>注\g<number>：", line)
    line = _REFERENCE.sub(r"（注\g<number>）", line)
    line = _MINUS.sub("マイナス", line)
    line = _TIMES.sub("かける", line)
    line = _UNTIL.sub("から", line)
    line = _MARK.sub(lambda found: found["zeros"] or f"【{MARKS[found[0]]}】", line)
    return "" if _RULER.fullmatch(line) else line


def _without_layout(line: str) -> str:
    """Without rules, leaders and blanks that only move words about the page (目　　的)."""
    if _RULER.fullmatch(line.strip()):
        return ""
    line = _BLANKS.sub(lambda blanks: "　" if blanks[0][0] == "　" else " ", _LEADERS.sub("　", line)).strip()
    return _SPREAD.sub(lambda spread: spread[0].replace("　", ""), line)


def _in_letters(line: str) -> str:
    """Characters that hold letters or digits, in letters. ① becomes まる1, not （1）, which the same text may use for
    counting.
    """
    line = _CIRCLED.sub(lambda found: f"【まる{_letters(found[0])}】", line)
    line = _BLACK_CIRCLED.sub(lambda found: f"【くろまる{_letters(found[0])}】", line)
    line = "".join(UNITS.get(character, character) for character in line)
    return _ENCLOSED.sub(lambda found: _letters(found[0]), line)


def _letters(character: str) -> str:
    letters = unicodedata.normalize("NFKC", character)
    if letters == character:
        letters = str(int(unicodedata.numeric(character)))
    return letters.replace("(", "（").replace(")", "）")


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Sentences that a line end cuts, made whole; an item of a list stays on its own line."""
    whole = ""
    for line in lines:
        cut = whole.endswith(_UNFINISHED) and not line.startswith(_ITEM)
        if whole and not cut and not line.startswith(_CLOSING):
            yield whole
            whole = ""
        whole += line
    if whole:
        yield whole
