"""Speed of conversion, on 20 MB and one core: textfix.fix against opencc in the same run.

python -m benchmarks.convert_speed CORPORA
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import opencc

import textfix
from benchmarks.throughput import best
from textfix.rules.script.train import lines_of

SIZE, RUNS = 20_000_000, 3  # bytes
CASES = (  # texts, target, opencc's conversion, how many times as fast as it
    ("hans_w*", "hant-tw", "s2tw", 4),
    ("hant_tw_[mpt]*", "hans", "t2s", 2),
    ("hant_tw_[mpt]*", "hant-tw", "s2tw", 4),
    ("hant_tw_[mpt]*", "hant", "s2t", 4),
)


def main(corpora: Path) -> None:
    for name, target, conversion, times in CASES:
        lines = (line for path in sorted(corpora.glob(f"{name}.txt.gz")) for line in lines_of(path))
        text = "\n".join(dict.fromkeys(lines)).encode()[:SIZE].decode("utf-8", "ignore")
        ours = best(partial(textfix.Fixer(textfix.Config(to=target)).fix, text), RUNS)
        peer = best(partial(opencc.OpenCC(conversion).convert, text), RUNS)
        base = best(text.encode().decode, RUNS)
        speed = len(text.encode()) / ours / 1e6
        print(
            f"{name} to {target}: {speed:.1f} MB/s, {peer / ours:.2f} times opencc {conversion} "
            f"(target {times}), {base / ours:.3f} of bytes.decode",
            flush=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
