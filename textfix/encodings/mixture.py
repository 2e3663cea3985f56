"""Files in several encodings: which lines, and which spans inside a line, are in which.

The rest of a document is the prior of each line: the shares of the encodings in it are found together with the
encodings of its lines, in turn. A line that reads well in the main encoding is not looked at again. Where something in
a line still does not read well, the likeliest way through its bytes is sought, in which the encoding may change at any
character, at a cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from textfix.encodings.choice import (
    CANDIDATES,
    CHINESE,
    UNEXPLAINED,
    Floats,
    as_confidence,
    choose,
    margins,
    scores,
)
from textfix.encodings.plain import to_bytes, to_text
from textfix.language import SCALE, Model, basic
from textfix.text import LF, PIECE, Ints, Text, odds

LINES = tuple(name for name in CANDIDATES if name != "euc_tw")  # in which lines of one file may differ
INSIDE = (*CHINESE, "cp932", "cp949")  # in which a span inside a line may be
ROUNDS = 5  # in which the shares of the encodings and the encodings of the lines are found in turn
RARE = 1e-9  # lines that an encoding has in advance
CLEAN = 60  # quarters of a nat by which the characters of a line speak for clean text against mojibake
KNOT, NEAR = 20, 12  # quarters of a nat that make characters doubtful which are so near to one another
AROUND = 24  # characters on either side of doubtful ones that are read again with them
LONGEST = 1024  # bytes that are read again at once
TOGETHER = 256  # windows
SWITCH, SEEN = 14.0, 4.0  # nats for a change of the encoding, and less where the document has lines in it
NEVER = 1e9
ESCAPE = 60  # quarters of a nat that a byte without a meaning is doubtful

Codes = npt.NDArray[np.int64]


class Stretch(NamedTuple):
    """Bytes start to end, and their encoding."""

    start: int
    end: int
    encoding: str
    confidence: float


@dataclass(frozen=True)
class Window:
    """Bytes start to end of the data, in a line that is in encoding `own`, that are read again.

    inside: whether the line goes on behind them.
    """

    start: int
    end: int
    own: str
    inside: bool


def stretches(data: bytes, told: str | None = None) -> list[Stretch]:
    """Data cut into stretches, each in one encoding.

    >>> lines = "".join(f"第{place}行，文字的編碼很簡單。\\n" for place in range(4)).encode("big5")
    >>> [(one.start, one.encoding) for one in stretches(lines + "编码混在一起了。".encode("gbk"))]
    [(0, 'big5hkscs'), (104, 'gb18030')]
    >>> [one.encoding for one in stretches("这个文件叫做".encode() + "说明文件".encode("gbk") + "，请看。".encode())]
    ['utf-8', 'gb18030', 'utf-8']
    """
    main, confidence = choose(data, told)
    whole = [Stretch(0, len(data), main, confidence)]
    if main not in LINES:
        return whole
    text = rows(to_text(data, main))
    asked = doubtful(text)
    if not len(asked):
        return whole
    raw = np.frombuffer(data, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(raw[:-1] == LF) + 1, [len(data)]]).astype(np.int64)
    names = [main, *(name for name in LINES if name != main)]
    lines = [data[starts[line] : starts[line + 1]].rstrip(b"\n") for line in asked.tolist()]
    scored = scores(lines, names)
    foreign = np.maximum.reduceat(raw, starts[:-1]) >= 0x80
    choice = np.zeros(len(starts) - 1, np.int64)
    choice[asked] = settled(scored, int(foreign.sum()) - len(asked))
    certain = np.full(len(choice), math.inf)
    certain[asked] = margins(scored, choice[asked])
    last = np.maximum.accumulate(np.where(foreign, np.arange(len(choice)), -1))  # ASCII goes with what precedes
    choice = choice[np.where(last < 0, int(np.argmax(foreign)), last)]
    seen = {names[one] for one in np.unique(choice[foreign]).tolist()}
    found = []
    first = np.flatnonzero(np.diff(choice, prepend=-1))
    for low, high in zip(first.tolist(), np.append(first[1:], len(choice)).tolist(), strict=True):
        own = certain[low:high]
        plain = np.isinf(own).any() and choice[low] == 0
        sure = confidence if plain else as_confidence(float(own[own < math.inf].sum()))
        found.append(Stretch(int(starts[low]), int(starts[high]), names[choice[low]], sure))
    encodings = [names[one] for one in choice[asked].tolist()]
    return parted(found, spans(data, [*windows(lines, starts[asked].tolist(), encodings)], seen))


def rows(text: str) -> Text:
    """A text as its lines; the line ends belong to them."""
    codes = Text.of(text).codes
    ends = np.flatnonzero(codes[:-1] == LF) + 1
    return Text(codes, np.concatenate([[0], ends, [len(codes)]]).astype(np.int64))


def doubtful(text: Text) -> Ints:
    """The lines that may be in another encoding than the one they were read in, as a whole or in part.

    Something in them is likelier in what was read wrongly, and all of it, or what stands close by, does not speak
    clearly for text that was read rightly.
    """
    pieces = range(0, len(text.codes), PIECE)
    hits = [np.flatnonzero(doubts(text.codes[start : start + PIECE]) > 0) + start for start in pieces]
    asked = np.unique(text.row_of(np.concatenate(hits))) if hits else np.zeros(0, np.int64)
    if not len(asked):
        return asked
    part = text.take(asked)
    values = doubts(part.codes)
    return asked[(np.add.reduceat(values, part.rows[:-1]) > -CLEAN) | (best_sums(values, part) >= KNOT)]


def doubts(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """How doubtful each character is: by how much likelier it is in text that was read wrongly."""
    values = np.where(codes < 0x80, np.int8(0), odds(codes)).astype(np.int32)
    values[(codes >= 0xDC80) & (codes < 0xDD00)] = ESCAPE
    return values


def best_sums(values: npt.NDArray[np.int32], text: Text) -> Ints:
    """For each row the largest sum of neighbours."""
    size = int(np.abs(values).sum(dtype=np.int64)) + 1
    sums = np.cumsum(values, dtype=np.int64)
    before = np.append(0, sums[:-1]) - np.repeat(np.arange(len(text)) * 2 * size, np.diff(text.rows))
    least = np.minimum.accumulate(before)  # which begins anew in each row, since it lies far below the one before
    after = sums - np.repeat(np.arange(len(text)) * 2 * size, np.diff(text.rows))
    return np.asarray(np.maximum.reduceat(after - least, text.rows[:-1]), np.int64)


def settled(scored: Floats, sure: int) -> Ints:
    """For each line the encoding: shape of scored is (encodings, lines); so many other lines are in the first one."""
    counts = np.full(len(scored), RARE)
    counts[0] += sure + 1
    choice = np.zeros(scored.shape[1], np.int64)
    for _ in range(ROUNDS):
        choice = (scored + np.log(counts / counts.sum())[:, None]).argmax(axis=0)
        counts = np.bincount(choice, minlength=len(scored)) + RARE
        counts[0] += sure
    return np.asarray(choice, np.int64)


def windows(lines: Sequence[bytes], starts: Sequence[int], encodings: Sequence[str]) -> Iterator[Window]:
    """What in these lines is still doubtful, with what stands around it."""
    for line, start, own in zip(lines, starts, encodings, strict=True):
        text = to_text(line, own)
        values = doubts(Text.of(text).codes)
        size, done = 0, 0  # bytes of the characters before `done`
        for low, high in knots(values):
            low, high = max(done, low - AROUND), min(len(text), high + AROUND)
            size += len(to_bytes(text[done:low], own))
            length = len(to_bytes(text[low:high], own))
            if length <= LONGEST:
                yield Window(start + size, start + size + length, own, high < len(text))
            size, done = size + length, high


def knots(values: npt.NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """The characters from and to which doubtful ones stand near to one another, and tell enough."""
    hits = np.flatnonzero(values > 0)
    for group in np.split(hits, np.flatnonzero(np.diff(hits) > NEAR) + 1):
        if len(group) and values[group[0] : group[-1] + 1].clip(-4, None).sum() >= KNOT:
            yield int(group[0]), int(group[-1]) + 1


def parted(whole: Sequence[Stretch], spans: Sequence[Stretch]) -> list[Stretch]:
    """The stretches of whole lines with the spans cut out of them."""
    found: list[Stretch] = []
    left = list(spans)[::-1]
    for one in whole:
        start = one.start
        while left and left[-1].start < one.end:
            span = left.pop()
            found += [one._replace(start=start, end=span.start)] if start < span.start else []
            found.append(span)
            start = span.end
        found += [one._replace(start=start)] if start < one.end else []
    return found


def spans(data: bytes, asked: Sequence[Window], seen: set[str]) -> list[Stretch]:
    """The spans that are in another encoding than their line, in the order of the data."""
    found = []
    names = [*dict.fromkeys((*INSIDE, *(one.own for one in asked)))]
    costs = np.array([SWITCH - SEEN * (name in seen) for name in names])
    order = sorted(asked, key=lambda one: one.end - one.start)
    for start in range(0, len(order), TOGETHER):
        group = order[start : start + TOGETHER]
        for window, parts in zip(group, paths(data, group, names, costs), strict=True):
            found += [Stretch(*one) for one in parts if one[2] != window.own]
    return sorted(found)


def paths(
    data: bytes, group: Sequence[Window], names: Sequence[str], costs: Floats
) -> Iterator[list[tuple[int, int, str, float]]]:
    """For each window its parts on the likeliest way through its bytes: start, end, encoding, confidence."""
    sizes = np.array([one.end - one.start for one in group])
    longest = int(sizes.max())
    raw = np.zeros((len(group), longest + 4), np.int64)
    for row, one in enumerate(group):
        raw[row, : sizes[row]] = np.frombuffer(data[one.start : one.end], np.uint8)
    lattice = Lattice.of(raw, names)
    own = [names.index(one.own) for one in group]
    lattice.walk(np.array(own), costs)
    for row, one in enumerate(group):
        steps, cost = lattice.back(row, int(sizes[row]), own[row], one.inside, costs)
        alone = 0.0 if len(steps) == 1 else float(scores([data[one.start : one.end]], [one.own])[0, 0])
        sure = as_confidence(-alone - cost)
        yield [(one.start + low, one.start + high, names[number], sure) for low, high, number in steps]


class Lattice:
    """The ways through the bytes of several windows: at each byte, in each encoding, the likeliest one up to there.

    codes, sizes: shape (encodings, windows, bytes), the character that begins at each byte, -1 where none does, and
    its bytes. cost: nats; first, second: the last two symbols; came: the encoding in which the character before the
    last one was; taken: the bytes of the last one.
    """

    def __init__(self, codes: Codes, sizes: Codes) -> None:
        self.codes, self.sizes = codes, sizes
        encodings, rows, length = codes.shape
        shape = (length + 5, encodings, rows)
        model = Model.load()
        self.cost = np.full(shape, NEVER)
        self.first = np.full(shape, int(model.symbol[LF]), np.uint64)
        self.second = self.first.copy()
        self.came = np.zeros(shape, np.int64)
        self.taken = np.ones(shape, np.int64)

    @classmethod
    def of(cls, raw: Codes, names: Sequence[str]) -> Lattice:
        read = [characters(raw, name) for name in names]
        return cls(np.array([codes for codes, _ in read]), np.array([sizes for _, sizes in read]))

    def walk(self, own: Ints, costs: Floats) -> None:
        model = Model.load()
        numbers = np.arange(len(costs))[:, None]
        self.cost[0] = np.where(numbers == own, 0.0, costs[:, None])
        columns = np.arange(len(own))
        for place in range(self.codes.shape[2]):
            cost, first, second = self.cost[place], self.first[place], self.second[place]
            best = cost.argmin(axis=0)
            other = cost[best, columns] + costs[:, None]
            switch = other < cost
            cost = np.where(switch, other, cost)
            first = np.where(switch, first[best, columns], first)
            second = np.where(switch, second[best, columns], second)
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
    def unlikely(model: Model, first: Any, second: Any, symbol: Any, code: Codes) -> Floats:
        steps = model.steps(first.ravel(), second.ravel(), symbol.ravel()).reshape(code.shape)
        known = basic(np.maximum(code, 0).astype(np.uint32))
        return np.asarray((steps + np.minimum(model.hans, model.hant).take(known)) / SCALE, np.float64)

    def back(
        self, row: int, size: int, own: int, inside: bool, costs: Floats
    ) -> tuple[list[tuple[int, int, int]], float]:
        """The parts of the likeliest way, and what it costs in nats."""
        ends = self.cost[size, :, row] + np.where((np.arange(len(costs)) == own) | (not inside), 0.0, costs[own])
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


def characters(raw: Codes, encoding: str) -> tuple[Codes, Codes]:
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


def utf8(byte: Codes, second: Codes, third: Codes, fourth: Codes) -> tuple[Codes, Codes]:
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
def table(encoding: str) -> tuple[Codes, Codes]:
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
