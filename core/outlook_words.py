"""An outlook in words: formulas with their figures, what the range is, あと年◯人必要. Every sentence says 見込み."""

from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from core.fiscal_years import wareki
from core.numerals import one_decimal, plain
from core.outlook import FEWEST_ACTUALS, OutlookMethod, Projection, Prospect, Span
from core.outlook_months import MonthsOutlook
from core.words import Accumulation, Direction, ValueKind

TENTH = Decimal("0.1")
POINTS = "ポイント"


def amount_in_words(amount: Decimal, kind: ValueKind, unit: str) -> str:
    """An expected figure: 27人, 27.5人, 66.7%; one decimal at most, which is as precise as a method is."""
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


def span_in_words(kind: ValueKind, span: Span, unit: str) -> str:
    """20〜32人; 27人 where both ends print alike."""
    low, high = (amount_in_words(end, kind, "") for end in (span.low, span.high))
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
    if not prospect.rests_on_few:
        return ""
    if prospect.nature.kind is ValueKind.RATE:
        return "分母が10に満たない実績から出した見込みです。1人の違いで割合が大きく動くため、傾向とは言えません。"
    return f"10{unit}に満たない実績から出した見込みです。1{unit}の違いで大きく変わるため、傾向とは言えません。"


def months_in_words(outlook: MonthsOutlook, unit: str) -> str:
    """How the months make their year, with the figures: how many are entered, and what is assumed for the rest."""
    kind, made = outlook.nature.kind, outlook.made
    first, last = next(iter(made.numbers)), list(made.numbers)[-1]
    latest = amount_in_words(made.numbers[last], kind, unit)
    if made.accumulation is Accumulation.YEAR_END:
        return (
            f"{last}月の{latest}" + ("がそのまま続く" if outlook.to_come else "") + f"（入力済み {made.count}か月分）"
        )
    if made.accumulation is Accumulation.CUMULATIVE:
        more = (
            f"に、ひと月{_step(outlook.pace, kind, unit)}を残り{outlook.to_come}か月分足す" if outlook.to_come else ""
        )
        return f"{last}月までの累計{latest}{more}（入力済み {made.count}か月分）"
    # Without a unit: a sum of 人/月 is no 人/月.
    total = plain(sum(made.numbers.values(), Decimal(0)))
    said = f"{first}月から{last}月までの{made.count}か月分の合計 {total}"
    if made.accumulation is Accumulation.MONTHLY_AVERAGE:
        return f"{said} ÷ {made.count}" + ("。この平均がそのまま続く" if outlook.to_come else "")
    return f"{said} ÷ {made.count} × {made.count + outlook.to_come}か月" if outlook.to_come else said


def months_span_rule_in_words(outlook: MonthsOutlook, unit: str) -> str:
    """What the range of a year seen from its months is made of."""
    kind, rest = outlook.nature.kind, f"残り{outlook.to_come}か月"
    if outlook.to_come == 0:
        return "すべての月の値が入っています。年度の実績には、まだなっていません。"
    if outlook.accumulation is Accumulation.YEAR_END:
        return (
            f"{rest}に、これまででいちばん大きい月ごとの動き（{_size(outlook.largest_change, kind, unit)}）が続いた場合"
        )
    if outlook.accumulation is Accumulation.CUMULATIVE:
        low, high = (_step(change, kind, unit) for change in (outlook.lowest, outlook.highest))
        return f"{rest}の増え方が、これまででいちばん小さい月（{low}）と、いちばん大きい月（{high}）のままだった場合"
    low, high = (amount_in_words(month, kind, unit) for month in (outlook.lowest, outlook.highest))
    return f"{rest}が、これまででいちばん少ない月（{low}）と、いちばん多い月（{high}）のままだった場合"


def months_few_in_words(outlook: MonthsOutlook, unit: str) -> str:
    """How little months mean under ten; "" from ten on."""
    if not outlook.rests_on_few:
        return ""
    return f"10{unit}に満たない見込みです。1{unit}の違いで大きく変わるため、傾向とは言えません。"


def _met_in_words(prospect: Prospect, goal: str) -> str:
    said = {
        Direction.MORE: f"いまの実績は、{goal}に届いています。",
        Direction.LESS: f"いまの実績は、{goal}以内です。",
        Direction.NEAR: f"いまの実績は、{goal}に対して見込みどおりの範囲にあります。",
    }
    kept = "" if prospect.runs_on else "最終年度までこの水準を保つ必要があります。"
    return said[prospect.nature.direction] + kept


def _step(step: Decimal, kind: ValueKind, unit: str) -> str:
    """A change with plus or minus; in points for a 割合."""
    return f"{'+' if step > 0 else '-' if step < 0 else ''}{_size(step, kind, unit)}"


def _size(change: Decimal, kind: ValueKind, unit: str, rounding: str = ROUND_HALF_UP) -> str:
    """The size of a change. What is needed is rounded up: 2.33 a year is not reached by 2.3."""
    return f"{plain(abs(change).quantize(TENTH, rounding=rounding))}{POINTS if kind is ValueKind.RATE else unit}"
