"""Text, the thing that flows: the code points of one or many rows as one array; and the screen, its fast path.

A row is one document. A single string is a batch of one row, so there is one way through the code. Positions are
indices into `Text.codes`, that is, characters (code points), never bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.characters import (
    CONTEXT,
    LF,
    Bools,
    Class,
    Codes,
    Ints,
    Marks,
    held,
    line_ends,
    odds,
    parted,
    signs,
    to_codes,
    to_str,
)

BLOCK = 1024  # characters of a screening block at the most
SHORT = 12  # characters of a row that is looked at as a whole
MOST = 16  # one block in so many may be looked at by itself
MARGIN = 1024  # characters by which a span grows at the most to reach the ends of its lines
REACH = 1 << 16  # characters of a line that are taken before and behind a place
STEPS = (1 << 8, 1 << 12, REACH)
LINE = re.compile(r"[\r\n]")


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

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What one rule has found in the text and another asks for, too."""
        return {}


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
