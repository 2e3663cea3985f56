"""Whole documents that are mojibake: as many lines come out right as of the same lines one by one.

    python -m benchmarks.documents CORPORA [--size N]

Of each register of benchmarks.mojibake a stretch of N characters, garbled as one text and line by line; and all its
lines as one. The language model is trained anew without these texts.
"""

from __future__ import annotations

import argparse
import gzip
import time
from pathlib import Path

import ftfy
import pyarrow as pa

import textfix
from benchmarks.heldout import without
from benchmarks.mojibake import OTHERS, TEXTS

CHANNELS = (("utf-8", "latin_1"), ("gbk", "latin_1"), ("gbk", "koi8_r"), ("utf-8", "gbk"), ("gbk", "big5"))
CONFIG = textfix.Config(to="keep", form="keep", disable=OTHERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--size", type=int, default=30_000, help="characters of a document")
    args = parser.parse_args()
    with without(args.corpora, [pair[0] for pair in TEXTS.values()]):
        for written, read in CHANNELS:
            for register, (name, _) in TEXTS.items():
                measure(f"{written} as {read}, {register}", written, read, stretch(args.corpora, name, args.size))


def stretch(corpora: Path, name: str, size: int) -> list[str]:
    """Lines of about so many characters in all that GBK holds."""
    with gzip.open(corpora / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
        lines = file.read(40 * size)[-size:].split("\n")[1:-1]
    return [line for line in lines if line and line.encode("gbk", "ignore").decode("gbk") == line]


def measure(name: str, written: str, read: str, lines: list[str]) -> None:
    garbled = [line.encode(written).decode(read, "replace") for line in lines]
    singly = textfix.Fixer(CONFIG).batch(pa.array(garbled)).field("text").to_pylist()
    start = time.perf_counter()
    whole = textfix.fix("\n".join(garbled), CONFIG).text.split("\n")
    seconds = time.perf_counter() - start
    joined = textfix.fix(" ".join(garbled), CONFIG).text
    one_line = "" if read in ("gbk", "big5") else f"  in one line {joined == chr(32).join(lines)}"
    print(
        f"{name:36} whole {right(whole, lines):6.1%}  line by line {right(singly, lines):6.1%}"
        f"  ftfy {right([ftfy.fix_encoding(line) for line in garbled], lines):6.1%}"
        f"  {sum(map(len, garbled)) / seconds / 1000:5.0f} thousand characters a second" + one_line,
        flush=True,
    )


def right(found: list[str], lines: list[str]) -> float:
    return sum(one == two for one, two in zip(found, lines, strict=False)) / len(lines)


if __name__ == "__main__":
    main()
