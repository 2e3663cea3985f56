"""A report for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textfix.encodings import UNSURE
from textfix.report import Report, Span
from textfix.views.encoding import encodings, recoded
from textfix.views.neutral import neutral

MOST = 12  # segments, and stretches of drift, that are shown
TELLING = 0.7  # how sure a region is that is named
LONGEST = 40  # characters of a stretch of drift that are shown
NAMES = {"hans": "simplified", "hant": "traditional", "mixed": "mixed", "undecided": "undecided"}

REGIONS = {
    "tw": "words of Taiwan",
    "hk": "words of Hong Kong",
    "cn": "words of the mainland",
    "classical": "classical Chinese",
}


def described(name: str, report: Report) -> str:
    return "".join(line + "\n" for line in described_lines(name, report))


def described_lines(name: str, report: Report) -> Iterator[str]:
    yield f"{neutral(name)}: {verdict(report)}"
    yield f"  encoding  {encoding_of(report)}"
    if len(report.segments) > 1:
        yield from table(report.segments)
    script = report.script
    region = script.region if script.confidence >= TELLING else None
    where = f", {REGIONS[region]} ({script.confidence:.2f})" if region else ""
    counts = f"{script.hant} traditional, {script.hans} simplified characters"
    yield f"  script    {NAMES[script.dominant]} ({counts}){where}"
    for drift in report.drift[:MOST]:
        text = drift.text if len(drift.text) <= LONGEST else drift.text[:LONGEST] + "…"
        yield f"  drift     {drift.line}:{drift.column}  {drift.reason}: {neutral(text)}"
    if len(report.drift) > MOST:
        yield f"            … and {len(report.drift) - MOST} more; --json has all"
    for damage in report.damage:
        done = f", {damage.count - damage.repaired} left" if 0 < damage.repaired < damage.count else ""
        done = ", reported only" if not damage.repaired else done
        kind = "note" if damage.note else "damage"
        yield f"  {kind:<8}  {damage.rule}: {damage.count}{done}{'' if damage.certain else ', some inferred'}"
        example = f"            {damage.line}:{damage.column}  {neutral(damage.example)}"
        yield example + (f" → {neutral(damage.after)}" if damage.repaired else "")


def verdict(report: Report) -> str:
    """What is to be done, in a word or two."""
    if report.clean and report.encoding == "mixed":
        return "mixed encodings"
    if report.clean and any(part.confidence < UNSURE for part in report.segments):
        return "encoding uncertain"
    if report.clean:
        return "clean"
    return (
        "to be repaired" if any(damage.repaired and not damage.note for damage in report.damage) else "suspected only"
    )


def table(segments: Sequence[Span]) -> Iterator[str]:
    """The segments: bytes, lines, encoding, how sure, and how each begins."""
    for part in segments[:MOST]:
        lines = f"line {part.line}" if part.line == part.last_line else f"lines {part.line}-{part.last_line}"
        place = f"bytes {part.start}-{part.end}, {lines}"
        yield f"            {place:<34}  {part.charset:<9}  {part.confidence:.3f}  {neutral(part.sample)}"
    if len(segments) > MOST:
        yield f"            … and {len(segments) - MOST} more; --json has all"


def encoding_of(report: Report) -> str:
    """The encoding, or how much is in which, how sure that is, and whether fix would write the text anew."""
    named = encodings(report.segments) or report.encoding
    if len(report.segments) == 1 and (charset := report.segments[0].charset) not in named:
        named += f" (all of it {charset})"
    least = min((part.confidence for part in report.segments), default=1.0)
    if least < UNSURE:
        named += f", a guess ({least:.3f})"
    return named + ("; fix writes plain UTF-8" if recoded(report.segments, "utf-8") else "")
