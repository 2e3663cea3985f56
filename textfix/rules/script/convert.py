"""Conversion to one script: which rows, what in them may change, and for which reason."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textfix.characters import LF, Bools, Class, Codes, Ints, line_ends, to_str
from textfix.config import Config
from textfix.edits import EMPTY, Edits, Note
from textfix.rules.script.choice import BASE, Chooser
from textfix.rules.script.counts import Floats, counts_of, shares
from textfix.rules.script.protect import addresses, kept
from textfix.rules.script.region import region_of
from textfix.rules.script.words import of_terms
from textfix.text import Text, gathered, offsets

NAME = "script.convert"
PART = 1 << 18  # characters that are converted at once
NONE = np.zeros(0, np.int64)
MOSTLY = 0.4  # share of simplified characters from which a document is none in the spelling of Hong Kong
STAYS = 1.2  # how much the script around counts for a character that may stay
LEAST = 1e-4  # of the share of the other script
OWN = {"hans": Class.HANS, "hant": Class.HANT, "hant-tw": Class.HANT, "hant-hk": Class.HANT}
OTHER = {"hans": Class.HANT, "hant": Class.HANS, "hant-tw": Class.HANS, "hant-hk": Class.HANS}
TABLE, PHRASE, CONTEXT, REGION = range(4)  # reasons
NOTES = (
    (0.98, "table: only the other script writes this character so"),
    (0.95, "phrase: so in a phrase of opencc's"),
    (0.85, "context: the likeliest of several beside these characters"),
    (0.95, "table: the form of the region"),
)

Spans = list[tuple[int, int]]


def convert_rows(text: Text, rows: Ints, to: str, config: Config) -> Edits:
    """The edits that convert these rows to one target.

    A block in which only characters of the target script stand is right as it is, but for forms of the region.
    """
    part = text.take(rows)
    screen, share = part.screen, counts_of(part).share
    own, other, han = ((screen.flags & int(kind)) != 0 for kind in (OWN[to], OTHER[to], Class.HAN))
    spans = screen.grown(han & (other | ~own))
    found = [converted(part, group, to, share, config) for group in groups(part, spans)]
    if to in ("hant-tw", "hant-hk"):
        right = own & ~other
        places = gathered(screen.starts[right], screen.ends[right])
        differs = places[in_form(part.codes[places], to) != part.codes[places]]
        telling = np.zeros(len(own), np.bool_)
        telling[np.searchsorted(screen.starts, differs, side="right") - 1] = True
        found.append(regional(part, screen.grown(telling), to, config))
    edits = joined(found)
    fixed = addresses(part)[edits.start] if len(edits) else np.zeros(0, np.bool_)
    if to == "hant":
        fixed |= spelt_so(part, edits, share)
    edits = edits.select(~fixed) if fixed.any() else edits
    return edits.moved((text.rows[rows] - part.rows[:-1])[part.row_of(edits.start)])


def spelt_so(text: Text, edits: Edits, share: Floats) -> Bools:
    """Which edits change a character that is written so in Hong Kong, in a traditional document from there."""
    row = text.row_of(edits.start)
    found = Chooser.load().hong_kong.take(edits.before.codes, mode="clip") & (share[row] < MOSTLY)
    if not found.any():
        return found
    asked = np.unique(row[found])
    regions = [region_of(text.codes[text.rows[one] : text.rows[one + 1]]) for one in asked.tolist()]
    there = asked[[one is not None and one.name == "hk" for one in regions]]
    return found & np.isin(row, there)


def groups(text: Text, spans: Spans) -> Iterator[Spans]:
    """The spans in groups of about PART characters, those that are longer cut at line ends."""
    cut = [one for start, end in spans for one in shorter(text.codes, start, end)]
    size = np.cumsum([end - start for start, end in cut])
    for _, group in itertools.groupby(zip((size // PART).tolist(), cut, strict=True), key=lambda one: one[0]):
        yield [span for _, span in group]


def shorter(codes: Codes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span as parts of about PART characters that end with lines, as far as there are any."""
    while end - start > PART:
        ends = line_ends(codes[start + PART // 2 : start + PART])
        size = PART // 2 + int(ends[-1]) + 1 if len(ends) else PART
        yield start, start + size
        start += size
    yield start, end


def converted(text: Text, spans: Spans, to: str, share: Floats, config: Config) -> Edits:
    """Every character of these spans in the target script, as its surroundings say. share: of each row."""
    part = Part.of(text, spans)
    codes, marks, chooser = part.text.codes, part.text.classes, Chooser.load()
    at = chooser.asked(codes, to)
    near = shares(codes, marks, at, share[text.row_of(part.places[at])])
    doubt = -STAYS * np.log(np.maximum(LEAST, near if to != "hans" else 1 - near))
    after, kind = in_form(codes, to), np.full(len(codes), REGION, np.int8)
    kind[(marks & int(OTHER[to] | (Class.FOLDS if to == "hans" else 0))) != 0] = TABLE
    after[at], by_phrase = chooser.chosen(codes, to, at, doubt.astype(np.float32))
    kind[at] = np.where(by_phrase, PHRASE, CONTEXT)
    return part.edits(after, kind, config)


def regional(text: Text, spans: Spans, to: str, config: Config) -> Edits:
    """The characters of which the region has a form of its own."""
    part = Part.of(text, spans)
    after = in_form(part.text.codes, to)
    return part.edits(after, np.full(len(after), REGION, np.int8), config)


@dataclass(frozen=True)
class Part:
    """Spans of a text with a line end behind each, so that none knows of its neighbours.

    text: one row a span. places: for each character its place in the text.
    """

    text: Text
    places: Ints

    @classmethod
    def of(cls, text: Text, spans: Spans) -> Part:
        starts, ends = (np.array([*side], np.int64) for side in zip(*spans, strict=True)) if spans else (NONE, NONE)
        places = gathered(starts, ends)
        behind = np.cumsum(ends - starts)
        codes = np.insert(text.codes[places], behind, np.uint32(LF))
        rows = np.append(0, behind + np.arange(1, len(behind) + 1))
        return cls(Text(codes, rows), np.insert(places, behind, ends))

    def edits(self, after: Codes, kind: npt.NDArray[np.int8], config: Config) -> Edits:
        """The edits that make the text so; kind: for each character the number of the reason, in NOTES."""
        codes = self.text.codes
        at = np.flatnonzero(after != codes)
        fixed = kept(codes, self.text.classes)
        if config.keep:
            fixed |= of_terms(to_str(codes), config)
        at = at[~fixed[at]]
        start, each = self.places[at], np.arange(len(at) + 1)
        notes = tuple(Note(NAME, sure, reason=reason) for sure, reason in NOTES)
        return Edits(start, start + 1, Text(codes[at], each), Text(after[at], each), kind[at].astype(np.int64), notes)


def in_form(codes: Codes, to: str) -> Codes:
    """Every character that has but one form in the target script in this form."""
    found: Codes = Chooser.load().forms[to].take(codes, mode="clip")
    return np.where(codes < BASE, found, codes)


def joined(parts: list[Edits]) -> Edits:
    """Edits of several places as one column, in order; each keeps its notes. Of two at one place the first counts."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return EMPTY
    base = offsets(len(part.notes) for part in parts)[:-1].tolist()
    columns = Edits(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        stacked([part.before for part in parts]),
        stacked([part.after for part in parts]),
        np.concatenate([part.note + first for part, first in zip(parts, base, strict=True)]),
        tuple(note for part in parts for note in part.notes),
    )
    if (np.diff(columns.start) > 0).all():
        return columns
    order = np.argsort(columns.start, kind="stable")
    return columns.select(order[np.diff(columns.start[order], prepend=-1) > 0])


def stacked(texts: list[Text]) -> Text:
    """The rows of several texts as one text."""
    lengths: npt.NDArray[np.int64] = np.concatenate([np.diff(text.rows) for text in texts])
    return Text(np.concatenate([text.codes for text in texts]), offsets(lengths))
