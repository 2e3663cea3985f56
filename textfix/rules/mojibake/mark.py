"""mojibake.mark: the byte order mark of UTF-8 before text that was read as GBK.

    锘縰sing System;  ->  using System;

The bytes of the mark are EF BB BF: the first two are 锘, and the third took the letter behind it.
"""

from __future__ import annotations

import re

import numpy as np

from textfix.characters import Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.mojibake.channels import GBK, forms
from textfix.text import Text

FIRST, SECOND = "锘", re.compile(rb"\xbf[A-Za-z]")


def propose(text: Text, context: Context) -> Proposals:
    begins = text.rows[:-1][np.diff(text.rows) > 2]
    heads = {start: text.slice(start, start + 3) for start in begins[text.codes[begins] == ord(FIRST)].tolist()}
    return Proposals.of(edit for start, head in heads.items() if (edit := mark(start, head)))


def mark(start: int, head: str) -> Edit | None:
    """The edit for a mark with the first letter of a text, by its first three characters; None for other text.

    >>> mark(0, "锘縰s").after, mark(0, "锘元素")
    ('u', None)
    """
    raw = forms(GBK).get(head[1], (b"",))[0]
    if not (SECOND.fullmatch(raw) and head[2].isascii() and head[2].isalnum()):
        return None
    return Edit(start, start + 2, head[:2], raw[1:].decode(), Note(RULE.name, reason="a byte order mark read as GBK"))


RULE = Rule(
    "mojibake.mark",
    "the byte order mark of UTF-8, read as GBK with the letter behind it",
    ("锘縰sing System;", "using System;"),
    always(Class.HAN),
    propose,
)
