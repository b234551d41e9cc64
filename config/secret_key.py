"""The key of a development machine, made once and kept in a file that version control ignores."""

import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def development_key(path: Path) -> str:
    """The key in `path`, readable by its owner alone; made where there is none.

    Several processes may read it at the same moment (a server's workers, parallel tests): each writes a file of its
    own, and linking it into place lets exactly one of them win, with no moment at which half a key can be read.
    """
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w") as file:
            file.write(get_random_secret_key())
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            Path(made).unlink()
    return path.read_text().strip()
