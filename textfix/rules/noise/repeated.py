"""noise.repeated: lines that stand twice, and characters that all stand twice.

    标标题题加加粗粗了了。。  (a PDF draws bold text twice)

Both are noted, as refrains and 开开心心快快乐乐 are meant; --remove noise.repeated leaves one of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Class, Ints, Text, line_ends

LEAST = 16  # characters of a line that is worth a note when it is repeated
LONGEST = 4096  # characters of a run
PAIRS = 6  # characters that stand twice, one after the other
LINE_END = re.compile(r"\r?\n|\r|")
DOUBLED = re.compile(r"(?:([^\s\x00-\x7f])\1){%d,}" % PAIRS)


def propose(text: Text, context: Context) -> Proposals:
    remove = context.config.removes(RULE.name)
    found = sorted([*doubled(text, remove), *lines(text, remove)], key=lambda edit: edit.start)
    kept: list[Edit] = []
    for edit in found:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return Proposals.of(kept)


def doubled(text: Text, remove: bool) -> Iterator[Edit]:
    """Runs of characters that all stand twice."""
    same = np.flatnonzero(text.codes[1:] == text.codes[:-1])
    steps = np.convolve(np.diff(same) == 2, np.ones(PAIRS - 1), "valid") if len(same) >= PAIRS else np.zeros(0)
    done = 0
    for place in same[np.flatnonzero(steps >= PAIRS - 1)].tolist():
        if place < done:
            continue
        match = DOUBLED.match(text.wide(place, place, LONGEST)[1])
        if match and len(set(match[0])) >= PAIRS:
            done = place + len(match[0])
            note = Note(RULE.name, 0.5, reason="every character stands twice")
            yield Edit(place, done, match[0], match[0][::2] if remove else match[0], note)


def lines(text: Text, remove: bool) -> Iterator[Edit]:
    """Lines, with the line end behind them, that stand in the same row already."""
    starts, ends = bounds(text)
    long = ends - starts >= LEAST
    starts, ends = starts[long], ends[long]
    seen: dict[tuple[int, str], int] = {}
    row = text.row_of(starts)
    for index in twice(text, starts, ends, row).tolist():
        start, end = int(starts[index]), int(ends[index])
        line = text.slice(start, end)
        if not (text.classes[start:end] & int(Class.HAN)).any():
            continue
        if (int(row[index]), line) not in seen:
            seen[int(row[index]), line] = start
            continue
        before = line + LINE_END.findall(text.wide(start, end, 2)[1])[0]
        note = Note(RULE.name, 0.5, reason="a line that stands above already")
        yield Edit(start, start + len(before), before, "" if remove else before, note)


def bounds(text: Text) -> tuple[Ints, Ints]:
    """Where lines start and end, rows being lines, too."""
    ends = line_ends(text.codes)
    starts = np.union1d(text.rows[:-1], ends + 1)
    starts = starts[starts < len(text.codes)]
    return starts, np.minimum(np.append(starts[1:], len(text.codes)), after(ends, starts, len(text.codes)))


def after(ends: Ints, starts: Ints, size: int) -> Ints:
    """The first line end from each place on."""
    return np.append(ends, size)[np.searchsorted(ends, starts)]


def twice(text: Text, starts: Ints, ends: Ints, row: Ints) -> Ints:
    """The lines that may stand in their row more than once: row, length, and four characters are the same."""
    places = [starts, starts + 5, (starts + ends) // 2, ends - 1]
    marks = np.stack([row, ends - starts, *(text.codes[place].astype(np.int64) for place in places)])
    _, inverse, counts = np.unique(marks, axis=1, return_inverse=True, return_counts=True)
    return np.flatnonzero(counts[inverse.ravel()] > 1)


RULE = Rule(
    "noise.repeated",
    "lines that stand twice, and characters that all do; noted, one of each left with --remove",
    ("标标题题加加粗粗了了吧吧", "标题加粗了吧"),
    always(Class.HAN),
    propose,
    mere=True,
    removable=True,
)
