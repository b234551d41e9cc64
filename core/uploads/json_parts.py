"""Reads an object of a JSON file key by key; every problem is named by its place in the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from core.characters import is_control
from core.numerals import typed

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
W = TypeVar("W", bound=StrEnum)


class KeyTwice(ValueError):
    """An object names one key twice, of which each program would read another one."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, for `object_pairs_hook` of `json.loads`. Raises KeyTwice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise KeyTwice(key)
        found[key] = value
    return found


@dataclass
class JsonPart:
    """One object of the file. Its keys are read one by one; a key that is never read is unknown."""

    given: Any
    place: str
    problems: list[str]
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.given, dict):
            self.problem("", "{ } で囲んだ項目の並びにしてください")
            self.given = {}

    def at(self, key: str) -> str:
        """The place of a key in the file: bands[0].boxes; that of the object itself for ""."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def problem(self, key: str, sentence: str) -> None:
        """Note a problem of this key ("" for the whole object); the sentence has no full stop."""
        place = self.at(key)
        self.problems.append(f"{place}：{sentence}。" if place else f"{sentence}。")

    def finish(self) -> None:
        """Note a problem for every key that was not read."""
        for key in sorted(map(str, self.given.keys() - self.asked)):
            self.problem("", f"項目「{key[:40]}」は使えません。つづりを確かめてください")

    def take(self, key: str, default: Any) -> Any:
        """The unchecked value of a key. The other methods note a problem for a wrong one and return a harmless one."""
        self.asked.add(key)
        return self.given.get(key, default)

    def text(self, key: str, *, default: str | None = None, longest: int = 200) -> str:
        """A text; one without a default must say something."""
        given = self.take(key, default)
        if given is None or (default is None and isinstance(given, str) and not given.strip()):
            self.problem(key, "必要な項目です。文字を書いてください")
            return ""
        return self._text(key, given, longest)

    def _text(self, key: str, given: Any, longest: int) -> str:
        if not isinstance(given, str) or len(given) > longest or any(is_control(character) for character in given):
            self.problem(key, f"{longest}文字までの、改行のない文字にしてください{typed(str(given))}")
            return ""
        return given

    def number(self, key: str, low: float, high: float, *, default: float | None = None) -> float:
        """A number between two, both included; one without a default must be there."""
        given = self.take(key, default)
        if given is None:
            self.problem(key, "必要な項目です。数を書いてください")
            return low
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            self.problem(key, f"{low:g}から{high:g}までの数にしてください{typed(str(given))}")
            return low
        return float(given)

    def whole(self, key: str, low: int, high: int, *, default: int) -> int:
        given = self.number(key, low, high, default=default)
        if given != int(given):
            self.problem(key, f"整数にしてください{typed(f'{given:g}')}")
        return int(given)

    def flag(self, key: str, *, default: bool = False) -> bool:
        given = self.take(key, default)
        if not isinstance(given, bool):
            self.problem(key, f"true か false にしてください{typed(str(given))}")
            return default
        return given

    def word(self, key: str, words: Sequence[str], *, default: str | None = None) -> str:
        """One of these words; one without a default must be there."""
        given = self.take(key, default)
        if not isinstance(given, str) or given not in words:
            self.problem(key, f"{'・'.join(words)} のどれかにしてください{typed(str(given))}")
            return words[0]
        return given

    def member(self, key: str, words: type[W]) -> W:
        return words(self.word(key, [word.value for word in words]))

    def colour(self, key: str, *, default: str) -> str:
        """RRGGBB in capitals, or "" for none."""
        given = self.take(key, default)
        if given != "" and not (isinstance(given, str) and _COLOUR.fullmatch(given)):
            self.problem(key, f"色は E3E6E8 のような6けたで書いてください{typed(str(given))}")
            return ""
        return str(given).upper()

    def part(self, key: str, *, default: Any = None) -> "JsonPart":
        given = self.take(key, default)
        return JsonPart(given, self.at(key), self.problems)

    def parts(self, key: str, most: int) -> list["JsonPart"]:
        """A list of one to so many objects."""
        return [JsonPart(item, place, self.problems) for item, place in self._items(key, most)]

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """One text or a list of them; none where the key is absent."""
        given = self.take(key, [])
        if isinstance(given, str):
            given = [given]
        if not isinstance(given, list) or len(given) > most:
            self.problem(key, f"文字、または{most}個までの文字の並びにしてください")
            return ()
        return tuple(self._text(key, item, 200) for item in given)

    def _items(self, key: str, most: int) -> list[tuple[Any, str]]:
        given = self.take(key, None)
        if not isinstance(given, list) or not 1 <= len(given) <= most:
            self.problem(key, f"1個から{most}個までの並び [ ] にしてください")
            return []
        return [(item, f"{self.at(key)}[{number}]") for number, item in enumerate(given)]
