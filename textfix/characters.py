"""What characters are: their classes and what they tell of mojibake, looked up in tables.

Code points stand in arrays. Positions are indices into these, that is, characters, never bytes.
"""

from __future__ import annotations

import hashlib
from enum import IntFlag
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PIECE = 1 << 16  # characters that are looked up at a time
MANY = 4  # question marks in a row that may not ask
CONTEXT = 4  # characters around one that tell of what class it is
# Signs with which escapes begin, and what may stand second and third.
HEX, LETTERS = "0123456789abcdefABCDEF", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ANY = "".join(map(chr, range(128)))
ESCAPES = {
    "&": ("#" + LETTERS, LETTERS + "x0123456789"),
    "\\": ("uUx23", HEX + "{"),
    "u": ("456789", HEX),
    "%": (HEX + "u", HEX),
    "=": ("?89ABCDEF", HEX + LETTERS),
    "~": ("{", ANY),
    "$": ("AB@", ANY),
    "[": ("/", LETTERS),
    "<": ("U!", "+["),
    "_": ("x", "0"),
    "x": ("0n", "aAdD-"),
}
LF, CR, SPACE = 0x0A, 0x0D, 0x20
EVERY = 16  # of so many places two are looked at, to find spaces between single characters
FIRST_HAN = 0x3001  # with the signs of Chinese


class Class(IntFlag):
    """What a code point is, as bits. The table is made by textfix/data/generate.py, which states its sources."""

    SURROGATE = 1  # U+D800 to U+DFFF: an undecodable byte, or half a pair
    TONE = 2  # a Latin letter with a tone mark of pinyin
    HANS = 4  # only simplified text uses it
    HANT = 8  # only traditional text uses it
    SPACE = 16  # a horizontal space other than U+0020; or U+0020, here and there between single characters
    HAN = 32  # a Han character
    KANA = 64  # hiragana and katakana
    HANGUL = 128
    NFC = 256  # may change, or compose with its left neighbour, under this normalization form
    FORM = 512  # the same under any of the other forms: NFD, NFKC, NFKD
    COMPATIBLE = 1024  # fullwidth letters and digits, halfwidth katakana, CJK radicals, private use
    ESCAPE = 2048  # a sign of ASCII with which a leftover escape may begin, going by what stands behind it
    CONTROL = 4096  # C0 and C1 controls, format and bidi controls, line and paragraph separators, variation selectors
    MOJIBAKE = 0x8000  # far commoner in mojibake than in clean text
    QUESTIONS = 0x4000  # begins a run of question marks of ASCII, which stand for what an encoding could not hold
    ANY = 0x10000  # whatever it is; no bit of the table
    FOLDS = 8192  # conversion to simplified changes it; HANT, and a few that simplified text keeps in some words
    PRIVATE = 1 << 28  # of the private use areas: only a font says what it is
    LETTER = 1 << 24  # a small letter of ASCII
    CLOSES = 1 << 25  # a closing bracket
    PARTS = 1 << 26  # a sign that is put between the characters of a word; see rules/noise/separators.py
    BOPOMOFO = 1 << 27
    LOOKALIKE = 1 << 29  # looks like a Latin letter, or like 口; see rules/noise/lookalikes.py


def to_codes(string: str) -> Codes:
    """The code points of a string."""
    return np.frombuffer(string.encode("utf-32-le", "surrogatepass"), "<u4")


def to_str(codes: Codes) -> str:
    """The string of these code points. Two surrogates side by side stay two."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def line_ends(codes: Codes) -> Ints:
    """Where LF and CR stand."""
    low = np.flatnonzero(codes <= CR)
    return np.asarray(low[(codes[low] == LF) | (codes[low] == CR)], np.int64)


def classes(codes: Codes) -> Marks:
    """The class bits of each code point: one look-up, piece by piece, since NumPy widens the indices it is given."""
    table = _table()
    marks = np.empty(len(codes), np.uint32)
    for start in range(0, len(codes), PIECE):
        table.take(codes[start : start + PIECE], out=marks[start : start + PIECE], mode="clip")
    return marks


def signs(codes: Codes) -> Marks:
    """The class bits of each code point, as far as CONTEXT characters around it tell."""
    marks = classes(codes)
    marks[repeated(codes, ord("?"), MANY)] |= np.uint32(Class.QUESTIONS)
    marks[no_escapes(codes, marks)] &= ~np.uint32(Class.ESCAPE)
    return marks


def repeated(codes: Codes, code: int, times: int) -> Ints:
    """Where a code point begins to stand so many times in a row, or goes on to. Only every so-manieth is looked at.

    >>> repeated(to_codes("a????? b?"), ord("?"), 4).tolist()
    [1, 2]
    """
    hits = np.flatnonzero(codes[times - 1 :: times] == code) * times + times - 1
    starts = (hits[:, None] - np.arange(times)).ravel()
    starts = np.unique(starts[starts + times <= len(codes)])
    inside = codes[starts[:, None] + np.arange(times)] == code if len(starts) else np.zeros((0, times), np.bool_)
    return np.asarray(starts[inside.all(axis=1)], np.int64)


def held(marks: Marks, trigger: Class) -> Ints:
    """The places of all characters of these classes, piece by piece, which stay in the cache."""
    bits = np.uint32(trigger)
    pieces = [
        np.flatnonzero((marks[start : start + PIECE] & bits) != 0) + start for start in range(0, len(marks), PIECE)
    ]
    return np.concatenate(pieces or [np.zeros(0, np.int64)])


def no_escapes(codes: Codes, marks: Marks) -> Ints:
    """Where a sign with which escapes begin begins none.

    >>> codes = to_codes("a & b &amp;")
    >>> no_escapes(codes, classes(codes)).tolist()
    [2]
    """
    places = held(marks, Class.ESCAPE)
    lead = codes[places]
    fits = np.ones(len(places), np.bool_)
    for place in (1, 2):
        fits &= followers(place)[lead, np.minimum(codes[np.minimum(places + place, len(codes) - 1)], 127)]
    return np.asarray(places[~fits], np.int64)


@cache
def followers(place: int) -> Bools:
    """For each sign of ASCII with which an escape begins, what may stand so many places behind it."""
    found = np.zeros((128, 128), np.bool_)
    for lead, behind in ESCAPES.items():
        found[ord(lead), [ord(one) for one in behind[place - 1]]] = True
    return found


def parted(codes: Codes) -> Ints:
    """Some of the spaces that part single characters of Han: one at least of those that part ten in a row.

    >>> parted(to_codes("一 二 三 四 五 六 七 八 九 十")).tolist()
    [1]
    """
    hits = [np.flatnonzero(codes[first::EVERY] == SPACE) * EVERY + first for first in (0, 1)]
    found = np.sort(np.concatenate(hits))
    found = found[found + 2 < len(codes)]
    found = found[codes[found + 2] == SPACE]
    return np.asarray(found[codes[found + 1] >= FIRST_HAN], np.int64)


def odds(codes: Codes) -> npt.NDArray[np.int8]:
    """For each code point the log-odds of standing in mojibake rather than in clean text, in quarters of a nat."""
    return np.asarray(_mojibake()["odds"].take(np.minimum(codes, 0xFFFF)), np.int8)


def readers(codes: Codes) -> npt.NDArray[np.uint32]:
    """For each code point the wrong decoders that can show it, as bits; see textfix/rules/mojibake/channels.py."""
    return np.asarray(_mojibake()["readers"].take(np.minimum(codes, 0xFFFF)), np.uint32)


@cache
def _mojibake() -> dict[str, npt.NDArray[Any]]:
    with (resources.files("textfix.data") / "mojibake.npz").open("rb") as file:
        return dict(np.load(file))


@cache
def _table() -> Marks:
    with (resources.files("textfix.data") / "classes.npz").open("rb") as file:
        runs = np.load(file)
        return np.repeat(runs["values"], runs["lengths"])


@cache
def tables_version() -> str:
    """What identifies the generated tables: the start of their SHA-256."""
    files = [resources.files("textfix.data") / name for name in ("classes.npz", "mojibake.npz", "belief.npz")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
