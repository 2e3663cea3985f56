"""textfix revert."""

from __future__ import annotations

import os

import click

from textfix import files
from textfix.cli.shared import Examples, Outcome, inputs, log_of, put_bytes, tell
from textfix.log import Log


@click.command(
    cls=Examples,
    examples="""
    textfix revert clean.txt -o original.txt
    textfix revert --in-place subs/                  every file that has a log; the logs are taken away
    textfix revert clean.txt --only script -o b.txt  undo the conversion alone; b.txt gets a log of its own
    """,
)
@click.argument("paths", nargs=-1, required=True)
@click.option("--log", "log_file", metavar="FILE", help="The log, where it does not lie beside the file.")
@click.option("-o", "--output", metavar="FILE", help="Write the result here.")
@click.option("-i", "--in-place", is_flag=True, help="Put the originals back where the files are.")
@click.option(
    "--only", metavar="RULE", help="With -o or -i: undo one rule or family, and later changes that overlap it."
)
@click.option("--all", "everything", is_flag=True, help="Undo every generation of the log, not the last alone.")
def revert(
    paths: tuple[str, ...], log_file: str | None, output: str | None, in_place: bool, only: str | None, everything: bool
) -> None:
    """Give the original bytes back, from a file and its log; both are checked first.

    Of folders, the files that have a log.
    """
    if output and in_place:
        raise click.UsageError("choose one of --output and --in-place")
    if only and everything:
        raise click.UsageError("choose one of --only and --all")
    if only and not (output or in_place):
        raise click.UsageError("--only writes a log, too: it needs -o or --in-place")
    outcome = Outcome()
    found = [one for one in inputs(paths, outcome) if one.named or os.path.exists(files.log_path(one.path))]
    if (len(found) > 1 or len(paths) > 1) and (log_file or not in_place):
        raise click.UsageError("several files can only be reverted --in-place, each by the log beside it")
    for one in found:
        with outcome.handling(one.shown):
            target = one.path if in_place else output
            log_at = log_file or files.log_path(one.path)
            if only:
                undo_rule(one.path, log_of(one.path, log_at), only, str(target))
            else:
                undo_all(one.path, log_at, target, everything)
    if not found and not outcome.failed:
        tell(f"{', '.join(paths)}: no file there has a log; nothing to revert")
    if in_place and len(found) > 1:
        done = len(found) - len(outcome.failed)
        tell(f"{done} file{'s' * (done != 1)} reverted, {len(outcome.failed)} failed")
    outcome.exit()


def undo_all(path: str, log_at: str, target: str | None, everything: bool) -> None:
    """Undo the last generation of a log, or every one."""
    data: str | bytes = files.read(path)
    rest: Log | None = log_of(path, log_at)
    while rest is not None:
        data, rest = rest.revert(data), rest.previous
        if not everything:
            break
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if target is None:
        put_bytes(raw)
        return
    files.check_target(target)
    files.write(target, raw, path)
    if target == path and rest is not None:
        files.write(log_at, rest.dumps().encode())
        tell(f"{path}: undone are the last changes; those before them, too, with --all")
    elif target == path:
        os.unlink(log_at)


def undo_rule(path: str, log: Log, only: str, target: str) -> None:
    data = files.read(path)
    log.check(data)
    text, rest, lost = log.without(log.as_text(data), only)
    for edit in lost:
        tell(f"{path}: also undone, since it lies over it: {edit.note.rule} {edit.before!r} to {edit.after!r}")
    files.write(files.log_path(target), rest.dumps().encode(), path)
    files.write(target, rest.as_bytes(text), path)
