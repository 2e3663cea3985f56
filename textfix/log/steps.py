"""The steps of a log: the edits of one rule in one round, told one by one or as a table of substitutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textfix.edits import Edit, Edits, Note
from textfix.text import Text


class LogDamaged(ValueError):
    """A log that is cut off, altered, or no log at all. The message names the line."""


class LogMismatch(ValueError):
    """A log of another text than the one given."""


@dataclass(frozen=True)
class Step:
    """The edits of one rule in one round, places in the text as it was before the step."""

    rule: str
    round: int
    edits: Edits

    @property
    def count(self) -> int:
        return len(self.edits)


def singly(steps: Sequence[Step]) -> list[Edit]:
    """Every edit of every step, at its place in the source of the first."""
    return [edit for number, step in enumerate(steps) for edit in at_source(step.edits, steps[:number])]


def at_source(edits: Edits, earlier: Sequence[Step]) -> list[Edit]:
    """Edits of the text that earlier steps led to, at their places in the source of those steps."""
    start, end = edits.start, edits.end
    for step in reversed(earlier):
        start, end = step.edits.to_source(start), step.edits.to_source(end)
    return edits.located(start, end)


@dataclass(frozen=True)
class Substitutions:
    """A step that only replaces single characters, told from its result: the second kind of step.

    Every `after` in the result was `before`, but for the occurrences listed (counted from 0), which were something
    else, or the same. rows: (after, before, note, exceptions); an exception is (before, note or None, occurrences).
    """

    rule: str
    round: int
    count: int
    rows: tuple[tuple[str, str, Note, tuple[tuple[str, Note | None, tuple[int, ...]], ...]], ...]

    @classmethod
    def of(cls, step: Step, result: Text) -> Substitutions | None:
        """The same step as substitutions; None where it cannot be told so, or not in fewer places."""
        edits = step.edits
        ones = np.diff(edits.after.rows) == 1
        if not len(edits) or not (ones & (edits.end - edits.start == 1)).all():
            return None
        groups: dict[str, list[int]] = {}
        for index, code in enumerate(edits.after.codes.tolist()):
            groups.setdefault(chr(code), []).append(index)
        rows = tuple(_substitution(edits, after, index, result) for after, index in groups.items())
        listed = sum(len(places) for row in rows for _, _, places in row[3])
        return cls(step.rule, step.round, len(edits), rows) if 2 * listed < len(edits) else None

    def step(self, result: Text) -> Step:
        """The edits, from the text that they led to."""
        edits: list[Edit] = []
        for after, before, note, exceptions in self.rows:
            places = np.flatnonzero(result.codes == ord(after)).tolist()
            was: dict[int, tuple[str, Note | None]] = {
                at: (other, why) for other, why, listed in exceptions for at in listed
            }
            if any(at >= len(places) for at in was):
                raise LogDamaged(f"the text has fewer {after!r} than its log says")
            for number, place in enumerate(places):
                old, why = was.get(number, (before, note))
                if why is not None:
                    edits.append(Edit(place, place + 1, old, after, why))
        if len(edits) != self.count:
            raise LogDamaged(f"the log counts {self.count} edits in a step and holds {len(edits)}")
        return Step(self.rule, self.round, Edits.of(edits))


def _substitution(
    edits: Edits, after: str, index: list[int], result: Text
) -> tuple[str, str, Note, tuple[tuple[str, Note | None, tuple[int, ...]], ...]]:
    """One row of a table: what most of the occurrences of a character were, and the others."""
    places = np.flatnonzero(result.codes == ord(after))
    occurrence = np.searchsorted(places, edits.start[index]).tolist()
    kinds: dict[tuple[str, Note | None], list[int]] = {}
    for one, number in zip(index, occurrence, strict=True):
        kinds.setdefault((chr(edits.before.codes[one]), edits.notes[edits.note[one]]), []).append(number)
    unchanged = sorted(set(range(len(places))) - set(occurrence))
    (before, note), _ = max(kinds.items(), key=lambda item: len(item[1]))
    assert note is not None
    others = [(old, why, tuple(at)) for (old, why), at in kinds.items() if (old, why) != (before, note)]
    if unchanged:
        others.append((after, None, tuple(unchanged)))
    return after, before, note, tuple(others)
