"""The terms under which a city may open its data. Which one holds is the city's own act, so there is no default."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """`name` for people, `code` as SPDX and data packages write it ("" where they know none), `url` of its text."""

    key: str
    name: str
    code: str
    url: str


LICENCES = (
    Licence(
        "cc-by-4.0",
        "クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）",
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/deed.ja",
    ),
    Licence(
        "cc0-1.0",
        "クリエイティブ・コモンズ CC0 1.0 全世界（CC0 1.0）",
        "CC0-1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/deed.ja",
    ),
    Licence(
        "pdl-1.0",
        "公共データ利用規約 第1.0版（PDL1.0）",
        "",
        "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    ),
)
NOT_DECIDED = "決めていない"
CHOICES = [("", NOT_DECIDED), *((licence.key, licence.name) for licence in LICENCES)]


def licence_of(key: str) -> Licence | None:
    """The licence with this key; None where the city has decided on none."""
    return next((licence for licence in LICENCES if licence.key == key), None)
