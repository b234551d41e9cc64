"""The measures that every city of the synthetic prefecture has: thirty, of every kind that a roll-up distinguishes."""

from dataclasses import dataclass

from core.words import Accumulation, Direction, Family, ValueKind


@dataclass(frozen=True)
class SampleMeasure:
    """One measure of the sample. `per_ten_thousand` is its usual planned value for ten thousand inhabitants."""

    code: str
    family: Family
    title: str
    unit: str
    direction: Direction
    accumulation: Accumulation
    per_ten_thousand: float
    value_kind: ValueKind = ValueKind.NUMBER

    @property
    def catalogue_code(self) -> str:
        """成果目標 carry a code, 活動指標 are matched by name: both ways are to be tried."""
        return f"sample-{self.code}" if self.family is Family.TARGET else ""


def _target(
    code: str,
    title: str,
    unit: str,
    size: float,
    accumulation: Accumulation = Accumulation.YEAR_TOTAL,
    direction: Direction = Direction.MORE,
    kind: ValueKind = ValueKind.NUMBER,
) -> SampleMeasure:
    return SampleMeasure(code, Family.TARGET, title, unit, direction, accumulation, size, kind)


def _service(code: str, name: str, users: float, days: float) -> list[SampleMeasure]:
    return [
        SampleMeasure(
            f"{code}-{number}",
            Family.INDICATOR,
            f"{name}の{what}",
            unit,
            Direction.NEAR,
            Accumulation.MONTHLY_AVERAGE,
            size,
        )
        for number, what, unit, size in ((1, "利用者数", "人", users), (2, "利用日数", "人日", days))
    ]


SampleSection = tuple[str, list[SampleMeasure]]
"""The title of one 節 and its measures."""

SECTIONS: tuple[SampleSection, ...] = (
    (
        "施設入所者の地域生活への移行",
        [
            _target("1-1", "地域生活への移行者数", "人", 0.6, Accumulation.CUMULATIVE),
            _target("1-2", "施設入所者数", "人", 10, Accumulation.YEAR_END, Direction.LESS),
        ],
    ),
    (
        "地域生活の支援",
        [
            _target("2-1", "地域生活支援拠点等の設置", "", 1, Accumulation.YEAR_END, kind=ValueKind.PRESENCE),
            _target("2-2", "拠点等の運用状況の検証回数", "回", 0.3),
            _target("2-3", "地域移行した人の定着率", "%", 80, kind=ValueKind.RATE),
        ],
    ),
    (
        "福祉施設から一般就労への移行",
        [
            _target("3-1", "一般就労への移行者数", "人", 1.4),
            _target("3-2", "就労定着支援の利用者数", "人", 0.8, Accumulation.YEAR_END),
            _target("3-3", "就労定着率が7割以上の事業所の割合", "%", 60, kind=ValueKind.RATE),
        ],
    ),
    (
        "相談支援体制",
        [
            _target("4-1", "基幹相談支援センターの設置", "", 1, Accumulation.YEAR_END, kind=ValueKind.PRESENCE),
            _target("4-2", "事例検討の回数", "回", 0.8),
        ],
    ),
    (
        "日中活動系サービス",
        [
            *_service("5-1", "生活介護", 22, 430),
            *_service("5-2", "自立訓練（生活訓練）", 1.2, 20),
            *_service("5-3", "就労移行支援", 2.8, 46),
            *_service("5-4", "就労継続支援A型", 6, 115),
            *_service("5-5", "就労継続支援B型", 24, 410),
        ],
    ),
    (
        "訪問・居住・短期のサービス",
        [
            *_service("6-1", "居宅介護", 15, 180),
            *_service("6-2", "重度訪問介護", 1, 160),
            *_service("6-3", "短期入所（福祉型）", 4.5, 26),
            *_service("6-4", "共同生活援助", 12, 350),
            *_service("6-5", "施設入所支援", 10, 300),
        ],
    ),
)
