"""The only room that reads and writes files: which ones, whole, and atomically."""

from __future__ import annotations

import contextlib
import glob
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textfix.config import Config, ConfigError
from textfix.encodings import is_binary
from textfix.log import Log, LogDamaged, LogMismatch

LOG_ENDING = ".textfix.jsonl"
TEMPORARY = ".textfix-tmp-"
STANDARD_INPUT = "-"


class BinaryInput(ValueError):
    """A file that is no text. Only files are refused for this; the Python functions never refuse bytes."""


@dataclass(frozen=True)
class Input:
    """A file to read: its path, its place below the folder that was named, and whether it was named itself."""

    path: str
    relative: str
    named: bool = True

    @property
    def shown(self) -> str:
        return "standard input" if self.path == STANDARD_INPUT else self.path


def expand(names: Sequence[str], complain: Callable[[str, Exception], None]) -> list[Input]:
    """The files that arguments name: files, folders (recursively), glob patterns, and - for standard input.

    Folders are searched without hidden and version-control folders, links, and textfix's own logs and temporaries.
    complain is called with the name and the error of what cannot be read.
    """
    found: dict[str, Input] = {}
    for name in names:
        try:
            for one in named(name):
                found.setdefault(os.path.abspath(one.path) if one.path != STANDARD_INPUT else one.path, one)
        except OSError as error:
            complain(name, error)
    return list(found.values())


def named(name: str) -> Iterator[Input]:
    if name == STANDARD_INPUT:
        yield Input(name, "stdin.txt")
    elif os.path.isdir(name):
        yield from walked(name)
    elif os.path.lexists(name):
        yield Input(name, os.path.basename(name))
    elif matches := sorted(glob.glob(name, recursive=True)):
        for match in matches:
            if not own(match) or os.path.isdir(match):
                yield from named(match)
    else:
        raise FileNotFoundError(2, "no such file or folder")


def walked(folder: str) -> Iterator[Input]:
    def fail(error: OSError) -> None:
        raise error

    for at, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "CVS")
        for name in sorted(files):
            path = os.path.join(at, name)
            if not name.startswith(".") and not own(name) and not os.path.islink(path) and os.path.isfile(path):
                yield Input(path, os.path.relpath(path, folder), named=False)


def own(name: str) -> bool:
    """Whether a file is a log or a temporary of textfix."""
    return name.endswith(LOG_ENDING) or os.path.basename(name).startswith(TEMPORARY)


def read(path: str) -> bytes:
    """The bytes of a file, or of standard input."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    if is_special(path) and not stat.S_ISFIFO(os.stat(path).st_mode):
        raise OSError(22, "neither a file nor a pipe")
    with open(path, "rb") as file:
        return file.read()


def read_text(path: str) -> bytes:
    """The bytes of a file that holds text; BinaryInput for others."""
    data = read(path)
    if is_binary(data):
        raise BinaryInput("a binary file; left alone: --force-encoding NAME reads it all the same")
    return data


def write(path: str, data: bytes, like: str = "") -> None:
    """Write a file whole or not at all: beside it, synced, then renamed. Its mode stays; links are followed.

    like: a file of which a new one is made: it is no more open to others than that.
    """
    if is_special(path):
        with naming(path), open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else 0o666 & ~umask()
    if not os.path.exists(target) and os.path.isfile(like):
        mode &= os.stat(like).st_mode | 0o600
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is not writable")
    with naming(path):
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=folder)
    try:
        with naming(path), os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(folder)


@contextlib.contextmanager
def naming(path: str) -> Iterator[None]:
    """Errors of a full disk, or a folder closed to us, name the file that could not be written."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def is_special(path: str) -> bool:
    """Whether a path is a device or a pipe, beside which no log can lie."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def check_target(path: str) -> None:
    """OSError, which names the path, where a file cannot be written there."""
    if os.path.isdir(path):
        raise IsADirectoryError(21, "is a directory", path)
    os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)


def sync_folder(folder: str) -> None:
    """Make a rename last, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def log_path(path: str) -> str:
    """Where the log of a file lies: beside it; of a link, beside the file that it leads to."""
    return (os.path.realpath(path) if os.path.islink(path) else path) + LOG_ENDING


def read_log(path: str) -> Log:
    """Read a log; LogDamaged names the file."""
    try:
        return Log.loads(read(path))
    except LogDamaged as error:
        raise LogDamaged(f"{path}: {error}") from None


def continued(log: Log, path: str, source: bytes) -> Log:
    """The log as a new generation of the one at this path, which must be of this file as it is now."""
    if not os.path.exists(path):
        return log
    old = read_log(path)
    state = old.state(source)
    if state == "unknown":
        raise LogMismatch(
            f"its log {path} is of another version of the file; move that log away, or keep both with -o and --log"
        )
    from dataclasses import replace

    # A log whose source the file still is was written just before a crash: the new one takes its place.
    return replace(log, previous=old if state == "result" else old.previous)


def find_config(folder: str) -> str | None:
    """The nearest textfix.toml, or pyproject.toml with a table [tool.textfix], from a folder upwards."""
    for at in (Path(folder).resolve(), *Path(folder).resolve().parents):
        for name in ("textfix.toml", "pyproject.toml"):
            path = at / name
            if path.is_file() and (name == "textfix.toml" or "[tool.textfix]" in path.read_text("utf-8", "replace")):
                return str(path)
    return None


def read_terms(path: str) -> tuple[str, ...]:
    """The lines of a file, without empty ones and those that begin with #. ConfigError where it is not UTF-8."""
    try:
        lines = read(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def read_config(path: str | None) -> Config:
    """The Config in a file; ConfigError names the file."""
    if path is None:
        return Config()
    try:
        return Config.from_toml(read(path).decode("utf-8"))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
