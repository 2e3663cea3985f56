"""Files in several encodings: which lines, and which spans inside a line, are in which.

The rest of a document is the prior of each line: the shares of the encodings in it are found together with the
encodings of its lines, in turn. A line that reads well in the main encoding is not looked at again. Where something in
a line still does not read well, the likeliest way through its bytes is sought, in which the encoding may change at any
character, at a cost.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from textfix.encodings.choice import (
    CANDIDATES,
    CHINESE,
    DOUBLE,
    NEVER,
    UNEXPLAINED,
    Floats,
    as_confidence,
    choose_many,
    margins,
    scores,
)
from textfix.encodings.plain import to_bytes, to_text
from textfix.language import SCALE, Model, basic
from textfix.text import LF, PIECE, Bools, Ints, Text, gathered, odds, offsets

LINES = tuple(name for name in CANDIDATES if name != "euc_tw")  # in which lines of one file may differ
ROUNDS = 5  # in which the shares of the encodings and the encodings of the lines are found in turn
RARE = 1e-9  # lines that an encoding has in advance
TELLING, TOUCHING = 8, 3  # quarters of a nat, and characters between two signs, that are worth a look
BESIDE = 6  # characters on either side of a sign that the model is asked about
EXPECTED = 8.5  # nats that a character beyond ASCII costs at the most, where it is read rightly, on average
NEUTRAL = -0.5  # nats that a character of ASCII speaks for the reading
DOUBT_SHORT = 1.0  # nats by which characters of a short line are less likely than expected
DOUBT, NEAR = 15.0, 8  # nats by which characters so near to one another are less likely than expected
AROUND = 24  # characters on either side of doubtful ones that are read again with them
LONGEST = 2048  # bytes that are read again at once
TOGETHER = 256  # windows
SWITCH, SEEN = 14.0, 4.0  # nats for a span in another encoding, and less where the document has lines in it
BACK = 3.0  # nats for the way back to the encoding of the line: spans are short
# Nats that a likely reading costs at the most: a character beyond ASCII of a line and of a span, one of ASCII, in all.
LIKELY, LIKELY_SPAN, MARKUP, SLACK = 5.5, 8.5, 3.0, 12.0
CHARACTER = {"utf-8": 3, **dict.fromkeys(DOUBLE, 2)}  # bytes of a character
FEWEST, SURE = 3, 8.0  # different Han characters of a span inside a line, and nats by which it must be likelier
HAN, ODD = re.compile("[\u3400-\u9fff]"), re.compile("[\u3040-\u312f\u3130-\u318f\uac00-\uf8ff\uff65-\uff9f]")
ASCII = bytes(range(0x80))

Codes = npt.NDArray[np.int64]
Points = npt.NDArray[np.uint32]


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


def stretches(rows: Sequence[bytes], told: str = "") -> list[list[Stretch]]:
    """Each byte string, by itself, cut into stretches, each in one encoding; told: one that a caller names.

    >>> lines = "".join(f"第{place}行，文字的編碼很簡單。\\n" for place in range(4)).encode("big5")
    >>> [(one.start, one.encoding) for one in stretches([lines + "编码混在一起了。".encode("gbk")])[0]]
    [(0, 'big5hkscs'), (104, 'gb18030')]
    >>> line = "这个文件叫做".encode() + "说明文件".encode("gbk") + "，请看。".encode()
    >>> [one.encoding for one in stretches([line])[0]]
    ['utf-8', 'gb18030', 'utf-8']
    """
    chosen = choose_many(rows, told)
    found = [[Stretch(0, len(row), name, sure)] for row, (name, sure) in zip(rows, chosen, strict=True)]
    for number, lines in doubted(rows, [name for name, _ in chosen]).items():
        found[number] = apart(rows[number], *chosen[number], lines)
    return found


def doubted(rows: Sequence[bytes], names: Sequence[str]) -> dict[int, Ints]:
    """For the byte strings in which anything may be in another encoding than the one named, the lines that may."""
    found: dict[int, Ints] = {}
    for name in sorted(set(names) & set(LINES)):
        asked = [number for number, one in enumerate(names) if one == name]
        texts = [in_lines(to_text(rows[number], name)) for number in asked]
        codes, lines = offsets([len(one.codes) for one in texts]), offsets(map(len, texts))
        starts = [one.rows[:-1] + start for one, start in zip(texts, codes[:-1], strict=True)]
        every = Text(np.concatenate([one.codes for one in texts]), np.append(np.concatenate(starts), codes[-1]))
        doubts = doubtful(every)
        owner = np.searchsorted(lines, doubts, side="right") - 1
        for one in np.unique(owner).tolist():
            found[asked[one]] = doubts[owner == one] - lines[one]
    return found


def apart(data: bytes, main: str, confidence: float, asked: Ints) -> list[Stretch]:
    """Data of which these lines may be in another encoding than the main one, as a whole or in part."""
    raw = np.frombuffer(data, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(raw[:-1] == LF) + 1, [len(data)]]).astype(np.int64)
    names = [main, *(name for name in LINES if name != main)]
    foreign = np.maximum.reduceat(raw, starts[:-1]) >= 0x80
    lines = Lines(data, starts, foreign)
    choice, certain = lines.chosen(asked, names)
    if len(seen := np.unique(choice)) > 1:  # then every line is asked, of these encodings
        asked, names = np.flatnonzero(foreign), [names[one] for one in seen.tolist()]
        choice, certain = lines.chosen(asked, names)
    last = np.maximum.accumulate(np.where(foreign, np.arange(len(choice)), -1))  # ASCII goes with what precedes
    choice = choice[np.where(last < 0, int(np.argmax(foreign)), last)]
    found = []
    first = np.flatnonzero(np.diff(choice, prepend=-1))
    for low, high in zip(first.tolist(), np.append(first[1:], len(choice)).tolist(), strict=True):
        own = certain[low:high]
        plain = np.isinf(own).any() and choice[low] == 0
        sure = confidence if plain else as_confidence(float(own[own < math.inf].sum()))
        found.append(Stretch(int(starts[low]), int(starts[high]), names[choice[low]], sure))
    encodings = [names[one] for one in choice[asked].tolist()]
    return parted(
        found, spans(data, [*windows(lines.of(asked), starts[asked].tolist(), encodings)], {*names[: len(seen)]})
    )


@dataclass(frozen=True)
class Lines:
    """Data cut into lines. starts: where each begins, and the end, in bytes; foreign: which hold more than ASCII."""

    data: bytes
    starts: Ints
    foreign: Bools

    def of(self, numbers: Ints) -> list[bytes]:
        pairs = zip(self.starts[numbers].tolist(), self.starts[numbers + 1].tolist(), strict=True)
        return [self.data[start:end].rstrip(b"\n") for start, end in pairs]

    def chosen(self, asked: Ints, names: Sequence[str]) -> tuple[Ints, Floats]:
        """For every line the number of its encoding, the first where it is not asked, and how sure that is in nats."""
        lines = self.of(asked)
        scored = scores(lines, names)
        if names[0] not in CHINESE:  # of other languages the model knows less: what is likelier may be no better
            scored[1:][~credible(scored[1:], lines, names[1:], LIKELY)] = -NEVER
        choice = np.zeros(len(self.foreign), np.int64)
        choice[asked] = settled(scored, int(self.foreign.sum()) - len(asked))
        certain = np.full(len(choice), math.inf)
        certain[asked] = margins(scored, choice[asked])
        return choice, certain


def in_lines(text: str) -> Text:
    """A text as its lines; the line ends belong to them."""
    codes = Text.of(text).codes
    ends = np.flatnonzero(codes[:-1] == LF) + 1
    return Text(codes, np.concatenate([[0], ends, [len(codes)]]).astype(np.int64))


def doubtful(text: Text) -> Ints:
    """The lines that may be in another encoding than the one they were read in, as a whole or in part.

    Around characters that are likelier in what was read wrongly the language model is asked.
    """
    hits = telling(text)
    if not len(hits):
        return hits
    line = text.row_of(hits)
    low = np.maximum(hits - BESIDE, text.rows[line])
    high = np.minimum(hits + BESIDE + 1, text.rows[line + 1])
    first = np.flatnonzero(np.append(True, low[1:] >= high[:-1]))  # those that overlap are one
    high = np.append(high[first[1:] - 1], high[-1])
    part = Text(text.codes[gathered(low[first], high)], offsets((high - low[first]).tolist()))
    whole = high - low[first] >= np.diff(text.rows)[line[first]] - 1  # a short line has little to tell
    return np.unique(line[first[best_sums(surprise(part), part) >= SCALE * np.where(whole, DOUBT_SHORT, DOUBT)]])


def telling(text: Text) -> Ints:
    """The characters that are likelier in what was read wrongly, by much or two of them side by side."""
    pieces = range(0, len(text.codes), PIECE)
    values = [oddness(text.codes[start : start + PIECE]) for start in pieces]
    hits = [np.flatnonzero(one > 0) for one in values]
    value = np.concatenate([one[at] for one, at in zip(values, hits, strict=True)] or [np.zeros(0, np.int8)])
    place = np.concatenate([at + start for at, start in zip(hits, pieces, strict=True)] or [np.zeros(0, np.int64)])
    close = (np.diff(place) <= TOUCHING) & (np.diff(text.row_of(place)) == 0)
    value = value.astype(np.int16)
    with_next = value + np.append(np.where(close, value[1:], 0), 0)[: len(value)]
    return np.asarray(place[with_next >= TELLING], np.int64)


def oddness(codes: Points) -> npt.NDArray[np.int8]:
    """For each character the log-odds that it was read wrongly, in quarters of a nat; the most for a lone byte."""
    values = odds(codes)
    values[codes < 0x80] = 0
    values[(codes >= 0xDC80) & (codes < 0xDD00)] = 127
    return values


def surprise(text: Text) -> Ints:
    """By how much each character is less likely than what is right, or more likely, in steps of the model."""
    values = np.round(Model.load().characters(text) * -SCALE).astype(np.int64) - round(EXPECTED * SCALE)
    values[text.codes < 0x80] = round(NEUTRAL * SCALE)
    values[(text.codes >= 0xDC80) & (text.codes < 0xF900)] = round(UNEXPLAINED * SCALE)  # private use, too
    return values


def best_sums(values: Ints, text: Text) -> Ints:
    """For each row the largest sum of neighbours."""
    size = int(np.abs(values).sum()) + 1
    apart = np.repeat(np.arange(len(text)) * 2 * size, np.diff(text.rows))  # so that each row begins anew
    sums = np.cumsum(values)
    least = np.minimum.accumulate(np.append(0, sums[:-1]) - apart)
    return np.asarray(np.maximum.reduceat(sums - apart - least, text.rows[:-1]), np.int64)


def credible(scored: Floats, lines: Sequence[bytes], names: Sequence[str], likely: float) -> Bools:
    """Which readings of lines are likely in themselves, not only likelier than others."""
    sizes = np.array([len(line) for line in lines])
    beyond = np.array([len(line.translate(None, ASCII)) for line in lines])
    characters = np.array([beyond / CHARACTER.get(name, 1) for name in names])
    return np.asarray(-scored <= likely * characters + MARKUP * (sizes - beyond) + SLACK, np.bool_)


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
    """What in these lines is still doubtful, with what stands around it. Only Chinese text holds spans of Chinese."""
    asked = [one for one in zip(lines, starts, encodings, strict=True) if one[2] in CHINESE]
    if not asked:
        return
    lines, starts, encodings = zip(*asked, strict=True)
    texts = [to_text(line, own) for line, own in zip(lines, encodings, strict=True)]
    every = Text.of(texts)
    values = np.split(surprise(every), every.rows[1:-1])
    for text, value, start, own in zip(texts, values, starts, encodings, strict=True):
        size, done = 0, 0  # bytes of the characters before `done`
        for low, high in joined(knots(value), len(text)):
            size += len(to_bytes(text[done:low], own))
            length = len(to_bytes(text[low:high], own))
            if length <= LONGEST:
                yield Window(start + size, start + size + length, own, high < len(text))
            size, done = size + length, high


def joined(found: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
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
    names = CHINESE
    costs = np.array([SWITCH - SEEN * (name in seen) for name in names])
    found: dict[tuple[int, int], Way] = {}
    for one in walked(data, asked, names, costs):
        found[one.place] = one
    # Where most is in another encoding than the line was taken for, that one may be the line's own.
    other = [Window(*one.place, one.most, one.inside) for one in found.values() if one.most != one.own]
    for one in walked(data, other, names, costs):
        if one.cost < found[one.place].cost:
            found[one.place] = replace(one, own=found[one.place].own)
    return sorted(part for one in found.values() if sensible(one, data) for part in one.apart)


def sensible(way: Way, data: bytes) -> bool:
    """Whether what is read in another encoding is Chinese, likely in itself and much likelier than before."""
    texts = [to_text(data[part.start : part.end], part.encoding) for part in way.apart]
    every = "".join(texts)
    if way.gain < SURE or len(set(HAN.findall(every))) < FEWEST or ODD.search(every):
        return False
    longest = max(way.apart, key=lambda part: part.end - part.start)
    raw = [data[longest.start : longest.end]]
    return bool(credible(scores(raw, [longest.encoding]), raw, [longest.encoding], LIKELY_SPAN)[0, 0])


@dataclass(frozen=True)
class Way:
    """The likeliest way through a window, its parts, and what it costs in nats; gain: against no change at all."""

    place: tuple[int, int]
    own: str
    inside: bool
    cost: float
    gain: float
    parts: tuple[Stretch, ...]

    @property
    def apart(self) -> list[Stretch]:
        """The parts that are in another encoding than the line."""
        return [part for part in self.parts if part.encoding != self.own]

    @property
    def most(self) -> str:
        """The encoding that most of its bytes are in."""
        sizes = Counter[str]()
        for part in self.parts:
            sizes[part.encoding] += part.end - part.start
        return max(sizes, key=sizes.__getitem__)


def walked(data: bytes, asked: Sequence[Window], names: Sequence[str], costs: Floats) -> Iterator[Way]:
    """The likeliest way through each window."""
    order = sorted(asked, key=lambda one: one.end - one.start)
    for start in range(0, len(order), TOGETHER):
        yield from ways(data, order[start : start + TOGETHER], names, costs)


def ways(data: bytes, group: Sequence[Window], names: Sequence[str], costs: Floats) -> Iterator[Way]:
    """The same for windows of about the same size, all at once."""
    sizes = np.array([one.end - one.start for one in group])
    raw = np.zeros((len(group), int(sizes.max()) + 4), np.int64)
    for row, one in enumerate(group):
        raw[row, : sizes[row]] = np.frombuffer(data[one.start : one.end], np.uint8)
    lattice = Lattice.of(raw, names)
    own = [names.index(one.own) for one in group]
    lattice.walk(np.array(own), costs)
    for row, one in enumerate(group):
        steps, cost = lattice.back(row, int(sizes[row]), own[row], one.inside)
        alone = 0.0 if len(steps) == 1 else float(scores([data[one.start : one.end]], [one.own])[0, 0])
        gain = -alone - cost
        parts = [
            Stretch(one.start + low, one.start + high, names[number], as_confidence(gain))
            for low, high, number in steps
        ]
        yield Way((one.start, one.end), one.own, one.inside, cost, gain, tuple(parts))


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
    def unlikely(model: Model, first: Any, second: Any, symbol: Any, code: Codes) -> Floats:
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
