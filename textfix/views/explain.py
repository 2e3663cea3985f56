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
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
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


def sentences(source: str, edits: Iterable[Edit]) -> Iterator[str]:
    """The same as lines for people.

    >>> from textfix.edits import Note
    >>> next(sentences("推進(jìn)", [Edit(2, 7, "(jìn)", "", Note("noise.pinyin", 0.999, reason="a script did"))]))
    '1:3  noise.pinyin  (jìn) → (nothing)  sure 0.999: a script did'
    """
    for one in explained(source, edits):
        kind = "inferred" if one["inferred"] else "sure"
        others = ", ".join(f"{neutral(text)} {sure}" for text, sure in one["alternatives"])
        yield (
            f"{one['line']}:{one['column']}  {one['rule']}  "
            f"{neutral(one['before']) or '(nothing)'} → {neutral(one['after']) or '(nothing)'}  "
            f"{kind} {one['confidence']}: {neutral(one['reason'])}" + (f"; or {others}" if others else "")
        )
