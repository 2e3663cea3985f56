"""What clean text costs: fix(to="keep") against bytes.decode("utf-8") in the same run, as one string and as rows.

python -m benchmarks.throughput CORPUS.txt.gz
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

import textfix

SIZE = 20_000_000  # bytes
ROWS = 20_000
RUNS = 7
TARGET = 0.3


def main(path: Path) -> None:
    data = clean_bytes(path)
    lines = data.decode().split("\n")
    step = max(1, len(lines) // ROWS)
    rows = ["\n".join(lines[i : i + step]) for i in range(0, len(lines), step)]
    fixer = textfix.Fixer(textfix.Config(to="keep"))
    column = pa.array(rows)
    text = data.decode()
    assert not fixer.fix(data).changed, "the text is not clean"
    base = best(lambda: data.decode("utf-8"))
    print(f"{'bytes.decode':28} {len(data) / base / 1e6:7.0f} MB/s")
    runs: dict[str, Callable[[], object]] = {
        "fix(bytes), one string": lambda: fixer.fix(data),
        "fix(str), one string": lambda: fixer.fix(text),
        f"batch, {len(rows):,} rows": lambda: fixer.batch(column),
    }
    for name, run in runs.items():
        seconds = best(run)
        print(f"{name:28} {len(data) / seconds / 1e6:7.0f} MB/s  {base / seconds:.2f} of decode (target {TARGET})")


def clean_bytes(path: Path) -> bytes:
    """About 20 MB of the corpus, without the lines that any rule has something to say of."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read(SIZE // 3).splitlines()
    fixer = textfix.Fixer(textfix.Config(to="keep"))
    done = fixer.batch(pa.array(lines)).to_pylist()
    kept = [line for line, one in zip(lines, done, strict=True) if not one["changed"]]
    data = "\n".join(dict.fromkeys(kept)).encode()  # repeated lines are something to say, too
    return data[:SIZE].decode("utf-8", "ignore").encode()


def best(run: Callable[[], object], runs: int = RUNS) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
