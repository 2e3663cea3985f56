"""unicode.form: one Unicode normalization form.

"e\\u0301tude"  ->  "étude"   (NFC, the default)
"\\uf98e"       ->  "年"       (a CJK compatibility ideograph)
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from textfix.characters import Class
from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule
from textfix.text import Text

NEAR = 200  # characters of a line on either side in which a code point may be named
POINT = re.compile(r"(?:U\+|0x|\\u)([0-9A-Fa-f]{4,5})(?![0-9A-Fa-f])")
CLASSES = {"keep": Class(0), "NFC": Class.NFC, "NFD": Class.FORM, "NFKC": Class.FORM, "NFKD": Class.FORM}


def triggers(config: Config) -> tuple[Class, ...]:
    return (CLASSES[config.form],)


def propose(text: Text, context: Context) -> Proposals:
    """Normalize each run of characters that may change, together with the character before, which they may join."""
    form = context.config.form
    unstable = text.screen.where(CLASSES[form])
    row = text.row_of(unstable)
    first = np.flatnonzero((np.diff(unstable, prepend=-2) != 1) | (np.diff(row, prepend=-1) != 0))
    starts = np.maximum(unstable[first] - 1, text.rows[row[first]])
    ends = unstable[np.append(first[1:], len(unstable)) - 1] + 1
    note = Note(RULE.name, reason=f"not in normalization form {form}")
    return Proposals.of(
        Edit(start, end, before, after, note)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if (before := text.slice(start, end)) != (after := unicodedata.normalize(form, before))  # type: ignore[arg-type]
        and not named(text, start, end)
    )


def named(text: Text, start: int, end: int) -> bool:
    """Whether a line names the code point of the compatibility ideograph that stands in it, so that it speaks of it.

    >>> named(Text.of("\uf9e1 U+F9E1"), 0, 1), named(Text.of("\uf9e1 U+674E"), 0, 1)
    (True, False)
    """
    codes = [code for code in text.codes[start:end].tolist() if 0xF900 <= code < 0xFB00 or 0x2F800 <= code < 0x2FA20]
    if not codes:
        return False
    left, right = text.around(start, end, NEAR)
    points = {one.upper() for one in POINT.findall(left + right)}
    return any(f"{code:04X}" in points for code in codes)


RULE = Rule(
    "unicode.form",
    "characters that are not in the normalization form asked for (--form)",
    ("e\u0301tude", "étude"),
    triggers,
    propose,
)
