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
    yield f"{neutral(name)}: {'clean' if report.clean else 'to be repaired'}"
    parts = [f"{part.encoding} {part.confidence:.3f} (bytes {part.start}-{part.end})" for part in report.segments]
    yield f"  encoding  {', '.join(parts) if len(parts) > 1 else report.encoding}"
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
