"""The edits that lead from one text to another, found by comparing lines and then the characters of changed lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from textfix.edits import Edit, Edits, Note

LARGEST = 4_000_000  # product of two lengths up to which difflib is asked; above, only the ends are compared
NOTE = Note("diff")


def edits_between(before: str, after: str) -> Edits:
    """Edits from before to after, close to the fewest.

    >>> [(edit.before, edit.after) for edit in edits_between("头发\\n云", "頭髮\\n云")]
    [('头发', '頭髮')]
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return Edits.of(line_edits(old, new))


def line_edits(old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for a, b, c, d in opcodes(old, new):
        if b - a == d - c:
            for i, j in zip(range(a, b), range(c, d), strict=True):
                yield from character_edits(old[i], new[j], starts[i])
        else:
            yield from character_edits("".join(old[a:b]), "".join(new[c:d]), starts[a])


def character_edits(old: str, new: str, base: int) -> Iterator[Edit]:
    for a, b, c, d in opcodes(old, new):
        yield Edit(base + a, base + b, old[a:b], new[c:d], NOTE)


def opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that differ, as slices of either."""
    if len(old) == len(new) and isinstance(old, list):
        yield from ((i, i + 1, i, i + 1) for i in range(len(old)) if old[i] != new[i])
        return
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    tail = next((i for i in range(least - head) if old[-1 - i] != new[-1 - i]), least - head)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(a) * len(b) > LARGEST:
        yield head, head + len(a), head, head + len(b)
    elif a or b:
        for tag, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if tag != "equal":
                yield head + i, head + j, head + k, head + m
