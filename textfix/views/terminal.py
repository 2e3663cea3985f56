"""Lines before and after with the changed characters marked, for a terminal. Wide characters take two columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ftfy.formatting import character_width

from textfix.edits import Edit, Edits
from textfix.report import Lines
from textfix.views.neutral import neutral

RED, GREEN, DIM, RESET = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True)
class Piece:
    """A piece of a line: the same before and after, or changed."""

    before: str
    after: str
    changed: bool


def terminal(before: str, after: str, edits: Edits, width: int, color: bool = False) -> str:
    """Every stretch of text that holds a change, as it was and as it is, with its place (line:column, from 1)."""
    lines = Lines(before)
    rows: list[str] = []
    for start, end, inside in changed_lines(edits, lines, len(before)):
        place = start
        for row in wrapped(list(pieces(before, start, end, inside)), max(20, width - 14)):
            if any(piece.changed for piece in row):
                line, column = lines.place(place)
                rows += shown(row, f"{line}:{column}", color)
            place += sum(len(piece.before) for piece in row)
    return "".join(row + "\n" for row in rows)


def changed_lines(edits: Edits, lines: Lines, size: int) -> Iterator[tuple[int, int, list[Edit]]]:
    """The stretches of whole lines that hold edits, with their edits."""
    inside: list[Edit] = []
    start = end = 0
    starts = [*lines.starts.tolist(), size]
    for edit in edits:
        first, last = lines.place(edit.start)[0], lines.place(max(edit.start, edit.end - 1))[0]
        if not inside or edit.start >= end:
            if inside:
                yield start, end, inside
            start, inside = starts[first - 1], []
        inside.append(edit)
        end = max(starts[last], edit.end)
    if inside:
        yield start, end, inside


def pieces(before: str, start: int, end: int, edits: Sequence[Edit]) -> Iterator[Piece]:
    place = start
    for edit in edits:
        if edit.start > place:
            yield Piece(before[place : edit.start], before[place : edit.start], False)
        yield Piece(edit.before, edit.after, True)
        place = edit.end
    if end > place:
        yield Piece(before[place:end], before[place:end], False)


def wrapped(line: list[Piece], width: int) -> Iterator[list[Piece]]:
    """A line in rows of at most this many columns, before and after; unchanged pieces are split, changed ones not."""
    row: list[Piece] = []
    used = 0
    for piece in line:
        need = max(columns(neutral(piece.before)), columns(neutral(piece.after)))
        if piece.changed:
            if row and used + need > width:
                yield row
                row, used = [], 0
            row.append(piece)
            used += need
            continue
        part = ""
        for character in piece.before:
            need = columns(neutral(character))
            if used + need > width:
                yield [*row, Piece(part, part, False)] if part else row
                row, part, used = [], "", 0
            part += character
            used += need
        if part:
            row.append(Piece(part, part, False))
    if row:
        yield row


def shown(row: list[Piece], place: str, color: bool) -> Iterator[str]:
    """The row before and after; changed characters in colour, or with a mark below."""
    for sign, hue, side in (("-", RED, "before"), ("+", GREEN, "after")):
        texts = [
            (neutral(getattr(piece, side).rstrip("\r\n") if not piece.changed else getattr(piece, side)), piece.changed)
            for piece in row
        ]
        if color:
            text = "".join(f"{hue}{part}{RESET}" if changed else part for part, changed in texts)
            yield f"{DIM}{place}{RESET} {hue}{sign}{RESET} {text}"
            continue
        head = f"{place} {sign} "
        yield head + "".join(part for part, _ in texts)
        marks = "".join(("~" if changed else " ") * columns(part) for part, changed in texts).rstrip()
        if marks:
            yield " " * len(head) + marks


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(max(0, character_width(character)) for character in text)
