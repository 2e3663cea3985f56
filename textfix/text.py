"""Text, the thing that flows: the code points of one or many rows as one array; and the screen, its fast path.

A row is one document. A single string is a batch of one row, so there is one way through the code. Positions are
indices into `Text.codes`, that is, characters (code points), never bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PIECE = 1 << 16  # characters that are looked up at a time
BLOCK = 1024  # characters of a screening block at the most
MANY = 4  # question marks in a row that may not ask
SHORT = 12  # characters of a row that is looked at as a whole
CONTEXT = 4  # characters around one that tell of what class it is
MOST = 16  # one block in so many may be looked at by itself
MARGIN = 1024  # characters by which a span grows at the most to reach the ends of its lines
REACH = 1 << 16  # characters of a line that are taken before and behind a place
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
STEPS = (1 << 8, 1 << 12, REACH)
LF, CR, SPACE = 0x0A, 0x0D, 0x20
LINE = re.compile(r"[\r\n]")
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


@dataclass(frozen=True)
class Text:
    """Rows of code points.

    codes: shape (characters,), uint32, all rows behind one another.
    rows: shape (rows + 1,), int64, where each row starts, and the end.

    >>> text = Text.of(["汉字", "", "ab"])
    >>> len(text), text.rows.tolist(), text.row(0)
    (3, [0, 2, 2, 4], '汉字')
    """

    codes: Codes
    rows: Ints

    @classmethod
    def of(cls, strings: str | Sequence[str]) -> Text:
        """The rows given; a single string is one row. Surrogates stay what they are."""
        if isinstance(strings, str):
            return cls(to_codes(strings), np.array([0, len(strings)], np.int64))
        return cls(to_codes("".join(strings)), offsets(map(len, strings)))

    def __len__(self) -> int:
        return len(self.rows) - 1

    def row(self, index: int) -> str:
        return self.slice(int(self.rows[index]), int(self.rows[index + 1]))

    def slice(self, start: int, end: int) -> str:
        return to_str(self.codes[start:end])

    def take(self, rows: npt.ArrayLike) -> Text:
        """The rows with these numbers, in this order."""
        index = np.asarray(rows, np.int64)
        if len(index) == len(self) and (index == np.arange(len(self))).all():
            return self
        first = np.flatnonzero(np.diff(index, prepend=-2) != 1)  # rows side by side are taken at once
        last = np.append(first[1:], len(index))[: len(first)] - 1
        starts, ends = self.rows[index[first]].tolist(), self.rows[index[last] + 1].tolist()
        pieces = [self.codes[start:end] for start, end in zip(starts, ends, strict=True)]
        taken = Text(np.concatenate(pieces or [self.codes[:0]]), offsets(np.diff(self.rows)[index]))
        if self.is_classed:  # they are the same in any company
            marks = [self.classes[start:end] for start, end in zip(starts, ends, strict=True)]
            taken.__dict__["classes"] = np.concatenate(marks or [self.classes[:0]])
        return taken

    def narrowed(self, rows: Ints) -> tuple[Text, Ints]:
        """These rows and their numbers; every row where they are most of the text, which costs less than a copy."""
        if 2 * int(np.diff(self.rows)[rows].sum()) > len(self.codes):
            return self, np.arange(len(self))
        return self.take(rows), rows

    def row_of(self, positions: npt.ArrayLike) -> Ints:
        """The row in which each character stands."""
        return np.asarray(np.searchsorted(self.rows, positions, side="right") - 1, np.int64)

    def lines(self, places: Ints) -> Iterator[tuple[int, str]]:
        """The lines of these places, which are in order, and where they start.

        Lines side by side are one; of a very long line the part around.
        """
        low = high = -1
        for place, row in zip(places.tolist(), self.row_of(places).tolist(), strict=True):
            if place < high:
                continue
            begin, end = bounds(self.codes, place, int(self.rows[row]), int(self.rows[row + 1]))
            if begin > high or begin == self.rows[row] >= high:
                if high > low:
                    yield low, self.slice(low, high)
                low = begin
            high = end
        if high > low:
            yield low, self.slice(low, high)

    def wide(self, start: int, end: int, size: int) -> tuple[str, str]:
        """So many characters left and right of a span, no farther than its row."""
        row = int(self.row_of(start))
        low, high = max(int(self.rows[row]), start - size), min(int(self.rows[row + 1]), end + size)
        return self.slice(low, start), self.slice(end, high)

    def around(self, start: int, end: int, size: int) -> tuple[str, str]:
        """The same, no farther than the line."""
        left, right = self.wide(start, end, size)
        return LINE.split(left)[-1], LINE.split(right)[0]

    @cached_property
    def classes(self) -> Marks:
        """The class bits of every character.

        In a short row that as a whole is likelier mojibake than clean text, every sign of it counts as telling.
        """
        marks = signs(self.codes)
        marks[parted(self.codes)] |= np.uint32(Class.SPACE)
        self.tell(marks, np.arange(len(self)))
        return marks

    def tell(self, marks: Marks, rows: Ints) -> None:
        """Mark the telling signs of those of these rows that are short."""
        starts, ends = self.rows[rows], self.rows[rows + 1]
        short = np.flatnonzero((ends > starts) & (ends - starts <= SHORT))
        if not len(short):
            return
        places = gathered(starts[short], ends[short])
        values = odds(self.codes[places])
        lengths = ends[short] - starts[short]
        likely = np.add.reduceat(values, np.cumsum(lengths) - lengths, dtype=np.int32) > 0
        telling = places[np.repeat(likely, lengths) & (values > 0)]
        if len(telling):
            marks[telling] |= np.uint32(Class.MOJIBAKE)

    @property
    def is_classed(self) -> bool:
        """Whether the classes are known already."""
        return "classes" in self.__dict__

    def take_classes(self, known: Marks, start: Ints, end: Ints) -> None:
        """Take over the classes of a text of which this is an edited form.

        known: of each character, of those of the spans from start to end whatever; what stands around these is looked
        at again.
        """
        low, high = np.maximum(start - SHORT, 0), np.minimum(end + SHORT, len(self.codes))
        near = np.flatnonzero(np.append(True, low[1:] > high[:-1] + 2 * CONTEXT))
        low, high = low[near], np.append(high[near[1:] - 1], high[-1])
        first, last = np.maximum(low - CONTEXT, 0), np.minimum(high + CONTEXT, len(self.codes))
        places = gathered(first, last)
        inside = (places >= np.repeat(low, last - first)) & (places < np.repeat(high, last - first))
        known[places[inside]] = signs(self.codes[places])[inside]
        known[parted(self.codes)] |= np.uint32(Class.SPACE)
        self.tell(known, np.unique(self.row_of(places[inside])))
        self.__dict__["classes"] = known

    @cached_property
    def screen(self) -> Screen:
        return Screen.of(self)


def to_codes(string: str) -> Codes:
    """The code points of a string."""
    return np.frombuffer(string.encode("utf-32-le", "surrogatepass"), "<u4")


def to_str(codes: Codes) -> str:
    """The string of these code points. Two surrogates side by side stay two."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def offsets(lengths: Iterable[int] | Ints) -> Ints:
    """Where pieces of these lengths start when laid behind one another, and the end."""
    column = lengths if isinstance(lengths, np.ndarray) else np.fromiter(lengths, np.int64)
    return np.concatenate([[0], np.cumsum(column)]).astype(np.int64)


def gathered(starts: Ints, ends: Ints) -> Ints:
    """The positions in all of these spans, one span behind the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.asarray(np.repeat(starts - before, lengths) + np.arange(int(lengths.sum())), np.int64)


def best_sums(values: Ints, rows: Ints) -> Ints:
    """For each row, none of them empty, the largest sum of neighbours; rows as in Text.

    >>> best_sums(np.array([3, -9, 2, 2, -1, 5]), np.array([0, 3, 6])).tolist()
    [3, 6]
    """
    size = int(np.abs(values).sum()) + 1
    offset = np.repeat(np.arange(len(rows) - 1) * 2 * size, np.diff(rows))  # so that each row begins anew
    sums = np.cumsum(values)
    least = np.minimum.accumulate(np.append(0, sums[:-1]) - offset)
    return np.asarray(np.maximum.reduceat(sums - offset - least, rows[:-1]), np.int64)


@dataclass(frozen=True)
class Screen:
    """The classes that occur in each block of a text.

    Blocks are at most BLOCK characters, counted from the start of their row: what is found in a row does not depend
    on the rows beside it.
    """

    text: Text
    starts: Ints
    ends: Ints
    flags: Marks
    known: dict[Class, Ints] = field(default_factory=dict, repr=False, compare=False)  # what where() has found

    @classmethod
    def of(cls, text: Text) -> Screen:
        lengths = np.diff(text.rows)
        counts = -(-lengths // BLOCK)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        starts = np.repeat(text.rows[:-1], counts) + BLOCK * (np.arange(len(first)) - first)
        ends = np.append(starts[1:], text.rows[-1:])[: len(starts)]
        flags = np.bitwise_or.reduceat(text.classes, starts) if len(starts) else np.zeros(0, np.uint32)
        return cls(text, starts, ends, flags)

    def rows(self, *triggers: Class) -> Ints:
        """The rows that hold, for each of these triggers, a character of one of its classes."""
        found = np.ones(len(self.text), np.bool_)
        for trigger in triggers:
            if trigger is Class.ANY:
                continue
            holds = np.zeros(len(self.text), np.bool_)
            holds[self.row[(self.flags & int(trigger)) != 0]] = True
            found &= holds
        return np.flatnonzero(found)

    @cached_property
    def row(self) -> Ints:
        """The row of each block."""
        return self.text.row_of(self.starts)

    def spans(self, trigger: Class) -> list[tuple[int, int]]:
        """Spans that hold every such character, grown to the ends of their lines (by MARGIN at the most)."""
        return self.grown((self.flags & int(trigger)) != 0)

    def grown(self, chosen: Bools) -> list[tuple[int, int]]:
        """Spans that hold these blocks, grown to the ends of their lines (by MARGIN at the most)."""
        spans: list[tuple[int, int]] = []
        blocks = np.flatnonzero(chosen)
        first = np.flatnonzero((np.diff(blocks, prepend=-2) > 1) | (np.diff(self.row[blocks], prepend=-1) != 0))
        last = np.append(first[1:], len(blocks))[: len(first)] - 1
        last_row = -1
        for one, other in zip(blocks[first].tolist(), blocks[last].tolist(), strict=True):
            row, start, end = self._grow(one, other)
            if row == last_row and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
            last_row = row
        return spans

    def read(self, trigger: Class) -> Iterator[tuple[int, str]]:
        """The same spans as strings, and where they start."""
        return ((start, self.text.slice(start, end)) for start, end in self.spans(trigger))

    def where(self, trigger: Class) -> Ints:
        """The places of all characters of these classes; where few blocks hold any, only these are looked at."""
        if trigger not in self.known:
            self.known[trigger] = self._where(trigger)
        return self.known[trigger]

    def _where(self, trigger: Class) -> Ints:
        blocks = (self.flags & int(trigger)) != 0
        if MOST * int(blocks.sum()) > len(blocks):
            return held(self.text.classes, trigger)
        places = gathered(self.starts[blocks], self.ends[blocks])
        return np.asarray(places[(self.text.classes[places] & int(trigger)) != 0], np.int64)

    def _grow(self, first: int, last: int) -> tuple[int, int, int]:
        start, end = int(self.starts[first]), int(self.ends[last])
        row = int(self.row[first])
        low = max(int(self.text.rows[row]), start - MARGIN)
        high = min(int(self.text.rows[row + 1]), end + MARGIN)
        before = line_ends(self.text.codes[low:start])
        after = line_ends(self.text.codes[end:high])
        return row, (low + int(before[-1]) + 1 if len(before) else low), (end + int(after[0]) if len(after) else high)


def bounds(codes: Codes, place: int, first: int, last: int) -> tuple[int, int]:
    """Where the line of a place begins and ends, its LF included, between two places and within REACH."""
    begin, end = max(first, place - REACH), min(last, place + REACH)
    for step in STEPS:
        before = np.flatnonzero(codes[max(first, place - step) : place] == LF)
        if len(before):
            begin = max(first, place - step) + int(before[-1]) + 1
            break
    for step in STEPS:
        behind = np.flatnonzero(codes[place : min(last, place + step)] == LF)
        if len(behind):
            end = place + int(behind[0]) + 1
            break
    return begin, end


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


def readers(codes: Codes) -> npt.NDArray[np.uint16]:
    """For each code point the wrong decoders that can show it, as bits; see textfix/rules/mojibake/channels.py."""
    return np.asarray(_mojibake()["readers"].take(np.minimum(codes, 0xFFFF)), np.uint16)


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
    files = [resources.files("textfix.data") / name for name in ("classes.npz", "mojibake.npz")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
