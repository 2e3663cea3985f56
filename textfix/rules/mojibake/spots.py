"""Lines of UTF-8 in which every character is in its place, and only some of their bytes are lost.

Of most damaged lines it is known where each character of UTF-8 begins, so nothing need be searched but what the lost
bytes were: the few characters that each can have been, between characters that are known. All such spots of all lines
are searched at once, character after character, with the language model as the judge; two characters that are known
part one spot from the next, as the model looks no farther. All other lines are left to the lattice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from textfix.characters import Bools, to_str
from textfix.language import SCALE, Model
from textfix.rules.mojibake.cells import LEADS, Array, Channel, Choices, framing, pictures, sensible
from textfix.rules.mojibake.channels import UNKNOWN
from textfix.rules.mojibake.pieces import Best, Piece, differing
from textfix.text import Text, gathered

REPLACEMENT_CODE = 0xFFFD  # stands for characters beyond the basic plane
BEYOND = 0xFFFF  # is no character; stands for those beyond the basic plane, which no reader shows
END = 0x100  # behind the last byte of a line
CONTEXT = 2  # known characters that part two spots
WORST = 20.0  # nats behind the best at which a path is given up
CLOSE = 12.0  # nats behind the best that leave no doubt
BEAM = 400  # paths of one spot
PAIRS = "“”‘’「」『』（）《》〈〉【】"  # signs that open, each with what closes it
UNFIT = 3.0  # nats against a sign that opens what is open or closes what is not; for one that closes what is
ROOM = 60_000  # characters of all lines at once


@dataclass(frozen=True, eq=False)
class Units:
    """The characters of UTF-8 of lines, by the bytes that are known of them.

    line: the number of each one's line. raw: shape (units, 4), its bytes, the last of them at the end, and the byte
    behind. start, end: the places of the line that it is made of. aligned: whether it begins with its first place.
    even: for each line whether it is made of such characters; the units of the others mean nothing.
    """

    line: Array
    raw: Array
    start: Array
    end: Array
    aligned: Bools
    even: Bools

    @classmethod
    def of(cls, text: Text, channel: Channel) -> Units:
        counts, value = (column[np.minimum(text.codes, BEYOND)] for column in channel.reader.table)
        place = np.repeat(np.arange(len(counts)), counts)
        opens = np.diff(place, prepend=-1) > 0
        raw = (value[place] >> 8 * (opens & (counts[place] == 2))) & 0xFF
        row = text.row_of(place)
        at = np.arange(len(raw))
        width = (raw < 0x80) + 2 * ((raw >= 0xC2) & (raw < 0xE0)) + 3 * ((raw >= 0xE0) & (raw < 0xF0))
        first = np.diff(row, prepend=-1) > 0
        width = np.where(first & (raw == UNKNOWN), 3, width)
        lead = np.maximum.accumulate(np.where((width > 0) | first, at, 0))
        beyond = at - lead - width[lead]
        begins = (at == lead) | ((beyond >= 0) & (beyond % 3 == 0))
        continues = (raw >= 0x80) & (raw < 0xC0)
        good = np.where(begins, (width > 0) | (raw == UNKNOWN), continues | (raw == UNKNOWN))
        unit = np.flatnonzero(begins)
        length = np.diff(np.append(unit, len(raw)))
        wanted = np.where(raw[unit] == UNKNOWN, 3, width[unit])
        good[unit] &= length == wanted
        behind = np.append(np.where(first, END, raw)[1:], END) if len(raw) else raw
        last = unit + length - 1
        columns = [np.where(length > back, raw[np.maximum(last - back, 0)], 0) for back in (2, 1, 0)]
        even = np.ones(len(text), np.bool_)
        even[row[~good]] = False
        local = place - text.rows[row]
        return cls(
            row[unit], np.stack([*columns, behind[last]], axis=1), local[unit], local[last] + 1, opens[unit], even
        )

    def take(self, index: Array) -> Units:
        return Units(
            self.line[index], self.raw[index], self.start[index], self.end[index], self.aligned[index], self.even
        )

    @cached_property
    def unknown(self) -> Bools:
        """Shape (units, 3): which bytes are lost."""
        return np.asarray(self.raw[:, :3] == UNKNOWN)

    @cached_property
    def lossy(self) -> Bools:
        return np.asarray(self.unknown.any(axis=1))

    @cached_property
    def known(self) -> Array:
        """The code points of those of which nothing is lost, else 0."""
        return np.where(self.lossy, 0, decoded(*self.raw[:, :3].T))

    @cached_property
    def open(self) -> Bools:
        """Whether the last byte is lost, and the one behind it, too."""
        return np.asarray(self.unknown[:, 2] & (self.raw[:, 3] == UNKNOWN))


def decoded(first: Array, second: Array, third: Array) -> Array:
    """The code points of characters of one to three bytes, the last of them in the last place."""
    two = (second & 0x1F) << 6
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6
    return np.where(first > 0, three | third & 0x3F, np.where(second > 0, two | third & 0x3F, third))


def candidates(units: Units, channel: Channel) -> Choices:
    """For each unit the code points of every character that it can be; none where no text holds what it is."""
    counts = sound(units.raw[:, 0], units.known).astype(np.int64)
    key = np.bitwise_or.reduce(units.raw[units.lossy] << np.array([27, 18, 9, 0]), axis=1)
    every, place = np.unique(key, return_inverse=True)
    lists = guesses(every[:, None] >> np.array([27, 18, 9, 0]) & 0x1FF, channel)
    counts[units.lossy] = np.diff(lists.start)[place]
    start = np.concatenate([[0], np.cumsum(counts)])
    values = np.repeat(units.known, counts)
    values[np.repeat(units.lossy, counts)] = lists.expand(place)[1]
    return Choices(start, values)


def guesses(every: Array, channel: Channel) -> Choices:
    """For bytes as in Units.raw the code points of all characters that they can be.

    Two bytes of which the first is lost are such as the reader cannot have shown.
    """
    lost = channel.reader.lost
    losable = np.asarray(lost.any(axis=1))
    lead, more = np.array([one for one in LEADS if one >= 0xE0]), np.arange(0x80, 0xC0)
    lead, more = lead[losable[lead]], more[losable[more]]
    number = np.arange(len(every))
    taken: list[Array] = []
    for column in range(3):
        known = every[number, column] != UNKNOWN
        values = lead if column == 0 else more
        counts = np.where(known, 1, len(values))
        index = np.repeat(np.arange(len(number)), counts)
        within = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
        value = np.where(
            known[index], every[number[index], column], np.append(values, 0)[np.minimum(within, len(values))]
        )
        number, taken = number[index], [one[index] for one in taken]
        fits = np.ones(len(number), np.bool_)
        if column:
            fits &= ~(every[number, column - 1] == UNKNOWN) | lost[taken[-1], value]
        ahead = every[number, column + 1]
        fits &= (every[number, column] != UNKNOWN) | (ahead >= UNKNOWN) | lost[value, np.minimum(ahead, 0xFF)]
        number, taken = number[fits], [*(one[fits] for one in taken), value[fits]]
    code = decoded(*taken)
    good = sound(taken[0], code)
    return Choices(np.searchsorted(number[good], np.arange(len(every) + 1)), code[good])


def sound(first: Array, code: Array) -> Bools:
    """Whether text can hold these characters, and they need as many bytes as there are: three where first is not 0."""
    whole = ((first == 0) | (code >= 0x800)) & ((code < 0xD800) | (code > 0xDFFF))
    return np.asarray(whole & sensible()[code] | (code < 0x80) & (first == 0))


def spots(lines: Sequence[str], closed: Bools, channel: Channel, model: Model) -> list[Best | None]:
    """For each line the likeliest way to read it; None where a character is not in its place."""
    found: list[Best | None] = []
    start = 0
    while start < len(lines):
        end, room = start + 1, ROOM - len(lines[start])
        while end < len(lines) and room >= len(lines[end]):
            room -= len(lines[end])
            end += 1
        found += Spots(lines[start:end], closed[start:end], channel, model).run()
        start = end
    return found


class Paths:
    """The paths: a table of eight rows, one column a path. Costs are in steps of the model."""

    def __init__(self, table: Array) -> None:
        self.table = table
        (
            self.row,  # the spot
            self.first,  # the last two symbols
            self.second,
            self.lost,  # the last byte, if it is a guess and another follows
            self.cost,
            self.hans,  # of the written forms, in either script
            self.hant,
            self.node,  # the last character
        ) = table

    def take(self, index: Array) -> Paths:
        return Paths(self.table.take(index, axis=1))

    @property
    def total(self) -> Array:
        return np.asarray(self.cost + np.minimum(self.hans, self.hant), np.int64)

    def __len__(self) -> int:
        return len(self.row)


def fitting(units: Units, bounds: Array) -> Array:
    """Shape (signs + 1, units): what speaks for each sign of PAIRS at each unit, in steps; last, for no such sign.

    A sign closes what is open before it in its line, of what is known, and opens what is not. What closes nothing that
    is known may close what was opened by a loss before it.
    """
    found = np.zeros((len(PAIRS) + 1, len(units.line)), np.int64)
    start = bounds[units.line]
    losses = np.append(0, np.cumsum(units.lossy))
    whole = losses[:-1] == losses[start]
    apart = 2 * len(units.line) * units.line  # so that each line begins anew
    for number in range(0, len(PAIRS), 2):
        opened, closed = (np.cumsum(units.known == ord(sign)) for sign in PAIRS[number : number + 2])
        depth = np.append(0, opened - closed)
        depth = depth[:-1] - depth[start]
        is_open = depth > np.minimum(np.minimum.accumulate(depth - apart) + apart, 0)
        found[number] = np.where(is_open, -round(UNFIT * SCALE), 0)
        found[number + 1] = (is_open.astype(np.int64) - (~is_open & whole)) * round(UNFIT * SCALE)
    return found


@cache
def sign_of() -> Array:
    """For each code point of the basic plane its number in PAIRS, -1 for none."""
    found = np.full(0x10000, -1, np.int64)
    found[[ord(sign) for sign in PAIRS]] = np.arange(len(PAIRS))
    return found


class Spots:
    """One run over the lines of one channel.

    chosen: for each unit its likeliest code point; margin: how many nats the best other one is behind; rival: the last
    character of the path that has it.
    """

    def __init__(self, lines: Sequence[str], closed: Bools, channel: Channel, model: Model) -> None:
        self.channel, self.model, self.closed, self.lines = channel, model, closed, lines
        units = Units.of(Text.of(lines), channel)
        self.even = units.even
        self.units = units = units.take(np.flatnonzero(self.even[units.line]))
        self.lists = candidates(units, channel)
        self.even[units.line[np.diff(self.lists.start) == 0]] = False
        self.bounds = np.searchsorted(units.line, np.arange(len(lines) + 1))
        self.chosen = units.known.copy()
        self.margin, self.rival = np.full(len(units.line), np.inf), np.zeros(len(units.line), np.int64)
        self.nodes: list[tuple[Array, ...]] = [tuple(np.array([value]) for value in (-1, 0, -1))]
        self.count = 1
        self.merged: list[tuple[Array, Array, Array]] = []
        self.symbol, self.line_end = framing(model)
        sure = np.flatnonzero(~units.lossy)
        known = Text(units.known[sure].astype(np.uint32), np.searchsorted(units.line[sure], np.arange(len(lines) + 1)))
        self.topics = model.expected(known)
        self.fits = fitting(units, self.bounds)

    def run(self) -> list[Best | None]:
        lost = np.flatnonzero(self.units.lossy & self.even[self.units.line])
        if len(lost):
            self.search(lost)
        return self.answer()

    def search(self, lost: Array) -> None:
        units, bounds = self.units, self.bounds
        new = (np.diff(lost, prepend=-1 - CONTEXT) > CONTEXT) | (np.diff(units.line[lost], prepend=-1) > 0)
        start = lost[new]
        line = units.line[start]
        last = lost[np.append(np.flatnonzero(new)[1:], len(lost)) - 1]
        end = np.minimum(last + 1 + CONTEXT, bounds[line + 1])
        codes = np.minimum(self.chosen, REPLACEMENT_CODE)
        before = [
            np.where(start - back >= bounds[line], self.symbol[codes[np.maximum(start - back, 0)]], self.line_end)
            for back in (2, 1)
        ]
        forms = [np.where(units.lossy, 0, form[codes].astype(np.int64)) for form in (self.model.hans, self.model.hant)]
        sums = [np.concatenate([[0], np.cumsum(form)]) for form in forms]
        around = [one[bounds[line + 1]] - one[bounds[line]] - one[end] + one[start] for one in sums]
        none = np.zeros(len(start), np.int64)
        paths = Paths(np.array([np.arange(len(start)), *before, none, none, *around, none]))
        ended, place = [], 0
        while len(paths):
            paths = self.step(paths, start[paths.row] + place)
            place += 1
            done = start[paths.row] + place == end[paths.row]
            ended.append(paths.take(np.flatnonzero(done)).table)
            paths = paths.take(np.flatnonzero(~done))
        paths = Paths(np.concatenate(ended, axis=1))
        at_end = self.closed[line] & (end == bounds[line + 1])
        ends = np.flatnonzero(at_end[paths.row] & (paths.second != self.line_end))
        paths.cost[ends] += self.steps(paths.first[ends], paths.second[ends], np.full(len(ends), self.line_end))
        self.even[line[np.bincount(paths.row, minlength=len(start)) == 0]] = False
        self.finish(paths)

    def step(self, paths: Paths, at: Array) -> Paths:
        """Follow every path through each character that the next unit can be."""
        index, code = self.lists.expand(at)
        paths, at = paths.take(index), at[index]
        if paths.lost.any():
            fits = np.flatnonzero((paths.lost == 0) | self.channel.reader.lost[paths.lost, 0xE0 | code >> 12 & 0xF])
            paths, at, code = paths.take(fits), at[fits], code[fits]
        inside = np.minimum(code, REPLACEMENT_CODE)
        third = self.symbol[inside]
        topic = self.topics[self.units.line[at], third]
        more = topic + self.fits[sign_of().take(inside), at] - pictures().take(inside)
        paths.cost += self.steps(paths.first, paths.second, third) - np.where(self.units.lossy[at], more, 0)
        paths.hans += self.model.hans[inside]
        paths.hant += self.model.hant[inside]
        paths.table[1:3] = np.stack([paths.second, third])
        paths.lost[:] = np.where(self.units.open[at], 0x80 | code & 0x3F, 0)
        self.nodes.append((paths.node.copy(), code, at))
        paths.node[:] = np.arange(self.count, self.count + len(paths))
        self.count += len(paths)
        return self.merge(paths)

    def steps(self, first: Array, second: Array, third: Array) -> Array:
        symbols = (one.astype(np.uint64) for one in (first, second, third))
        return self.model.steps(*symbols).astype(np.int64)

    def merge(self, paths: Paths) -> Paths:
        """Of paths that nothing to come can tell apart the likeliest; of these not too many, none far behind."""
        key = ((paths.row << 13 | paths.first) << 13 | paths.second) << 8 | paths.lost
        total = paths.total
        order = np.lexsort((total, key))
        new = np.diff(key[order], prepend=-1) != 0
        self.note(paths.node[order], total[order], new)
        paths, total = paths.take(order[new]), total[order[new]]
        order = np.lexsort((total, paths.row))
        starts = np.flatnonzero(np.diff(paths.row[order], prepend=-1))
        sizes = np.diff(np.append(starts, len(order)))
        rank = np.arange(len(order)) - np.repeat(starts, sizes)
        least = np.repeat(total[order[starts]], sizes) + WORST * SCALE
        return paths.take(order[(rank < BEAM) & (total[order] <= least)])

    def note(self, node: Array, total: Array, new: Bools) -> None:
        """Remember which paths were merged into which, if they were not far behind."""
        winner = np.flatnonzero(new)[np.cumsum(new) - 1]
        gap = total - total[winner]
        close = np.flatnonzero(~new & (gap < CLOSE * SCALE))
        self.merged.append((node[winner[close]], node[close], gap[close]))

    def finish(self, paths: Paths) -> None:
        """Note the likeliest path of each spot, and of each of its characters the rival."""
        total = paths.total
        order = np.lexsort((total, paths.row))
        new = np.diff(paths.row[order], prepend=-1) != 0
        self.note(paths.node[order], total[order], new)
        self.parent, self.code, self.unit = (np.concatenate(column) for column in zip(*self.nodes, strict=True))
        on_best = np.zeros(len(self.parent), np.bool_)
        best = paths.node[order[new]]
        while len(best):
            on_best[best] = True
            best = self.parent[best]
            best = best[best > 0]
        winner, loser, gap = (np.concatenate(column) for column in zip(*self.merged, strict=True))
        kept = on_best[winner]
        margin, rival = differing(self.parent, winner[kept], loser[kept], gap[kept])
        taken = np.flatnonzero(on_best)
        at = self.unit[taken]
        self.chosen[at], self.margin[at], self.rival[at] = self.code[taken], margin[taken] / SCALE, rival[taken]

    def others(self, first: Array, end: Array) -> Array:
        """What the rivals of the least sure characters of stretches of units have in these, 0 where there is none."""
        found = np.zeros(len(self.chosen), np.int64)
        weakest = np.array(
            [a + int(self.margin[a:b].argmin()) for a, b in zip(first.tolist(), end.tolist(), strict=True)]
        )
        node = self.rival[weakest.astype(np.int64)]
        known = node > 0
        stretch = gathered(first[known], end[known])
        found[stretch] = self.chosen[stretch]
        while len(node := node[known := node > 0]):
            first, end = first[known], end[known]
            at = self.unit[node]
            inside = (at >= first) & (at < end)
            found[at[inside]] = self.code[node[inside]]
            node = np.where(at > first, self.parent[node], 0)
        return found

    def answer(self) -> list[Best | None]:
        """The pieces of each line: what shares a place belongs together; what is certain, as far as it goes."""
        units = self.units
        found: list[Best | None] = [Best((), 0.0) if even else None for even in self.even.tolist()]
        if not self.even[units.line].any():
            return found
        group = np.flatnonzero(units.aligned | (np.diff(units.line, prepend=-1) > 0))
        lossy = np.logical_or.reduceat(units.lossy, group)
        foreign = np.logical_or.reduceat(self.chosen >= 0x80, group)
        new = lossy | np.append(True, lossy[:-1]) | (np.diff(units.line[group], prepend=-1) > 0)
        number = np.cumsum(new) - 1
        telling = np.flatnonzero((foreign | lossy) & self.even[units.line[group]])
        if not len(telling):
            return found
        _, head = np.unique(number[telling], return_index=True)
        tail = np.append(head[1:], len(telling)) - 1
        first, end = group[telling[head]], np.append(group, len(units.line))[telling[tail] + 1]
        guessed = lossy[telling[head]]
        other = np.zeros(len(self.chosen), np.int64)
        if guessed.any():
            other = self.others(first[guessed], end[guessed])
        text, rivals = to_str(self.chosen.astype(np.uint32)), to_str(other.astype(np.uint32))
        listed: list[list[Piece]] = [[] for _ in self.lines]
        columns = (units.line[first], units.start[first], units.end[end - 1], first, end, guessed)
        for line, low, high, a, b, is_guess in zip(*(column.tolist() for column in columns), strict=True):
            if is_guess:
                margin, rival = float(self.margin[a:b].min()), rivals[a:b].replace("\0", "")
                listed[line].append(Piece(low, high, text[a:b], True, margin, rival))
            else:
                listed[line].append(Piece(low, high, text[a:b], False))
        return [one and Best(tuple(pieces), 0.0) for one, pieces in zip(found, listed, strict=True)]
