"""How a city's monthly files are read: the form for it, and the action that saves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from core.numerals import read_digits, squeeze
from indicators.models import ActivityIndicator, MonthlyMapping
from indicators.queries import service_of
from plans.access import access_for, require
from plans.history_writer import write_line
from plans.models import Measure, Municipality, Subject
from plans.refusals import Refused

USERS, AMOUNT = "users", "amount"
COLUMN_CHOICES = ((USERS, "利用者数の列"), (AMOUNT, "量の列"))
MAX_LENGTH = 60
REQUIRED = ("name", "service_column", "month_column")
MAX_HEADER_ROW = 100
MAY_NOT = "月別ファイルの読み方は、入力・確認・確定・管理の役割の人が決めます。"
CHANGED = "ほかの人がこの読み方を変更しました。開き直して、いまの内容を確かめてください。"


@dataclass
class MappingField:
    """One text of the form with its problem."""

    name: str
    text: str
    help: str = ""
    problem: str = ""

    @property
    def label(self) -> str:
        return _label(self.name)

    @property
    def is_required(self) -> bool:
        return self.name in REQUIRED


@dataclass
class MappingLine:
    """One 活動指標: which column is read, and the codes of its rows as typed, with commas between."""

    measure: Measure
    column: str
    codes: str
    problem: str = ""


HELP = {
    "name": "例：国保連 サービス別集計",
    "header_row": "見出しが書かれている行の番号",
    "service_column": "サービスを表すコードか名前の列の見出し",
    "month_column": "サービスを提供した月の列の見出し。「令和7年4月」「202504」などを読みます",
    "users_column": "人数の列の見出し。なければ空欄",
    "amount_column": "日数・時間・回数の列の見出し。なければ空欄",
}


@dataclass
class MappingForm:
    """The form: empty, filled from a mapping, or as it was posted."""

    mapping: MonthlyMapping | None
    fields: list[MappingField]
    lines: list[MappingLine]
    version: int = 0
    failure: str = ""
    kept: dict = field(default_factory=dict)

    @property
    def problems(self) -> list[MappingField | MappingLine]:
        found: list[MappingField | MappingLine] = [one for one in self.fields if one.problem]
        return found + [line for line in self.lines if line.problem]

    def text(self, name: str) -> str:
        return next(one.text for one in self.fields if one.name == name)

    def values(self) -> dict:
        """The content to be saved; only where there are no problems."""
        codes = dict(self.kept)
        for line in self.lines:
            codes.pop(line.measure.code, None)
            listed = codes_of(line.codes)
            if listed:
                codes[line.measure.code] = {"column": line.column, "codes": listed}
        texts = {one.name: one.text for one in self.fields}
        return texts | {"header_row": int(texts["header_row"]), "codes": codes}


def mapping_form(
    mapping: MonthlyMapping | None, measures: list[Measure], data: Mapping[str, str] | None = None
) -> MappingForm:
    """The form for these measures; `data` as it was posted, with the problems found in it."""
    stored = mapping.codes if mapping else {}
    fields = [
        MappingField(name, _text(mapping, name) if data is None else data.get(name, "").strip(), HELP[name])
        for name in HELP
    ]
    form = MappingForm(
        mapping,
        fields,
        [_line(measure, stored.get(measure.code), data) for measure in measures],
        version=mapping.version if mapping else 0,
        kept=stored,
    )
    if mapping is None and data is None:
        _propose(form.lines)
    if data is not None:
        form.version = read_digits(data.get("version", "")) or 0
        _judge(form)
    return form


def save_mapping(
    municipality: Municipality, mapping: MonthlyMapping | None, values: dict, *, version: int, by: User, channel: str
) -> MonthlyMapping:
    """Save a new mapping, or one that is still what the person saw (`version`), with its history. Raises
    Refused.
    """
    access = access_for(by, municipality)
    require(access is not None and access.may_write, MAY_NOT)
    before = _as_text(mapping) if mapping else None
    try:
        with transaction.atomic():
            if mapping is None:
                mapping = MonthlyMapping.objects.create(municipality=municipality, **values)
            else:
                same = MonthlyMapping.objects.filter(pk=mapping.pk, version=version)
                if not same.update(**values, version=F("version") + 1):
                    raise Refused(CHANGED)
                mapping.refresh_from_db()
            field = f"月別ファイルの読み方「{mapping.name[:40]}」"
            write_line(municipality, Subject.SETTING, field, before, _as_text(mapping), by=by, channel=channel)
    except IntegrityError as error:
        raise Refused("同じ名前の読み方がもうあります。別の名前を付けてください。") from error
    return mapping


def codes_of(text: str) -> list[str]:
    """The codes of one field, in the form in which they are compared: one width, no blanks."""
    parts = text.replace("、", ",").replace("，", ",").split(",")
    return list(dict.fromkeys(code for part in parts if (code := squeeze(part))))


def _text(mapping: MonthlyMapping | None, name: str) -> str:
    return str(getattr(mapping, name)) if mapping else ("1" if name == "header_row" else "")


def _line(measure: Measure, stored: dict | None, data: Mapping[str, str] | None) -> MappingLine:
    if data is not None:
        column = data.get(f"column-{measure.code}", USERS)
        codes = data.get(f"codes-{measure.code}", "").strip()
        return MappingLine(measure, column if column in (USERS, AMOUNT) else USERS, codes)
    if stored:
        return MappingLine(measure, stored["column"], "、".join(stored["codes"]))
    return MappingLine(measure, _likely_column(measure), "")


def _propose(lines: list[MappingLine]) -> None:
    """The name of the service as the first guess; of two measures that would read the same, the first."""
    taken = set()
    for line in lines:
        service = service_of(line.measure)
        if service and (service.name, line.column) not in taken:
            taken.add((service.name, line.column))
            line.codes = service.name


def _likely_column(measure: Measure) -> str:
    """利用者数 by what the 活動指標 says it counts, else by its unit."""
    amount_of = measure.activity_indicator.amount_of
    if amount_of:
        return USERS if amount_of == ActivityIndicator.AmountOf.USERS else AMOUNT
    return USERS if measure.unit in ("人", "人/月", "名") else AMOUNT


def _judge(form: MappingForm) -> None:
    for one in form.fields:
        if one.is_required and not one.text:
            one.problem = f"{one.label}を入力してください。"
        elif len(one.text) > MAX_LENGTH:
            one.problem = f"{one.label}は{MAX_LENGTH}文字までで入力してください（{len(one.text)}文字あります）。"
        elif not _is_one_line(one.text):
            one.problem = f"{one.label}に改行や制御文字は使えません。"
    by_name = {one.name: one for one in form.fields}
    if not 1 <= (read_digits(by_name["header_row"].text) or 0) <= MAX_HEADER_ROW:
        by_name["header_row"].problem = f"見出しの行は1から{MAX_HEADER_ROW}までの数字で入力してください。"
    if not by_name["users_column"].text and not by_name["amount_column"].text:
        by_name["users_column"].problem = "利用者数の列か量の列の、少なくとも一つを入力してください。"
    taken: dict[tuple[str, str], Measure] = {}
    for line in form.lines:
        if len(line.codes) > 300 or not _is_one_line(line.codes):
            line.problem = "コードは300文字までの、一行で入力してください。"
        for code in codes_of(line.codes):
            if first := taken.get((line.column, code)):
                line.problem = f"コード「{code}」の同じ列は「{first.title}」が読みます。どちらか一つにしてください。"
            taken.setdefault((line.column, code), line.measure)
    if not taken:
        form.failure = "コードの対応を、少なくとも一つの指標に入力してください。"


def _label(name: str) -> str:
    return str(MonthlyMapping._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _is_one_line(text: str) -> bool:
    """Without line ends and control characters; the wide blank counts as printable here."""
    return text.replace("\u3000", " ").isprintable()


def _as_text(mapping: MonthlyMapping) -> str:
    columns = "、".join(
        f"{_label(name)}：{getattr(mapping, name)}" for name in list(HELP)[1:] if getattr(mapping, name) != ""
    )
    labels = dict(COLUMN_CHOICES)
    codes = "\n".join(
        f"{code}：{labels[one['column']]} {'、'.join(one['codes'])}" for code, one in sorted(mapping.codes.items())
    )
    return f"{columns}\n{codes}"
