"""A file against all rules of machine-readable data: every violation with its cell and remedy."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.open_data.checked_file import CheckedFile, checked_file
from core.open_data.rules import HIDDEN, RULE_BY_KEY, RULES, Rule

MOST_SHOWN, MOST_COUNTED = 100, 1000
"""Per rule: more than a thousand are not worth counting, since the file is checked again after any correction."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One cell that breaks one rule: its address, what it contains, and what to do."""

    address: str
    rule: str
    message: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.message}。{self.remedy}"


@dataclass(frozen=True)
class Verdict:
    """The violations: `counts` by rule, up to `MOST_COUNTED`, and the first `MOST_SHOWN` of each."""

    violations: tuple[Violation, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def total_in_words(self) -> str:
        """12件; where a rule was not counted to the end, 1,012件以上."""
        return _in_words(self.total, MOST_COUNTED in self.counts.values())

    @property
    def groups(self) -> "list[tuple[Rule, str, list[Violation]]]":
        """Each rule that is not kept, with the number of violations in words, and those that are shown."""
        return [
            (RULE_BY_KEY[key], _in_words(count, count == MOST_COUNTED), [v for v in self.violations if v.rule == key])
            for key, count in self.counts.items()
        ]


def check_open_data(name: str, content: bytes) -> Verdict:
    """Every violation of a CSV or .xlsx. Raises NotReadable for a file that cannot be read."""
    return judged(checked_file(name, content))


def judged(file: CheckedFile) -> Verdict:
    """The violations of a file, rule by rule, within a rule from the first cell on."""
    shown: list[Violation] = []
    counts: Counter[str] = Counter()
    for rule in RULES:
        for violation in _violations(rule, file):
            counts[rule.key] += 1
            if counts[rule.key] <= MOST_SHOWN:
                shown.append(violation)
            if counts[rule.key] == MOST_COUNTED:
                break
    return Verdict(tuple(shown), dict(counts))


def _violations(rule: Rule, file: CheckedFile) -> Iterator[Violation]:
    if rule.key == HIDDEN:
        for name in file.hidden_sheets:
            remedy = "公表しないものなら削除し、公表するものなら表示してください"
            yield Violation(f"{name}!A1", rule.key, f"非表示のシート「{name}」があります", remedy)
    for sheet in file.sheets:
        for place, message, remedy in rule.find(sheet):
            yield Violation(sheet.named(place), rule.key, message, remedy)


def _in_words(count: int, is_more: bool) -> str:
    return f"{count:,}件{'以上' if is_more else ''}"
