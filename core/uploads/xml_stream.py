"""Untrusted XML, read as a stream: no tree, no document type, no deep nesting, no external entities.

A tree of a million elements would take a gigabyte; here callbacks receive each element and keep what they need.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.parsers import expat  # every entity comes with a document type, and that is refused

PIECE = 64 * 1024
MAX_DEPTH = 50
MAX_TOKEN = 512 * 1024
"""Bytes of one tag or comment. The parser begins an unfinished one again with every piece."""
MAX_NAMES = 2000
"""Different names of elements and attributes, which the parser keeps to the end. A workbook has about a hundred."""
MAX_TEXT = 300_000
"""Characters of one text, as far as it is collected. A cell of a spreadsheet has ten times fewer."""

Attributes = dict[str, str]
Start = Callable[[Attributes], None]
End = Callable[[], None]


class TooMuch(ValueError):
    """A tag, a text or a nesting that is beyond measure."""


class XmlStream:
    """Calls `starts` and `ends` by the name of the element: its namespace, a blank, its local name."""

    def __init__(self, starts: Mapping[str, Start], ends: Mapping[str, End]) -> None:
        self.starts, self.ends = starts, ends
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _refuse
        self.depth = 0
        self.texts: list[str] = []

    def run(self, source: IO[bytes]) -> Iterator[None]:
        """Read to the end, yielding after each piece; a caller that has enough stops iterating."""
        fed = 0
        try:
            while piece := source.read(PIECE):
                self.parser.Parse(piece, False)
                fed += len(piece)
                if fed - self.parser.CurrentByteIndex > MAX_TOKEN or len(self.parser.intern) > MAX_NAMES:
                    raise TooMuch
                if sum(map(len, self.texts)) > MAX_TEXT:
                    raise TooMuch
                yield
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise ValueError("no XML") from error
        yield

    def collect(self) -> None:
        """Keep the text from here on."""
        self.parser.CharacterDataHandler = self.texts.append

    def pause(self) -> None:
        """Stop keeping the text."""
        self.parser.CharacterDataHandler = None

    def collected(self) -> str:
        """The text that was kept since the last time."""
        self.parser.CharacterDataHandler = None
        text = "".join(self.texts)
        self.texts.clear()
        return text

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooMuch
        start = self.starts.get(name)
        if start is not None:
            start(attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        end = self.ends.get(name)
        if end is not None:
            end()


def _refuse(*_: object) -> None:
    """No spreadsheet writes a document type; with it come entities that grow or name files."""
    raise ValueError("a document type")
