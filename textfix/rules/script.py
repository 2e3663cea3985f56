"""script.*: traditional and simplified characters side by side, and conversion to one of them.

    廣州市的人民|广州市|兴文县  ->  廣州市的人民|廣州市|興文縣   (--to hant)

Conversion is opencc's, but only where it is needed. opencc takes all its input for one script and changes what is
already right (了解 to 瞭解, 群 to 羣); here a character that is valid in the target script stays, unless the clause it
stands in is written in the other script.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.config import Config
from textfix.edits import EMPTY, Edit, Edits, Note, narrowest
from textfix.rules.base import Context, Proposals, Rule
from textfix.text import Bools, Class, Codes, Ints, Text, offsets, to_codes, to_str

EVIDENCE = 20  # deciding characters that a document must have for --to auto to act
SHARE = 0.75  # of them that one script must have
PROSE = 8  # Han characters: a shorter clause gives too little context to convert what both scripts use
CLAUSE_ENDS = np.array([ord(mark) for mark in "\n\r\t ，。！？；：、|,;:!?…　"])
CERTAIN, BY_CONTEXT = 0.98, 0.85  # confidence: only the other script uses the character; opencc's phrases decided


@dataclass(frozen=True)
class Counts:
    """How many characters only simplified, and only traditional text uses, for each of several pieces of text."""

    hans: Ints
    hant: Ints

    @classmethod
    def of(cls, text: Text, piece: Ints, size: int) -> Counts:
        """Count by piece; piece: for each character the number of its piece."""
        marks = text.classes
        hans, hant = (marks & int(Class.HANS)) != 0, (marks & int(Class.HANT)) != 0
        return cls(np.bincount(piece[hans], minlength=size), np.bincount(piece[hant], minlength=size))

    @property
    def dominant(self) -> npt.NDArray[np.int8]:
        """For each piece 1 where it is mainly traditional, -1 where mainly simplified, 0 where neither."""
        total = SHARE * np.maximum(self.hans + self.hant, 1)
        return (self.hant >= total).astype(np.int8) - (self.hans >= total).astype(np.int8)

    @property
    def decided(self) -> npt.NDArray[np.int8]:
        """The same, but 0 where there is too little evidence to act on."""
        return np.where(self.hans + self.hant >= EVIDENCE, self.dominant, 0).astype(np.int8)


def counts_of(text: Text) -> Counts:
    """The counts for each row."""
    return Counts.of(text, np.repeat(np.arange(len(text)), np.diff(text.rows)), len(text))


def name_of(dominant: int, counts: tuple[int, int]) -> str:
    """The name of a document's script: hans, hant, mixed, or undecided where no character decides."""
    if not any(counts):
        return "undecided"
    return {1: "hant", -1: "hans", 0: "mixed"}[dominant]


def foreign(text: Text) -> Bools:
    """The characters that are no Chinese, being in a line of Japanese or Korean."""
    line = pieces(text, np.array([0x0A, 0x0D]))
    other = (text.classes & int(Class.KANA | Class.HANGUL)) != 0
    han = (text.classes & int(Class.HAN)) != 0
    size = int(line[-1]) + 1 if len(line) else 0
    return np.asarray((5 * np.bincount(line[other], minlength=size) > np.bincount(line[han], minlength=size))[line])


def pieces(text: Text, ends: npt.NDArray[Any]) -> Ints:
    """For each character the number of its piece; a piece ends with one of these code points, or with its row."""
    last = np.isin(text.codes, ends)
    last[text.rows[1:][text.rows[1:] > 0] - 1] = True
    return np.concatenate([[0], np.cumsum(last)[:-1]]).astype(np.int64)[: len(last)]


def drift(text: Text, context: Context) -> Proposals:
    """The stretches of the minority script in each document whose script is clear, as suspicions."""
    script = np.repeat(counts_of(text).decided, np.diff(text.rows))
    marks = text.classes
    bits = np.where(script > 0, int(Class.HANS), int(Class.HANT))
    minority = ((marks & bits) != 0) & (script != 0) & ~foreign(text)
    deciding = (marks & int(Class.HANS | Class.HANT)) != 0
    breaks = np.cumsum((deciding & ~minority) | np.isin(text.codes, [0x0A, 0x0D])) + pieces(text, np.array([]))
    places = np.flatnonzero(minority)
    stretch = np.flatnonzero(np.diff(breaks[places], prepend=-1))
    edits = []
    for first, end in zip(stretch.tolist(), [*stretch[1:].tolist(), len(places)], strict=False):
        start, stop = int(places[first]), int(places[end - 1]) + 1
        written = text.slice(start, stop)
        which = "simplified" if script[start] > 0 else "traditional"
        reason = f"{end - first} {which} characters in a document of the other script"
        edits.append(Edit(start, stop, written, written, Note(DRIFT.name, 0.95, reason=reason)))
    return Proposals.of(edits)


def convert(text: Text, context: Context) -> Proposals:
    """Convert each row to the script that is asked for."""
    targets = wanted(text, context.config.to)
    found = [convert_rows(text, np.flatnonzero(targets == to), to) for to in np.unique(targets).tolist() if to != "keep"]
    return Proposals(joined(found))


def wanted(text: Text, to: str) -> npt.NDArray[np.str_]:
    """The target of each row; with auto the script that dominates it, or keep."""
    if to != "auto":
        return np.full(len(text), to)
    return np.array(["keep", "hant", "hans"])[counts_of(text).decided]


def convert_rows(text: Text, rows: Ints, to: str) -> Edits:
    part = text.take(rows)
    only_other = (part.classes & int(Class.HANT if to == "hans" else Class.HANS)) != 0
    free = only_other | other_script(part, to)
    closed = foreign(part)
    places, targets = [np.zeros(0, np.int64)], [part.codes[:0]]
    for start, end in part.screen.spans(TRIGGERS[to]):
        source = part.codes[start:end]
        target = same_length(to_str(source), to)
        change = (target != source) & ~closed[start:end] & (free[start:end] | regional(source, to))
        places.append(np.flatnonzero(change) + start)
        targets.append(target[change])
    at = np.concatenate(places)
    each = np.arange(len(at) + 1)
    before, after = Text(part.codes[at], each), Text(narrowest(np.concatenate(targets)), each)
    notes = tuple(Note(CONVERT.name, sure, reason=reason) for sure, reason in reasons(to))
    moved = at + (text.rows[rows] - part.rows[:-1])[part.row_of(at)]
    return Edits(moved, moved + 1, before, after, (~only_other[at]).astype(np.int64), notes)


def same_length(text: str, to: str) -> Codes:
    """The text converted; where a phrase would grow or shrink, character by character."""
    target = converted(text, to)
    if len(target) == len(text):
        return target
    single = (converted(character, to) for character in text)
    return to_codes("".join(to_str(one) if len(one) == 1 else old for old, one in zip(text, single, strict=True)))


def reasons(to: str) -> tuple[tuple[float, str], tuple[float, str]]:
    other = "traditional" if to == "hans" else "simplified"
    return (
        (CERTAIN, f"only {other} text uses this character"),
        (BY_CONTEXT, f"opencc's phrases, in a clause of {other} text or for the region"),
    )


def other_script(text: Text, to: str) -> Bools:
    """The characters in clauses that are written in the script that is converted from.

    A clause without a deciding character follows its document; a short one in a document of the target script is
    taken for a name, of which only what no other script writes is converted.
    """
    clause = pieces(text, CLAUSE_ENDS)
    size = int(clause[-1]) + 1 if len(clause) else 0
    counts = Counts.of(text, clause, size)
    han = np.bincount(clause[(text.classes & int(Class.HAN)) != 0], minlength=size)
    this, that = (counts.hant, counts.hans) if to == "hans" else (counts.hans, counts.hant)
    document = np.repeat(counts_of(text).dominant, np.diff(text.rows)) == (1 if to == "hans" else -1)
    other = (this > 0) & (that == 0)
    follows = (this == 0) & (that == 0)
    return np.asarray(np.where(document, (other | follows)[clause], (other & (han >= PROSE))[clause]))


def regional(source: Codes, to: str) -> Bools:
    """The characters for which the region has a form of its own."""
    if to not in ("hant-tw", "hant-hk"):
        return np.zeros(len(source), np.bool_)
    return np.asarray(opencc_codes(to_str(source), "t2" + to[-2:]) != source)


def converted(text: str, to: str) -> Codes:
    """The text in the target script, by opencc.

    opencc's own standard of traditional has forms that neither Taiwan nor Hong Kong uses; where the two agree on
    another, that is what hant writes.
    """
    if to == "hans":
        return opencc_codes(text, "t2s")
    if to in ("hant-tw", "hant-hk"):
        return opencc_codes(text, "s2" + to[-2:])
    plain = opencc_codes(text, "s2t")
    tw, hk = (opencc_codes(to_str(plain), variant) for variant in ("t2tw", "t2hk"))
    return np.where(tw == hk, tw, plain) if len(tw) == len(hk) == len(plain) else plain


def opencc_codes(text: str, conversion: str) -> Codes:
    return to_codes(converter(conversion).convert(text))


@cache
def converter(conversion: str) -> Any:
    import opencc

    return opencc.OpenCC(conversion)


def joined(parts: list[Edits]) -> Edits:
    """Edits of several places as one column, in order; all with notes of their own."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return EMPTY
    base = offsets(len(part.notes) for part in parts)
    order = np.argsort(np.concatenate([part.start for part in parts]), kind="stable")
    columns = Edits(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        *(
            Text(
                np.concatenate([getattr(part, side).codes for part in parts]),
                offsets(np.concatenate([np.diff(getattr(part, side).rows) for part in parts]).tolist()),
            )
            for side in ("before", "after")
        ),
        np.concatenate([part.note + first for part, first in zip(parts, base.tolist(), strict=False)]),
        tuple(note for part in parts for note in part.notes),
    )
    return columns.select(order)


TRIGGERS = {
    "keep": Class(0),
    "hans": Class.HANT | Class.FOLDS,
    "hant": Class.HANS,
    "hant-tw": Class.HANS | Class.HANT,
    "hant-hk": Class.HANS | Class.HANT,
    "auto": Class.HANS | Class.HANT | Class.FOLDS,
}

DRIFT = Rule(
    "script.drift",
    "stretches of the minority script in a document whose script is clear; reported, script.convert changes them",
    ("廣州市|广州市", "廣州市|广州市"),
    lambda config: Class.HANS | Class.HANT,
    drift,
)
CONVERT = Rule(
    "script.convert",
    "characters of the script that is not asked for (--to)",
    ("广州市", "廣州市"),
    lambda config: TRIGGERS[config.to],
    convert,
)
