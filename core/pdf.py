"""A finished page of HTML as a tagged PDF with its bookmarks, made on this machine from nothing but what it is given.

WeasyPrint is an optional part (`requirements-pdf.txt`) that needs Pango of the system: where either is absent there is
no PDF, and everything else works.
"""

from functools import cache
from importlib.util import find_spec
from typing import Any


class NoPdfHere(Exception):
    """PDF cannot be made on this machine; the text says what its operator has to install."""

    def __init__(self) -> None:
        super().__init__(
            "このサーバーではPDFを作れません。情報システムの担当者が、PDF用の部品（requirements-pdf.txt と Pango）を"
            "入れると使えるようになります。画面をブラウザーで印刷することは、いまでもできます。"
        )


def offers_pdf() -> bool:
    """Whether the optional package is installed. It is not loaded: whether its Pango is there shows only when a PDF is
    made.
    """
    return find_spec("weasyprint") is not None


def makes_pdf() -> bool:
    """Whether the optional part and its Pango are both there. Loads them."""
    return _weasyprint() is not None


def pdf_of(html: str, css: str) -> bytes:
    """The page laid out by this style sheet. Nothing is fetched, whatever the page names. Raises NoPdfHere."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise NoPdfHere

    class Nothing(weasyprint.urls.URLFetcher):  # type: ignore[name-defined]
        """Neither another host nor a file of this one."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise PermissionError(f"a report fetches nothing: {url[:80]}")

    nothing = Nothing()
    style = weasyprint.CSS(string=css, url_fetcher=nothing)
    page = weasyprint.HTML(string=html, url_fetcher=nothing)
    return page.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")


@cache
def _weasyprint() -> Any:
    """The library; None where it, or the Pango that it loads, is not installed."""
    try:
        import weasyprint
        import weasyprint.urls
    except (ImportError, OSError):
        return None
    return weasyprint
