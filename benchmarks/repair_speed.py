"""What the repair of mojibake costs: a column of lines through Fixer.batch, and the first repair of a fresh process.

python -m benchmarks.repair_speed CORPORA [--size BYTES]

lossy: UTF-8 read as GBK, where pairs that mean nothing became U+FFFD. lossless: the lines of which none did. latin:
GBK read as Latin-1. Speeds are of the damaged text in UTF-8: of a column, logs included, and as a share of bytes.decode
in the same run; and of the rule mojibake.chinese alone.
"""

from __future__ import annotations

import argparse
import gzip
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path

import pyarrow as pa

import textfix
from benchmarks.mojibake import TEXTS
from benchmarks.throughput import best
from textfix.rules import Context
from textfix.rules.mojibake.chinese import RULE
from textfix.text import Text

SIZE = 300_000  # bytes of text in each column
LONGEST = 400  # characters of a line
FIRST = "import time, textfix; now = time.perf_counter(); textfix.fix({!r}); print(time.perf_counter() - now)"
STARTS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the speed of the repair of mojibake.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--size", type=int, default=SIZE)
    args = parser.parse_args()
    fixer = textfix.Fixer(textfix.Config(to="keep", restore="all"))
    base = 0.0
    for name, lines in columns(args.corpora, args.size).items():
        column, data = pa.array(lines), "\n".join(lines).encode()
        base = base or len(data) / best(lambda data=data: data.decode())  # type: ignore[misc]
        speed = len(data) / best(lambda column=column: fixer.batch(column), 2)  # type: ignore[misc]
        text, context = Text.of(lines), Context(fixer.config)
        alone = len(data) / best(lambda text=text, context=context: RULE.propose(text, context), 2)  # type: ignore[misc]
        print(
            f"{name:9} {len(lines):6,} lines  {speed / 1e6:8.3f} MB/s, {speed / base:.5f} of decode; "
            f"the rule alone {alone / 1e6:8.3f} MB/s"
        )
        if name != "clean":
            print(f"          first call {min(first(lines[0]) for _ in range(STARTS)):.2f} s")


def columns(corpora: Path, size: int) -> dict[str, list[str]]:
    """Lines of every register in turn, about so many bytes of them clean, and what channels make of them."""
    lines = list(islice(every(corpora), 40_000))
    random.Random(1).shuffle(lines)
    lossy = [line.encode().decode("gbk", "replace") for line in lines]
    channels = {
        "clean": lines,
        "lossy": [line for line in lossy if "\ufffd" in line],
        "lossless": [line for line in lossy if "\ufffd" not in line and not line.isascii()],
        "latin": [line.encode("gb18030").decode("latin_1") for line in lines],
    }
    return {name: list(taken(some, size)) for name, some in channels.items()}


def every(corpora: Path) -> Iterator[str]:
    files = []
    for name, _ in TEXTS.values():
        with gzip.open(corpora / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
            files.append(file.read(1_000_000).split("\n"))
    for line in (line for some in zip_longest(*files, fillvalue="") for line in some):
        if 8 <= len(line) <= LONGEST:
            yield line


def taken(lines: list[str], size: int) -> Iterator[str]:
    """The first of these lines, about so many bytes."""
    for line in lines:
        size -= len(line.encode())
        if size < 0:
            return
        yield line


def first(line: str) -> float:
    """Seconds that the first repair takes in a fresh process, behind the import."""
    return float(subprocess.run([sys.executable, "-c", FIRST.format(line)], check=True, capture_output=True).stdout)


if __name__ == "__main__":
    main()
