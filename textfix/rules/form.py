"""unicode.form: one Unicode normalization form.

    "e\\u0301tude"  ->  "étude"   (NFC, the default)
    "\\uf98e"       ->  "年"       (a CJK compatibility ideograph)
"""

from __future__ import annotations

import unicodedata

import numpy as np

from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule
from textfix.text import Class, Text


def trigger(config: Config) -> Class:
    return Class(0) if config.form == "keep" else Class[config.form]


def propose(text: Text, context: Context) -> Proposals:
    """Normalize each character that may change together with what it may join: its neighbours up to stable ones."""
    form = context.config.form
    unstable = (text.classes & int(Class[form])) != 0
    first = np.ones(len(unstable) + 1, np.bool_)  # where a piece may be cut off: a stable character, or a row's start
    first[:-1] = ~unstable
    first[text.rows] = True
    starts = np.flatnonzero(first)
    pieces = np.unique(np.searchsorted(starts, np.flatnonzero(unstable), side="right") - 1)
    note = Note(RULE.name, reason=f"not in normalization form {form}")
    return Proposals.of(
        Edit(start, end, before, after, note)
        for start, end in zip(starts[pieces].tolist(), starts[pieces + 1].tolist(), strict=True)
        if (before := text.slice(start, end)) != (after := unicodedata.normalize(form, before))  # type: ignore[arg-type]
    )


RULE = Rule(
    "unicode.form",
    "characters that are not in the normalization form asked for (--form)",
    ("e\u0301tude", "étude"),
    trigger,
    propose,
)
