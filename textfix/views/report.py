"""A report for people."""

from __future__ import annotations

from collections.abc import Iterator

from textfix.report import Report
from textfix.views.neutral import neutral

LONGEST = 40  # characters of a stretch of drift that are shown
NAMES = {"hans": "simplified", "hant": "traditional", "mixed": "mixed", "undecided": "undecided"}


def described(name: str, report: Report) -> str:
    return "".join(line + "\n" for line in described_lines(name, report))


def described_lines(name: str, report: Report) -> Iterator[str]:
    yield f"{neutral(name)}: {verdict(report)}"
    yield f"  encoding  {encoding_of(report)}"
    script = report.script
    yield f"  script    {NAMES[script.dominant]} ({script.hant} traditional, {script.hans} simplified characters)"
    for drift in report.drift:
        text = drift.text if len(drift.text) <= LONGEST else drift.text[:LONGEST] + "…"
        yield f"  drift     {drift.line}:{drift.column}  {drift.reason}: {neutral(text)}"
    for damage in report.damage:
        done = f", {damage.count - damage.repaired} left" if 0 < damage.repaired < damage.count else ""
        done = ", reported only" if not damage.repaired else done
        kind = "note" if damage.note else "damage"
        yield f"  {kind:<8}  {damage.rule}: {damage.count}{done}{'' if damage.certain else ', some inferred'}"
        example = f"            {damage.line}:{damage.column}  {neutral(damage.example)}"
        yield example + (f" → {neutral(damage.after)}" if damage.repaired else "")


def verdict(report: Report) -> str:
    """What is to be done, in a word or two."""
    if report.clean:
        return "clean"
    return (
        "to be repaired" if any(damage.repaired and not damage.note for damage in report.damage) else "suspected only"
    )


def encoding_of(report: Report) -> str:
    """The encoding, with its segments where they are several, and whether fix would write the text anew."""
    named = [part.encoding + (" with a byte order mark" if part.bom else "") for part in report.segments]
    if len(named) > 1:
        places = (f" {part.confidence:.3f} (bytes {part.start}-{part.end})" for part in report.segments)
        named = [name + place for name, place in zip(named, places, strict=True)]
    return (", ".join(named) or report.encoding) + ("; fix writes plain UTF-8" if transcoded(report) else "")


def transcoded(report: Report) -> bool:
    """Whether fix writes the text in another encoding, or without its byte order mark."""
    return any(part.bom or part.encoding not in ("ascii", "utf-8") for part in report.segments)
