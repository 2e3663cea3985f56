"""The edit algebra: what every rule answers, and at the same time the result, the log, the undo and the diff.

Edits replace spans of one text, all at once. They can be applied, inverted and composed; each names its rule, its
confidence and its reason. Columns, not objects: a conversion of a million characters is a few arrays.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from textfix.characters import Bools, Codes, Ints
from textfix.text import Text, gathered, offsets

FEW = 200  # edits are few where so many characters of the text come on each


@dataclass(frozen=True)
class Note:
    """Why an edit is made.

    rule: `family.rule`. confidence: 0 to 1. inferred: information was lost, and the model filled it in.
    alternatives: other replacements that were possible, best first, with their confidence.
    """

    rule: str
    confidence: float = 1.0
    inferred: bool = False
    reason: str = ""
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Edit:
    """One replacement: characters start to end of the source, `before`, become `after`."""

    start: int
    end: int
    before: str
    after: str
    note: Note


@dataclass(frozen=True)
class Edits:
    """Replacements in one text, in order of their places, none overlapping another.

    start, end: shape (edits,), characters of the source.
    before, after: one row an edit, what stands there and what it becomes.
    note: shape (edits,), indices into notes.

    >>> edits = Edits.of([Edit(2, 7, "(jìn)", "", Note("noise.pinyin"))])
    >>> source = Text.of("推進(jìn)婦")
    >>> result = edits.apply(source)
    >>> result.row(0), edits.invert().apply(result).row(0)
    ('推進婦', '推進(jìn)婦')
    """

    start: Ints
    end: Ints
    before: Text
    after: Text
    note: Ints
    notes: tuple[Note, ...]

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Edits:
        """Columns of edits in any order. ValueError where two overlap or stand at the same place."""
        ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
        for left, right in itertools.pairwise(ordered):
            if right.start < left.end or (right.start, right.end) == (left.start, left.end):
                raise ValueError(f"edits overlap at characters {left.start} to {left.end} and from {right.start}")
        notes = {edit.note: 0 for edit in ordered}
        index = dict(zip(notes, range(len(notes)), strict=True))
        return cls(
            np.array([edit.start for edit in ordered], np.int64),
            np.array([edit.end for edit in ordered], np.int64),
            Text.of([edit.before for edit in ordered]),
            Text.of([edit.after for edit in ordered]),
            np.array([index[edit.note] for edit in ordered], np.int64),
            tuple(notes),
        )

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[Edit]:
        notes = map(self.notes.__getitem__, self.note.tolist())
        for index, (start, end, note) in enumerate(zip(self.start.tolist(), self.end.tolist(), notes, strict=True)):
            yield Edit(start, end, self.before.row(index), self.after.row(index), note)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edits) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash((len(self), self.start.tobytes(), self.after.codes.tobytes()))

    @cached_property
    def shift(self) -> Ints:
        """Shape (edits + 1,): by how many characters the first k edits together lengthen the text."""
        growth = np.diff(self.after.rows) - (self.end - self.start)
        return np.concatenate([[0], np.cumsum(growth)]).astype(np.int64)

    def select(self, keep: npt.ArrayLike) -> Edits:
        """Only the edits with these indices, or where this mask is true."""
        chosen = np.asarray(keep)
        index = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64)
        return Edits(
            self.start[index],
            self.end[index],
            self.before.take(index),
            self.after.take(index),
            self.note[index],
            self.notes,
        )

    def located(self, start: Ints, end: Ints) -> list[Edit]:
        """The edits as objects, at other places, of other lengths."""
        places = zip(start.tolist(), end.tolist(), strict=True)
        return [
            Edit(a, max(a, b), edit.before, edit.after, edit.note) for edit, (a, b) in zip(self, places, strict=True)
        ]

    def moved(self, by: npt.ArrayLike) -> Edits:
        """The same edits at other places: by is one number of characters, or one for each edit."""
        shift = np.asarray(by, np.int64)
        return Edits(self.start + shift, self.end + shift, self.before, self.after, self.note, self.notes)

    def apply(self, text: Text) -> Text:
        """The text with every replacement made. An insertion at a row's end belongs to that row, not to the next.

        ValueError where the text does not hold what the edits say stands there.
        """
        if not len(self):
            return text
        if self.end[-1] > len(text.codes):
            raise ValueError(f"an edit ends at character {self.end[-1]} of a text of {len(text.codes)}")
        places = gathered(self.start, self.end)
        if not np.array_equal(text.codes[places], self.before.codes):
            raise ValueError("the text is not the one that these edits were made for")
        put = self.start + self.shift[:-1]
        end = put + np.diff(self.after.rows)
        rows = text.rows
        if self.shift.any():
            rows = rows + self.shift[np.searchsorted(self.end, rows, side="right")]
            rows[0] = 0
        if FEW * (len(self) + len(self.after.codes)) < len(text.codes):
            result = Text(self._pieced(text.codes, self.after.codes), rows)
            if text.is_classed:
                result.take_classes(self._pieced(text.classes, np.zeros_like(self.after.codes)), put, end)
            return result
        written = covered(put, end, int(rows[-1]))
        codes = np.empty(len(written), np.uint32)
        codes[~written] = text.codes[~covered(self.start, self.end, len(text.codes))]
        codes[written] = self.after.codes
        return Text(codes, rows)

    def _pieced(self, column: Codes, after: Codes) -> Codes:
        """A column of the text with what is put in, piece by piece, as is fast for few edits."""
        left = zip([0, *self.end.tolist()], [*self.start.tolist(), len(column)], strict=True)
        new = zip(self.after.rows.tolist(), [*self.after.rows[1:].tolist(), len(after)], strict=True)
        pairs = zip(left, new, strict=True)
        return np.concatenate([piece for (a, b), (c, d) in pairs for piece in (column[a:b], after[c:d])])

    def invert(self) -> Edits:
        """The edits that lead from the result back to the source."""
        start = self.start + self.shift[:-1]
        return Edits(start, start + np.diff(self.after.rows), self.after, self.before, self.note, self.notes)

    def compose(self, later: Edits) -> Edits:
        """Edits that do at once what these and then the later ones do. Edits that touch become one."""
        back = self.invert()  # both are now edits of the text in the middle
        start, end = touching(np.concatenate([back.start, later.start]), np.concatenate([back.end, later.end]))
        first, second = back.groups(start), later.groups(start)
        rows = np.concatenate([[0], np.cumsum(end - start)]).astype(np.int64)
        codes = np.zeros(rows[-1], np.uint32)
        bases = rows[:-1] - start
        parts = [edits.moved(bases[group]) for edits, group in ((back, first), (later, second))]
        for edits in parts:
            codes[covered(edits.start, edits.end, len(codes))] = edits.before.codes
        middle = Text(codes, rows)
        before, after = (edits._rewrite(middle, group) for edits, group in zip(parts, (first, second), strict=True))
        source = start + back.shift[np.searchsorted(first, np.arange(len(start)))]
        note, notes = merge_notes((self, first), (later, second), len(start))
        return Edits(source, source + np.diff(before.rows), before, after, note, notes)

    def groups(self, start: Ints) -> Ints:
        """For each edit, the last of these places that is not behind it."""
        return np.asarray(np.searchsorted(start, self.start, side="right") - 1, np.int64)

    def _rewrite(self, text: Text, row: Ints) -> Text:
        """Apply edits of which each belongs to the row named for it, also where it stands between two rows."""
        growth = np.diff(self.after.rows) - (self.end - self.start)
        lengths = np.diff(text.rows) + np.bincount(row, growth, len(text)).astype(np.int64)
        return Text(self.apply(text).codes, offsets(lengths))

    def touches(self, other: Edits) -> Bools:
        """Which of these edits touch or overlap one of the other edits of the same text."""
        left = np.searchsorted(other.end, self.start, side="left")
        right = np.searchsorted(other.start, self.end, side="right")
        return np.asarray(left < right, np.bool_)

    def trimmed(self) -> Edits:
        """Without the edits that change nothing."""
        same = np.fromiter((edit.before == edit.after for edit in self), np.bool_, len(self))
        return self.select(~same)

    def to_result(self, positions: npt.ArrayLike) -> Ints:
        """Where characters of the source stand in the result. What was replaced maps to its replacement's start."""
        shape = np.shape(positions)
        at = np.ravel(np.asarray(positions, np.int64))
        index = np.searchsorted(self.end, at, side="right")  # edits that end at or before the position
        inside = index < len(self)
        inside[inside] = self.start[index[inside]] < at[inside]
        moved = at + self.shift[index]
        moved[inside] = (self.start + self.shift[:-1])[index[inside]]
        return moved.reshape(shape)

    def to_source(self, positions: npt.ArrayLike) -> Ints:
        """Where characters of the result stood in the source."""
        return self.invert().to_result(positions)


EMPTY = Edits.of([])


def covered(start: Ints, end: Ints, size: int) -> Bools:
    """A mask of the characters inside any of these spans, which are in order and do not overlap."""
    step = np.zeros(size + 1, np.int8)
    wide = end > start
    step[start[wide]] += 1
    step[end[wide]] -= 1
    return np.cumsum(step[:-1], dtype=np.int8).view(np.bool_)


def touching(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The spans left when spans that overlap or touch are joined."""
    order = np.lexsort((end, start))
    start, reach = start[order], np.maximum.accumulate(end[order])
    first = np.ones(len(start), np.bool_)
    first[1:] = start[1:] > reach[:-1]
    return start[first], reach[np.append(first[1:], True)] if len(start) else reach


def merge_notes(first: tuple[Edits, Ints], second: tuple[Edits, Ints], size: int) -> tuple[Ints, tuple[Note, ...]]:
    """The note of each group of joined edits: the weakest confidence of its members, and all their reasons."""
    members: list[dict[Note, None]] = [{} for _ in range(size)]
    for edits, group in (first, second):
        for where, note in zip(group.tolist(), edits.note.tolist(), strict=True):
            members[where][edits.notes[note]] = None
    merged = [join_notes(list(notes)) for notes in members]
    index = {note: number for number, note in enumerate(dict.fromkeys(merged))}
    return np.array([index[note] for note in merged], np.int64), tuple(index)


def join_notes(notes: Sequence[Note]) -> Note:
    if len(notes) == 1:
        return notes[0]
    return Note(
        "+".join(sorted({name for note in notes for name in note.rule.split("+")})),
        min(note.confidence for note in notes),
        any(note.inferred for note in notes),
        "; ".join(sorted({part for note in notes for part in note.reason.split("; ") if part})),
    )
