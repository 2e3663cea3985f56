"""Byte sequences that the plain codecs read as nothing, as private use, or as escape sequences, and what they mean.

Sources: GB 18030-2022 (the 24 characters that left private use), HKSCS-2008 (its 68 additions, as the C library of GNU
has them), RFC 1843 (HZ), RFC 1922 (ISO-2022-CN), RFC 1468, 1554 and 1557 (ISO-2022-JP and KR), CNS 11643 (EUC-TW),
Unicode Technical Report 26 (CESU-8); A3A0 and 80 as the WHATWG's decoders of GBK read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from textfix.characters import PIECE, Codes, to_codes
from textfix.edits import EMPTY, Edit, Edits, Note

RULE = "encoding.sequence"
SEEN_AT_ONCE = ("utf-8", "gb18030")  # of which all sequences hold bytes without a meaning, or private use
GB18030 = {
    **dict(zip("\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796", "︐︒︑︓︔︕︖︗︘︙", strict=True)),
    **dict(zip("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "龴龵龶龷龸龹龺龻", strict=True)),
    **dict(zip("\ue816\ue817\ue818\ue831\ue83b\ue855", "𠂇𠂉𠃌𡗗𢦏𤇾", strict=True)),
    "\ue5e5": "\u3000",  # A3A0
    "\udc80": "€",
}
HKSCS_2008 = (  # 877A to 877E, and 87A1 to 87DF
    "㡵𡵓𣚞𦀡㻬𥣞㫵竼龗𤅡𨤍𣇪𠪊𣉞䌊蒄龖鐯䤰蘓墖靊鈘秐稲晠権袝瑌篅枂稬剏遆㓦珄𥶹瓆鿇垳䤯呌䄱𣚎堘穲𧭥讏䚮𦺈䆁𥶙箮𢒼鿈𢓁𢓉𢓌鿉蔄𣖻䂴鿊䓡𪷿拁灮鿋"
)
HKSCS = dict(zip([*range(0x7A, 0x7F), *range(0xA1, 0xE0)], HKSCS_2008, strict=True))
PAIRS = "(?:[!-w][!-~])+"
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Kind:
    """Sequences of one kind in the text of a plain codec: read gives what one means, None where it means nothing."""

    pattern: re.Pattern[str]
    read: Callable[[str], str | None]
    reason: str
    confidence: float = 1.0

    def replace(self, match: re.Match[str]) -> str:
        new = self.read(match[0])
        return match[0] if new is None else new


def readings(text: str, encoding: str) -> Edits:
    """What the sequences in a text mean, as edits of it."""
    found = []
    kinds = KINDS.get(encoding, ())
    if not kinds or (encoding in SEEN_AT_ONCE and not lacking(text)):
        return EMPTY
    for kind in kinds:
        note = Note(RULE, kind.confidence, reason=kind.reason)
        for match in kind.pattern.finditer(text):
            meant = kind.read(match[0])
            if meant is not None and meant != match[0]:
                found.append(Edit(match.start(), match.end(), match[0], meant, note))
    return Edits.of(sorted(found, key=lambda edit: edit.start)) if found else EMPTY


def lacking(text: str) -> bool:
    """Whether a text holds bytes without a meaning, or private use."""
    codes = to_codes(text)
    pieces = (codes[start : start + PIECE] for start in range(0, len(codes), PIECE))
    return any(((piece >= 0xD800) & (piece < 0xF900)).any() for piece in pieces)


def meant(text: str, encoding: str, sure: float = 0.0) -> str:
    """A text with its sequences read, those of kinds that are at least so sure.

    >>> meant(b"A\\xed\\xa0\\xbd\\xed\\xb8\\x80".decode("utf-8", "surrogateescape"), "utf-8")
    'A😀'
    """
    for kind in KINDS.get(encoding, ()):
        if kind.confidence < sure:
            continue
        text = kind.pattern.sub(kind.replace, text)
    return text


def escaped(text: str) -> bytes:
    return text.encode("ascii", "surrogateescape")


def surrogates(text: str) -> str | None:
    """CESU-8: the two halves of a surrogate pair, each as three bytes."""
    return escaped(text).decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def overlong(text: str) -> str | None:
    """A character in more bytes than it needs; modified UTF-8 writes NUL so."""
    first, *rest = escaped(text)
    code = first & (0x7F >> (len(rest) + 1))
    for byte in rest:
        code = code << 6 | byte & 0x3F
    return chr(code)


def pairs(text: str, encoding: str) -> str | None:
    """Pairs of seven-bit bytes, as the same with the eighth bit set are read in an encoding of EUC."""
    try:
        return bytes(byte | 0x80 for byte in text.encode("ascii")).decode(encoding)
    except UnicodeError:
        return None


def hz(text: str) -> str | None:
    return "~" if text == "~~" else pairs(text[2:-2], "gb2312")


def iso2022_cn(text: str) -> str | None:
    """Runs between SO and SI in GB 2312 or in CNS 11643 plane 1, as designated before; ESC N before plane 2."""
    found, plane, shifted = "", "", False
    for part in re.split("(\x1b\\$[)*][AEGH]|\x1bN[!-~]{2}|[\x0e\x0f])", text):
        if part.startswith("\x1b$"):
            plane = part[-1] if part[2] == ")" else plane
        elif part in ("\x0e", "\x0f"):
            shifted = part == "\x0e"
        elif part.startswith("\x1bN"):
            found += cns(2, part[2:])
        else:
            read = part if not shifted else cns(1, part) if plane == "G" else pairs(part, "gb2312")
            if read is None or (len(part) % 2 and shifted):
                return None
            found += read
    return None if "\ufffd" in found else found


def iso2022(text: str, encoding: str) -> str | None:
    try:
        return text.encode("ascii").decode(encoding)
    except UnicodeError:
        return None


def cns(plane: int, text: str) -> str:
    """Characters of CNS 11643 by pairs of seven-bit bytes; U+FFFD where there is none."""
    places = [ord(one) - 0x21 for one in text]
    if not all(0 <= place < 94 for place in places):
        return "\ufffd"
    return "".join(chr(code or 0xFFFD) for code in planes()[plane, places[::2], places[1::2]].tolist())


def euc_tw(text: str) -> str | None:
    raw = escaped(text)
    plane, row, cell = (raw[1] - 0xA0, raw[2], raw[3]) if len(raw) == 4 else (1, *raw)
    code = int(planes()[plane, row - 0xA1, cell - 0xA1])
    return chr(code) if code else None


@cache
def planes() -> Codes:
    """Code points by plane, row and cell of CNS 11643; 0 where there is none."""
    with (resources.files("textfix.data") / "cns11643.npz").open("rb") as file:
        table: Codes = np.load(file)["planes"]
        return table


BIG5 = dict(zip("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡", strict=True))  # Unicode 1.0 had them otherwise than code page 950


def table(characters: dict[str, str]) -> tuple[re.Pattern[str], Callable[[str], str | None]]:
    return re.compile("[" + "".join(characters) + "]"), characters.get


KINDS: dict[str, tuple[Kind, ...]] = {
    "utf-8": (
        Kind(
            re.compile("\udced[\udca0-\udcaf][\udc80-\udcbf]\udced[\udcb0-\udcbf][\udc80-\udcbf]"),
            surrogates,
            "CESU-8: a surrogate pair written as two characters",
        ),
        Kind(
            re.compile(
                "[\udcc0\udcc1][\udc80-\udcbf]|\udce0[\udc80-\udc9f][\udc80-\udcbf]|\udcf0[\udc80-\udc8f][\udc80-\udcbf]{2}"
            ),
            overlong,
            "an overlong form: the character in more bytes than it needs",
            0.9,
        ),
        Kind(
            re.compile("(?<=[A-Za-z])[\udcdf-\udcf6\udcf8-\udcfc](?![\udc80-\udcff])"),
            lambda text: escaped(text).decode("cp1252"),
            "a small letter of Windows-1252 in a word of UTF-8",
            0.9,
        ),
    ),
    "gb18030": (Kind(*table(GB18030), "a character that the codec reads as private use, or not at all"),),
    "big5hkscs": (
        Kind(
            re.compile("\udc87[z-~\udca1-\udcdf]"),
            lambda text: HKSCS[ord(text[1]) & 0xFF],
            "an addition of HKSCS-2008",
        ),
        Kind(*table(BIG5), "punctuation as Windows and browsers read it in Big5"),
    ),
    "euc_tw": (
        Kind(
            re.compile("\udc8e[\udca1-\udcaf][\udca1-\udcfe]{2}|[\udca1-\udcfe]{2}"), euc_tw, "EUC-TW, plane by plane"
        ),
    ),
    "hz": (Kind(re.compile("~~|~\\{" + PAIRS + "~\\}"), hz, "HZ: pairs of GB 2312 between ~{ and ~}; ~~ is a tilde"),),
    "iso2022_cn": (
        Kind(
            re.compile("\x1b\\$[)*][AEGH][^\n]*"),
            iso2022_cn,
            "ISO-2022-CN: characters behind escape sequences",
        ),
    ),
    "iso2022_jp": (
        Kind(
            re.compile("(?:\x1b\\$[@B]|\x1b\\$\\(D)(?:[!-~]|\x1b\\$[@B]|\x1b\\$\\(D)+(?:\x1b\\([BJ])?"),
            lambda text: iso2022(text, "iso2022_jp_2"),
            "ISO-2022-JP: characters behind escape sequences",
        ),
    ),
    "iso2022_kr": (
        Kind(
            re.compile("\x1b\\$\\)C[^\x1b]*"),
            lambda text: iso2022(text, "iso2022_kr"),
            "ISO-2022-KR: characters behind escape sequences",
        ),
    ),
}
