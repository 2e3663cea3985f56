"""Make text harmless to look at: scraped text may hold terminal escapes, bidi controls and what else."""

from __future__ import annotations

import unicodedata

MARKED = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Cn")  # categories that are shown by their number


def neutral(text: str) -> str:
    """The text with every control shown instead of obeyed.

    >>> neutral("a\\x1b[31mb\\u202ec")
    'a␛[31mb⟨U+202E⟩c'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else shown(c) for c in text)


def shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if 0xDC80 <= code <= 0xDCFF:
        return f"⟨{code - 0xDC00:02X}⟩"
    if unicodedata.category(character) == "Zs":
        return "␠" if code == 0xA0 else f"⟨U+{code:04X}⟩"
    return f"⟨U+{code:04X}⟩"
