"""Files whose lines are in two or three encodings: how many lines are read in their own.

    python -m benchmarks.mixed CORPORA [--files N] [--show N]

Lines of 4 to 7 characters and of 8 to 60, cut from texts that the language model is trained anew without; beside
chardet's kind of answer, one encoding for the whole file, as charset-normalizer gives it.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections import Counter
from pathlib import Path

import charset_normalizer

from benchmarks.heldout import without
from benchmarks.mojibake import TEXTS
from textfix.encodings import decode

ENCODINGS = {"gb18030": 0, "big5hkscs": 1, "utf-8": 0}  # and which text of a pair is written in it
LINES = 200


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the reading of files in several encodings.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--files", type=int, default=10, help="a register")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    chance = random.Random(1)
    right, total, peer = Counter[str](), Counter[str](), Counter[str]()
    with without(args.corpora, [name for pair in TEXTS.values() for name in pair]):
        for pair in TEXTS.values():
            texts = [lines_of(args.corpora / f"{name}.txt.gz") for name in pair]
            for _ in range(args.files):
                names = chance.sample(list(ENCODINGS), chance.choice((2, 3)))
                clean, raw = file_of(names, texts, chance)
                found = decode(raw).text.split("\n")
                whole = str(charset_normalizer.from_bytes(raw).best() or "").split("\n")
                for number, line in enumerate(clean):
                    size = "4 to 7" if len(line) < 8 else "8 and more"
                    total[size] += 1
                    right[size] += number < len(found) and found[number] == line
                    peer[size] += number < len(whole) and whole[number] == line
                    if args.show and found[number : number + 1] != [line]:
                        print(f"{line!r} {found[number : number + 1]!r}")
    for size, count in total.items():
        share, whole_file = right[size] / count, peer[size] / count
        print(f"{size:12} {right[size]:7} of {count:7} = {share:.3%}   one encoding: {whole_file:.3%}")


def lines_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line for line in file.read(3_000_000).split("\n") if len(line) >= 8]


def file_of(names: list[str], texts: list[list[str]], chance: random.Random) -> tuple[list[str], bytes]:
    """The lines of a file, and its bytes, each line in one of these encodings."""
    clean: list[str] = []
    raw: list[bytes] = []
    while len(clean) < LINES:
        name = chance.choice(names)
        line = chance.choice(texts[ENCODINGS[name]])
        size = chance.choice((4, 5, 6, 7, chance.randint(8, 60)))
        start = chance.randrange(max(1, len(line) - size))
        line = line[start : start + size]
        try:
            raw.append(line.encode(name))
        except UnicodeEncodeError:
            continue
        clean.append(line)
    return clean, b"\n".join(raw)


if __name__ == "__main__":
    main()
