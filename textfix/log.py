"""The reversible log: write, read, verify, replay. docs/log-format.md specifies it for anyone to implement.

A log is a header and ordered steps, each the edits of one rule in one round. With the result it gives back the source,
byte for byte; no dictionary or model is needed for that.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from textfix.config import Config
from textfix.edits import EMPTY, Edit, Edits, Note
from textfix.encodings import Decoded, Segment, encode
from textfix.text import Text

FORMAT = 1


class LogDamaged(ValueError):
    """A log that is cut off, altered, or no log at all. The message names the line."""


class LogMismatch(ValueError):
    """A log of another text than the one given."""


@dataclass(frozen=True)
class Step:
    """The edits of one rule in one round, places in the text as it was before the step."""

    rule: str
    round: int
    edits: Edits

    @property
    def count(self) -> int:
        return len(self.edits)


def singly(steps: Sequence[Step]) -> list[Edit]:
    """Every edit of every step, at its place in the source of the first."""
    return [edit for number, step in enumerate(steps) for edit in at_source(step.edits, steps[:number])]


def at_source(edits: Edits, earlier: Sequence[Step]) -> list[Edit]:
    """Edits of the text that earlier steps led to, at their places in the source of those steps."""
    start, end = edits.start, edits.end
    for step in reversed(earlier):
        start, end = step.edits.to_source(start), step.edits.to_source(end)
    return edits.located(start, end)


@dataclass(frozen=True)
class Substitutions:
    """A step that only replaces single characters, told from its result: the second kind of step.

    Every `after` in the result was `before`, but for the occurrences listed (counted from 0), which were something
    else, or the same. rows: (after, before, note, exceptions); an exception is (before, note or None, occurrences).
    """

    rule: str
    round: int
    count: int
    rows: tuple[tuple[str, str, Note, tuple[tuple[str, Note | None, tuple[int, ...]], ...]], ...]

    @classmethod
    def of(cls, step: Step, result: Text) -> Substitutions | None:
        """The same step as substitutions; None where it cannot be told so, or not in fewer places."""
        edits = step.edits
        ones = np.diff(edits.after.rows) == 1
        if not len(edits) or not (ones & (edits.end - edits.start == 1)).all():
            return None
        groups: dict[str, list[int]] = {}
        for index, code in enumerate(edits.after.codes.tolist()):
            groups.setdefault(chr(code), []).append(index)
        rows = tuple(_substitution(edits, after, index, result) for after, index in groups.items())
        listed = sum(len(places) for row in rows for _, _, places in row[3])
        return cls(step.rule, step.round, len(edits), rows) if 2 * listed < len(edits) else None

    def step(self, result: Text) -> Step:
        """The edits, from the text that they led to."""
        edits: list[Edit] = []
        for after, before, note, exceptions in self.rows:
            places = np.flatnonzero(result.codes == ord(after)).tolist()
            was: dict[int, tuple[str, Note | None]] = {
                at: (other, why) for other, why, listed in exceptions for at in listed
            }
            if any(at >= len(places) for at in was):
                raise LogDamaged(f"the text has fewer {after!r} than its log says")
            for number, place in enumerate(places):
                old, why = was.get(number, (before, note))
                if why is not None:
                    edits.append(Edit(place, place + 1, old, after, why))
        if len(edits) != self.count:
            raise LogDamaged(f"the log counts {self.count} edits in a step and holds {len(edits)}")
        return Step(self.rule, self.round, Edits.of(edits))


def _substitution(
    edits: Edits, after: str, index: list[int], result: Text
) -> tuple[str, str, Note, tuple[tuple[str, Note | None, tuple[int, ...]], ...]]:
    """One row of a table: what most of the occurrences of a character were, and the others."""
    places = np.flatnonzero(result.codes == ord(after))
    occurrence = np.searchsorted(places, edits.start[index]).tolist()
    kinds: dict[tuple[str, Note | None], list[int]] = {}
    for one, number in zip(index, occurrence, strict=True):
        kinds.setdefault((chr(edits.before.codes[one]), edits.notes[edits.note[one]]), []).append(number)
    unchanged = sorted(set(range(len(places))) - set(occurrence))
    (before, note), _ = max(kinds.items(), key=lambda item: len(item[1]))
    assert note is not None
    others = [(old, why, tuple(at)) for (old, why), at in kinds.items() if (old, why) != (before, note)]
    if unchanged:
        others.append((after, None, tuple(unchanged)))
    return after, before, note, tuple(others)


@dataclass(frozen=True)
class Side:
    """What identifies a text: its type (str or bytes), its size in bytes and their SHA-256; of a str, in UTF-8."""

    type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, data: str | bytes) -> Side:
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        return cls("str" if isinstance(data, str) else "bytes", len(raw), hashlib.sha256(raw).hexdigest())

    @classmethod
    def read(cls, item: dict[str, Any]) -> Side:
        if item["type"] not in ("str", "bytes"):
            raise ValueError(f"type {item['type']!r}")
        return cls(item["type"], operator.index(item["size"]), str(item["sha256"]))

    def fits(self, data: str | bytes) -> bool:
        """Whether these are the bytes, of either type."""
        other = Side.of(data)
        return (other.size, other.sha256) == (self.size, self.sha256)


@dataclass(frozen=True)
class Log:
    """The log of one document, and of what was done to it before.

    written: the encoding in which the result was written; its size and hash are those of these bytes. previous: the
    generation before this one, where a file was fixed again.
    """

    source: Side
    result: Side
    segments: tuple[Segment, ...]
    config: dict[str, Any]
    versions: dict[str, str]
    steps: tuple[Step | Substitutions, ...]
    previous: Log | None = None
    written: str = "utf-8"

    @classmethod
    def of(cls, source: str | bytes, decoded: Decoded, result: str, steps: Sequence[Step], config: Config) -> Log:
        text = Text.of(decoded.text)
        told: list[Step | Substitutions] = []
        for step in steps:
            text = step.edits.apply(text)
            told.append(Substitutions.of(step, text) or step)
        return cls(Side.of(source), Side.of(result), decoded.segments, config.to_dict(), versions(), tuple(told))

    def __bool__(self) -> bool:
        return True

    def in_encoding(self, encoding: str, raw: bytes) -> Log:
        """The log of the same result written as these bytes of an encoding."""
        return replace(self, result=Side.of(raw), written=encoding)

    def as_text(self, data: str | bytes) -> str:
        """The result as text. UnicodeDecodeError where bytes are not in the encoding that it was written in."""
        return data if isinstance(data, str) else data.decode(self.written)

    def as_bytes(self, data: str | bytes) -> bytes:
        """The result as it was written."""
        errors = "surrogatepass" if self.written == "utf-8" else "strict"
        return data if isinstance(data, bytes) else data.encode(self.written, errors)

    def dumps(self) -> str:
        """JSON Lines; the generations before come first."""
        before = self.previous.dumps() if self.previous else ""
        lines = [line + "\n" for line in map(dump, self._objects())]
        digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
        return before + "".join(lines) + dump({"end": len(lines), "sha256": digest}) + "\n"

    @classmethod
    def loads(cls, text: str | bytes) -> Log:
        """Read a log. LogDamaged names the line that is cut off, altered or not understood."""
        if isinstance(text, bytes):
            try:
                text = text.decode("utf-8")
            except UnicodeDecodeError as error:
                raise LogDamaged(f"byte {error.start} of the log is not UTF-8") from None
        log: Log | None = None
        lines = text.split("\n")
        if not lines[0].startswith('{"textfix":'):
            raise LogDamaged("this is no textfix log: line 1 is not the header of one")
        if lines[-1]:
            raise LogDamaged(f"line {len(lines)} of the log is cut off")
        first = 0
        for number, line in enumerate(lines[:-1]):
            if line.startswith('{"end":'):
                objects = checked(lines[first : number + 1], first)
                log = cls._read(objects, first, log)
                first = number + 1
        if log is None or first != len(lines) - 1:
            raise LogDamaged(f"the log ends at line {len(lines) - 1} without the line that closes it")
        return log

    def _objects(self) -> Iterator[dict[str, Any]]:
        yield {
            "textfix": FORMAT,
            "source": vars(self.source),
            "result": vars(self.result),
            **({"written": self.written} if self.written != "utf-8" else {}),
            "segments": [segment.to_dict() for segment in self.segments],
            "config": self.config,
            "versions": self.versions,
            "steps": len(self.steps),
        }
        for number, step in enumerate(self.steps, 1):
            head = {"step": number, "rule": step.rule, "round": step.round}
            if isinstance(step, Step):
                yield {**head, "kind": "edits", "count": step.count}
                yield from grouped(step.edits)
            else:
                yield {**head, "kind": "substitutions", "count": step.count}
                yield from tabled(step)

    @classmethod
    def _read(cls, objects: list[dict[str, Any]], first: int, previous: Log | None) -> Log:
        head = objects[0]
        if head.get("textfix") != FORMAT:
            raise LogDamaged(f"line {first + 1} is not the header of a textfix log of format {FORMAT}")
        try:
            steps = tuple(read_steps(objects[1:]))
            if len(steps) != head["steps"]:
                raise LogDamaged(f"the log counts {head['steps']} steps and holds {len(steps)}")
            return cls(
                Side.read(head["source"]),
                Side.read(head["result"]),
                tuple(Segment.read(segment) for segment in head["segments"]),
                dict(head["config"]),
                {str(name): str(value) for name, value in head["versions"].items()},
                steps,
                previous,
                codecs.lookup(head.get("written", "utf-8")).name,
            )
        except LogDamaged:
            raise
        except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError, LookupError) as error:
            raise LogDamaged(f"the log that begins at line {first + 1} does not hold together: {error!r}") from None

    def state(self, data: str | bytes) -> str:
        """Whether this is the result of the log, its source, or unknown to it."""
        try:
            written = self.as_bytes(data)
        except UnicodeEncodeError:
            written = b""
        return "result" if self.result.fits(written) else "source" if self.source.fits(data) else "unknown"

    def check(self, data: str | bytes) -> None:
        """LogMismatch where this is not the result that the log describes."""
        state = self.state(data)
        if state == "source":
            raise LogMismatch("this is already the source of the log, not its result: there is nothing to revert")
        if state == "unknown":
            size = Side.of(data).size
            raise LogMismatch(
                f"this is not the text of the log: {size} bytes, where the log has {self.result.size} with"
                f" SHA-256 {self.result.sha256[:12]}…; it was changed since, or it is another file's log"
            )

    def replay(self, result: str) -> tuple[str, list[Step]]:
        """The decoded source, and all steps with their edits, from the result."""
        text = Text.of(result)
        steps: list[Step] = []
        for step in reversed(self.steps):
            try:
                full = step if isinstance(step, Step) else step.step(text)
                text = full.edits.invert().apply(text)
            except (ValueError, IndexError, OverflowError) as error:
                raise LogDamaged(f"the step of {step.rule} does not fit its text: {error}") from None
            steps.append(full)
        return text.row(0), steps[::-1]

    def revert(self, data: str | bytes) -> str | bytes:
        """What went in, of the type that went in. Both hashes are checked."""
        self.check(data)
        text, _ = self.replay(self.as_text(data))
        if self.source.type == "str":
            source: str | bytes = text
        else:
            try:
                source = encode(text, self.segments)
            except (ValueError, LookupError, StopIteration) as error:
                raise LogDamaged(f"the segments of the log do not fit the text: {error}") from None
        if not self.source.fits(source):
            raise LogDamaged("undoing the steps does not give the source that the log describes")
        return source

    def without(self, data: str, only: str) -> tuple[str, Log, list[Edit]]:
        """Undo one rule or family, and the later edits that overlap what it did.

        Returns the text, its new true log, and those later edits. ValueError where the log has no such rule.
        """
        self.check(data)
        source, steps = self.replay(data)
        chosen = [step.rule == only or step.rule.split(".")[0] == only for step in steps]
        if not any(chosen):
            rules = ", ".join(sorted({step.rule for step in steps})) or "none"
            raise ValueError(f"the log's last generation has no change by {only!r}; it has changes by: {rules}")
        kept: list[Step] = []
        lost: list[Edit] = []
        difference = EMPTY  # leads from the text as it was at this point to the text as it is to be
        for step, drop in zip(steps, chosen, strict=True):
            touched = step.edits.touches(difference)
            stay = step.edits.select(np.zeros(len(step.edits), np.bool_) if drop else ~touched)
            lost += [] if drop else list(step.edits.select(touched))
            stay = stay.moved(difference.to_result(stay.start) - stay.start)
            difference = step.edits.invert().compose(difference).compose(stay).trimmed()
            kept += [Step(step.rule, step.round, stay)] if len(stay) else []
        text = Text.of(source)
        told: list[Step | Substitutions] = []
        for step in kept:
            text = step.edits.apply(text)
            told.append(Substitutions.of(step, text) or step)
        result = text.row(0)
        log = replace(self, result=Side.of(result), steps=tuple(told), written="utf-8")
        return result, log.in_encoding(self.written, self.as_bytes(result)) if self.written != "utf-8" else log, lost


@cache
def versions() -> dict[str, str]:
    """The versions of all that decides what a change is."""
    import unicodedata
    from importlib.metadata import version

    from textfix import __version__
    from textfix.language import Model
    from textfix.text import tables_version

    return {
        "textfix": __version__,
        "model": Model.load().version,
        "tables": tables_version(),
        "unicode": unicodedata.unidata_version,
        **{name: version(name) for name in ("charset-normalizer", "opencc")},
    }


def dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def written(text: str) -> str | list[int]:
    """A string as it stands in a log: as code points where JSON cannot hold it."""
    return text if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text) else [ord(c) for c in text]


def unwritten(value: str | list[int]) -> str:
    return value if isinstance(value, str) else "".join(chr(code) for code in value)


def one_character(value: str | list[int]) -> str:
    text = unwritten(value)
    if len(text) != 1:
        raise ValueError(f"{text[:20]!r} is not one character")
    return text


def note_of(item: dict[str, Any], rule: str) -> Note:
    alternatives = tuple((unwritten(text), float(sure)) for text, sure in item.get("alternatives", ()))
    return Note(
        str(rule), float(item["confidence"]), bool(item.get("inferred")), str(item.get("why", "")), alternatives
    )


def places(item: dict[str, Any]) -> tuple[int, ...]:
    found = tuple(operator.index(place) for place in item["at"])
    if any(place < 0 for place in found):
        raise ValueError("a place before the start of the text")
    return found


def note_fields(note: Note) -> dict[str, Any]:
    fields: dict[str, Any] = {"confidence": note.confidence}
    if note.inferred:
        fields["inferred"] = True
    if note.reason:
        fields["why"] = note.reason
    if note.alternatives:
        fields["alternatives"] = [[written(text), sure] for text, sure in note.alternatives]
    return fields


def grouped(edits: Edits) -> Iterator[dict[str, Any]]:
    """Edits that differ only in their place, as one object with the places."""
    groups: dict[tuple[str, str, Note], list[int]] = {}
    for edit in edits:
        groups.setdefault((edit.before, edit.after, edit.note), []).append(edit.start)
    for (before, after, note), places in groups.items():
        yield {"before": written(before), "after": written(after), "at": places, **note_fields(note)}


def tabled(step: Substitutions) -> Iterator[dict[str, Any]]:
    for after, before, note, exceptions in step.rows:
        others = [
            {"before": written(old), "at": list(places), **(note_fields(why) if why else {})}
            for old, why, places in exceptions
        ]
        yield {"after": after, "before": written(before), **note_fields(note), **({"but": others} if others else {})}


def read_steps(objects: Iterable[dict[str, Any]]) -> Iterator[Step | Substitutions]:
    head: dict[str, Any] | None = None
    items: list[dict[str, Any]] = []
    for item in [*objects, {"step": 0}]:
        if "step" not in item:
            items.append(item)
            continue
        if head is not None:
            yield read_step(head, items)
        head, items = item, []


def read_step(head: dict[str, Any], items: list[dict[str, Any]]) -> Step | Substitutions:
    rule, number = str(head["rule"]), operator.index(head["round"])
    if head["kind"] == "substitutions":
        rows = tuple(
            (one_character(item["after"]), one_character(item["before"]), note_of(item, rule), exceptions(item, rule))
            for item in items
        )
        return Substitutions(rule, number, operator.index(head["count"]), rows)
    edits = []
    for item in items:
        before, after, note = unwritten(item["before"]), unwritten(item["after"]), note_of(item, rule)
        edits += [Edit(at, at + len(before), before, after, note) for at in places(item)]
    if len(edits) != head["count"]:
        raise LogDamaged(f"step {head['step']} counts {head['count']} edits and holds {len(edits)}")
    return Step(rule, number, Edits.of(edits))


def exceptions(item: dict[str, Any], rule: str) -> tuple[tuple[str, Note | None, tuple[int, ...]], ...]:
    return tuple(
        (one_character(one["before"]), note_of(one, rule) if "confidence" in one else None, places(one))
        for one in item.get("but", ())
    )


def checked(lines: list[str], first: int) -> list[dict[str, Any]]:
    """The objects of one generation, if they are those that its last line vouches for."""
    objects = []
    for number, line in enumerate(lines, first + 1):
        try:
            item = json.loads(line)
        except ValueError:
            raise LogDamaged(f"line {number} of the log is not valid JSON") from None
        if not isinstance(item, dict):
            raise LogDamaged(f"line {number} of the log is not a JSON object")
        objects.append(item)
    end = objects.pop()
    digest = hashlib.sha256("".join(line + "\n" for line in lines[:-1]).encode("utf-8", "surrogatepass")).hexdigest()
    if not objects or end["end"] != len(objects) or end.get("sha256") != digest:
        raise LogDamaged(f"lines {first + 1} to {first + len(lines)} of the log were altered, or some are missing")
    return objects
