"""Edits to look at: in a terminal, as a unified diff, as JSON, and explained one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from textfix.edits import Edit, Edits
from textfix.encodings import UNSURE, Decoded, decode
from textfix.pipeline import Fixed
from textfix.views.between import edits_between
from textfix.views.encoding import encodings, recoded
from textfix.views.explain import explained
from textfix.views.terminal import terminal
from textfix.views.unified import unified

STYLES = ("terminal", "color", "unified", "json")


@dataclass(frozen=True)
class Change:
    """A text before and after, with the edits between.

    raw, raw_after: both as their bytes are, for unified diffs; where that was not UTF-8 it is not what they say.
    singly: every change with its rule, at its place in the text before; left: those that were not sure enough to be
    made. recoded: from which encoding to which the bytes go, where that changes.
    """

    before: str
    after: str
    edits: Edits
    raw: str
    raw_after: str
    singly: tuple[Edit, ...] = field(default=())
    names: tuple[str, str] = ("before", "after")
    recoded: str = ""
    left: tuple[Edit, ...] = field(default=())


def of_fixed(fixed: Fixed, names: tuple[str, str] = ("before", "after"), written: str = "utf-8") -> Change:
    """What fix did; written: the encoding of the result."""
    raw = fixed.source if isinstance(fixed.source, str) else fixed.source.decode("utf-8", "surrogateescape")
    anew = recoded(fixed.decoded.segments, written)
    left = tuple(edit for edit in fixed.left if edit.after != edit.before)
    return Change(fixed.decoded.text, fixed.text, fixed.edits, raw, fixed.text, tuple(fixed.singly), names, anew, left)


def of_texts(before: str, after: str, names: tuple[str, str] = ("before", "after")) -> Change:
    """What leads from one text to another."""
    edits = edits_between(before, after)
    return Change(before, after, edits, before, after, tuple(edits), names)


def of_bytes(before: bytes, after: bytes, names: tuple[str, str] = ("before", "after")) -> Change:
    """What leads from the bytes of one text to those of another, each read in its own encoding, where both are sure."""
    raw = [data.decode("utf-8", "surrogateescape") for data in (before, after)]
    read = [decode(data) for data in (before, after)]
    one, other = (encodings(each.segments) for each in read)
    if not all(map(plainly_read, read)) or (read[0].text, one) == (read[1].text, other):
        return of_texts(raw[0], raw[1], names)
    anew = f"{one} → {other}" if one != other and not {one, other} <= {"ascii", "utf-8"} else ""
    return replace(of_texts(read[0].text, read[1].text, names), raw=raw[0], raw_after=raw[1], recoded=anew)


def plainly_read(decoded: Decoded) -> bool:
    """Whether bytes are surely in one encoding, and all of them mean something in it."""
    lone = any("\udc80" <= one <= "\udcff" for one in decoded.text)
    return len(decoded.segments) == 1 and decoded.segments[0].confidence >= UNSURE and not lone


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
        return unified(change.raw, change.raw_after, change.names)
    if style == "json":
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in items(change))
    raise ValueError(f"style={style!r} is not one of {', '.join(STYLES)}")
