"""Elements of a drawing: presentation attributes and no style attribute, every text escaped."""

from functools import lru_cache
from html import escape


def units(length: float) -> str:
    """A length in the units of the drawing, with one decimal at most."""
    return f"{length:.1f}".removesuffix(".0")


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int | None = None,
    anchor: str | None = None,
    weight: str | None = None,
    halo: bool = False,
) -> str:
    """One line of text. `halo`: readable also where it lies over a line or a bar."""
    return tag(
        "text",
        escape(words),
        x=units(x),
        y=units(y),
        font_size=size,
        text_anchor=anchor,
        font_weight=weight,
        paint_order="stroke" if halo else None,
        stroke="#ffffff" if halo else None,
        stroke_width=3 if halo else None,
    )


def tag(name: str, *inside: str, **attributes: str | float | None) -> str:
    """One element; `inside` is markup already. text_anchor becomes text-anchor, class_ becomes class."""
    written = "".join([_attribute(key, value) for key, value in attributes.items() if value is not None])
    return f"<{name}{written}>{''.join(inside)}</{name}>"


@lru_cache(maxsize=4096, typed=True)
def _attribute(key: str, value: str | float) -> str:
    """Remembered, as the drawings of a page lay their bars and lines in the same places."""
    return f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
