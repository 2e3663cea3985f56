"""Changes on clean text: every line of a corpus a document, and every 200 lines one, counted by rule.

python -m benchmarks.harm CORPORA [--to keep]
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from pathlib import Path

import textfix
from textfix.pipeline import run
from textfix.rules import Context
from textfix.text import Text

LINES = 200  # a document
LARGEST = 3_000_000  # characters taken of a file
EXAMPLES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description="Count changes on clean text.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--to", default="keep")
    args = parser.parse_args()
    context = Context(textfix.Config(to=args.to))
    total: Counter[str] = Counter()
    characters = 0
    for path in sorted(args.corpora.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = file.read(LARGEST).split("\n")
        documents = ["\n".join(lines[start : start + LINES]) for start in range(0, len(lines), LINES)]
        for name, rows in (("lines", lines), ("documents", documents)):
            counts: Counter[str] = Counter()
            shown = 0
            for track in run(Text.of(rows), context).values():
                for step in track.steps:
                    counts[step.rule] += len(step.edits)
                    if step.rule != "unicode.form" and shown < EXAMPLES:
                        shown += 1
                        print("   ", step.rule, [(edit.before, edit.after) for edit in step.edits][:4])
            print(f"{path.name:34} {name:9} {sum(map(len, rows)):9,} characters  {dict(counts)}")
            total += counts
        characters += sum(map(len, lines))
    print(f"all {characters:,} characters, as lines and as documents: {dict(total)}")


if __name__ == "__main__":
    main()
