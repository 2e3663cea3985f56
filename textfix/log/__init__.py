"""The reversible log: write, read, verify, replay. docs/log-format.md specifies it for anyone to implement.

A log is a header and ordered steps, each the edits of one rule in one round. With the result it gives back the source,
byte for byte; no dictionary or model is needed for that.
"""

from __future__ import annotations

import codecs
import hashlib
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from textfix.config import Config
from textfix.edits import EMPTY, Edit
from textfix.encodings import Decoded, Segment, encode
from textfix.log.lines import checked, dump, grouped, read_steps, tabled
from textfix.log.steps import LogDamaged, LogMismatch, Step, Substitutions, at_source, singly
from textfix.text import Text

__all__ = ["Log", "LogDamaged", "LogMismatch", "Side", "Step", "Substitutions", "at_source", "singly"]

FORMAT = 1


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
        return data if isinstance(data, str) else data.decode(self.written, self._errors)

    def as_bytes(self, data: str | bytes) -> bytes:
        """The result as it was written."""
        return data if isinstance(data, bytes) else data.encode(self.written, self._errors)

    @property
    def _errors(self) -> str:
        """How UTF-8 has what is no Unicode, as a result of which a rule was undone may be: as the source had it."""
        if self.written != "utf-8":
            return "strict"
        return "surrogatepass" if self.source.type == "str" else "surrogateescape"

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
        log = replace(self, steps=tuple(told)).in_encoding(self.written, self.as_bytes(result))
        return result, log, lost


@cache
def versions() -> dict[str, str]:
    """The versions of all that decides what a change is."""
    import unicodedata
    from importlib.metadata import version

    from textfix import __version__
    from textfix.characters import tables_version
    from textfix.language import Model

    return {
        "textfix": __version__,
        "model": Model.load().version,
        "tables": tables_version(),
        "unicode": unicodedata.unidata_version,
        **{name: version(name) for name in ("charset-normalizer", "opencc")},
    }
