"""encoding.*: what stands in the text because its bytes had no meaning, or because characters were cut in two.

"\\ud83d\\ude00"  ->  "😀"
"abc\\udcff"     ->  "abc\\ufffd"
"""

from __future__ import annotations

import numpy as np

from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Class, Text, to_str


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
    """What is still a surrogate becomes U+FFFD; the edit holds the byte, or the half pair, that stood there."""
    found = text.screen.where(Class.SURROGATE)
    notes = {code: undecodable(code) for code in np.unique(text.codes[found]).tolist()}
    return Proposals.of(
        Edit(at, at + 1, chr(code), "\ufffd", notes[code])
        for at, code in zip(found.tolist(), text.codes[found].tolist(), strict=True)
    )


def undecodable(code: int) -> Note:
    byte = f"the byte {code - 0xDC00:02X} has no meaning here" if 0xDC80 <= code <= 0xDCFF else "half a surrogate pair"
    return Note(UNDECODABLE.name, reason=byte)


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
