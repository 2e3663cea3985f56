"""How long `textfix --version` and `--help` take, as a multiple of `python -c "import click"` in the same run.

    python -m benchmarks.startup

And how long the first answer takes in a fresh process, behind `import textfix`. All with bytecode, as pip leaves it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 40
TARGET, FIRST_TARGET = 1.5, "300 ms"
COMMANDS = {
    "import click": ["-c", "import click"],
    "--version": ["-m", "textfix", "--version"],
    "--help": ["-m", "textfix", "--help"],
}
FIRST = (
    "import time, textfix; start = time.perf_counter(); textfix.fix('鏁版嵁搴�'); print(time.perf_counter() - start)"
)


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    first: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS + 1):
            for name, command in COMMANDS.items():
                start = time.perf_counter()
                run(command, folder)
                times[name].append(time.perf_counter() - start)
            first.append(float(run(["-c", FIRST], folder)))
    # The first run writes the bytecode.
    middle = {name: statistics.median(values[1:]) for name, values in times.items()}
    for name, value in middle.items():
        print(f"{name:14} {1000 * value:6.1f} ms  {value / middle['import click']:.2f} times (target {TARGET})")
    print(f"first call     {1000 * statistics.median(first[1:]):6.1f} ms behind the import (target {FIRST_TARGET})")


def run(command: list[str], folder: str) -> bytes:
    """What Python prints; its bytecode is kept in the folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, *command], check=True, stdout=subprocess.PIPE, env={**kept, "PYTHONPYCACHEPREFIX": folder}
    )
    return done.stdout


if __name__ == "__main__":
    main()
