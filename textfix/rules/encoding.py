"""encoding.*: what stands in the text because its bytes had no meaning, or because characters were cut in two.

"\\ud83d\\ude00"  ->  "😀"
"abc\\udcff"     ->  "abc\\ufffd"
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from textfix.characters import Class, to_str
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

# A surrogate, or as many bytes as may begin a character of UTF-8 (Unicode 16, section 3.9, maximal subparts).
UNIT = re.compile(
    "\udce0[\udca0-\udcbf]|[\udce1-\udcec\udcee\udcef][\udc80-\udcbf]|\udced[\udc80-\udc9f]"
    "|\udcf0[\udc90-\udcbf][\udc80-\udcbf]?|[\udcf1-\udcf3][\udc80-\udcbf]{1,2}|\udcf4[\udc80-\udc8f][\udc80-\udcbf]?"
    "|[\ud800-\udfff]"
)


def propose_pairs(text: Text, context: Context) -> Proposals:
    """Two halves of a surrogate pair side by side are the character that they encode."""
    codes = text.codes
    found = text.screen.where(Class.SURROGATE)
    found = found[(codes[found] < 0xDC00) & ~np.isin(found + 1, text.rows)]
    high = found[codes[found + 1] >> 10 == 0xDC00 >> 10]
    note = Note(PAIRS.name, reason="the two halves of a UTF-16 surrogate pair")
    return Proposals.of(
        Edit(at, at + 2, to_str(codes[at : at + 2]), joined(int(codes[at]), int(codes[at + 1])), note)
        for at in high.tolist()
    )


def joined(high: int, low: int) -> str:
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def propose_undecodable(text: Text, context: Context) -> Proposals:
    """What is still a surrogate becomes U+FFFD; the edit holds the bytes, or the half pair, that stood there.

    The first bytes of a character of UTF-8 that is cut off become one.
    """
    found = text.screen.where(Class.SURROGATE)
    edits = []
    for run in np.split(found, np.flatnonzero((np.diff(found) > 1) | (np.diff(text.row_of(found)) > 0)) + 1):
        start = int(run[0]) if len(run) else 0
        for match in UNIT.finditer(text.slice(start, start + len(run))):
            edits.append(Edit(start + match.start(), start + match.end(), match[0], "\ufffd", undecodable(match[0])))
    return Proposals.of(edits)


@cache
def undecodable(unit: str) -> Note:
    raw = " ".join(f"{ord(one) - 0xDC00:02X}" for one in unit)
    lone = "\udc80" <= unit[0] <= "\udcff"
    return Note(UNDECODABLE.name, reason=f"the bytes {raw} have no meaning here" if lone else "half a surrogate pair")


PAIRS = Rule(
    "encoding.surrogate_pair",
    "the two halves of a surrogate pair stored as two code points",
    ("\ud83d\ude00", "😀"),
    always(Class.SURROGATE),
    propose_pairs,
)
UNDECODABLE = Rule(
    "encoding.undecodable",
    "a byte that no encoding explains, or half a surrogate pair: U+FFFD, the original kept in the log",
    ("abc\udcff", "abc\ufffd"),
    always(Class.SURROGATE),
    propose_undecodable,
)
