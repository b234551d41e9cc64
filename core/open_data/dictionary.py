"""データ項目定義書: what each column of the open data table means and may hold, as data that a program can check with.

Columns are those of the tidy table and three that say which publication a row comes from. Sources: the exchange
contract and the rules of figures; 総務省 統一ルール by チェック項目, for how a column is written.
"""

from dataclasses import dataclass

from core.open_data.codes import ACTUAL_STATES, KINDS, PLANNED_STATES, READING, READINGS, Codes, codes_of
from core.tidy import CODE_PATTERN, COLUMNS
from core.words import Accumulation, Certainty, Direction, Family, ParentRole, ValueKind

TEXT, WHOLE, NUMBER, DAY = "文字列", "整数", "数値", "日付"
EITHER, BOTH, NOT_BOTH = "どちらか一方だけに入る", "両方に入るか、両方が空欄", "両方に入ることはない"
NUMBERED, NUMBERED_ON, NUMBERED_BY = "公表番号", "公表日", "公表識別番号"
OPEN_COLUMNS = (*COLUMNS, NUMBERED, NUMBERED_ON, NUMBERED_BY)
KEY_COLUMNS = ("団体コード", "計画種別", "計画期", "指標コード", "年度")
"""What names a row; no two rows agree in all of them."""
_PAIRS = (
    ("親指標", "親との関係", BOTH),
    ("計画値", "計画値状態", NOT_BOTH),
    ("実績値", "実績値状態", EITHER),
    ("分子", "分母", BOTH),
    ("達成率", "乖離率", BOTH),
)


@dataclass(frozen=True)
class Item:
    """One column. `codes` are all words that it may contain, each with its meaning; `pattern` a regular expression that
    holds for the whole text. `blank` says what a blank cell means; "": never blank.
    """

    name: str
    meaning: str
    form: str
    example: str
    source: str
    unit: str = ""
    codes: Codes = ()
    pattern: str = ""
    blank: str = ""

    @property
    def allowed(self) -> str:
        """In which form the allowed values are given."""
        return "コード一覧" if self.codes else "書式" if self.pattern else "自由"

    @property
    def pair(self) -> str:
        """The column that goes together with this one; "" for none."""
        return next((b if a == self.name else a for a, b, _ in _PAIRS if self.name in (a, b)), "")

    @property
    def rule(self) -> str:
        """How the two go together."""
        return next((rule for *pair, rule in _PAIRS if self.name in pair), "")


_SOUMU, _FIGURES = "統一ルール", "計算のきまり"
_OF_UNIT = "「単位」の列のとおり"
_NO_PLAN = "その年度の計画値がない。理由があれば「計画値状態」に書く"
_NOT_BOTH_KNOWN = "計画値か実績値が空欄、または種類が有無・文章"
_NO_RATE = "計画値か実績値が空欄、計画値が0、または種類が有無・文章"
_WITH_ACTUAL = "実績値に付く事情がない"

ITEMS = (
    Item(
        "団体コード", "全国地方公共団体コード。検査数字を含む6桁", TEXT, "122319", f"{_SOUMU}1-12", pattern="[0-9]{6}"
    ),
    Item("自治体名", "自治体の名前", TEXT, "印西市", f"{_SOUMU}1-12"),
    Item("計画種別", "計画の種別", TEXT, "障害福祉計画", f"{_SOUMU}1-6", codes=KINDS),
    Item("計画期", "第何期の計画か", WHOLE, "6", f"{_SOUMU}1-3", unit="期"),
    Item("計画名", "計画の名前", TEXT, "第6期障害福祉計画", f"{_SOUMU}1-6"),
    Item("開始年度", "計画の最初の年度。西暦", WHOLE, "2021", f"{_SOUMU}1-11", unit="年度"),
    Item("終了年度", "計画の最後の年度。西暦", WHOLE, "2023", f"{_SOUMU}1-11", unit="年度"),
    Item("節番号", "計画のなかの節の番号", WHOLE, "1", f"{_SOUMU}1-6"),
    Item("節名", "節の名前", TEXT, "施設入所者の地域生活への移行", f"{_SOUMU}1-6"),
    Item("種別", "指標の種別", TEXT, "成果目標", f"{_SOUMU}1-6", codes=codes_of(*Family)),
    Item(
        "指標コード",
        "計画のなかで指標を一つに決める記号",
        TEXT,
        "1-1",
        f"{_SOUMU}1-6",
        pattern=CODE_PATTERN,
    ),
    Item("指標番号", "計画書に印刷された番号", TEXT, "1", f"{_SOUMU}1-10", blank="計画書に番号がない"),
    Item("指標名", "指標の名前", TEXT, "地域生活への移行者数", f"{_SOUMU}1-6"),
    Item(
        "親指標",
        "内数・内訳のとき、もとの指標の指標コード",
        TEXT,
        "1-1",
        f"{_SOUMU}1-2",
        pattern=CODE_PATTERN,
        blank="ほかの指標の内数・内訳ではない",
    ),
    Item(
        "親との関係",
        "親指標との関係",
        TEXT,
        "内数",
        f"{_SOUMU}1-2",
        codes=codes_of(*ParentRole),
        blank="ほかの指標の内数・内訳ではない",
    ),
    Item("単位", "計画値・実績値の単位。割合は%", TEXT, "人", f"{_SOUMU}1-9", blank="単位のない指標（有無・文章など）"),
    Item("種類", "値の種類", TEXT, "数値", f"{_SOUMU}1-3", codes=codes_of(*ValueKind)),
    Item("方向", "どうなるとよい指標か", TEXT, "増", _FIGURES, codes=codes_of(*Direction)),
    Item("集計", "年度の値の数え方", TEXT, "年度計", _FIGURES, codes=codes_of(*Accumulation)),
    Item("基準値", "計画を立てたときの値", NUMBER, "36", f"{_SOUMU}1-3", unit=_OF_UNIT, blank="基準値を定めていない"),
    Item(
        "基準年度",
        "基準値の年度。西暦",
        WHOLE,
        "2019",
        f"{_SOUMU}1-11",
        unit="年度",
        blank="基準値の年度を定めていない",
    ),
    Item("年度", "値の年度。西暦。4月1日から翌年3月31日まで", WHOLE, "2021", f"{_SOUMU}1-11", unit="年度"),
    Item(
        "年度和暦",
        "値の年度の和暦。2021年度は令和3年度",
        TEXT,
        "令和3年度",
        f"{_SOUMU}1-11",
        pattern="(?:昭和|平成|令和)(?:元|[0-9]{1,2})年度",
    ),
    Item(
        "計画値",
        "計画で決めた値。割合は%の数字、有無は1か0",
        NUMBER,
        "16",
        f"{_SOUMU}1-3",
        unit=_OF_UNIT,
        blank=_NO_PLAN,
    ),
    Item(
        "計画値状態",
        "計画値の数値がない理由",
        TEXT,
        "設定しない",
        f"{_SOUMU}1-3",
        codes=PLANNED_STATES,
        blank="数値があるか、その年度の計画がない",
    ),
    Item(
        "計画値原文", "計画書に印刷された書き方", TEXT, "有 1回", f"{_SOUMU}1-3", blank="数値のほかに残す書き方がない"
    ),
    Item(
        "実績値",
        "実際の値。割合は%の数字、有無は1か0",
        NUMBER,
        "18",
        f"{_SOUMU}1-3",
        unit=_OF_UNIT,
        blank="数値がない。理由は「実績値状態」にある",
    ),
    Item(
        "実績値状態",
        "実績値の数値がない理由",
        TEXT,
        "集計中",
        f"{_SOUMU}1-3",
        codes=ACTUAL_STATES,
        blank="数値がある",
    ),
    Item("実績値原文", "報告された書き方", TEXT, "有5人", f"{_SOUMU}1-3", blank="数値のほかに残す書き方がない"),
    Item("分子", "割合の実績値の分子", NUMBER, "2", f"{_SOUMU}1-2", blank="分子と分母がない"),
    Item(
        "分母",
        "割合の実績値の分母。0より大きい",
        NUMBER,
        "3",
        f"{_SOUMU}1-2",
        blank="分子と分母がない",
    ),
    Item("時点", "実績値がいつのものか", TEXT, "令和4年3月31日（2022年）", f"{_SOUMU}1-11", blank=_WITH_ACTUAL),
    Item("確定度", "実績値がどこまで確かか", TEXT, "確定値", _FIGURES, codes=codes_of(*Certainty), blank=_WITH_ACTUAL),
    Item(
        "差",
        "実績値から計画値を引いた数。割合はポイント",
        NUMBER,
        "2",
        _FIGURES,
        unit=_OF_UNIT,
        blank=_NOT_BOTH_KNOWN,
    ),
    Item(
        "達成率",
        "実績値÷計画値×100。小数第1位まで",
        NUMBER,
        "112.5",
        _FIGURES,
        unit="%",
        blank=_NO_RATE,
    ),
    Item(
        "乖離率",
        "(実績値-計画値)÷計画値×100。小数第1位まで",
        NUMBER,
        "12.5",
        _FIGURES,
        unit="%",
        blank=_NO_RATE,
    ),
    Item(
        "乖離値旧様式",
        "これまでの評価シートに印刷される乖離値。実績値が空欄のときは0.0で、0という意味ではない",
        NUMBER,
        "112.5",
        _FIGURES,
        unit="%",
        blank="計画値が空欄か0、未公表、または種類が有無・文章",
    ),
    Item(
        "判定",
        f"計画と実績を比べた言葉。{READINGS}。実績値がないときは、その理由",
        TEXT,
        "達成",
        _FIGURES,
        pattern=READING,
        blank="未公表、または種類が文章",
    ),
    Item("注記", "実績値についての注記", TEXT, "感染症対策として中止", f"{_SOUMU}1-3", blank=_WITH_ACTUAL),
    Item(NUMBERED, "この行のもとになった公表の番号。計画ごとに1から", WHOLE, "1", "公表のきまり", unit="号"),
    Item(NUMBERED_ON, "その公表の日。西暦", DAY, "2023-08-01", f"{_SOUMU}1-11"),
    Item(
        NUMBERED_BY,
        "その公表の識別番号。公表した内容（JSON）のSHA-256",
        TEXT,
        "0" * 64,
        "公表のきまり",
        pattern="[0-9a-f]{64}",
    ),
)
"""One per column, in the order of `OPEN_COLUMNS`."""

CODE_COLUMNS = ("項目名", "値", "意味")


def dictionary_rows() -> list[dict[str, str]]:
    """One row per column of the table."""
    return [
        {
            "番号": str(number),
            "項目名": item.name,
            "説明": item.meaning,
            "形式": item.form,
            "単位": item.unit,
            "取り得る値": item.allowed,
            "書式": item.pattern,
            "空欄": "あり" if item.blank else "なし",
            "空欄の意味": item.blank,
            "組になる項目": item.pair,
            "組の決まり": item.rule,
            "例": item.example,
            "根拠": item.source,
        }
        for number, item in enumerate(ITEMS, start=1)
    ]


DICTIONARY_COLUMNS = tuple(dictionary_rows()[0])


def code_rows() -> list[dict[str, str]]:
    """One row per word that a column of words may contain."""
    return [{"項目名": item.name, "値": word, "意味": meaning} for item in ITEMS for word, meaning in item.codes]
