"""Edits to look at: in a terminal, as a unified diff, as JSON, and explained one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from textfix.edits import Edit, Edits
from textfix.pipeline import Fixed
from textfix.views.between import edits_between
from textfix.views.encoding import recoded
from textfix.views.explain import explained
from textfix.views.terminal import terminal
from textfix.views.unified import unified

STYLES = ("terminal", "color", "unified", "json")


@dataclass(frozen=True)
class Change:
    """A text before and after, with the edits between.

    raw: the text before as its bytes are, for unified diffs; where it was not UTF-8 that is not what it says.
    singly: every change with its rule, at its place in the text before. recoded: from which encoding to which the
    bytes go, where that changes.
    """

    before: str
    after: str
    edits: Edits
    raw: str
    singly: tuple[Edit, ...] = field(default=())
    names: tuple[str, str] = ("before", "after")
    recoded: str = ""


def of_fixed(fixed: Fixed, names: tuple[str, str] = ("before", "after"), written: str = "utf-8") -> Change:
    """What fix did; written: the encoding of the result."""
    raw = fixed.source if isinstance(fixed.source, str) else fixed.source.decode("utf-8", "surrogateescape")
    anew = recoded(fixed.decoded.segments, written)
    return Change(fixed.decoded.text, fixed.text, fixed.edits, raw, tuple(fixed.singly), names, anew)


def of_texts(before: str, after: str, names: tuple[str, str] = ("before", "after")) -> Change:
    """What leads from one text to another."""
    edits = edits_between(before, after)
    return Change(before, after, edits, before, tuple(edits), names)


def items(change: Change) -> Iterator[dict[str, Any]]:
    """The change as mappings: that of the encoding, then one for each edit."""
    if change.recoded:
        yield {"recoded": change.recoded}
    yield from explained(change.before, change.singly)


def render(change: Change, style: str, width: int = 100) -> str:
    """The change in a style; ValueError for one that does not exist. width: columns of the terminal."""
    if style in ("terminal", "color"):
        first = f"encoding  {change.recoded}\n" if change.recoded else ""
        return first + terminal(change.before, change.after, change.edits, width, color=style == "color")
    if style == "unified":
        return unified(change.raw, change.after, change.names)
    if style == "json":
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in items(change))
    raise ValueError(f"style={style!r} is not one of {', '.join(STYLES)}")
