"""Where a reading was put between the halves of two characters, by a search-and-replace on the bytes of GBK text.

    基層婦女  ->  基層媅jin4]D女

The bytes of 層婦 are 8C D3 8B 44, and D3 8B is 計: so [ji4] came to stand between 8B and 44, and 8B with the bracket
is 媅. How a page writes its readings is seen from those that stand whole behind their character. Each of its characters
with its reading, as bytes, is then looked for where no character begins.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from textfix.characters import Class, Codes, Ints, classes, to_codes
from textfix.rules.pinyin import Annotation
from textfix.rules.readings import spellings, table

BRACKETS = "()（）[]［］【】〔〕"
LEAST = 3  # readings that stand whole, written so, that show how a page writes them
ROUND = ("(", ")", "tone")  # of which the bracket makes no pair with a byte before it: desync.py knows what is lost
LOST = "?"

Style = tuple[str, str, str]  # the brackets, and how the reading is written: tone, number, bopomofo, folded
Pairs = Mapping[int, Sequence[bytes]]


@dataclass(frozen=True)
class Straddle:
    """A reading behind half of a character; start and end are characters of the text.

    halves: the byte before the reading, or what it can have been where it is lost. tail: the byte behind the reading,
    where it was read as one character with the last byte of that; else -1.
    """

    start: int
    end: int
    halves: tuple[int, ...]
    tail: int

    def moved(self, by: int) -> Straddle:
        """The same, so many characters farther on."""
        return replace(self, start=self.start + by, end=self.end + by)


def straddles(text: str, found: Sequence[Annotation]) -> dict[int, Straddle]:
    """By their start the readings in a text that stand behind half of a character.

    found: those that stand whole behind theirs.
    """
    counts = Counter(style_of(one) for one in found)
    styles = [style for style, count in counts.items() if count >= LEAST and style != ROUND]
    answer: dict[int, Straddle] = {}
    for style in styles:
        seen = {(one.character, one.written) for one in found if style_of(one) == style}
        answer |= {one.start: one for one in Search.of(text).found(merged(written(style), in_bytes(seen)))}
    return answer


def style_of(one: Annotation) -> Style:
    """How a reading is written.

    >>> style_of(Annotation(1, 7, "[jin4]", True, "進", "jìn")), style_of(Annotation(1, 2, "进", True, "進", ""))
    (('[', ']', 'number'), ('', '', 'folded'))
    """
    core = one.written.strip(BRACKETS)
    first, _, last = one.written.partition(core)
    if not one.reading:
        return first, last, "folded"
    return first, last, "number" if core[-1:].isdigit() else "bopomofo" if core[-1:] > "\u3100" else "tone"


@cache
def written(style: Style) -> Pairs:
    """For every character that conversion to traditional writes, by its two bytes, the bytes of its usual reading."""
    first, last, kind = style
    names = {reading: reading for reading in table()}
    if kind in ("number", "bopomofo"):
        names = {one: name for name, one in spellings().items() if name.isascii() == (kind == "number")}
    pairs = {
        (character, first + names.get(reading, reading) + last)
        for reading, (usual, _) in table().items()
        for character in usual
    }
    if kind == "folded":
        from textfix.rules.script.choice import Chooser  # large, and not asked for otherwise

        folded = Chooser.load().folded
        pairs = {
            (one, chr(int(folded[ord(one)]))) for one in {character for character, _ in pairs} if ord(one) < 0xFFFF
        }
    return in_bytes((one, after) for one, after in pairs if classes(to_codes(one))[0] & int(Class.FOLDS))


def in_bytes(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """By the two bytes of each character those of what stands behind it."""
    answer: defaultdict[int, list[bytes]] = defaultdict(list)
    for character, after in pairs:
        code = int(gbk().take(ord(character), mode="clip"))
        if code:
            answer[code].append(after.encode("gbk", "ignore"))
    return answer


def merged(one: Pairs, other: Pairs) -> Pairs:
    return {**one, **{key: [*one.get(key, ()), *values] for key, values in other.items()}}


@cache
def gbk() -> Codes:
    """The two bytes of every code point of the basic plane in GBK, with user-defined ones; 0 where there are none."""
    found = np.zeros(0x10000, np.uint32)
    for high in range(0x81, 0xFF):
        for low in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            character = bytes((high, low)).decode("gb18030")
            found[ord(character)] = high << 8 | low
    return found


@dataclass(frozen=True)
class Search:
    """A text as bytes of GBK. starts: where each character begins, and the end."""

    text: str
    pairs: Codes
    starts: Ints
    raw: bytes

    @classmethod
    def of(cls, text: str) -> Search:
        codes = to_codes(text)
        pairs = np.where(codes < 0x80, 0, gbk().take(codes, mode="clip"))
        single = codes < 0x80
        starts = np.concatenate([[0], np.cumsum(np.where(single, 1, 2))]).astype(np.int64)
        raw = np.zeros(int(starts[-1]), np.uint8)
        raw[starts[:-1][single]] = codes[single]
        raw[starts[:-1][~single]] = pairs[~single] >> 8
        raw[starts[:-1][~single] + 1] = pairs[~single] & 0xFF
        return cls(text, pairs, starts, raw.tobytes())

    def found(self, wanted: Pairs) -> list[Straddle]:
        """The readings that stand behind half of a character, and those before which half of one was lost."""
        known, leads = np.zeros(0x10000, np.bool_), defaultdict[int, list[int]](list)
        for code in wanted:
            known[code] = True
            leads[code >> 8].append(code)
        straddling = (self.pairs[:-1] & 0xFF) << 8 | self.pairs[1:] >> 8
        places = np.flatnonzero(known[straddling] & (self.pairs[1:] > 0)) + 1
        answer = [self.whole(place, wanted[int(straddling[place - 1])]) for place in places.tolist()]
        lost = np.flatnonzero(to_codes(self.text)[1:] == ord(LOST)) + 1
        answer += [
            self.lost(
                place,
                [(one & 0xFF, after) for one in leads[int(self.pairs[place - 1] & 0xFF)] for after in wanted[one]],
            )
            for place in lost.tolist()
        ]
        return [one for one in answer if one]

    def whole(self, place: int, options: Sequence[bytes]) -> Straddle | None:
        """A reading behind the first byte of the character at a place."""
        at = int(self.starts[place])
        fitting = [len(one) for one in options if self.raw.startswith(one, at + 1)]
        return self.straddle(place, at + 1 + max(fitting), (self.raw[at],)) if fitting else None

    def lost(self, place: int, options: Sequence[tuple[int, bytes]]) -> Straddle | None:
        """A reading of which the first byte was lost, with the half of a character before it."""
        at = int(self.starts[place])
        fitting = [(half, one) for half, one in options if len(one) > 1 and self.raw.startswith(one[1:], at + 1)]
        fitting = [(half, one) for half, one in fitting if not is_pair(half, one[0])]
        size = max((len(one) for _, one in fitting), default=0)
        halves = tuple(sorted({half for half, one in fitting if len(one) == size}))
        return self.straddle(place, at + size, halves) if halves else None

    def straddle(self, place: int, end: int, halves: tuple[int, ...]) -> Straddle:
        last = int(np.searchsorted(self.starts, end))
        parted = int(self.starts[last]) != end
        return Straddle(place, last, halves, self.raw[end] if parted else -1)


@cache
def is_pair(first: int, second: int) -> bool:
    """Whether two bytes are a character of GBK; user-defined ones are none."""
    try:
        bytes((first, second)).decode("gbk")
    except UnicodeDecodeError:
        return False
    return True
