"""plotly.js, served from the Python package that brings it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import plotly
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

FOLDER = Path(plotly.__file__).parent / "package_data"
FILE = "plotly.min.js"
URL_PATH = f"plotly/{FILE}"


class PlotlyFinder(BaseFinder):
    """Exposes exactly one file, as plotly/plotly.min.js: the folder that contains it also holds data sets and
    templates.
    """

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=FOLDER)
        # collectstatic puts a storage's files under its prefix.
        self.storage.prefix = "plotly"  # type: ignore[attr-defined]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Where the file is; [] for every other path, as Django's own finders return."""
        if path != URL_PATH:
            return []
        found = str(FOLDER / FILE)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        """The one file; what collectstatic copies."""
        yield FILE, self.storage
