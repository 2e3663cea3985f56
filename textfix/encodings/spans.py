"""Spans inside a line that are in another encoding: the likeliest way through the bytes where something is doubtful.

The encoding may change at any character, at a cost; behind a change the language model begins anew.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from textfix.characters import LF, Bools, Ints
from textfix.encodings.choice import ASCII, CHINESE, NEVER, UNEXPLAINED, Floats, as_confidence, scores
from textfix.encodings.doubt import DOUBT, credible, in_utf8, surprise
from textfix.encodings.plain import to_bytes, to_text
from textfix.language import SCALE, Model, basic
from textfix.text import Text, offsets

NEAR = 8  # characters between doubtful ones that are doubted together
AROUND = 24  # characters on either side of doubtful ones that are read again with them
LONGEST = 512  # characters that are read again at once
TOGETHER = 256  # windows
SWITCH, SEEN = 14.0, 4.0  # nats for a span in another encoding, and less where the document has lines in it
BACK = 3.0  # nats for the way back to the encoding of the line: spans are short
LIKELY = 8.5  # nats that a character of a span may cost
FEWEST = {"utf-8": 2, "gb18030": 3, "big5hkscs": 3}  # different Han characters of a span inside a line
SURE = 8.0  # nats by which it must be likelier
TIED = 3.0  # nats that a character of it may cost less behind the ones before it than by itself
HAN, ODD = re.compile("[\u3400-\u9fff]"), re.compile("[\u3040-\u312f\u3130-\u318f\uac00-\uf8ff\uff65-\uff9f]")

Array = npt.NDArray[np.int64]


class Stretch(NamedTuple):
    """Bytes start to end, and their encoding."""

    start: int
    end: int
    encoding: str
    confidence: float


@dataclass(frozen=True)
class Window:
    """Bytes start to end of the data, in a line that is in encoding `own`, that are read again.

    inside: whether the line goes on behind them. low, high: the bytes that are judged; those around them belong to
    the windows beside it.
    """

    start: int
    end: int
    own: str
    inside: bool
    low: int
    high: int


def spans(data: bytes, asked: Sequence[Window], seen: set[str]) -> list[Stretch]:
    """The spans that are in another encoding than their line, in the order of the data."""
    costs = np.array([SWITCH - SEEN * (name in seen) for name in CHINESE])
    found = {one.window.low: one for one in walked(data, asked, costs)}
    # Where most is in another encoding than the line was taken for, that one may be the line's own.
    other = [replace(one.window, own=one.most) for one in found.values() if one.most != one.window.own]
    for one in walked(data, other, costs):
        before = found[one.window.low]
        if one.cost < before.cost:
            found[one.window.low] = replace(one, window=before.window)
    return united(sorted(part for one in found.values() if sensible(one, data) for part in one.apart))


def united(parts: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, of which those in one encoding that meet are one, and none lies over another."""
    whole: list[Stretch] = []
    for part in parts:
        before = whole[-1] if whole else Stretch(0, 0, "", 1.0)
        if before.end >= part.start and before.encoding == part.encoding:
            whole[-1] = before._replace(end=part.end, confidence=min(before.confidence, part.confidence))
        elif before.end < part.end:
            whole.append(part._replace(start=max(part.start, before.end)))
    return whole


def windows(lines: Sequence[bytes], starts: Sequence[int], encodings: Sequence[str]) -> Iterator[Window]:
    """What in these lines is still doubtful, with what stands around it. Only Chinese text holds spans of Chinese."""
    asked = [one for one in zip(lines, starts, encodings, strict=True) if one[2] in CHINESE]
    if not asked:
        return
    lines, starts, encodings = zip(*asked, strict=True)
    texts = [to_text(line, own) for line, own in zip(lines, encodings, strict=True)]
    every = Text.of(texts)
    values = np.split(surprise(every), every.rows[1:-1])
    for line, text, value, start, own in zip(lines, texts, values, starts, encodings, strict=True):
        for found in in_utf8(line) if own != "utf-8" else ():
            value[slice(*(len(to_text(line[:at], own)) for at in found))] += round(DOUBT * SCALE)
        size, done = 0, 0  # bytes of the characters before `done`
        for low, high in widened(knots(value), len(text)):
            for first in range(low, high, LONGEST):
                last = min(first + LONGEST, high)
                size += len(to_bytes(text[done:first], own))
                before = len(to_bytes(text[max(low, first - AROUND) : first], own))
                length = len(to_bytes(text[first:last], own))
                behind = len(to_bytes(text[last : min(last + AROUND, high)], own))
                at = start + size
                yield Window(at - before, at + length + behind, own, last + AROUND < len(text), at, at + length)
                size, done = size + length, last


def widened(found: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """The spans with what stands AROUND them in a line of this size; those that meet are one."""
    wide: list[tuple[int, int]] = []
    for low, high in found:
        start = max(0, low - AROUND)
        if wide and start <= wide[-1][1]:
            start = wide.pop()[0]
        wide.append((start, min(size, high + AROUND)))
    return wide


def knots(values: Ints) -> Iterator[tuple[int, int]]:
    """The characters from and to which unlikely ones stand near to one another, and tell enough."""
    hits = np.flatnonzero(values > 0)
    for group in np.split(hits, np.flatnonzero(np.diff(hits) > NEAR) + 1):
        if len(group) and values[group].sum() >= DOUBT * SCALE:
            yield int(group[0]), int(group[-1]) + 1


def sensible(way: Way, data: bytes) -> bool:
    """Whether what is read in another encoding is Chinese, likely in itself and much likelier than before."""
    texts = [to_text(data[part.start : part.end], part.encoding) for part in way.apart]
    every = "".join(texts)
    fewest = min(FEWEST[part.encoding] for part in way.apart) if way.apart else 1
    if way.gain < SURE or len(set(HAN.findall(every))) < fewest or ODD.search(every):
        return False
    longest = max(way.apart, key=lambda part: part.end - part.start)
    text = to_text(data[longest.start : longest.end], longest.encoding)
    raw = [to_bytes(text.strip(ASCII.decode("ascii")), longest.encoding)]  # markup around a name tells nothing of it
    return bool(credible(scores(raw, [longest.encoding]), raw, [longest.encoding], LIKELY)[0, 0])


@dataclass(frozen=True)
class Way:
    """The likeliest way through a window, its parts, and what it costs in nats; gain: against no change at all."""

    window: Window
    cost: float
    gain: float
    parts: tuple[Stretch, ...]

    @property
    def apart(self) -> list[Stretch]:
        """The parts that are in another encoding than the line."""
        return [part for part in self.parts if part.encoding != self.window.own]

    @property
    def most(self) -> str:
        """The encoding that most of its bytes are in."""
        sizes = Counter[str]()
        for part in self.parts:
            sizes[part.encoding] += part.end - part.start
        return max(sizes, key=sizes.__getitem__)


def walked(data: bytes, asked: Sequence[Window], costs: Floats) -> Iterator[Way]:
    """The likeliest way through each window in which a span may be believed."""
    hopeful = [
        one
        for group in alike(asked)
        for one, gain in zip(group, gains(data, group), strict=True)
        if (gain >= SURE + costs).any()
    ]
    for group in alike(hopeful):
        yield from ways(data, group, costs)


def alike(windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
    """Windows of about the same size, to be read at once."""
    order = sorted(windows, key=lambda one: one.end - one.start)
    for start in range(0, len(order), TOGETHER):
        yield order[start : start + TOGETHER]


def ways(data: bytes, group: Sequence[Window], costs: Floats) -> Iterator[Way]:
    """The same for windows of about the same size, all at once."""
    sizes = [one.end - one.start for one in group]
    own = [CHINESE.index(one.own) for one in group]
    lattice = Lattice(*every_character(data, group))
    lattice.walk(np.array(own), costs)
    for row, one in enumerate(group):
        steps, cost = lattice.back(row, sizes[row], own[row], one.inside)
        alone = 0.0 if len(steps) == 1 else float(scores([data[one.start : one.end]], [one.own])[0, 0])
        gain = -alone - cost
        parts = (
            Stretch(one.start + low, one.start + high, CHINESE[number], as_confidence(gain))
            for low, high, number in steps
        )
        yield Way(one, cost, gain, tuple(judged(parts, data, one)))


def every_character(data: bytes, group: Sequence[Window]) -> tuple[Array, Array]:
    """The characters that begin at each byte of the windows, in each encoding, and how many bytes they have."""
    raw = np.zeros((len(group), max(one.end - one.start for one in group) + 4), np.int64)
    for row, one in enumerate(group):
        raw[row, : one.end - one.start] = np.frombuffer(data[one.start : one.end], np.uint8)
    codes, sizes = zip(*(characters(raw, name) for name in CHINESE), strict=True)
    return np.array(codes), np.array(sizes)


def gains(data: bytes, group: Sequence[Window]) -> Floats:
    """Shape (windows, encodings): by how many nats a span can be likelier than in its window's own, at the most.

    Its characters are taken one by one, each for as likely as the ones before it may make it.
    """
    codes, sizes = every_character(data, group)
    rows, length = codes.shape[1:]
    columns = np.arange(rows)
    own = np.array([CHINESE.index(one.own) for one in group])
    known = codes[own, columns]
    lasts = np.arange(length) < np.array([one.end - one.start for one in group])[:, None]
    begins = np.zeros((rows, length + 4), np.bool_)
    begins[:, 0] = True
    for place in range(length):
        begins[columns, place + sizes[own, columns, place]] |= begins[:, place]
    begins = begins[:, :length] & lasts
    model = Model.load()
    text = Text(np.maximum(known[begins], 0).astype(np.uint32), offsets(begins.sum(axis=1).tolist()))
    cost = np.zeros((rows, length + 4))
    cost[:, 1:-3][begins] = np.where(known[begins] < 0, UNEXPLAINED, model.costs(text) / SCALE)
    before = np.cumsum(cost, axis=1)  # in the own encoding, before each byte
    basics = basic(np.maximum(codes, 0).astype(np.uint32))
    alone = model.alone(basics) / SCALE - TIED
    behind = np.arange(length) + sizes
    gain = before[columns[:, None], behind] - before[:, :length] - np.where(codes < 0, UNEXPLAINED, alone)
    gain[(codes >= 0) & (codes < 0x80)] = 0
    gain[odd().take(basics)] = -NEVER
    gain[own, columns] = 0
    best = np.zeros((len(CHINESE), rows, length + 4))
    numbers = np.arange(len(CHINESE))[:, None]
    for place in range(length - 1, -1, -1):
        best[:, :, place] = np.maximum(0, gain[:, :, place] + best[numbers, columns, behind[:, :, place]])
    return np.asarray(best.max(axis=2).T, np.float64)


def judged(parts: Iterable[Stretch], data: bytes, window: Window) -> Iterator[Stretch]:
    """What lies in the part of a window that is judged, cut between characters."""
    for part in parts:
        low, high = (border(data, part, at) if part.start < at < part.end else at for at in (window.low, window.high))
        start, end = max(part.start, low), min(part.end, high)
        if start < end:
            yield part._replace(start=start, end=end)


def border(data: bytes, part: Stretch, at: int) -> int:
    """The first place from here on at which a character of the stretch ends."""
    decoder = codecs.getincrementaldecoder(part.encoding)("surrogateescape")
    decoder.decode(data[part.start : at])
    while decoder.getstate()[0] and at < part.end:
        decoder.decode(data[at : at + 1])
        at += 1
    return at


class Lattice:
    """The ways through the bytes of several windows: at each byte, in each encoding, the likeliest one up to there.

    codes, sizes: shape (encodings, windows, bytes), the character that begins at each byte, -1 where none does, and
    its bytes. cost: nats; first, second: the last two symbols; came: the encoding in which the character before the
    last one was; taken: the bytes of the last one.
    """

    def __init__(self, codes: Array, sizes: Array) -> None:
        self.codes, self.sizes = codes, sizes
        encodings, rows, length = codes.shape
        shape = (length + 5, encodings, rows)
        model = Model.load()
        self.cost = np.full(shape, NEVER)
        self.first = np.full(shape, int(model.symbol[LF]), np.uint64)
        self.second = self.first.copy()
        self.came = np.zeros(shape, np.int64)
        self.taken = np.ones(shape, np.int64)

    def walk(self, own: Ints, costs: Floats) -> None:
        model = Model.load()
        numbers = np.arange(len(costs))[:, None]
        change = np.where(numbers == own, BACK, costs[:, None])
        self.cost[0] = np.where(numbers == own, 0.0, change)
        columns = np.arange(len(own))
        start = model.symbol[LF].astype(np.uint64)  # what stands behind a change has nothing to do with what precedes
        for place in range(self.codes.shape[2]):
            cost, first, second = self.cost[place], self.first[place], self.second[place]
            best = cost.argmin(axis=0)
            other = cost[best, columns] + change
            switch = other < cost
            cost = np.where(switch, other, cost)
            first, second = np.where(switch, start, first), np.where(switch, start, second)
            came = np.where(switch, best, numbers)
            code, size = self.codes[:, :, place], self.sizes[:, :, place]
            symbol = model.symbol.take(basic(np.maximum(code, 0).astype(np.uint32))).astype(np.uint64)
            cost = cost + np.where(code < 0, UNEXPLAINED, self.unlikely(model, first, second, symbol, code))
            for step in range(1, 5):
                better = (size == step) & (cost < self.cost[place + step])
                for table, values in (
                    (self.cost, cost),
                    (self.first, second),
                    (self.second, symbol),
                    (self.came, came),
                    (self.taken, size),
                ):
                    np.copyto(table[place + step], values, where=better)

    @staticmethod
    def unlikely(model: Model, first: Any, second: Any, symbol: Any, code: Array) -> Floats:
        steps = model.steps(first.ravel(), second.ravel(), symbol.ravel()).reshape(code.shape)
        known = basic(np.maximum(code, 0).astype(np.uint32))
        return np.asarray((steps + np.minimum(model.hans, model.hant).take(known)) / SCALE, np.float64)

    def back(self, row: int, size: int, own: int, inside: bool) -> tuple[list[tuple[int, int, int]], float]:
        """The parts of the likeliest way, and what it costs in nats."""
        ends = self.cost[size, :, row] + np.where((np.arange(len(self.codes)) == own) | (not inside), 0.0, BACK)
        number, place = int(ends.argmin()), size
        least = float(ends[number])
        parts: list[tuple[int, int, int]] = []
        end = size
        while place > 0:
            start = place - int(self.taken[place, number, row])
            before = int(self.came[place, number, row])
            place = start
            if before != number:
                parts.append((start, end, number))
                number, end = before, start
        parts.append((0, end, number))
        return parts[::-1], least


def characters(raw: Array, encoding: str) -> tuple[Array, Array]:
    """For each byte the character that begins there, -1 where none does, and how many bytes it has.

    raw: shape (windows, bytes + 4), with zeros at the end; the answers have shape (windows, bytes).
    """
    length = raw.shape[1] - 4
    byte, second, third, fourth = (raw[:, ahead : length + ahead] for ahead in range(4))
    if encoding == "utf-8":
        return utf8(byte, second, third, fourth)
    singles, pairs = table(encoding)
    pair = pairs[byte << 8 | second]
    two = (pair > 0) & (byte >= 0x80)
    codes = np.where(two, pair, singles[byte])
    sizes = np.where(two, 2, 1)
    if encoding == "gb18030":
        for row, place in np.argwhere((byte >= 0x81) & (second >= 0x30) & (second <= 0x39) & (third >= 0x81)).tolist():
            text = bytes(raw[row, place : place + 4].tolist()).decode("gb18030", "ignore")
            if len(text) == 1:
                codes[row, place], sizes[row, place] = ord(text), 4
    return codes, sizes


def utf8(byte: Array, second: Array, third: Array, fourth: Array) -> tuple[Array, Array]:
    goes = [(one & 0xC0) == 0x80 for one in (second, third, fourth)]
    two = (byte & 0x1F) << 6 | second & 0x3F
    three = (byte & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    four = (byte & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
    kinds = [
        byte < 0x80,
        (byte >= 0xC2) & (byte < 0xE0) & goes[0],
        (byte >= 0xE0) & (byte < 0xF0) & goes[0] & goes[1] & (three >= 0x800) & (three >> 11 != 0x1B),
        (byte >= 0xF0) & (byte < 0xF5) & goes[0] & goes[1] & goes[2] & (four >= 0x10000) & (four < 0x110000),
    ]
    return np.select(kinds, [byte, two, three, four], -1), np.select(kinds, [1, 2, 3, 4], 1)


@cache
def odd() -> Bools:
    """For each code point of the basic plane whether no span of Chinese holds it."""
    return np.array([bool(ODD.match(chr(code))) for code in range(0x10000)])


@cache
def table(encoding: str) -> tuple[Array, Array]:
    """The characters of single bytes, -1 where there is none, and of pairs, 0 where there is none."""
    singles, pairs = np.full(256, -1, np.int64), np.zeros(0x10000, np.int64)
    for byte in range(256):
        text = bytes((byte,)).decode(encoding, "ignore")
        singles[byte] = ord(text) if text else -1
    for lead in np.flatnonzero(singles < 0).tolist():
        for trail in range(0x40, 0xFF):
            text = bytes((lead, trail)).decode(encoding, "ignore")
            pairs[lead << 8 | trail] = ord(text) if len(text) == 1 and ord(text) >= 0x80 else 0
    return singles, pairs
