"""Which script a text is written in: how many characters only one of them uses, by document, line and clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.characters import Bools, Class, Codes, Ints, Marks
from textfix.text import Text, gathered

EVIDENCE = 20  # deciding characters that a document must have for --to auto to act
DOMINANT = 0.75  # of them that one script must have
BLOCKS = 64  # blocks of a document that are counted to find its script
BY_KANA, BY_OTHERS = 5, 12  # Han characters of a line outweighed by one kana; by a hangul, or a character of Japan's
WEIGHT = 2.0  # deciding characters of a clause, or of a line, that weigh as much as what it stands in
LINE_ENDS, CLAUSE_ENDS = (
    np.isin(np.arange(0x10000), [ord(mark) for mark in marks]) for marks in ("\n\r", "\n\r\t ，。！？；：、|,;:!?…　")
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """How many characters only simplified, and only traditional text uses, in each of several pieces of text."""

    hans: Ints
    hant: Ints

    @classmethod
    def of(cls, marks: Marks, piece: npt.NDArray[np.integer[Any]], size: int) -> Counts:
        """Count by piece; piece: for each character the number of its piece."""
        hans, hant = ((marks & int(script)) != 0 for script in (Class.HANS, Class.HANT))
        return cls(np.bincount(piece[hans], minlength=size), np.bincount(piece[hant], minlength=size))

    @property
    def share(self) -> Floats:
        """For each piece the share of simplified ones among them; a half where there is none."""
        return np.asarray((self.hans + 0.5) / (self.hans + self.hant + 1), np.float64)

    @property
    def dominant(self) -> npt.NDArray[np.int8]:
        """For each piece 1 where it is mainly traditional, -1 where mainly simplified, 0 where neither."""
        total = DOMINANT * np.maximum(self.hans + self.hant, 1)
        return np.asarray((self.hant >= total).astype(np.int8) - (self.hans >= total).astype(np.int8), np.int8)

    @property
    def decided(self) -> npt.NDArray[np.int8]:
        """The same, but 0 where there is too little evidence to act on."""
        return np.where(self.hans + self.hant >= EVIDENCE, self.dominant, 0).astype(np.int8)


def counts_of(text: Text) -> Counts:
    """The counts for each row; of a long row, over blocks spread evenly over it."""
    screen = text.screen
    blocks = np.flatnonzero((screen.flags & int(Class.HANS | Class.HANT)) != 0)
    row = screen.row[blocks]
    each = np.bincount(row, minlength=len(text))
    rank = np.arange(len(blocks)) - (np.cumsum(each) - each)[row]
    blocks = blocks[rank % -(-each // BLOCKS)[row] == 0]
    starts, ends = screen.starts[blocks], screen.ends[blocks]
    return Counts.of(text.classes[gathered(starts, ends)], np.repeat(screen.row[blocks], ends - starts), len(text))


def name_of(dominant: int, counts: tuple[int, int]) -> str:
    """The name of a document's script: hans, hant, mixed, or undecided where no character decides."""
    if not any(counts):
        return "undecided"
    return {1: "hant", -1: "hans", 0: "mixed"}[dominant]


def pieces(codes: Codes, ends: Bools) -> npt.NDArray[np.int32]:
    """For each character the number of its piece; ends: for each code point whether a piece ends with it."""
    last = ends.take(codes, mode="clip")
    return np.cumsum(last, dtype=np.int32) - last


def shares(codes: Codes, marks: Marks, at: Ints, document: Floats) -> Floats:
    """The share of simplified ones among the deciding characters around each of these places, between 0 and 1.

    Those of its clause count, and by WEIGHT what is known of its line, and of that by WEIGHT its document's share.
    """
    share = document
    for ends in (LINE_ENDS, CLAUSE_ENDS):
        piece = pieces(codes, ends)
        counts = Counts.of(marks, piece, int(piece[-1]) + 1 if len(piece) else 1)
        near = piece[at]
        share = (counts.hans[near] + WEIGHT * share) / (counts.hans[near] + counts.hant[near] + WEIGHT)
    return share


def in_lines(codes: Codes, marks: Marks, places: Ints, judge: Callable[[Codes, Marks], Bools]) -> Bools:
    """The characters that a judge finds in the lines of these places; no other lines are looked at."""
    found = np.zeros(len(codes), np.bool_)
    if len(places):
        ends = np.flatnonzero(LINE_ENDS.take(codes, mode="clip")) + 1
        number = np.unique(np.searchsorted(ends, places, side="right"))
        at = gathered(np.append(0, ends)[number], np.append(ends, len(codes))[number])
        found[at] = judge(codes[at], marks[at])
    return found


def in_other_language(codes: Codes, marks: Marks, language: npt.NDArray[np.int8]) -> Bools:
    """The characters of lines that are Japanese or Korean, without clauses that can only be Chinese.

    language: for each code point 1 where only Japanese uses it, -1 for a Han character that Japanese does not know.
    """

    def judge(codes: Codes, marks: Marks) -> Bools:
        known = language.take(codes, mode="clip")
        other = ((marks & np.uint32(Class.KANA | Class.HANGUL)) != 0) | (known > 0)
        line, clause = (pieces(codes, ends) for ends in (LINE_ENDS, CLAUSE_ENDS))
        han = np.bincount(line[(marks & np.uint32(Class.HAN)) != 0], minlength=int(line[-1]) + 1)
        kana = (marks & np.uint32(Class.KANA)) != 0
        weight = np.where(kana, BY_KANA, BY_OTHERS)[other]
        foreign = np.bincount(line[other], weight, minlength=len(han)) > han
        size = int(clause[-1]) + 1
        chinese = (np.bincount(clause[known < 0], minlength=size) > 0) & (
            np.bincount(clause[other], minlength=size) == 0
        )
        return np.asarray(foreign[line] & ~chinese[clause])

    hints = ((marks & np.uint32(Class.KANA | Class.HANGUL)) != 0) | (language.take(codes, mode="clip") > 0)
    return in_lines(codes, marks, np.flatnonzero(hints), judge)
