"""How long `textfix --version` and `--help` take, as a multiple of `python -c "import click"` in the same run.

python -m benchmarks.startup
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial

RUNS = 40
TARGET, FIRST_TARGET = 1.5, "300 ms"
FIRST = (
    "import textfix, time; start = time.perf_counter(); textfix.fix('鏁版嵁搴�'); print(time.perf_counter() - start)"
)
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
    print(f"first call     {1000 * first_call():6.1f} ms behind the import (target {FIRST_TARGET})")


def first_call() -> float:
    """Seconds to the first answer in a fresh process, behind `import textfix`, with bytecode as pip leaves it."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        run = partial(subprocess.run, [sys.executable, "-c", FIRST], check=True, stdout=subprocess.PIPE)
        times = [float(run(env={**compiled, "PYTHONPYCACHEPREFIX": folder}).stdout) for _ in range(RUNS)]
    return statistics.median(times)


if __name__ == "__main__":
    main()
