"""textfix log: show, verify, stats."""

from __future__ import annotations

import json
import os

import click

from textfix import files
from textfix.cli.shared import Examples, ExamplesGroup, Outcome, inputs, put
from textfix.encodings import Segment
from textfix.log import Log


@click.group(
    cls=ExamplesGroup,
    examples="""
    textfix log show clean.txt                  what was done, from the log beside it
    textfix log verify clean/                   every file of the folder that has a log
    textfix log stats clean.txt.textfix.jsonl
    """,
)
def log() -> None:
    """Look at a log: show, verify, stats. PATH is a fixed file or its log."""


def logged(path: str) -> tuple[Log, str]:
    """The log that a path is, or that lies beside it, and the path of the text."""
    text = path.removesuffix(files.LOG_ENDING)
    if path == text and not os.path.exists(files.log_path(path)):
        if not files.read(path).startswith(b'{"textfix":'):
            raise FileNotFoundError(2, f"no log beside it, and no log itself: {files.log_path(path)} is missing")
        return files.read_log(path), ""
    return files.read_log(files.log_path(text)), text


def with_logs(paths: tuple[str, ...], outcome: Outcome) -> list[str]:
    """The paths; of folders, the files below that have a log."""
    found: list[str] = []
    for path in paths:
        below = inputs((path,), outcome) if os.path.isdir(path) else []
        found += [one.path for one in below if os.path.exists(files.log_path(one.path))] if below else [path]
    return found


def described(part: Segment) -> str:
    return f"{part.encoding} ({part.start}-{part.end}{', with a byte order mark' if part.bom else ''})"


@log.command("show", cls=Examples, examples="textfix log show clean.txt")
@click.argument("path")
def log_show(path: str) -> None:
    """Print the header of each generation, and its steps."""
    outcome = Outcome()
    if os.path.isdir(path):
        raise click.UsageError(f"{path} is a folder: show takes one file; verify and stats take folders")
    with outcome.handling(path):
        rest: Log | None = logged(path)[0]
        while rest is not None:
            source, result = rest.source, rest.result
            put(f"source  {source.type}, {source.size:,} bytes, SHA-256 {source.sha256}\n")
            put(f"result  {result.type}, {result.size:,} bytes, SHA-256 {result.sha256}\n")
            put("encoding  " + ", ".join(described(part) for part in rest.segments) + "\n")
            put("versions  " + ", ".join(f"{name} {value}" for name, value in rest.versions.items()) + "\n")
            for step in rest.steps:
                put(f"step  {step.rule}, round {step.round}: {step.count} edits\n")
            rest = rest.previous
            put("\n" if rest else "")
    outcome.exit()


@log.command("verify", cls=Examples, examples="textfix log verify clean.txt")
@click.argument("paths", nargs=-1, required=True)
def log_verify(paths: tuple[str, ...]) -> None:
    """Check that the log is whole and gives the original back. Nothing is written."""
    outcome = Outcome()
    for path in with_logs(paths, outcome):
        with outcome.handling(path):
            entry, text = logged(path)
            if text:
                entry.revert(files.read(text))
            put(f"{path}: {'the log is whole and gives the original back' if text else 'the log is whole'}\n")
    outcome.exit()


@log.command("stats", cls=Examples, examples="textfix log stats clean.txt")
@click.argument("paths", nargs=-1, required=True)
def log_stats(paths: tuple[str, ...]) -> None:
    """Count the changes by rule, as JSON."""
    outcome = Outcome()
    for path in with_logs(paths, outcome):
        with outcome.handling(path):
            rest: Log | None = logged(path)[0]
            while rest is not None:
                outcome.rules.update({step.rule: step.count for step in rest.steps})
                rest = rest.previous
    put(json.dumps({"rules": dict(outcome.rules), "failed": outcome.failed}, ensure_ascii=False) + "\n")
    outcome.exit()
