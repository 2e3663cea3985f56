"""Unified diffs, raw, that `git apply` and `patch` take. A line ends at LF alone, as for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textfix.views.between import opcodes

CONTEXT = 3
NO_NEWLINE = "\n\\ No newline at end of file\n"


def unified(before: str, after: str, names: tuple[str, str]) -> str:
    """The diff, empty where nothing differs.

    >>> print(unified("a\\n汉\\n", "a\\n漢\\n", ("x", "x")), end="")
    --- a/x
    +++ b/x
    @@ -1,2 +1,2 @@
     a
    -汉
    +漢
    """
    old, new = lines(before), lines(after)
    hunks = list(grouped(list(opcodes(old, new)), len(old)))
    if not hunks:
        return ""
    parts = [f"--- {quoted('a/' + names[0])}\n+++ {quoted('b/' + names[1])}\n"]
    for hunk in hunks:
        parts += hunk_lines(hunk, old, new)
    return "".join(parts)


def lines(text: str) -> list[str]:
    pieces = text.split("\n")
    return [piece + "\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


Change = tuple[int, int, int, int]


def grouped(changes: Sequence[Change], size: int) -> Iterator[list[Change]]:
    """Changes with so little between them that they share a hunk."""
    group: list[Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def hunk_lines(hunk: list[Change], old: list[str], new: list[str]) -> Iterator[str]:
    (a, _, c, _), (_, b, _, d) = hunk[0], hunk[-1]
    lead, trail = min(CONTEXT, a), min(CONTEXT, len(old) - b)
    start, end = a - lead, b + trail
    yield f"@@ -{extent(start, end)} +{extent(c - lead, d + trail)} @@\n"
    place = start
    for i, j, k, m in hunk:
        yield from marked(" ", old[place:i])
        yield from marked("-", old[i:j])
        yield from marked("+", new[k:m])
        place = j
    yield from marked(" ", old[place:end])


def extent(start: int, end: int) -> str:
    """A range of lines as diff writes it: an empty one is named by the line before it."""
    return f"{start + 1 if end > start else start},{end - start}"


def marked(mark: str, chosen: Sequence[str]) -> Iterator[str]:
    for line in chosen:
        yield mark + (line if line.endswith("\n") else line + NO_NEWLINE)


def quoted(name: str) -> str:
    """A file name as git writes it: in quotes where it holds a quote, a backslash or a control."""
    if not any(c in '"\\' or ord(c) < 0x20 or ord(c) == 0x7F for c in name):
        return name + ("\t" if " " in name else "")
    return '"' + "".join(f"\\{ord(c):03o}" if ord(c) < 0x20 or c in '"\\\x7f' else c for c in name) + '"'
