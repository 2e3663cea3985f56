"""Report: what detect answers about a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from textfix.characters import CR, LF, line_ends
from textfix.edits import Edit
from textfix.encodings import Decoded, Segment
from textfix.log import Step, singly
from textfix.rules import MERE, script
from textfix.text import Text

EXAMPLE, SAMPLE = 8, 24  # characters shown on either side of an example, and of a segment
NARROWER = {"gb18030": ("gb2312", "gbk"), "big5hkscs": ("big5", "cp950"), "cp949": ("euc_kr",), "cp932": ("shift_jis",)}
BEYOND = re.compile("[^\\x00-\\x7f]")


@dataclass(frozen=True)
class Script:
    """Which script a document is written in.

    dominant: hans, hant, mixed or undecided. region: where traditional text is from, tw, hk, cn (words of the mainland)
    or classical; None where there is too little text. hans, hant: how many characters only simplified, and only
    traditional text uses. confidence: of the region, 0 to 1.
    """

    dominant: str
    region: str | None
    hans: int
    hant: int
    confidence: float = 0.0


@dataclass(frozen=True)
class Drift:
    """A stretch of the minority script: characters start to end of the decoded source, line and column from 1."""

    start: int
    end: int
    line: int
    column: int
    script: str
    text: str
    reason: str


@dataclass(frozen=True)
class Damage:
    """One kind of damage: how often, a first example with a little of its line, and whether every repair is certain.

    repaired: how many of them fix would change. note: worth a note, and no damage.
    """

    rule: str
    count: int
    repaired: int
    line: int
    column: int
    example: str
    after: str
    certain: bool
    note: bool


@dataclass(frozen=True)
class Span(Segment):
    """A segment with what people ask of it.

    charset: the narrowest character set that holds it: gb2312, gbk or gb18030; big5, cp950 or big5hkscs; else the
    encoding. line, last_line: counted from 1. sample: how it begins, from what is beyond ASCII on.
    """

    charset: str = ""
    line: int = 1
    last_line: int = 1
    sample: str = ""


@dataclass(frozen=True)
class Report:
    """What was found. clean: there is nothing to repair under the configuration; encodings and notes do not count."""

    encoding: str  # the name of the encoding, mixed, or unicode for a str
    segments: tuple[Span, ...]
    script: Script
    drift: tuple[Drift, ...]
    damage: tuple[Damage, ...]
    clean: bool

    @classmethod
    def of(cls, decoded: Decoded, steps: Sequence[Step], left: Sequence[Edit]) -> Report:
        lines = Lines(decoded.text)
        drift = tuple(drift_of(edit, lines) for edit in left if edit.note.rule == script.DRIFT.name)
        made = singly(steps)
        damage = tuple(damages(made, [edit for edit in left if edit.note.rule != script.DRIFT.name], lines))
        names = {segment.encoding for segment in decoded.segments}
        encoding = "mixed" if len(names) > 1 else next(iter(names), "unicode" if decoded.text else "ascii")
        clean = not drift and all(one.note for one in damage)
        return cls(encoding, tuple(spans_of(decoded, lines)), script_of(decoded, steps), drift, damage, clean)

    def to_dict(self) -> dict[str, Any]:
        """The same as mappings, lists, strings and numbers, without what UTF-8 cannot hold."""
        value: dict[str, Any] = printable(asdict(self))
        return value


class Lines:
    """Where the lines of a text begin. A line ends at LF, CR LF or CR, nowhere else."""

    def __init__(self, text: str) -> None:
        codes = Text.of(text).codes
        ends = line_ends(codes)
        crlf = (codes[ends] == CR) & (np.append(codes, np.uint32(0))[ends + 1] == LF)
        self.text = text
        self.starts = np.concatenate([[0], ends[~crlf] + 1])

    def place(self, position: int) -> tuple[int, int]:
        """Line and column of a character, both from 1.

        >>> Lines("a\\r\\nbc").place(4)
        (2, 2)
        """
        line = int(self.starts.searchsorted(position, side="right"))
        return line, position - int(self.starts[line - 1]) + 1


def spans_of(decoded: Decoded, lines: Lines) -> Iterable[Span]:
    place = 0
    meant = decoded.readings.apply(Text.of(decoded.text)).row(0) if len(decoded.segments) == 1 else decoded.text
    for part in decoded.segments:
        end = place + part.characters
        text = decoded.text[place:end] if len(decoded.segments) > 1 else meant
        first, _ = lines.place(place)
        last, _ = lines.place(max(place, end - 1))
        beyond = BEYOND.search(text)
        start = max(0, beyond.start() - EXAMPLE) if beyond else 0
        sample = one_line(text[start : start + SAMPLE])
        yield Span(**vars(part), charset=narrowest(text, part.encoding), line=first, last_line=last, sample=sample)
        place = end


def narrowest(text: str, encoding: str) -> str:
    """The smallest character set that holds a text of this encoding."""
    for charset in NARROWER.get(encoding, ()):
        try:
            text.encode(charset, "surrogateescape")
        except UnicodeEncodeError:
            continue
        return charset
    return encoding


def script_of(decoded: Decoded, steps: Sequence[Step]) -> Script:
    """The script of the document as it was before conversion, all other damage repaired."""
    text = Text.of(decoded.text)
    for step in steps:
        if step.rule == script.CONVERT.name:
            break
        text = step.edits.apply(text)
    counts = script.Counts.of(text.classes, np.zeros(len(text.codes), np.int64), 1)
    hans, hant = int(counts.hans[0]), int(counts.hant[0])
    dominant = script.name_of(int(counts.dominant[0]), (hans, hant))
    region = script.region_of(text.codes) if dominant == "hant" else None
    return Script(dominant, region.name if region else None, hans, hant, region.confidence if region else 0.0)


def drift_of(edit: Edit, lines: Lines) -> Drift:
    which = "hans" if "simplified" in edit.note.reason else "hant"
    return Drift(edit.start, edit.end, *lines.place(edit.start), which, edit.before, edit.note.reason)


def damages(made: list[Edit], left: list[Edit], lines: Lines) -> Iterable[Damage]:
    """One entry for each rule that proposed anything but drift."""
    names = dict.fromkeys(edit.note.rule for edit in (*made, *left))
    for name in names:
        done = [edit for edit in made if edit.note.rule == name]
        both = done + [edit for edit in left if edit.note.rule == name]
        first = min(both, key=lambda edit: edit.start)
        start, end = max(0, first.start - EXAMPLE), first.end + EXAMPLE
        yield Damage(
            name,
            len(both),
            len(done),
            *lines.place(first.start),
            one_line(lines.text[start:end]),
            one_line(excerpt(lines.text, start, end, done)),
            not any(edit.note.inferred for edit in both),
            name in MERE,
        )


def excerpt(text: str, start: int, end: int, edits: Sequence[Edit]) -> str:
    """A stretch of text with all of these edits made that lie inside it."""
    parts = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if start <= edit.start and edit.end <= end:
            parts += [text[start : edit.start], edit.after]
            start = edit.end
    return "".join(parts) + text[start:end]


def one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")


def printable(value: Any) -> Any:
    """The value with U+FFFD for what UTF-8 cannot hold."""
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
