"""Speed of conversion, on 20 MB and one core: textfix.fix against opencc in the same run.

python -m benchmarks.convert_speed CORPORA
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import opencc

import textfix
from textfix.rules.script.train import lines_of

SIZE, RUNS = 20_000_000, 3  # bytes
CASES = (  # text, target, opencc's conversion, how many times as fast as it
    ("hans_web", "hant-tw", "s2tw", 4),
    ("hant_tw_president_office", "hans", "t2s", 2),
    ("hant_tw_president_office", "hant-tw", "s2tw", 4),
    ("hant_tw_president_office", "hant", "s2t", 4),
)


def main(corpora: Path) -> None:
    for name, target, conversion, times in CASES:
        text = "\n".join(lines_of(corpora / f"{name}.txt.gz"))
        text = (text * (SIZE // len(text.encode()) + 1)).encode()[:SIZE].decode("utf-8", "ignore")
        ours = seconds(partial(textfix.Fixer(textfix.Config(to=target)).fix, text))
        peer = seconds(partial(opencc.OpenCC(conversion).convert, text))
        base = seconds(text.encode().decode)
        print(
            f"{name} to {target}: {SIZE / ours / 1e6:.1f} MB/s, {peer / ours:.2f} times opencc {conversion} "
            f"(target {times}), {base / ours:.3f} of bytes.decode",
            flush=True,
        )


def seconds(run: Callable[[], object]) -> float:
    """The best of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
