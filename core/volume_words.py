"""見込量 in words: formulas with their figures, the rule of rounding, and what a difference is made of."""

from decimal import ROUND_HALF_UP, Decimal

from core.figures import FEW_PEOPLE
from core.fiscal_years import wareki
from core.numerals import plain
from core.volume_miss import Split
from core.volumes import Assumptions, PerUser, Projection, Scenario, VolumeYear

HUNDREDTH, TEN_THOUSANDTH = Decimal("0.01"), Decimal("0.0001")


def shown(number: Decimal) -> str:
    """A calculated figure: two decimals at most."""
    return plain(number.quantize(HUNDREDTH, rounding=ROUND_HALF_UP))


def signed(number: Decimal) -> str:
    """A difference with plus or minus: +2, -40.5, 0."""
    return f"+{shown(number)}" if number > 0 else shown(number)


def scenario_in_words(projection: Projection, given: Assumptions, unit: str) -> str:
    """How the users of a scenario come about, with their figures; why they do not, where there is an obstacle."""
    if projection.obstacle:
        return projection.obstacle.label
    if projection.scenario is Scenario.OWN:
        return "下に入力した数"
    last = given.uses[-1]
    start = f"{wareki(last.year)}の{shown(last.users or Decimal(0))}{unit}"
    if projection.scenario is Scenario.HOLD:
        return f"{start}がそのまま続く"
    first = given.uses[0]
    since = f"{wareki(first.year)}の{shown(first.users or Decimal(0))}{unit}から"
    count, step = last.year - first.year, projection.step or Decimal(0)
    if projection.scenario is Scenario.ARITHMETIC:
        change = f"年{signed(step)}{unit}"
        mean = f"1年間の増減（{change}）" if count == 1 else f"{count}年間の増減の平均（{change}）"
        return f"{start}に、{since}{mean}を毎年足す"
    factor = plain(step.quantize(TEN_THOUSANDTH, rounding=ROUND_HALF_UP))
    mean = f"1年間の倍率（{factor}倍）" if count == 1 else f"{count}年間の平均の倍率（比の{count}乗根で{factor}倍）"
    return f"{start}に、{since}{mean}を毎年かける"


def per_user_in_words(given: Assumptions, use_unit: str) -> str:
    """Which 1人当たり量 is used, with its figures; where there is none, what is missing."""
    if given.per_user is PerUser.OWN:
        missing = [wareki(year) for year in given.years if year not in given.own_per_user]
        return f"{'・'.join(missing)}の1人当たり量が未入力です" if missing else "下に入力した1人当たり量"
    if not given.known:
        return "利用者数と量の両方が分かる年度がないため、1人当たり量を計算できません"
    if given.per_user is PerUser.MEAN:
        parts = [f"{wareki(use.year)} {shown(use.per_user)}" for use in given.known if use.per_user is not None]
        mean = sum((use.per_user or Decimal(0) for use in given.known), Decimal(0)) / len(given.known)
        return f"各年度の平均 {shown(mean)}{use_unit}（{'、'.join(parts)}）"
    last = given.uses[-1]
    if last.per_user is None or last.users is None or last.amount is None:
        return f"{wareki(last.year)}の量が分からないか利用者がいないため、1人当たり量を計算できません"
    return (
        f"{wareki(last.year)}の1人当たり {plain(last.amount)} ÷ {plain(last.users)} ＝ {shown(last.per_user)}{use_unit}"
    )


def rounding_in_words(places: int, *, has_amount: bool) -> str:
    """The rule by which the figures of a plan come out of the calculation."""
    to = "整数" if places == 0 else f"小数第{places}位まで"
    first = f"加減したあとの数を四捨五入して{to}にします。"
    if not has_amount:
        return first
    return f"{first}量は、その数に（丸める前の）1人当たり量をかけ、同じように四捨五入して{to}にします。"


def remarks_of(year: VolumeYear, unit: str) -> list[str]:
    """What must be said of one year: that it was held at 0, or rounded away."""
    found = []
    if year.is_clipped:
        found.append(f"減らす数が上回るため、0{unit}で止めました。")
    if year.is_lost:
        found.append(f"四捨五入で0になりました（{shown(year.users_exact)}{unit}）。端数を残すこともできます。")
    return found


def few_in_words(given: Assumptions, unit: str) -> str:
    """How little a trend means under ten people; "" from ten on."""
    if all(use.users is None or use.users >= FEW_PEOPLE for use in given.uses):
        return ""
    return (
        f"10{unit}に満たない実績があります。1{unit}の違いで大きく変わるため、増え方は傾向とは言えません。"
        "一人ひとりの予定から見込むほうが確かです。"
    )


def split_in_words(split: Split, unit: str) -> str:
    """「人数の差で-40時間、1人当たりの差で-2時間、あわせて計画との差は-42時間です。」."""
    return (
        f"人数の差で{signed(split.by_users)}{unit}、1人当たりの差で{signed(split.by_use)}{unit}、"
        f"あわせて計画との差は{signed(split.total)}{unit}です。"
    )
