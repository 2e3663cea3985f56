"""The channels of mojibake: text that was written in one encoding and read in another.

A reader is how a wrong decoder shows bytes; here it is turned round: for each character the bytes that it can have
been, and for a loss the bytes that it can have swallowed. Decoders differ (Python, browsers, Windows code pages,
iconv), so a reader knows the forms of all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np

from textfix.characters import LF, Bools, Ints

UTF8, GBK, BIG5 = "utf-8", "gb18030", "big5hkscs"
CODE_PAGES = ("cp437", "mac_roman", "cp850", "cp852", "cp866", "cp1254", "cp874", "iso8859_2")
SINGLE = ("latin_1", "cp1252", "cp1251", "cp1250", "koi8_r", *CODE_PAGES)  # readers of one byte a character
# Nats against readers that differ little from more usual ones.
UNUSUAL = {"cp1254": 5.0, "cp852": 2.0, "iso8859_2": 2.0}
# What not all readers lose.
STRICT = {"gb18030": "gbk", "big5hkscs": "big5", "cp932": "cp932", "cp949": "cp949", "euc_jp": "euc_jp"}
DOUBLE = tuple(STRICT)
READERS = (*DOUBLE, *SINGLE)
UTF16 = ("utf-16-le", "utf-16-be")
HAN_BESIDE = re.compile("[\u0800-\uffff]{2}")  # which bytes of GBK hardly make by chance
GIT = "utf-8, latin-1"  # shows bytes that are UTF-8 as that, and all others as Latin-1, as git shows what a commit says
CHANNELS: tuple[tuple[str, str], ...] = (
    *((written, read) for written in (UTF8, GBK, BIG5) for read in READERS if written != read),
)
# Channels in which nothing is lost, or all: they are turned back whole or not at all.
WHOLE: tuple[tuple[str, str], ...] = (
    *((written, GIT) for written in (GBK, BIG5)),
    *((written, read) for written in (UTF8, GBK, BIG5) for read in UTF16),
    *((written, read) for written in UTF16 for read in ("latin_1", "cp1252", "gb18030", *UTF16) if written != read),
)

ALL_BYTES = [bytes([code]) for code in range(256)]
UNKNOWN, MISFIT = 0xFF, 0xFE  # in bytes of UTF-8, which has neither: a lost byte; what makes no sense
ANY = 256  # an unknown byte in a pattern
# Losses that left no sign: how many bytes, and nats against them.
HIDDEN, HIDDEN_PAIRS = ((1, 6.0), (2, 8.0)), ((1, 8.0), (2, 6.0), (4, 9.0))
# A sign for a loss, with nats against one byte, and against two; by whether the text around tells that signs stand for
# two (1), for one (-1), or nothing (0). U+FFFD is what Python writes for one byte, and browsers for two; "?" and, in
# code page 932, a dot are what Windows writes for two, and others for one.
REPLACEMENT = "\ufffd"
QUESTION = {1: (10.0, 2.0), 0: (6.0, 2.0), -1: (0.0, 10.0)}
LOSSES = {REPLACEMENT: {1: (0.0, 2.0), 0: (0.0, np.inf), -1: (0.0, np.inf)}, "?": QUESTION, "・": QUESTION}
AS_IT_IS = {"・": 6.0}  # nats against its bytes: a byte 81, with which a character ends, and E
LAST = 6.0  # the most against one byte at the end of a line, where there was no second
# Channels that lose so much that nothing can be claimed once there is a loss.
HOPELESS = ((UTF8, BIG5),)
# And against a second byte of ASCII, and a line end: only Windows loses these.
TAKEN = {REPLACEMENT: 8.0, "?": 0.0, "・": 0.0}
LINE = 5.0
SWAPPED = 3.0  # nats against a byte that another tool changed: a no-break space, a backslash
Pattern = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Reader:
    """A wrong decoder, turned round.

    forms: for each character it can show the bytes that it shows so, the usual first. lost: shape (256, 256), which
    bytes, followed by which, some decoder of its kind cannot show.
    """

    name: str
    forms: dict[str, tuple[bytes, ...]]
    lost: Bools

    @cached_property
    def single(self) -> dict[str, bytes]:
        """The characters that can have been one byte string alone, with that."""
        return {
            character: found[0]
            for character, found in self.forms.items()
            if len(found) == 1 and character not in LOSSES
        }

    @cached_property
    def table(self) -> Ints:
        """Shape (2, 65536): how many bytes each character of the basic plane stands for, and these as a number.

        UNKNOWN for a loss; MISFIT for what can have been several byte strings or none, and for bytes as these two.
        """
        found = np.full((2, 0x10000), [[1], [MISFIT]], np.int64)
        known = [
            (ord(character), len(raw), int.from_bytes(raw, "big"))
            for character, (raw, *more) in self.forms.items()
            if not more and character <= "\uffff" and max(raw) < MISFIT
        ]
        codes, *columns = np.array(known, np.int64).T
        found[:, codes] = columns
        found[:, [ord(one) for one in LOSSES]] = [[1], [MISFIT]]
        found[:, ord(REPLACEMENT)] = 1, UNKNOWN
        return found

    @property
    def double(self) -> bool:
        return self.name in DOUBLE

    def patterns(self, character: str, pairs: int, last: bool = False) -> list[tuple[Pattern, float]]:
        """The bytes that a character can have been, with nats against each; none where it cannot be shown.

        pairs: what is known of signs of loss, see LOSSES. last: a line ends behind it.

        >>> reader("cp1252").patterns("�", pairs=1)
        [((256,), 0.0)]
        """
        known = [(tuple(raw), AS_IT_IS.get(character, 0.0)) for raw in self.forms.get(character, ())]
        if character in LOSSES or (not known and "\ue000" <= character <= "\uf8ff"):
            one, two = LOSSES[character][pairs] if character in LOSSES else (0.0, 0.0)
            known.append(((ANY,), min(one, LAST) if last else one))
            known += [((ANY, ANY), two)] if self.double and two < np.inf else []
        if character == " " and not self.double:
            known += [(tuple(raw), SWAPPED) for raw in self.forms.get("\xa0", ())]
        if character == "/" and not self.double:
            known.append(((0x5C,), SWAPPED))
        return known

    def hidden(self, written: str) -> list[tuple[Pattern, float]]:
        """What can have vanished without a sign: one byte or two; a reader of pairs loses one or two of these.

        Of two bytes side by side in GBK and Big5 a reader of single bytes hardly loses both.
        """
        listed = HIDDEN_PAIRS if self.double else HIDDEN if written == UTF8 else HIDDEN[:1]
        return [((ANY,) * size, nats) for size, nats in listed]


@cache
def reader(name: str) -> Reader:
    if name in SINGLE:
        gone = np.array([fragile(code, one) for code, one in enumerate(shown(ALL_BYTES, name))])
        return Reader(name, forms(name), np.repeat(gone[:, None], 256, axis=1))
    strict = STRICT[name]
    lost = np.zeros((256, 256), np.bool_)
    alone = shown(ALL_BYTES, strict)
    behind = [code for code in range(256) if code != LF]
    for high in range(0x80, 0x100):
        if alone[high] == REPLACEMENT:
            lost[high] = True
            lost[high, behind] = [not is_one(one) for one in shown([bytes((high, low)) for low in behind], strict)]
    return Reader(name, forms(name), lost)


def shown(sequences: Sequence[bytes], codec: str) -> list[str]:
    """What a codec makes of each byte sequence, with U+FFFD for bytes that it cannot read. Of LF nothing is said."""
    if codec in UTF16:
        return [one.decode(codec, "replace") for one in sequences]
    found = b"\n".join(b"" if one == b"\n" else one for one in sequences)
    return found.decode(codec, "replace").split("\n")


def is_one(text: str) -> bool:
    """Whether a codec made one character of some bytes."""
    return len(text) == 1 and text != REPLACEMENT


def fragile(code: int, text: str) -> bool:
    """Whether a byte is lost, or is shown as what copying loses: a control, a soft hyphen, a no-break space."""
    return text == REPLACEMENT or (code >= 0x80 and unicodedata.category(text) in ("Cc", "Cf", "Zs"))


@cache
def forms(name: str) -> dict[str, tuple[bytes, ...]]:
    """For each character that a reader can show, the bytes that it shows so, the usual first.

    >>> forms("cp932")["∪"]
    (b'\\x81\\xbe', b'\\x87\\x9c')
    """
    if name == GIT:
        return forms("latin_1")
    found: dict[str, list[bytes]] = {chr(code): [bytes([code])] for code in range(0x80)}
    if name in SINGLE:
        add(found, name, (bytes([code]) for code in range(0x80, 0x100)))
        for code in range(0x80, 0xA0):  # bytes that a table leaves out are shown as C1 controls
            found.setdefault(chr(code), []).append(bytes([code]))
        if name == "cp874":  # beyond, by Windows in private use (bestfit874.txt of Microsoft's tables), or as Latin-1
            for code, raw in enumerate(b"\xdb\xdc\xdd\xde\xfc\xfd\xfe\xff", 0xF8C1):
                found[chr(code)] = found[chr(raw)] = [bytes([raw])]
        return {character: tuple(dict.fromkeys(listed)) for character, listed in found.items()}
    add(found, name, (bytes((high, low)) for high in range(0x80, 0x100) for low in range(0x30, 0x100)))
    add(found, name, (bytes([code]) for code in range(0x80, 0x100)))
    if name == BIG5:
        add(found, "cp950", (bytes((high, low)) for high in range(0x80, 0x100) for low in range(0x40, 0x100)))
    if name in ("cp932", "euc_jp"):  # what iconv and Java write where Windows has full-width forms, and the other way
        for character, other in zip("〜‖−¢£¬—", "～∥－￠￡￢―", strict=True):
            one, two = (character, other) if other in found else (other, character)
            found.setdefault(one, found.get(two, []))
    if name == GBK:  # Windows' code page 936 shows the byte 80 as the euro sign
        found["€"] = [b"\x80", *found.get("€", [])]
    return {
        character: (listed[0],) if len(listed) == 1 else tuple(dict.fromkeys(listed))
        for character, listed in found.items()
    }


def add(found: dict[str, list[bytes]], codec: str, sequences: Iterable[bytes]) -> None:
    """Put the character of every byte sequence that is one."""
    every = list(sequences)
    for raw, character in zip(every, shown(every, codec), strict=True):
        if len(character) == 1:  # thirty thousand times: is_one, but for REPLACEMENT, which goes when all is done
            found.setdefault(character, []).append(raw)
    found.pop(REPLACEMENT, None)


@lru_cache(64)  # a line is asked of for every encoding
def bytes_of(text: str, read: str) -> bytes | None:
    """The bytes that a reader showed as this text; None where it cannot have shown it, or other bytes so, too, or lost
    them more likely than not.

    >>> bytes_of("浣犲ソ", "gb18030").decode()
    '你好'
    """
    if read in UTF16:
        return encoded(text, read)
    if read == GIT:
        return of_git(text)
    table = forms(read)
    pieces = []
    for character in text:
        found = table.get(character)
        if found is None:
            four = four_bytes(character) if read == GBK else None
            if four is None:
                return None
            pieces.append(four)
        elif len(found) > 1 or character in AS_IT_IS:
            return None
        else:
            pieces.append(found[0])
    return b"".join(pieces)


def of_git(text: str) -> bytes | None:
    """The bytes that git showed as this text; None for other text.

    >>> of_git("ǰ¶Ë").decode("gbk")
    '前端'
    """
    parts = [encoded(one, "latin-1" if one < "\u0100" else UTF8) for one in text]
    return None if None in parts or HAN_BESIDE.search(text) else b"".join(filter(None, parts))


@lru_cache(0x4000)
def four_bytes(character: str) -> bytes | None:
    """What GB18030 has for a character that GBK has not."""
    return encoded(character, GBK)


def encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def turned_back(text: str, channel: tuple[str, str]) -> str | None:
    """Text as it was before a channel; None where it cannot have come through it whole, or in several ways.

    >>> turned_back("浣犲ソ", ("utf-8", "gb18030"))
    '你好'
    """
    written, read = channel
    raw = bytes_of(text, read)
    if raw is None or raw.isascii():
        return None
    try:
        again = raw.decode(written)
    except UnicodeDecodeError:
        return None
    return again if again != text else None
