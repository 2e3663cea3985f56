"""noise.repeated: lines that stand twice, and characters that all stand twice.

    标标题题加加粗粗了了。。  (a PDF draws bold text twice)

Both are noted, as refrains and 开开心心快快乐乐 are meant; --remove noise.repeated leaves one of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from textfix.characters import CR, LF, Class, Ints, line_ends
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

LEAST = 16  # characters of a line that is worth a note when it is repeated
LONGEST = 4096  # characters of a run
PRIME = 1_000_003
PAIRS = 6  # characters that stand twice, one after the other
DOUBLED = re.compile(rf"(?:([^\s\x00-\x7f])\1){{{PAIRS},}}")

NONE = np.zeros(0, np.int64)


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
    """Lines, with the line ends behind them, that stand in the same row already; those side by side are one."""
    starts, ends = bounds(text)
    row = text.row_of(starts)
    long = np.flatnonzero(ends - starts >= LEAST)
    maybe = long[twice(text, starts[long], ends[long], row[long])]
    seen: set[tuple[int, str]] = set()
    again: list[int] = []
    for index, number in zip(maybe.tolist(), row[maybe].tolist(), strict=True):
        line = text.slice(int(starts[index]), int(ends[index]))
        if (number, line) in seen:
            again.append(index)
        seen.add((number, line))
    yield from merged(text, [(int(starts[k]), next_line(text, starts, k)) for k in again], remove)


def next_line(text: Text, starts: Ints, line: int) -> int:
    """Where the line behind a line begins; CR LF is one line end."""
    place = int(starts[line + 1]) if line + 1 < len(starts) else len(text.codes)
    inside = place < len(text.codes) and not np.any(text.rows == place)
    return place + int(inside and text.codes[place] == LF and text.codes[place - 1] == CR)


def merged(text: Text, spans: list[tuple[int, int]], remove: bool) -> Iterator[Edit]:
    """An edit for each run of spans that touch one another and hold Chinese."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start and not np.any(text.rows == start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    note = Note(RULE.name, 0.5, reason="lines that stand above already")
    for start, end in joined:
        if (text.classes[start:end] & int(Class.HAN)).any():
            before = text.slice(start, end)
            yield Edit(start, end, before, "" if remove else before, note)


def bounds(text: Text) -> tuple[Ints, Ints]:
    """Where lines start and end, rows being lines, too."""
    ends = line_ends(text.codes)
    starts = np.sort(np.concatenate([text.rows[:-1], ends + 1]))
    starts = starts[(np.diff(starts, prepend=-1) > 0) & (starts < len(text.codes))]
    return starts, np.minimum(np.append(starts[1:], len(text.codes)), after(ends, starts, len(text.codes)))


def after(ends: Ints, starts: Ints, size: int) -> Ints:
    """The first line end from each place on."""
    return np.append(ends, size)[np.searchsorted(ends, starts)]


def twice(text: Text, starts: Ints, ends: Ints, row: Ints) -> Ints:
    """The lines that may stand in their row more than once: row, length and four characters are as good as the same."""
    key = row * PRIME + ends - starts
    for place in (starts, starts + 5, (starts + ends) // 2, ends - 1):
        key = key * PRIME + text.codes[place]  # what overflows is as good
    ordered = np.sort(key)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.flatnonzero(np.isin(key, again)) if len(again) else NONE


RULE = Rule(
    "noise.repeated",
    "lines that stand twice, and characters that all do; noted, one of each left with --remove",
    ("标标题题加加粗粗了了吧吧", "标题加粗了吧"),
    always(Class.HAN),
    propose,
    mere=True,
    removable=True,
)
