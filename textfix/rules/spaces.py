"""unicode.spaces: unusual spaces, and runs of spaces inside a line. Noted; changed only with --spaces fold.

第一頁\\u00a0\\u00a0前一頁  ->  第一頁 前一頁
"""

from __future__ import annotations

import re

from textfix.characters import Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

UNUSUAL = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
ODD = re.compile(rf"[{UNUSUAL}][ \t{UNUSUAL}]*")  # usual ones before it belong to it


def propose(text: Text, context: Context) -> Proposals:
    fold = context.config.spaces == "fold"
    edits = []
    for start, end in text.screen.spans(Class.SPACE):
        span = text.slice(start, end)
        for match in ODD.finditer(span):
            low, high = match.span()
            while low and span[low - 1] in " \t":
                low -= 1
            spaces = span[low:high]
            kinds = sorted({f"U+{ord(space):04X}" for space in match[0] if space not in " \t"})
            note = Note(RULE.name, reason=f"unusual spaces ({', '.join(kinds)})")
            edits.append(Edit(start + low, start + high, spaces, " " if fold else spaces, note))
    return Proposals.of(edits)


RULE = Rule(
    "unicode.spaces",
    "no-break, ideographic and other unusual spaces; noted, changed with --spaces fold",
    ("第一頁\u00a0\u00a0前一頁", "第一頁 前一頁"),
    always(Class.SPACE),
    propose,
    mere=True,
)
