"""How long `textfix --version` and `--help` take, as a multiple of `python -c "import click"` in the same run.

python -m benchmarks.startup
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 40
TARGET = 1.5
COMMANDS = {
    "import click": ["-c", "import click"],
    "--version": ["-m", "textfix", "--version"],
    "--help": ["-m", "textfix", "--help"],
}


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - start)
    middle = {name: statistics.median(values) for name, values in times.items()}
    for name, value in middle.items():
        print(f"{name:14} {1000 * value:6.1f} ms  {value / middle['import click']:.2f} times (target {TARGET})")


if __name__ == "__main__":
    main()
