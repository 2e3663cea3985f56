"""textfix revert."""

from __future__ import annotations

import os

import click

from textfix import files
from textfix.cli.shared import Examples, Outcome, log_of, tell
from textfix.log import Log


@click.command(
    cls=Examples,
    examples="""
    textfix revert clean.txt -o original.txt
    textfix revert --in-place subs/movie.srt         and its log is taken away
    textfix revert clean.txt --only script -o b.txt  undo the conversion alone; b.txt gets a log of its own
    """,
)
@click.argument("path")
@click.option("--log", "log_file", metavar="FILE", help="The log, where it does not lie beside the file.")
@click.option("-o", "--output", metavar="FILE", help="Write the result here.")
@click.option("-i", "--in-place", is_flag=True, help="Put the original back where the file is.")
@click.option("--only", metavar="RULE", help="Undo one rule or family, and later changes that overlap it.")
@click.option("--all", "everything", is_flag=True, help="Undo every generation of the log, not the last alone.")
def revert(
    path: str, log_file: str | None, output: str | None, in_place: bool, only: str | None, everything: bool
) -> None:
    """Give the original bytes back, from a file and its log; both are checked first."""
    if output and in_place:
        raise click.UsageError("choose one of --output and --in-place")
    if only and (everything or not (output or in_place)):
        raise click.UsageError("--only writes a log, too: it needs -o or --in-place, and does not go with --all")
    outcome = Outcome()
    with outcome.handling(path):
        log_at = log_file or files.log_path(path)
        log = log_of(path, log_at)
        target = path if in_place else output
        if only:
            undo_rule(path, log, only, str(target))
            outcome.exit()
        data: str | bytes = files.read(path)
        rest: Log | None = log
        while rest is not None:
            data, rest = rest.revert(data), rest.previous
            if not everything:
                break
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        if target is None:
            click.echo(raw, nl=False)
        else:
            files.write(target, raw)
        if in_place and rest is not None:
            files.write(log_at, rest.dumps().encode())
        elif in_place:
            os.unlink(log_at)
    outcome.exit()


def undo_rule(path: str, log: Log, only: str, target: str) -> None:
    text, rest, lost = log.without(files.read(path).decode("utf-8"), only)
    for edit in lost:
        tell(f"{path}: also undone, since it lies over it: {edit.note.rule} {edit.before!r} to {edit.after!r}")
    files.write(files.log_path(target), rest.dumps().encode())
    files.write(target, text.encode())
