"""The one way to write JSON that is hashed, so that anyone can compute the same sum again."""

import hashlib
import json
from typing import Any


def canonical_text(value: Any) -> str:
    """Keys sorted, no blanks, Japanese as it is. UTF-8 of this is what is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(value: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text(value).encode()).hexdigest()
