"""Every change with its place, its rule, how sure it is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from textfix.edits import Edit
from textfix.report import Lines, printable
from textfix.views.neutral import neutral


def explained(source: str, edits: Iterable[Edit]) -> Iterator[dict[str, Any]]:
    """One mapping a change, in order of place; line and column from 1, in characters of the decoded source."""
    lines = Lines(source)
    for edit in in_order(edits):
        line, column = lines.place(edit.start)
        note = edit.note
        yield printable(
            {
                "line": line,
                "column": column,
                "start": edit.start,
                "end": edit.end,
                "before": edit.before,
                "after": edit.after,
                "rule": note.rule,
                "confidence": note.confidence,
                "inferred": note.inferred,
                "reason": note.reason,
                "alternatives": [list(other) for other in note.alternatives],
            }
        )


def sentences(source: str, edits: Iterable[Edit], left: Iterable[Edit] = ()) -> Iterator[str]:
    """The same as lines for people, with what was not made among them.

    >>> from textfix.edits import Note
    >>> next(sentences("推進(jìn)", [Edit(2, 7, "(jìn)", "", Note("noise.pinyin", 0.999, reason="a script did"))]))
    '1:3  noise.pinyin  (jìn) → (nothing)  sure 0.999: a script did'
    """
    lines = Lines(source)
    left = [*left]
    untouched = {*left}
    for edit in in_order([*edits, *left]):
        line, column = lines.place(edit.start)
        note = edit.note
        kind = ("not made, " if edit in untouched else "") + ("inferred" if note.inferred else "sure")
        others = ", ".join(f"{neutral(text)} {sure}" for text, sure in note.alternatives)
        yield (
            f"{line}:{column}  {note.rule}  "
            f"{neutral(edit.before) or '(nothing)'} → {neutral(edit.after) or '(nothing)'}  "
            f"{kind} {note.confidence}: {neutral(note.reason)}" + (f"; or {others}" if others else "")
        )


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.end))
