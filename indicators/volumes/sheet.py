"""The workbench of one volume as a workbook for the council: what the page prints, table by table."""

from core.fiscal_years import wareki
from core.volume_words import split_in_words
from core.volumes import Effect, rounded
from core.workbooks.block_sheet import Block, write_blocks
from core.workbooks.cells import Shown
from indicators.volumes.content import Factor
from indicators.volumes.ground import Ground
from indicators.volumes.misses import MissYear, misses_of
from indicators.volumes.workbench import Workbench

SHEET_NAME = "見込量"
PLACES = 2
UNDER_REVIEW_LINE = "見込量の算出は確認中です。もとにした実績が確定すると見られます。"


def sheet_bytes(ground: Ground) -> bytes:
    """The workbench as its reader may see it."""
    bench = Workbench(ground, ground.content)
    title = f"{ground.plan.municipality.name} {ground.plan.name}　{ground.volume.name}の見込量"
    blocks: list[Block | None] = [_history(ground)]
    if ground.is_hidden:
        blocks.append(Block("見込量の算出", lines=(UNDER_REVIEW_LINE,)))
    else:
        blocks += [_factors(bench), _scenarios(bench), _choice(bench)]
    blocks += [_taken(ground), _misses(ground)]
    return write_blocks(SHEET_NAME, title, [block for block in blocks if block])


def _history(ground: Ground) -> Block:
    volume = ground.volume
    columns = (("年度", 1), ("計画", 3), (f"{volume.users_word}（{volume.unit}）", 2))
    amount = ((f"{volume.amount_word}（{volume.amount_unit}）", 2), (f"1人当たり（{volume.use_unit}）", 2))
    rows = []
    for one in ground.history:
        first: tuple[Shown, ...] = (wareki(one.year), one.plan_name or "この計画", _or(one.users, one.users_word))
        per_user = rounded(one.per_user, PLACES) if one.per_user is not None else "―"
        second = (_or(one.amount, one.amount_word), per_user) if volume.has_amount else ()
        remarks = "、".join([one.certainty, one.why_not, *one.excluded]).strip("、")
        rows.append((*first, *second, remarks))
    return Block(
        "実績",
        (*columns, *(amount if volume.has_amount else ()), ("備考", 2 if volume.has_amount else 6)),
        tuple(rows),
        () if rows else ("実績はまだありません。",),
    )


def _factors(bench: Workbench) -> Block:
    reference = bench.ground.reference
    lines = [f"※{note}" for note in reference.notes]
    if not reference.is_known:
        lines.append("第4期の参考資料にないサービス：要確認")
    columns = (("勘案事項", 3), ("数", 1), ("単位", 1), ("利用者数に", 2), ("出典", 3), ("説明", 2))
    return Block(
        "勘案事項（参考5）",
        columns,
        tuple(
            (factor.name, _or(factor.number, "未入力"), factor.unit, _effect(factor), factor.source, factor.note)
            for factor in bench.content.factors
        ),
        tuple(lines),
    )


def _effect(factor: Factor) -> str:
    if factor.effect is Effect.NONE:
        return factor.effect.label
    return f"{factor.effect.label}（{factor.spread.label}）"


def _scenarios(bench: Workbench) -> Block:
    volume = bench.volume
    has_amount = volume.has_amount
    columns = [("算出のしかた", 1), ("年度", 1), ("加減する前", 1), ("加減", 1), (volume.users_word, 1)]
    columns += [("1人当たり", 1), (volume.amount_word, 1)] if has_amount else []
    columns += [("計算", 5 if has_amount else 7)]
    rows: list[tuple[Shown, ...]] = []
    for line in bench.lines:
        blanks = ("",) * (len(columns) - 2)
        if line.projection.obstacle:
            rows.append((line.projection.scenario.label, *blanks, line.formula))
        for one in line.years:
            made = one.made
            row: tuple[Shown, ...] = (
                line.projection.scenario.label,
                wareki(made.year),
                rounded(made.trend, PLACES),
                rounded(made.effect, PLACES),
                made.users,
            )
            if has_amount:
                row += (rounded(made.per_user, PLACES) if made.per_user is not None else "", made.amount)
            rows.append((*row, "".join([line.formula, *one.remarks])))
    lines = [bench.per_user_words and f"1人当たり量：{bench.per_user_words}", bench.rounding_words, bench.few_words]
    return Block("算出のしかたの比較", tuple(columns), tuple(rows), tuple(line for line in lines if line))


def _choice(bench: Workbench) -> Block:
    chosen = bench.chosen
    if chosen is None:
        return Block("採る算出のしかた", lines=("まだ選んでいません。",))
    return Block("採る算出のしかた", lines=(f"{chosen.scenario.label}　理由：{bench.content.reason}", bench.formula))


def _taken(ground: Ground) -> Block | None:
    rows = tuple(
        (
            wareki(one.row.fiscal_year),
            one.row.measure.title,
            one.row.number,
            _or(one.planned.number, one.planned.missing_word),
            f"{seen.taking.get_scenario_display()}　理由：{seen.taking.reason}",
        )
        for seen in ground.takings
        for one in seen.years
    )
    columns = (("年度", 1), ("指標", 4), ("入れた数", 1), ("いまの計画値", 1), ("算出のしかたと理由", 5))
    return Block("計画値に入れた見込量", columns, rows) if rows else None


def _misses(ground: Ground) -> Block | None:
    found = misses_of(ground.volume, ground.rows, until=ground.plan.due_year)
    unit = ground.volume.amount_unit
    columns = (
        ("年度", 1),
        ("計画の人数", 1),
        ("計画の量", 1),
        ("実績の人数", 1),
        ("実績の量", 1),
        ("計画との差の内訳", 7),
    )
    rows = tuple(
        (
            wareki(one.year),
            one.planned.users,
            one.planned.amount,
            one.actual.users,
            one.actual.amount,
            _miss_words(one, unit),
        )
        for one in found
    )
    return Block("計画と実績の差の内訳", columns, rows) if rows else None


def _miss_words(one: MissYear, unit: str) -> str:
    said = split_in_words(one.split, unit) if one.split else one.why_not
    return f"{said}（{'、'.join(one.excluded)}を除く）" if one.excluded else said


def _or(number: Shown, word: str) -> Shown:
    return word if number is None else number
