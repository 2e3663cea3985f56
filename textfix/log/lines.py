"""Steps as the JSON lines of a log, and back."""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Iterable, Iterator
from typing import Any

from textfix.edits import Edit, Edits, Note
from textfix.log.steps import LogDamaged, Step, Substitutions

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dump(value: dict[str, Any]) -> str:
    return ENCODER.encode(value)


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
