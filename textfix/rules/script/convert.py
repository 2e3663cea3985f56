"""Conversion to one script: which rows, what in them may change, and for which reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from textfix.edits import EMPTY, Edits, Note
from textfix.rules.script.choice import BASE, Chooser
from textfix.rules.script.counts import counts_of, shares
from textfix.rules.script.protect import kept
from textfix.text import LF, Class, Codes, Ints, Text, offsets

NAME = "script.convert"
PART = 1 << 18  # characters of rows that are converted at once
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


def convert_rows(text: Text, rows: Ints, to: str) -> Edits:
    """The edits that convert these rows to one target.

    A row in which only characters of the target script stand is right as it is, but for forms of the region.
    """
    holds = {script: np.isin(rows, text.screen.rows(script)) for script in (OWN[to], OTHER[to])}
    right = holds[OWN[to]] & ~holds[OTHER[to]]
    found = [converted(text, some, to) for some in groups(text, rows[~right])]
    if to in ("hant-tw", "hant-hk"):
        found += [regional(text, some, to) for some in groups(text, rows[right])]
    return joined(found)


def groups(text: Text, rows: Ints) -> Iterator[Ints]:
    """The rows in groups of about PART characters."""
    size = np.cumsum(np.diff(text.rows)[rows])
    return iter(np.split(rows, np.flatnonzero(np.diff(size // PART)) + 1) if len(rows) else [])


def converted(text: Text, rows: Ints, to: str) -> Edits:
    """Every character of these rows in the target script, as its surroundings say."""
    spread = apart(text.take(rows))  # a row knows nothing of its neighbours
    codes, marks = spread.codes, spread.classes
    chooser = Chooser.load()
    at = chooser.asked(codes, to)
    share = shares(codes, marks, at, counts_of(spread).share[spread.row_of(at)])
    doubt = -np.log(np.maximum(LEAST, share if to != "hans" else 1 - share))
    after, kind = in_form(codes, to), np.full(len(codes), REGION, np.int8)
    kind[(marks & int(OTHER[to] | (Class.FOLDS if to == "hans" else 0))) != 0] = TABLE
    after[at], by_phrase = chooser.chosen(codes, to, at, doubt.astype(np.float32))
    kind[at] = np.where(by_phrase, PHRASE, CONTEXT)
    return edits_of(text, rows, spread, after, kind)


def in_form(codes: Codes, to: str) -> Codes:
    """Every character that has but one form in the target script in this form."""
    found: Codes = Chooser.load().forms[to].take(codes, mode="clip")
    return np.where(codes < BASE, found, codes)


def regional(text: Text, rows: Ints, to: str) -> Edits:
    """The characters of which the region has a form of its own."""
    part = text.take(rows)
    hit = np.unique(part.row_of(np.flatnonzero(in_form(part.codes, to) != part.codes)))
    spread = apart(part.take(hit))
    after = in_form(spread.codes, to)
    return edits_of(text, rows[hit], spread, after, np.full(len(after), REGION, np.int8))


def apart(text: Text) -> Text:
    """The same rows with a line end behind each."""
    return Text(np.insert(text.codes, text.rows[1:], np.uint32(LF)), text.rows + np.arange(len(text) + 1))


def edits_of(text: Text, rows: Ints, spread: Text, after: Codes, kind: npt.NDArray[np.int8]) -> Edits:
    """The edits of the rows of a text of which `spread` is a copy with line ends between."""
    fixed = kept(spread.codes, spread.classes, Chooser.load().japanese)
    at = np.flatnonzero((after != spread.codes) & ~fixed)
    start = at + (text.rows[rows] - spread.rows[:-1])[spread.row_of(at)]
    notes = tuple(Note(NAME, sure, reason=reason) for sure, reason in NOTES)
    each = np.arange(len(at) + 1)
    before, changed = Text(spread.codes[at], each), Text(after[at], each)
    return Edits(start, start + 1, before, changed, kind[at].astype(np.int64), notes)


def joined(parts: list[Edits]) -> Edits:
    """Edits of several places as one column, in order; each keeps its notes."""
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
    return columns.select(np.argsort(columns.start, kind="stable"))


def stacked(texts: list[Text]) -> Text:
    """The rows of several texts as one text."""
    lengths: npt.NDArray[np.int64] = np.concatenate([np.diff(text.rows) for text in texts])
    return Text(np.concatenate([text.codes for text in texts]), offsets(lengths.tolist()))
