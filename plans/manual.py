"""The tables and examples of the manual, made by the rules themselves, so that it cannot differ from the tool."""

from dataclasses import dataclass
from decimal import Decimal

from core.figures import Figures, Nature
from core.goal_chain import ChainLink, GoalChain
from core.numerals import plain
from core.reader import CellTexts, NotUnderstood, echo, read_cell
from core.tidy import COLUMNS, IGNORED_WHEN_READ, REQUIRED
from core.values import EMPTY, Value
from core.volume_miss import Split, split_of
from core.volume_words import scenario_in_words, split_in_words
from core.volumes import Assumptions, Scenario, Use, scenarios
from core.words import Direction, Side, State, ValueKind
from plans.access import Access
from plans.models import Role, YearState


@dataclass(frozen=True)
class Example:
    """A planned and an actual value, and what the rules make of them."""

    figures: Figures
    label: str = ""
    remark: str = ""


@dataclass(frozen=True)
class TypedExample:
    """What a person types, and what is understood; `problem` where it is not."""

    typed: str
    kind: str
    understood: str
    problem: str = ""
    remark: str = ""


@dataclass(frozen=True)
class LinkExample:
    """One 活動指標, what it says about its goal, and why that is so where it is not plain."""

    link: ChainLink
    remark: str = ""


@dataclass(frozen=True)
class VolumeExample:
    """One scenario for one year: its formula, and its figures as texts."""

    label: str
    formula: str
    users: str
    per_user: str
    amount: str


@dataclass(frozen=True)
class RoleRights:
    """One role with its rights in the order of `RIGHTS`."""

    label: str
    rights: tuple[bool, ...]


@dataclass(frozen=True)
class Column:
    """One column of the tidy table."""

    name: str
    is_required: bool
    is_ignored: bool
    meaning: str


RIGHTS = ("確定後の実績・評価を見る", "確定前も見る", "入力・提出", "確認・差し戻し", "確定・公表", "利用者と設定")

MEANINGS = {
    "団体コード": "6桁の全国地方公共団体コード（検査数字を含む）",
    "自治体名": "自治体の名前",
    "計画種別": "障害福祉計画・障害児福祉計画・障害者計画。列がなければ障害福祉計画",
    "計画期": "第何期か。数字",
    "計画名": "計画の名前",
    "開始年度": "計画の最初の年度。西暦",
    "終了年度": "計画の最後の年度。西暦",
    "節番号": "数字",
    "節名": "列がなければ「第n節」",
    "種別": "成果目標・活動指標",
    "指標コード": "計画のなかで一つだけの記号。半角の英数字と - _、40字まで",
    "指標番号": "①などの番号。数字だけを書く",
    "指標名": "指標の名前",
    "親指標": "内数・内訳のとき、もとの指標の指標コード",
    "親との関係": "内数・内訳",
    "単位": "人、回、か所など",
    "種類": "数値・割合・有無・文章。列がなければ数値",
    "方向": "増・減・見込。列がなければ、成果目標は増、活動指標は見込",
    "集計": "年度計・月平均・年度末・累計。列がなければ年度計",
    "基準値": "計画を立てたときの値",
    "基準年度": "基準値の年度。西暦",
    "年度": "西暦。1行が1指標・1年度",
    "年度和暦": "令和3年度など",
    "計画値": "数値。割合は%の数字（66.7）",
    "計画値状態": "数値がないときの理由（設定しない など）。数値があれば空欄",
    "計画値原文": "印刷された書き方を残すとき",
    "実績値": "数値。有無は 1 か 0",
    "実績値状態": "数値がないときの理由（集計中 など）。分からなければ未入力",
    "実績値原文": "印刷された書き方を残すとき（有5人 など）",
    "分子": "割合の実績値のもと。分母とともに書くと、割合はここから計算する",
    "分母": "0は使えない",
    "時点": "実績値がいつのものか。自由な書き方",
    "確定度": "見込み・速報・確定値",
    "差": "実績 − 計画",
    "達成率": "%、小数第1位まで",
    "乖離率": "%、小数第1位まで",
    "乖離値旧様式": "これまでの評価シートの乖離値",
    "判定": "達成・未達など",
    "注記": "実績値についての注記",
}

_TYPED = (
    ("１２人", ValueKind.NUMBER, "全角でも、単位が付いていても読みます"),
    ("１，２３４", ValueKind.NUMBER, "桁区切りは取り除きます"),
    ("▲3", ValueKind.NUMBER, "▲・△は負の数です"),
    ("約10人", ValueKind.NUMBER, "「約」は原文に残します"),
    ("0", ValueKind.NUMBER, "本当に0だったとき"),
    ("集計中", ValueKind.NUMBER, "「調査中」も同じです"),
    ("該当なし", ValueKind.NUMBER, "「－」「／」も同じです"),
    ("中止", ValueKind.NUMBER, "行事などを中止したとき"),
    ("検討中", ValueKind.NUMBER, "「未定」も同じで、言葉を原文に残します"),
    ("有5人", ValueKind.PRESENCE, "有無の指標。人数は原文に残します"),
    ("10割", ValueKind.RATE, "割合の指標だけで使えます"),
    ("66.7%", ValueKind.RATE, "割合は%の数字にします"),
    ("十二人", ValueKind.NUMBER, "漢数字は読みません"),
    ("○", ValueKind.NUMBER, "数値の指標では読みません"),
)

_USES = tuple(
    Use(year, Decimal(users), Decimal(hours))
    for year, users, hours in ((2024, 100, 1000), (2025, 110, 1210), (2026, 121, 1452))
)


def role_rights() -> list[RoleRights]:
    """What each role may do, according to `Access`; 県 within the cities of the prefecture."""
    roles = [(role, Access(role)) for role in Role]
    return [
        RoleRights(
            role.label,
            (
                access.sees_actuals(YearState.CONFIRMED),
                access.sees_drafts,
                access.may_write,
                access.may_check,
                access.may_confirm,
                access.may_manage,
            ),
        )
        for role, access in roles
    ]


def typed_examples() -> list[TypedExample]:
    """What the tolerant reader makes of what people type into an actual."""
    return [_typed(text, kind, remark) for text, kind, remark in _TYPED]


def figure_examples() -> list[Example]:
    """One line for each reading; a formula is easier to believe next to its figures."""
    more, less, near = Direction.MORE, Direction.LESS, Direction.NEAR
    return [
        _example(16, 18, more, "計画以上なので達成です"),
        _example(1, 0, more, "本当の0です。未入力とは違います"),
        _example(4, State.PENDING, more, "数値がないので計算しません"),
        _example(30, 31, less, "「減」は計画以下で達成です。100%を超えることはよいことではありません"),
        _example(30, 29, less, ""),
        _example(100, 100, near, "80%以上120%以下（計画の設定で変えられます）"),
        _example(100, 160, near, "見込みが少なすぎたという発見です"),
        _example(100, 79, near, ""),
        _example(0, 2, near, "計画が0のときは率を計算しません"),
        _example(0, 0, near, ""),
        _example(None, 15, more, "その年度の計画がありません"),
    ]


def zero_examples() -> list[Example]:
    """The three printed years of one measure of a real sheet: 0.0% twice, for two different reasons."""
    years = (("令和3年度", 0), ("令和4年度", 1), ("令和5年度", None))
    return [_example(1, actual, Direction.MORE, "", label) for label, actual in years]


def reduction_example() -> Example:
    """基準値 36, planned 30, actual 32: four of the six that were to be fewer."""
    nature = Nature(ValueKind.NUMBER, Direction.LESS)
    return Example(Figures(_value(30), _value(32), nature, Decimal(36)))


def columns() -> list[Column]:
    """The columns of the tidy table in their order."""
    return [Column(name, name in REQUIRED, name in IGNORED_WHEN_READ, MEANINGS[name]) for name in COLUMNS]


def link_examples() -> list[LinkExample]:
    """What supports a goal, what falls short, what says nothing."""
    return [
        LinkExample(_link(100, 100)),
        LinkExample(_link(100, 130), "計画を超えたことも、目標を支えます"),
        LinkExample(_link(100, 70)),
        LinkExample(_link(57, 40, fewer=True), "施設入所支援。参考3に「※施設入所者の削減」とあり、減るほうが支えます"),
        LinkExample(_link(57, 70, fewer=True), "施設入所支援。見込みより多いので、目標に足りません"),
        LinkExample(_link(0, 2), "計画が0でも、利用があれば支えます"),
        LinkExample(_link(0, 0), "計画も実績もないので、何も言えません"),
        LinkExample(_link(100, None)),
        LinkExample(_link(None, 15)),
    ]


def question_examples() -> list[GoalChain]:
    """A goal that contradicts its indicators, both ways."""
    missed, met = _goal(40, 30), _goal(40, 45)
    return [
        GoalChain((missed,), (_link(100, 100), _link(900, 1200))),
        GoalChain((met,), (_link(100, 50), _link(900, 400))),
    ]


def volume_examples() -> list[VolumeExample]:
    """The scenarios that are made of actuals, for the year after the last of them."""
    given = Assumptions(_USES, (2027,), has_amount=True)
    found = []
    for projection in scenarios(given):
        if projection.scenario is Scenario.OWN:
            continue
        [year] = projection.years
        numbers = (year.users, year.per_user or Decimal(0), year.amount or Decimal(0))
        found.append(
            VolumeExample(
                projection.scenario.label, scenario_in_words(projection, given, "人"), *(plain(one) for one in numbers)
            )
        )
    return found


def split_example() -> str:
    """9 people with 20 hours each were planned, 7 came and used 138 hours."""
    split = split_of(Figures(_value(9), _value(7)), Figures(_value(180), _value(138)))
    if not isinstance(split, Split):
        raise TypeError("the example of the manual must split")
    return split_in_words(split, "時間")


def _typed(text: str, kind: ValueKind, remark: str) -> TypedExample:
    try:
        understood = read_cell(CellTexts(value=text), kind=kind, side=Side.ACTUAL)
    except NotUnderstood as problem:
        return TypedExample(text, kind.label, "", problem.sentence, remark)
    return TypedExample(text, kind.label, echo(understood.value, kind), remark=remark)


def _example(
    planned: int | None, actual: int | State | None, direction: Direction, remark: str, label: str = ""
) -> Example:
    figures = Figures(_value(planned), _value(actual), Nature(ValueKind.NUMBER, direction))
    return Example(figures, label, remark)


def _goal(planned: int, actual: int) -> Figures:
    return Figures(_value(planned), _value(actual), Nature(direction=Direction.MORE))


def _link(planned: int | None, actual: int | None, *, fewer: bool = False) -> ChainLink:
    return ChainLink(Figures(_value(planned), _value(actual), Nature(direction=Direction.NEAR)), fewer)


def _value(given: int | State | None) -> Value:
    if given is None:
        return EMPTY
    return Value(state=given) if isinstance(given, State) else Value(number=Decimal(given))
