"""Reads a layout file (.json) of the evaluation sheet; every problem is named by its place in the file.

Its size, depth, numbers and words are held to limits as those of an upload, and an unknown word is a problem rather
than passed over, because it is usually a misspelt one.
"""

import json
from collections.abc import Mapping, Sequence

from core.fiscal_years import LONGEST_PLAN
from core.numerals import typed
from core.sheets.design import (
    WRITABLE,
    Band,
    Box,
    Content,
    Edition,
    FigureBox,
    LabelledLine,
    Line,
    Look,
    Measures,
    Paper,
    Role,
    SheetDesign,
)
from core.sheets.grid import Grid
from core.uploads.json_parts import JsonPart, KeyTwice, keys_once
from core.uploads.tables import MAX_COLUMNS

MAX_BYTES = 100_000
MAX_BANDS, MAX_BOXES, MAX_ACROSS, MAX_NOTES = 30, 12, 4, 10
_PAPERS = {"A3": (8, 841.89, 1190.55), "A4": (9, 595.28, 841.89), "B4": (12, 728.5, 1031.81)}
_BORDERS = ("thin", "hair", "dotted", "dashed", "medium", "double")
_FORBIDDEN_IN_SHEET_NAMES = set("[]:*?/\\'")
_MARKS = {"headings": ("page", "band"), "new_page": ("part", "section"), "years": ("western", "wareki")}


class DesignRefused(ValueError):
    """The file is no layout; `problems` says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def read_design(content: bytes, key: str) -> SheetDesign:
    """The layout of a file, to be known by `key`; DesignRefused with every problem found."""
    if len(content) > MAX_BYTES:
        raise DesignRefused([f"ファイルが大きすぎます。様式のファイルは{MAX_BYTES // 1000}KBまでです。"])
    try:
        parsed = json.loads(content.decode("utf-8-sig"), object_pairs_hook=keys_once)
    except KeyTwice as error:
        sentence = f"一つのところに同じ項目が二つあります{typed(error.key)}。どちらかを消してください。"
        raise DesignRefused([sentence]) from error
    except (ValueError, RecursionError) as error:
        raise DesignRefused(["JSONとして読み取れません。UTF-8の様式のファイル（.json）を選んでください。"]) from error
    problems: list[str] = []
    design = _design(JsonPart(parsed, "", problems), key)
    if problems:
        raise DesignRefused(problems)
    return design


def _design(part: JsonPart, key: str) -> SheetDesign:
    part.take("key", None)  # files that were uploaded to 0.9.0 have one; the file's name says it now
    if part.take("format", None) != 1:
        part.problem("format", f"この版で読める形は 1 です{typed(str(part.given.get('format')))}")
    border = part.part("border", default={})
    marks = {key: part.word(key, words, default=words[0]) for key, words in _MARKS.items()}
    bands = tuple(_band(band) for band in part.parts("bands", MAX_BANDS))
    design = SheetDesign(
        key=key,
        name=part.text("name", longest=60),
        purpose=part.text("purpose", default=""),
        sheet_name=_sheet_name(part),
        title=part.text("title", longest=60),
        paper=_paper(part.part("paper")),
        width=part.number("width", 0, 5000, default=0),
        font=part.text("font", default="BIZ UDゴシック", longest=31),
        border_style=border.word("style", _BORDERS, default="thin"),
        border_colour=border.colour("colour", default="595959") or "000000",
        looks=_looks(part.part("looks", default={})),
        bands=bands,
        headings_on_page=marks["headings"] == "page",
        section_per_page=marks["new_page"] == "section",
        wareki_years=marks["years"] == "wareki",
        heading_height=part.number("heading_height", 10, 100, default=21),
        row_height=part.number("row_height", 10, 100, default=21),
        notes=_notes(part.part("notes", default={})),
    )
    border.finish()
    part.finish()
    _check_whole(design, part)
    return design


def _sheet_name(part: JsonPart) -> str:
    name = part.text("sheet_name", longest=31)
    if set(name) & _FORBIDDEN_IN_SHEET_NAMES:
        part.problem("sheet_name", f"シート名に使えない文字があります{typed(name)}")
    return name


def _paper(part: JsonPart) -> Paper:
    name = part.word("size", list(_PAPERS))
    code, width, height = _PAPERS[name]
    landscape = part.word("orientation", ("portrait", "landscape")) == "landscape"
    margins = {side: part.number(side, 0, 150, default=36) for side in ("left", "right", "top", "bottom")}
    part.finish()
    return Paper(name, code, width, height, landscape, **margins)


def _looks(part: JsonPart) -> Mapping[Role, Look]:
    """A look for every role; a role that the file passes over looks plain."""
    looks = {}
    for role in Role:
        given = part.part(role.value, default={})
        looks[role] = Look(
            size=given.number("size", 5, 40, default=10.5),
            bold=given.flag("bold"),
            fill=given.colour("fill", default=""),
            horizontal=given.word("horizontal", ("left", "center", "right"), default="left"),
            vertical=given.word("vertical", ("top", "center", "bottom"), default="top"),
            border=given.flag("border", default=True),
        )
        given.finish()
    part.finish()
    return looks


def _notes(part: JsonPart) -> Mapping[Edition, tuple[str, ...]]:
    notes = {edition: part.texts(edition.value, MAX_NOTES) for edition in Edition}
    part.finish()
    return notes


def _band(part: JsonPart) -> Band:
    band = Band(tuple(_box(box) for box in part.parts("boxes", MAX_BOXES)), is_head=part.flag("head"))
    part.finish()
    if sum(box.figures is not None for box in band.boxes) > 1:
        part.problem("boxes", "数値の表（figures）は、1つの段に1つまでです")
    if band.is_head and not all(box.is_repeated for box in band.boxes):
        part.problem("head", "見出しの段に置けるのは、label と、成果目標・節の名前だけです")
    return band


def _box(part: JsonPart) -> Box:
    kinds = [key for key in ("label", "content", "figures") if key in part.given]
    if len(kinds) != 1:
        part.problem("", "label・content・figures のどれか1つを書いてください")
    figures = _figures(part.part("figures")) if "figures" in part.given else None
    box = Box(
        width=part.number("width", 30, 2000) if "width" in part.given else None,
        headings=part.texts("heading", MAX_ACROSS),
        label=part.text("label", default="", longest=40),
        contents=_contents(part),
        figures=figures,
        joined=part.flag("joined"),
        prefix=part.text("prefix", default="", longest=10),
        min_height=part.number("min_height", 0, 400, default=0),
    )
    part.finish()
    if len(box.headings) > 1 and len(box.headings) != (figures.across if figures else 1):
        part.problem("heading", "見出しは1つか、横に並べる表（across）の数だけ書いてください")
    if box.prefix and not (box.is_repeated and box.contents):
        part.problem("prefix", "前に記号を置けるのは、成果目標・節の名前の欄だけです")
    if box.joined and not box.label:
        part.problem("joined", "上とつなげられるのは label の欄だけです")
    return box


def _contents(part: JsonPart) -> tuple[Content, ...]:
    given = part.texts("content", len(Content)) if "content" in part.given else ()
    known = {content.value: content for content in Content}
    for word in given:
        if word not in known:
            part.problem("content", f"{'・'.join(known)} のどれかにしてください{typed(word)}")
    if "content" in part.given and not given:
        part.problem("content", "何を載せるかを書いてください")
    return tuple(known[word] for word in given if word in known)


def _figures(part: JsonPart) -> FigureBox:
    narrative = part.member("narrative", Content) if "narrative" in part.given else None
    if narrative is not None and narrative not in WRITABLE:
        part.problem("narrative", f"{'・'.join(WRITABLE)} のどれかにしてください{typed(narrative)}")
    year = part.number("year", 20, 400)
    found = FigureBox(
        measures=part.member("measures", Measures),
        lines={edition: _lines(part, edition) for edition in Edition},
        across=part.whole("across", 1, MAX_ACROSS, default=1),
        title=part.number("title", 30, 1000),
        unit=part.number("unit", 0, 400, default=0),
        label=part.number("label", 20, 400),
        year=year,
        narrow_year=part.number("narrow_year", 20, 400, default=year),
        years_once=part.word("years", ("each", "once"), default="each") == "once",
        title_heading=part.text("title_heading", default="指標", longest=40),
        unit_heading=part.text("unit_heading", default="単位", longest=40),
        narrative=narrative,
    )
    if found.years_once and not found.unit:
        part.problem("unit", "年度を一度だけ印刷する表（years が once）には、単位の列の幅が必要です")
    part.finish()
    return found


def _lines(part: JsonPart, edition: Edition) -> tuple[LabelledLine, ...]:
    """A line is its word, or its word with the label that the city prints."""
    given = part.take(edition.value, None)
    if not isinstance(given, list) or not 1 <= len(given) <= len(Line):
        part.problem(edition.value, f"1個から{len(Line)}個までの並び [ ] にしてください")
        return ()
    lines = []
    for number, item in enumerate(given):
        one = JsonPart(
            {"line": item} if isinstance(item, str) else item,
            f"{part.at(edition.value)}[{number}]",
            part.problems,
        )
        line = one.member("line", Line)
        lines.append(LabelledLine(line, one.text("label", default=line.label, longest=40)))
        one.finish()
    if len({line.line for line in lines}) != len(lines):
        part.problem(edition.value, "同じ行が二度あります")
    return tuple(lines)


def _check_whole(design: SheetDesign, part: JsonPart) -> None:
    """What no single box can know."""
    if design.headings_on_page and len(design.bands) > 1:
        part.problem("headings", "見出しを各ページに繰り返す様式（page）は、段（bands）を1つにしてください")
    heads = [band.is_head for band in design.bands]
    if heads != sorted(heads, reverse=True) or (heads and all(heads)):
        part.problem("bands", "見出しの段（head）は、ほかの段より前に置いてください")
    printed = [content for box in design.boxes for content in box.contents]
    printed += [box.figures.narrative for box in design.boxes if box.figures and box.figures.narrative]
    for content in WRITABLE:
        if printed.count(content) > 1:
            part.problem("bands", f"「{content.label}」（{content.value}）が二度あります。1つの欄にしてください")
    measures = [box.figures.measures for box in design.boxes if box.figures]
    if Measures.BLOCKS in measures and len(measures) > 1:
        part.problem("bands", "measures の blocks は、ほかの数値の表と一緒には使えません")
    elif len(set(measures)) != len(measures):
        part.problem("bands", "同じ measures の数値の表が二度あります")
    # The longest plan may make no more columns than an upload may have.
    if not part.problems and design.bands and len(Grid(design, LONGEST_PLAN).widths) > MAX_COLUMNS:
        part.problem("bands", f"列が細かく分かれすぎます。段ごとの幅をそろえ、{MAX_COLUMNS}列までにしてください")
    if not any(box.is_repeated and box.contents for box in design.boxes):
        part.problem("bands", "成果目標か節の名前（target_title・section_label・section_title）の欄が必要です")
