"""An outlook in words: formulas with their figures, what the range is, あと年◯人必要. Every sentence says 見込み."""

from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.outlook import FEWEST_ACTUALS, OutlookMethod, Projection, Prospect, Span
from core.words import Direction, ValueKind

TENTH = Decimal("0.1")
POINTS = "ポイント"


def amount_in_words(amount: Decimal, kind: ValueKind, unit: str) -> str:
    """An expected figure: 27人, 27.5人, 66.7%; one decimal at most, since a method knows no more."""
    if kind is ValueKind.RATE:
        return f"{one_decimal(amount)}{unit}"
    return f"{plain(amount.quantize(TENTH, rounding=ROUND_HALF_UP))}{unit}"


def method_in_words(prospect: Prospect, projection: Projection, unit: str) -> str:
    """The formula of one method with its figures."""
    kind, latest = prospect.nature.kind, wareki(prospect.latest_year)
    start = amount_in_words(prospect.latest, kind, unit)
    step = _step(projection.step, kind, unit)
    if projection.method is OutlookMethod.HOLD:
        if prospect.runs_on:
            return f"{latest}の{start}に、いちばん新しい1年の増え方（年{step}）を足していく"
        return f"{latest}の{start}がそのまま続く"
    if projection.method is OutlookMethod.AVERAGE:
        since = "計画の初めから" if prospect.runs_on else f"{wareki(min(prospect.actuals))}から"
        return f"{latest}の{start}に、{since}{latest}までの増減の平均（年{step}）を足していく"
    return f"{len(prospect.actuals)}年度分の実績にいちばん近い直線（最小二乗法、年{step}）を延ばす"


def span_in_words(prospect: Prospect, span: Span, unit: str) -> str:
    """20〜32人; 27人 where both ends print alike."""
    low, high = (amount_in_words(end, prospect.nature.kind, "") for end in (span.low, span.high))
    return f"{high}{unit}" if low == high else f"{low}〜{high}{unit}"


def span_rule_in_words(prospect: Prospect, unit: str) -> str:
    """What the range is made of."""
    beyond = _size(prospect.miss, prospect.nature.kind, unit)
    bounds = [
        f"{amount_in_words(bound, prospect.nature.kind, unit)}より{side}"
        for bound, side in ((prospect.floor, "小さく"), (prospect.ceiling, "大きく"))
        if bound is not None
    ]
    if prospect.miss == 0:
        return "これまで「据置」から外れたことがないため、広げません。これからも動かないという意味ではありません。"
    same = len(prospect.actuals) == FEWEST_ACTUALS and not prospect.runs_on
    return (
        "幅は、3つの方法のいちばん低い値といちばん高い値を、これまで「据置」で見込んでいたら外れていた最大の大きさ"
        f"（年{beyond}）に先の年数をかけた分だけ、下と上に広げたものです。"
        + (f"{'、'.join(bounds)}はなりません。" if bounds else "")
        + ("実績が2年度分なので、直線は平均の増減と同じ値になります。" if same else "")
    )


def need_in_words(prospect: Prospect, unit: str) -> str:
    """「令和5年度の目標35人まで、あと年8人の増加が必要、過去最大は年4人（令和4年度）です。」; "" without a goal."""
    need, kind = prospect.need, prospect.nature.kind
    if need is None:
        return ""
    goal = f"{wareki(prospect.last_year)}の目標{amount_in_words(need.goal, kind, unit)}"
    if need.per_year == 0:
        return _met_in_words(prospect, goal)
    way, went = ("増加", "増えた") if need.per_year > 0 else ("減少", "減った")
    required = _size(need.per_year, kind, unit, rounding=ROUND_UP)
    if need.largest is None:
        return f"{goal}まで、あと年{required}の{way}が必要ですが、これまでに{went}年度はありません。"
    largest = _size(need.largest.amount, kind, unit)
    return f"{goal}まで、あと年{required}の{way}が必要、過去最大は年{largest}（{wareki(need.largest.year)}）です。"


def few_in_words(prospect: Prospect, unit: str) -> str:
    """How little a trend means under ten people; "" from ten on."""
    if not prospect.stands_on_few:
        return ""
    if prospect.nature.kind is ValueKind.RATE:
        return "分母が10に満たない実績から出した見込みです。1人の違いで割合が大きく動くため、傾向とは言えません。"
    return f"10{unit}に満たない実績から出した見込みです。1{unit}の違いで大きく変わるため、傾向とは言えません。"


def _met_in_words(prospect: Prospect, goal: str) -> str:
    said = {
        Direction.MORE: f"いまの実績は、{goal}に届いています。",
        Direction.LESS: f"いまの実績は、{goal}以内です。",
        Direction.NEAR: f"いまの実績は、{goal}に対して見込みどおりの範囲にあります。",
    }
    kept = "" if prospect.runs_on else "最終年度までこの水準を保つ必要があります。"
    return said[prospect.nature.direction] + kept


def _step(step: Decimal, kind: ValueKind, unit: str) -> str:
    """A change with its sign; points in a 割合."""
    return f"{'+' if step > 0 else '-' if step < 0 else ''}{_size(step, kind, unit)}"


def _size(change: Decimal, kind: ValueKind, unit: str, rounding: str = ROUND_HALF_UP) -> str:
    """How large a change is. What is needed is rounded up: 2.33 a year is not reached by 2.3."""
    return f"{plain(abs(change).quantize(TENTH, rounding=rounding))}{POINTS if kind is ValueKind.RATE else unit}"
