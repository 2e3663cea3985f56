"""The flow, one way: text, screen, rules, proposals, choice, edits, text; round after round until nothing changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np

from textfix.characters import Class, Ints
from textfix.config import Config
from textfix.edits import EMPTY, Edit, Edits, Note
from textfix.encodings import Decoded, byte_offsets, decode_many
from textfix.encodings.sequences import RULE as SEQUENCE
from textfix.log import Log, Step, at_source, singly
from textfix.report import Report
from textfix.rules import LAST, Context, Rule, choose, enabled
from textfix.text import Text

ROUNDS = 8  # after so many a document that still changes is left as it was


@dataclass
class Track:
    """What happened to one row: the edits made, step by step, and what is only reported, in places of the source."""

    steps: list[Step] = field(default_factory=list)
    left: list[Edit] = field(default_factory=list)
    text: str | None = None  # the row as it is now; None where it was never changed


@dataclass(frozen=True, repr=False)
class Fixed:
    """What fix answers.

    text: the repaired text, always valid Unicode. changed: whether it differs from what went in, in its own type:
    bytes that are no UTF-8 are changed by becoming it.
    """

    text: str
    source: str | bytes
    config: Config
    decoded: Decoded
    steps: tuple[Step, ...]
    left: tuple[Edit, ...]

    @property
    def changed(self) -> bool:
        if isinstance(self.source, str):
            return self.text != self.source
        plain = all(not part.bom and part.encoding in ("ascii", "utf-8") for part in self.decoded.segments)
        return not (plain and not self.steps) and self.text.encode() != self.source

    @cached_property
    def edits(self) -> Edits:
        """All changes at once, from the decoded source to the result. What several rules touched is one edit."""
        return reduce(Edits.compose, (step.edits for step in self.steps), EMPTY)

    @property
    def singly(self) -> list[Edit]:
        """Every change with its own rule, at its place in the decoded source."""
        return singly(self.steps)

    @cached_property
    def log(self) -> Log:
        """What brings the source back: see docs/log-format.md."""
        return Log.of(self.source, self.decoded, self.text, self.steps, self.config)

    @cached_property
    def report(self) -> Report:
        return Report.of(self.decoded, self.steps, self.left)

    def __repr__(self) -> str:
        return f"Fixed(changed={self.changed}, {sum(step.count for step in self.steps)} edits)"

    def to_result(self, offset: int, unit: str = "characters") -> int:
        """Where a place of the source stands in the result; unit: characters or bytes, of either text.

        IndexError for a place outside the text, ValueError for another unit.
        """
        before, after = self._places(unit)
        return int(after[self.edits.to_result(nearest(before, offset))])

    def to_source(self, offset: int, unit: str = "characters") -> int:
        """Where a place of the result stood in the source; unit: characters or bytes, of either text.

        IndexError for a place outside the text, ValueError for another unit.
        """
        before, after = self._places(unit)
        return int(before[self.edits.to_source(nearest(after, offset))])

    def _places(self, unit: str) -> tuple[Ints, Ints]:
        """Where each character begins in source and result."""
        if unit == "bytes":
            return byte_offsets(self.decoded.text, self.decoded.segments), byte_offsets(self.text, ())
        if unit != "characters":
            raise ValueError(f"unit={unit!r} is neither characters nor bytes")
        return np.arange(len(self.decoded.text) + 1), np.arange(len(self.text) + 1)


def nearest(starts: Ints, offset: int) -> int:
    """The character in which a place stands."""
    if not 0 <= offset <= int(starts[-1]):
        raise IndexError(f"place {offset} is outside a text of {int(starts[-1])}")
    return max(int(np.searchsorted(starts, offset, side="right")) - 1, 0)


def run(text: Text, context: Context, tracks: dict[int, Track] | None = None) -> dict[int, Track]:
    """Run the rules over all rows. The answer holds the rows of which there is something to say."""
    tracks = {} if tracks is None else tracks
    every = enabled(context.config)
    active, rows = text.narrowed(flagged(text, every, context.config))
    for number in range(1, ROUNDS + 1):
        before = active
        edited: set[int] = set()
        for rule in every:
            active = run_rule(rule, active, rows, number, context, tracks, edited)
        for place in edited:
            tracks[int(rows[place])].text = active.row(place)
        changed = np.array([k for k in sorted(edited) if not same(active, before, k)], np.int64)
        rows, active = rows[changed], active.take(changed)
        if not len(rows):
            break
    for row in rows.tolist():
        unsettled(tracks, row, text.row(row))
    finish(text, context, tracks)
    return tracks


def same(one: Text, other: Text, row: int) -> bool:
    """Whether a row is the same in both texts."""
    first, second = (text.codes[text.rows[row] : text.rows[row + 1]] for text in (one, other))
    return np.array_equal(first, second)


def flagged(text: Text, every: Sequence[Rule], config: Config) -> Ints:
    """The rows that hold anything that triggers a rule: the only look that clean text gets."""
    asked = [text.screen.rows(*rule.triggers(config)) for rule in every]
    return np.unique(np.concatenate(asked)) if asked else np.zeros(0, np.int64)


def run_rule(
    rule: Rule,
    active: Text,
    rows: Ints,
    number: int,
    context: Context,
    tracks: dict[int, Track],
    edited: set[int],
) -> Text:
    """Ask one rule about the rows that trigger it, record what it proposes, and make what is chosen.

    rows: the number that each active row has in the batch. edited: takes the active rows that are changed.
    """
    asked = active.screen.rows(*rule.triggers(context.config))
    if not len(asked):
        return active
    part, asked = active.narrowed(asked)
    proposals = rule.propose(part, context)
    made, left = choose(proposals.edits, context.config)
    if number == 1:
        for piece, local in [*by_row(left, part), *by_row(proposals.suspicions, part)]:
            track = tracks.setdefault(int(rows[asked[local]]), Track())
            track.left += at_source(piece, track.steps)
    if not len(made):
        return active
    row = part.row_of(made.start)
    after = made.moved(active.rows[asked[row]] - part.rows[row]).apply(active)
    for piece, local in by_row(made, part):
        place = int(asked[local])
        track = tracks.setdefault(int(rows[place]), Track())
        track.steps.append(Step(rule.name, number, piece))
        edited.add(place)
    return after


def by_row(edits: Edits, text: Text) -> Iterator[tuple[Edits, int]]:
    """The edits of each row that has any, in places counted from its start, with its number."""
    row = text.row_of(edits.start)
    numbers, first = np.unique(row, return_index=True)
    for number, start, end in zip(numbers.tolist(), first.tolist(), [*first[1:].tolist(), len(edits)], strict=False):
        yield edits.select(np.arange(start, end)).moved(-int(text.rows[number])), number


def unsettled(tracks: dict[int, Track], row: int, source: str) -> None:
    """Leave a row that the rules would change for ever as it was, and say so."""
    note = Note("pipeline.unsettled", 0.0, reason=f"the rules did not settle after {ROUNDS} rounds; left as it was")
    read = [step for step in tracks[row].steps if step.round == 0]
    tracks[row] = Track(read, [Edit(0, len(source), source, source, note)], source)


def finish(text: Text, context: Context, tracks: dict[int, Track]) -> None:
    """Make every row valid Unicode, once all else is done."""
    rows = text.screen.rows(Class.SURROGATE).tolist()
    for row in rows:
        track = tracks.setdefault(row, Track())
        last = Text.of(text.row(row) if track.text is None else track.text)
        edits = LAST.propose(last, context).edits
        if len(edits):
            track.steps.append(Step(LAST.name, len(track.steps) + 1, edits))
            track.text = edits.apply(last).row(0)


def fix(data: str | bytes, config: Config) -> Fixed:
    """Repair one document."""
    return fix_many([data], config)[0]


def fix_many(rows: Sequence[str | bytes], config: Config) -> list[Fixed]:
    """Repair many documents at once, each by itself."""
    raw = iter(decode_many([row for row in rows if isinstance(row, bytes)], config.encoding, config.force_encoding))
    decoded = [Decoded(row, ()) if isinstance(row, str) else next(raw) for row in rows]
    tracks, texts = {}, []
    for number, one in enumerate(decoded):
        text = one.text
        if len(one.readings):
            text = one.readings.apply(Text.of(text)).row(0)
            tracks[number] = Track([Step(SEQUENCE, 0, one.readings)], text=text)
        texts.append(text)
    run(Text.of(texts), Context(config), tracks)
    return [
        fixed_of(row, one, tracks.get(number, Track()), config)
        for number, (row, one) in enumerate(zip(rows, decoded, strict=True))
    ]


def fixed_of(source: str | bytes, decoded: Decoded, track: Track, config: Config) -> Fixed:
    result = decoded.text if track.text is None else track.text
    return Fixed(result, source, config, decoded, tuple(track.steps), tuple(track.left))
