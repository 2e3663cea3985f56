"""The lattice of what damaged text can have been: its bytes, known and unknown, read again, the likeliest way.

Many windows of text go through it at once. A path reads one window character by character; it takes a character for
what it is (clean), or for the bytes that a reader showed so, and reads those in the encoding that the text was written
in; for a loss it takes every byte that the reader could not have shown. The language model scores what comes out. Paths
that cannot be told apart by what follows are merged, the likelier one stays, and the gap between the two is noted: the
confidence of what they differ in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np

from textfix.characters import CR, LF, Bools, to_codes
from textfix.language import SCALE, Model, basic
from textfix.rules.mojibake.cells import (
    CLEAN,
    NOTHING,
    Array,
    Cells,
    Channel,
    framing,
    pictures,
    sensible,
    strange,
)
from textfix.rules.mojibake.channels import ANY, LINE, REPLACEMENT, UTF8
from textfix.rules.mojibake.pieces import UNREAD, Best, Nodes
from textfix.text import Text

SWITCH = 7.0  # nats for a change between clean and damaged
WORST = 20.0  # nats behind the best at which a path is given up
CLOSE = 12.0  # nats behind the best that leave no doubt
BEAM = 400  # paths of one window
BETWEEN = 200  # between two bytes of a loss
OPEN = 5.0  # nats that a character is taken to cost while it is open
COMPACT = 400_000  # characters of paths from which those that lead nowhere are dropped
NO_MERGE = (np.zeros(0, np.int64),) * 3
BATCH, GUESSING = 1000, 30  # windows at once; where bytes of lost characters are guessed
ROOM = 60_000  # characters of all windows at once
STRANGE = 12.0  # nats against a letter that two bytes of a reader of pairs make, and Chinese text hardly holds
BROKEN = 10.0  # nats against bytes that make no character
# Nats against a lost sign of ASCII that closes what is open, that is another, that opens or closes something else.
FIT, MISFIT, UNASKED = -10.0, 2.0, 14.0
SPACE = 0x20
SPACED = {" ": 6.0, ":": -2.5}  # nats against a lost sign before a space: none stands doubled, and values follow colons


@cache
def before_space() -> Array:
    """Shape (256,): what speaks against each byte as a sign that is lost before a space, in steps."""
    found = np.zeros(256, np.int64)
    found[[ord(sign) for sign in SPACED]] = [round(nats * SCALE) for nats in SPACED.values()]
    return found


@dataclass(frozen=True)
class Job:
    """A stretch of text to search.

    before: the two characters before it, none at the start of a line. closed: whether a line end stands behind it.
    pairs: whether signs of loss stand for two bytes (1), for one (-1), or nothing tells (0). hidden: before which
    characters bytes may have vanished without a sign. script: how unlikely the text around it is as simplified and as
    traditional, in steps of the model. expected: for losses the code of the sign of ASCII that would close what is open
    there. topic: what is known of the text around. left: what stands before in the line, for the signs that it opens.
    """

    line: str
    before: str = ""
    closed: bool = True
    pairs: int = 0
    hidden: frozenset[int] = frozenset()
    script: tuple[int, int] = (0, 0)
    expected: tuple[tuple[int, int], ...] = ()
    topic: str = ""
    left: str = ""


class Paths:
    """The paths: a table of thirteen rows, one column a path. Costs are in steps of the model."""

    def __init__(self, table: Array) -> None:
        self.table = table
        (
            self.row,
            self.first,  # the last two symbols
            self.second,
            self.pending,  # bytes of an open character
            self.lost,  # an unknown byte taken just before, 0 where there is none
            self.clean,
            self.cost,
            self.against,  # what of the cost is not the model's
            self.hans,  # of the written forms, in either script
            self.hant,
            self.node,  # the last character
            self.opened,  # the place in the window at which the open character began
            self.lossy,
        ) = table

    def take(self, index: Array) -> Paths:
        return Paths(self.table.take(index, axis=1))

    def charge(self, steps: Array) -> None:
        self.cost += steps
        self.against += steps

    @property
    def total(self) -> Array:
        return np.asarray(self.cost + np.minimum(self.hans, self.hant), np.int64)

    def __len__(self) -> int:
        return len(self.row)


class Lattice:
    """One run over the windows of one channel."""

    def __init__(self, jobs: Sequence[Job], channel: Channel, model: Model) -> None:
        self.jobs, self.channel, self.model = jobs, channel, model
        self.text = Text.of([job.line for job in jobs])
        hidden, last = np.zeros((2, len(self.text.codes)), np.bool_)
        for start, end, job in zip(self.text.rows.tolist(), self.text.rows[1:].tolist(), jobs, strict=False):
            hidden[[start + place for place in job.hidden]] = True
            last[end - 1 : end] = job.closed
        self.cells = Cells.of(self.text, channel, jobs[0].pairs, hidden, last)
        self.expected = np.zeros(len(self.text.codes), np.int64)
        for start, job in zip(self.text.rows.tolist(), jobs, strict=False):
            for place, code in job.expected:
                self.expected[start + place] = code
        self.nodes: list[tuple[Array, ...]] = [tuple(np.array([value]) for value in (-1, 0, 0, 0, 0))]
        self.count = 1
        self.merged: list[tuple[Array, Array, Array]] = []
        self.most = COMPACT
        self.symbol, self.line_end = framing(model)
        topics = {topic: number for number, topic in enumerate(dict.fromkeys(job.topic for job in jobs))}
        self.topics = model.expected(Text.of(list(topics)))  # the parts of a line share one, and it is long
        self.topic = np.array([topics[job.topic] for job in jobs], np.int64)

    def run(self) -> list[Best]:
        size = len(self.text)
        lengths = np.diff(self.text.rows)
        table = np.zeros((13, 2 * size), np.int64)
        paths = Paths(table)
        paths.row[:], paths.clean[:] = np.repeat(np.arange(size), 2), np.tile([0, 1], size)
        before = np.array([self.context(job.before) for job in self.jobs], np.int64)
        paths.first[:], paths.second[:] = np.repeat(before, 2, axis=0).T
        paths.hans[:], paths.hant[:] = np.repeat(np.array([job.script for job in self.jobs]), 2, axis=0).T
        ended = [table[:, :0]]
        for place in range(int(lengths.max(initial=0)) + 1):
            at_end = lengths[paths.row] == place
            if at_end.any():
                ended.append(self.follow(paths.take(np.flatnonzero(at_end)), place, True).table)
                paths = paths.take(np.flatnonzero(~at_end))
            paths = self.merge(self.follow(paths, place, False))
            if self.count > self.most:
                self.compact(paths, ended)
        return self.answer(self.closed(Paths(np.concatenate(ended, axis=1))))

    def compact(self, paths: Paths, ended: Sequence[Array]) -> None:
        """Forget the characters to which no path leads back any more."""
        columns = [np.concatenate(column) for column in zip(*self.nodes, strict=True)]
        parent = columns[0]
        alive = np.zeros(len(parent), np.bool_)
        alive[0] = True
        mark(alive, parent, np.concatenate([paths.node, *(Paths(table).node for table in ended)]))
        winner, loser, gap = (np.concatenate(column) for column in zip(*self.merged, NO_MERGE, strict=True))
        known = alive[winner]
        winner, loser, gap = winner[known], loser[known], gap[known]
        mark(alive, parent, loser)
        number = np.cumsum(alive) - 1
        columns = [column[alive] for column in columns]
        columns[0] = np.where(columns[0] < 0, -1, number[np.maximum(columns[0], 0)])
        self.nodes = [tuple(columns)]
        self.merged = [(number[winner], number[loser], gap)]
        for table in (paths.table, *ended):
            nodes = Paths(table).node
            nodes[:] = number[nodes]
        self.count = int(alive.sum())
        self.most = max(COMPACT, 2 * self.count)

    def context(self, before: str) -> list[int]:
        """The two symbols before the first character."""
        return [self.line_end, self.line_end, *self.symbol[basic(to_codes(before))].tolist()][-2:]

    def closed(self, paths: Paths) -> Paths:
        """The paths with the line ends that stand behind them."""
        ends = np.array([job.closed for job in self.jobs])[paths.row] & (paths.second != self.line_end)
        symbols = (paths.first, paths.second, np.full(len(paths), self.line_end))
        paths.cost += ends * self.model.steps(*(one.astype(np.uint64) for one in symbols)).astype(np.int64)
        return paths

    def follow(self, paths: Paths, place: int, behind: bool) -> Paths:
        """Follow every path through the next character of its window, or through what vanished behind the last.

        Where no path of a window can go on, the bytes of the open character are given up.
        """
        if not len(paths):
            return paths
        after = self.step(paths, place, behind)
        going = np.zeros(len(self.text), np.bool_)
        going[after.row] = True
        stuck = np.flatnonzero(~going[paths.row])
        if not len(stuck):
            return after
        again = self.step(self.give_up(paths.take(stuck), place), place, behind)
        return Paths(np.concatenate([after.table, again.table], axis=1))

    def give_up(self, paths: Paths, place: int) -> Paths:
        """The paths without their open characters."""
        is_open = paths.pending > 0
        unread = np.where(is_open, ord(REPLACEMENT), 0)
        paths.lossy[is_open] = UNREAD
        paths.pending[:] = paths.lost[:] = 0
        paths.charge(is_open * round(BROKEN * SCALE))
        self.emit(paths, unread, place - 1)
        return paths

    def step(self, paths: Paths, place: int, behind: bool) -> Paths:
        cells = self.cells
        at = self.text.rows[paths.row] + place
        kind = np.full(len(at), cells.end) if behind else cells.kind[at]
        index, pattern = cells.choices.expand(kind)
        paths = paths.take(index)
        paths.charge(cells.against[pattern])
        for number in range(int(cells.sizes[pattern].max(initial=0))):
            paths, pattern = self.feed(paths, pattern, number, place)
            going = np.flatnonzero(cells.sizes[pattern] > number + 1)
            if len(going) > BETWEEN:
                done = np.flatnonzero(cells.sizes[pattern] <= number + 1)
                kept = np.concatenate([done, going[self.narrowed(paths.take(going), BETWEEN)]])
                paths, pattern = paths.take(kept), pattern[kept]
        return paths.take(np.flatnonzero(paths.pending == 0)) if behind else paths

    def feed(self, paths: Paths, pattern: Array, number: int, place: int) -> tuple[Paths, Array]:
        """Follow every path through the next byte of its pattern."""
        byte = self.cells.patterns[number, pattern]
        guessed = byte == ANY
        if guessed.any():
            paths, pattern, byte, guessed = self.guess(paths, pattern, byte, place)
        as_is, real = byte == CLEAN, byte >= 0
        known = np.maximum(byte, 0)
        more, code = self.channel.written.advance(paths.pending, known)
        if as_is.any():
            at = self.text.rows[paths.row[as_is]] + place
            code[as_is] = np.where(paths.pending[as_is] > 0, -1, self.cells.codes[at].astype(np.int64))
        code[byte == NOTHING] = 0
        itself = as_is & (code > 0) | ~guessed & (code > 0) & (code < 0x80)
        fits = (code == 0) | itself | sensible()[code]
        if paths.lost.any():
            fits &= ~real | guessed | (paths.lost == 0) | self.channel.reader.lost[paths.lost, known]
        alive = np.flatnonzero(fits)
        if len(alive) < len(fits):
            paths, pattern, byte, guessed = paths.take(alive), pattern[alive], byte[alive], guessed[alive]
            code, as_is, real, more = code[alive], as_is[alive], real[alive], more[alive]
        begins = (real | as_is) & (paths.pending == 0)
        paths.opened[begins] = place
        paths.lossy[begins] = 0
        paths.lossy |= guessed
        switch = as_is & (paths.clean == 0) | (byte >= 0x80) & (paths.clean == 1)
        paths.charge(switch * round(SWITCH * SCALE))
        paths.clean ^= switch
        second = guessed & (self.cells.patterns[0, pattern] == ANY) if number == 1 else ~guessed
        paths.lost[real | as_is] = np.where(guessed & ~second, byte, 0)[real | as_is]
        paths.pending[real] = more[real]
        self.emit(paths, code, place)
        return paths, pattern

    def guess(self, paths: Paths, pattern: Array, byte: Array, place: int) -> tuple[Paths, Array, Array, Bools]:
        """Put every byte that it can have been in the place of an unknown one."""
        unknown = byte == ANY
        kept = np.flatnonzero(~unknown)
        alone, second = np.flatnonzero(unknown & (paths.lost == 0)), np.flatnonzero(unknown & (paths.lost > 0))
        first, value = self.channel.unknown.expand(self.channel.keys(paths.pending[alone]))
        first = alone[first]
        row = paths.row[first]
        ahead = self.cells.ahead[np.minimum(self.text.rows[row] + place, self.text.rows[row + 1] - 1)]
        fits = (self.cells.sizes[pattern[first]] > 1) | (ahead < 0) | self.channel.reader.lost[value, ahead]
        first, value = first[fits], value[fits]
        then, other = self.channel.behind.expand(2 * paths.lost[second] + (paths.pending[second] > 0))
        then = second[then]
        fits = (other >= 0x80) | self.cells.twin[pattern[then]]
        then, other = then[fits], other[fits]
        index = np.concatenate([kept, first, then])
        byte = np.concatenate([byte[kept], value, other])
        guessed = np.arange(len(index)) >= len(kept)
        paths, pattern = paths.take(index), pattern[index]
        taken = guessed & (byte < 0x80)
        if taken.any():
            at = np.minimum(self.text.rows[paths.row] + place, len(self.text.codes) - 1)
            unasked = np.where(self.symbol[byte] == self.line_end, round(UNASKED * SCALE), round(MISFIT * SCALE))
            misfit = np.where(byte == self.expected[at], round(FIT * SCALE), unasked)
            line_end = np.isin(byte, (LF, CR)) * round(LINE * SCALE)
            ahead = self.cells.codes[np.minimum(at + 1, len(self.text.codes) - 1)]
            spaced = before_space()[byte] * (ahead == SPACE)
            paths.charge(np.where(taken, 1, 0) * (self.cells.taken[pattern] + misfit + line_end + spaced))
        return paths, pattern, byte, guessed

    def emit(self, paths: Paths, code: Array, place: int) -> None:
        """Score the characters that are complete, and note them."""
        made = np.flatnonzero(code > 0)
        if not len(made):
            return
        basic = np.where(code[made] > 0xFFFF, 0xFFFD, code[made])
        third = self.symbol[basic]
        first, second = paths.first[made], paths.second[made]
        paths.cost[made] += self.model.steps(first.astype(np.uint64), second.astype(np.uint64), third.astype(np.uint64))
        if self.channel.reader.double:
            paths.cost[made] += strange()[basic] * round(STRANGE * SCALE)
        paths.cost[made] += np.where(paths.lossy[made] == 1, pictures()[basic], 0)
        paths.cost[made] -= np.where(paths.lossy[made] == 1, self.topics[self.topic[paths.row[made]], third], 0)
        paths.hans[made] += self.model.hans[basic]
        paths.hant[made] += self.model.hant[basic]
        paths.first[made], paths.second[made] = second, third
        end = np.full(len(made), place + 1)
        self.nodes.append((paths.node[made], code[made], paths.opened[made], end, paths.lossy[made]))
        paths.node[made] = np.arange(self.count, self.count + len(made))
        self.count += len(made)

    def merge(self, paths: Paths) -> Paths:
        """Of paths that nothing to come can tell apart the likeliest; and of these not those far behind."""
        if not len(paths):
            return paths
        key = paths.row
        for value, width in ((paths.first, 13), (paths.second, 13), (paths.pending, 18), (paths.lost, 8)):
            key = key << width | value
        key = key << 1 | paths.clean
        total = paths.total
        order = np.lexsort((total, key))
        new = np.diff(key[order], prepend=-1) != 0
        self.note(paths.node[order], total[order], new)
        paths, total = paths.take(order[new]), total[order[new]]
        starts = np.flatnonzero(np.diff(paths.row, prepend=-1))
        best = np.repeat(np.minimum.reduceat(total, starts), np.diff(np.append(starts, len(total))))
        paths = paths.take(np.flatnonzero(total <= best + WORST * SCALE))
        return paths.take(self.narrowed(paths, BEAM))

    @staticmethod
    def narrowed(paths: Paths, most: int) -> Array:
        """Which paths stay when no window may have more than so many; an open character is taken for a usual one."""
        counts = np.bincount(paths.row)
        if counts.max(initial=0) <= most:
            return np.arange(len(paths))
        order = np.lexsort((paths.total + (paths.pending > 0) * round(OPEN * SCALE), paths.row))
        rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.sort(order[rank < most])

    def note(self, node: Array, total: Array, new: Bools) -> None:
        """Remember which paths were merged into which, if they were not far behind."""
        winner = np.flatnonzero(new)[np.cumsum(new) - 1]
        gap = total - total[winner]
        close = np.flatnonzero(~new & (gap < CLOSE * SCALE))
        if len(close):
            self.merged.append((node[winner[close]], node[close], gap[close]))

    def answer(self, paths: Paths) -> list[Best]:
        total = paths.total
        order = np.lexsort((total, paths.row))
        new = np.diff(paths.row[order], prepend=-1) != 0
        self.note(paths.node[order], total[order], new)
        best = order[new]
        nodes = Nodes.of(self.nodes, self.merged, paths.node[best])
        against = paths.against[best] / SCALE
        return [
            Best(nodes.trace(node, self.text.row(row)), nats)
            for row, (node, nats) in enumerate(zip(paths.node[best].tolist(), against.tolist(), strict=True))
        ]


def mark(alive: Bools, parent: Array, node: Array) -> None:
    """Mark these nodes and all before them."""
    node = np.unique(node)
    while len(node):
        node = node[(node > 0) & ~alive[np.maximum(node, 0)]]
        alive[node] = True
        node = np.unique(parent[node])


def search(jobs: Sequence[Job], channel: Channel, model: Model) -> list[Best]:
    """For each job the likeliest way to read it through a channel. Jobs that are the same are searched once."""
    found: dict[Job, Best] = {}
    few = channel.written.encoding != UTF8
    # Those of like lengths end together.
    order = sorted(dict.fromkeys(jobs), key=lambda job: (job.pairs, bool(job.hidden), len(job.line)))
    for _, group in groupby(order, key=lambda job: (job.pairs, bool(job.hidden))):
        same = list(group)
        while same:
            count = GUESSING if few or same[0].hidden else BATCH
            part = same[: max(1, min(count, ROOM // (1 + len(same[0].line))))]
            found |= zip(part, Lattice(part, channel, model).run(), strict=True)
            same = same[len(part) :]
    return [found[job] for job in jobs]
