"""Which 活動指標 the guideline links to which 成果目標, in the wording of a plan.

Two sources: the catalogue of the plan's own 期 (`Entry.goal`), and 参考3 of 第4期, carried on to later 期 by what each
成果目標 follows. The second is data of 第4期 and therefore, in a later 期, always to be checked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.catalogue import Catalogue, Entry, GoalLinks
from core.numerals import squeeze
from core.words import Family

REFERENCE_GENERATION = 4
"""参考3 is of 第4期."""
SAME_WORDS = (("障がい", "障害"), ("障碍", "障害"), ("取り組み", "取組"))
_BRACKETS = re.compile(r"[()]")
_BRACKETED = re.compile(r"\([^()]*\)")
_QUANTITY = re.compile(r"(?:事業|サービス)?の?(?:延べ|実)?(?:利用|見込|人数|日数|時間|量|$)")
_AMOUNTS = (("日数", "days"), ("時間", "hours"), ("者数", "users"), ("人数", "users"), ("利用者", "users"))

Counted = tuple[tuple[str, str], ...]
"""Services by code, each with what is counted of it, "" where that is unknown."""


@dataclass(frozen=True)
class GoalWording:
    """One 成果目標 in the wording of a plan: codes of the catalogue, its titles (節名 among them), names of its
    目標項目.
    """

    key: int
    titles: tuple[str, ...]
    items: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndicatorWording:
    """One 活動指標 in the wording of a plan. `is_part`: 内数 or 内訳 of another, which 参考3 does not name."""

    key: int
    title: str
    code: str = ""
    service: str = ""
    amount_of: str = ""
    is_part: bool = False


@dataclass(frozen=True)
class Proposal:
    """The guideline links this indicator to this goal. `generation` is the 期 of the guideline that says so.

    `entry` is the code of the indicator in the catalogue and `goal_code` that of its goal; "" from 参考3.
    """

    goal: int
    indicator: int
    generation: int
    needs_check: bool
    entry: str = ""
    goal_code: str = ""


class GuidelineLinks:
    """The links that one catalogue names, read once and used for any plan."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def proposals(
        self, generation: int | None, goals: Iterable[GoalWording], indicators: Iterable[IndicatorWording]
    ) -> list[Proposal]:
        """At most one for each pair, in the order of the goals; the plan's own 期 is looked at first.

        `generation`: the 期 of the guideline that the plan follows, None where the catalogue knows none.
        """
        asked = [(indicator, self._own(indicator, generation), self._named_by(indicator)) for indicator in indicators]
        found: list[Proposal] = []
        for goal in goals:
            known = self._goals_meant(goal)
            for indicator, entry, named_by in asked:
                if entry and entry.goal in known:
                    by_entry = (entry.generation, entry.needs_check, entry.code, entry.goal)
                    found.append(Proposal(goal.key, indicator.key, *by_entry))
                elif named_by & known:
                    later = generation != REFERENCE_GENERATION
                    found.append(Proposal(goal.key, indicator.key, REFERENCE_GENERATION, needs_check=later))
        return found

    def fewer_helps(self, indicator: IndicatorWording) -> bool:
        """Whether fewer users than planned support the goals of this indicator (※施設入所者の削減)."""
        fewer = {service for links in self.catalogue.links for service in links.fewer}
        return any(service in fewer for service, _ in self._counted(indicator))

    def _goals_meant(self, goal: GoalWording) -> frozenset[str]:
        """The goals of the catalogue, of every 期, that match this one: by codes of its items, titles, else names."""
        entries = self._entries
        titles = {_plain(title) for title in goal.titles}
        items = {_plain(item) for item in goal.items}
        for codes in (
            {entries[code].goal for code in goal.codes if code in entries},
            {known.code for known in self.catalogue.goals if _plain(known.title) in titles},
            {e.goal for e in self.catalogue.entries if e.family is Family.TARGET and _plain(e.title) in items},
        ):
            meant = [self._families[code] for code in codes if code in self._families]
            if meant:
                return frozenset().union(*meant)
        return frozenset()

    def _own(self, indicator: IndicatorWording, generation: int | None) -> Entry | None:
        """The catalogue's entry of this 期 for the indicator: by its code, else by its name; None without one."""
        own = [e for e in self.catalogue.entries if e.generation == generation and e.family is Family.INDICATOR]
        if indicator.code:
            return next((entry for entry in own if entry.code == indicator.code), None)
        plain = _plain(indicator.title)
        return next((entry for entry in own if _plain(entry.title) == plain), None)

    def _named_by(self, indicator: IndicatorWording) -> frozenset[str]:
        """The goals of 第4期 whose lines of 参考3 name the indicator."""
        if indicator.is_part:
            return frozenset()
        plain, counted = _without_brackets(indicator.title), self._counted(indicator)
        return frozenset(links.goal for links in self.catalogue.links if self._names(links, plain, counted))

    def _names(self, links: GoalLinks, plain: str, counted: Counted) -> bool:
        """Whether 参考3 names it: a quantity that is planned of one of the services, or another of its indicators."""
        others = (*links.others, *links.of_prefecture)
        return any(plain == _without_brackets(other) for other in others) or any(
            service in links.services and (not amount or (service, amount) in self._volumes)
            for service, amount in counted
        )

    def _counted(self, indicator: IndicatorWording) -> Counted:
        """The services that an indicator counts: as kept, by its code, by its name."""
        if indicator.service:
            return ((indicator.service, indicator.amount_of),)
        volume = self._entries.get(indicator.code)
        if volume and volume.service:
            return ((volume.service, volume.amount_of),)
        return () if "うち" in indicator.title else self._named(indicator.title)

    def _named(self, title: str) -> Counted:
        """The services that a name begins with. 「短期入所の利用者数」 is 福祉型 and 医療型 alike."""
        plain = _BRACKETS.sub("", _plain(title))
        amount = next((amount for word, amount in _AMOUNTS if word in plain), "")
        for names in self._service_names:
            found = [
                service
                for service, name in names.items()
                if plain.startswith(name) and _QUANTITY.match(plain.removeprefix(name))
            ]
            if found:
                return tuple((service, amount) for service in found)
        return ()

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return self.catalogue.by_code()

    @cached_property
    def _volumes(self) -> frozenset[tuple[str, str]]:
        return frozenset((volume.service, volume.amount_of) for volume in self.catalogue.volumes)

    @cached_property
    def _service_names(self) -> tuple[dict[str, str], dict[str, str]]:
        """The names of the services that 参考3 knows, each also without its brackets."""
        linked = {service for links in self.catalogue.links for service in links.services}
        titles = {v.service: _plain(v.title).rpartition("の")[0] for v in self.catalogue.volumes if v.service in linked}
        full = {service: _BRACKETS.sub("", title) for service, title in titles.items()}
        return full, {service: _BRACKETED.sub("", title) for service, title in titles.items()}

    @cached_property
    def _families(self) -> dict[str, frozenset[str]]:
        """By the code of each goal, the goals that it follows or that follow it, itself among them: 4-1, 5-1, 6-1 …"""
        families = {goal.code: frozenset({goal.code}) for goal in self.catalogue.goals}
        for entry in self.catalogue.entries:
            for old in entry.follows:
                before = self._entries.get(old.code)
                if before and before.goal in families and entry.goal in families:
                    joined = families[before.goal] | families[entry.goal]
                    families |= dict.fromkeys(joined, joined)
        return families


def _without_brackets(title: str) -> str:
    return _BRACKETED.sub("", _plain(title))


def _plain(title: str) -> str:
    """The title without the differences between cities that mean nothing."""
    plain = squeeze(title)
    for written, same in SAME_WORDS:
        plain = plain.replace(written, same)
    return plain
