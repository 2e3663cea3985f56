"""Everyday sentences through the conversion: lines right, beside the peers in the same run.

    python -m benchmarks.everyday [--show N]

benchmarks/everyday holds sentences that were written for this by somebody who had not seen the ones that the model is
trained with (a few share a phrase with these by chance): kind, source, target, parted by tabs. Each holds a character
that stands for several, mostly outside the word in which dictionaries have it. Variants between which writers are free
count for nobody: FREE of script.py.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import textfix
from benchmarks.script import FREE, ONLY_SCRIPT, Convert, peers

TEXTS = Path(__file__).parent / "everyday"
ALIKE = str.maketrans({one[1]: one[0] for one in FREE.split()})
WORDS = (("傢俱", "家具"), ("黴", "霉"), ("絃", "弦"), ("鬨", "哄"), ("衚衕", "胡同"), ("硃", "朱"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0, help="lines that come out wrong")
    args = parser.parse_args()
    for path in sorted(TEXTS.glob("*.tsv")):
        rows = [line.split("\t")[1:] for line in path.read_text("utf-8").splitlines()]
        every = {"textfix": converter(path.stem), **peers(path.stem)}
        wrong = {name: errors(rows, convert) for name, convert in every.items()}
        print(f"{path.stem:8} {len(rows):4} lines, wrong:", *(f"{name} {len(found)}" for name, found in wrong.items()))
        for source, right, found in wrong["textfix"][: args.show]:
            print(f"    {source}  {found}  ({right})")


def converter(to: str) -> Convert:
    return lambda line: textfix.fix(line, to=to, disable=ONLY_SCRIPT).text


def errors(rows: list[list[str]], convert: Convert) -> list[tuple[str, str, str]]:
    """Source, target and what comes out, where that is another text."""
    found = [(source, right, convert(source)) for source, right in rows]
    return [one for one in found if plainly(one[1]) != plainly(one[2])]


def plainly(text: str) -> str:
    """A text with one of the variants between which writers are free."""
    for variant, usual in WORDS:
        text = text.replace(variant, usual)
    return text.translate(ALIKE)


if __name__ == "__main__":
    main()
