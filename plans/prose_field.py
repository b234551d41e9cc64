"""A field for prose: stored as typed, paragraph indents included, without what no page or sheet can hold."""

import unicodedata

from django import forms

from core.characters import NONCHARACTERS

LONGEST = 20_000
"""Characters. An Excel cell holds 32,767."""


def as_kept(text: str) -> str:
    """One kind of line end, nothing behind the last word. A leading full-width blank is an indent and stays."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def without_controls(text: str) -> str:
    """The text with one kind of line end, and without the characters that no database, page or sheet can hold."""
    return "".join(sign for sign in as_kept(text) if not _is_control(sign))


def refuse_controls(text: str) -> None:
    """Raises ValidationError for invisible characters that a sheet cannot hold."""
    if any(_is_control(sign) for sign in text):
        raise forms.ValidationError("目に見えない制御文字が含まれています。取り除いてください。")


def _is_control(sign: str) -> bool:
    return sign not in "\n\t" and (unicodedata.category(sign) in ("Cc", "Cs") or sign in NONCHARACTERS)


class ProseField(forms.CharField):
    """Text of several lines; not required, unless `required` is the sentence that requests it."""

    def __init__(self, *, rows: int, required: str = "", longest: int = LONGEST, **kwargs: object) -> None:
        super().__init__(
            required=bool(required),
            strip=False,
            max_length=longest,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={
                "required": required,
                "max_length": "%(limit_value)d文字までで入力してください（%(show_value)d文字あります）。",
            },
            **kwargs,  # type: ignore[arg-type]
        )

    def to_python(self, value: object) -> str:
        """The text as it will be stored."""
        text = as_kept(super().to_python(value) or "")
        refuse_controls(text)
        return text
