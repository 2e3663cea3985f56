"""textfix fix."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import click

from textfix import files
from textfix.cli.shared import (
    Examples,
    Outcome,
    change_of,
    configured,
    fixed_file,
    inputs,
    options,
    progressing,
    put,
    put_bytes,
    show_change,
    tell,
    tell_declaration,
    terminal_style,
    told_encoding,
)
from textfix.config import Config
from textfix.files import Input
from textfix.pipeline import Fixed
from textfix.report import script_of
from textfix.rules import LAST
from textfix.rules.mojibake.chinese import RULE as MOJIBAKE
from textfix.rules.mojibake.lost import LOST
from textfix.rules.script import VOCABULARY

FEW = 5  # characters that are named
ESCAPING = ("idna", "punycode", "unicode_escape", "raw_unicode_escape")  # codecs of names and of Python's source


def writable(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The codec of an encoding; a usage error for none."""
    try:
        name = codecs.lookup(value or "utf-8").name
        "".encode(name)
    except (LookupError, UnicodeError):
        name = ""
    if not name or name in ESCAPING:
        raise click.BadParameter(f"{value!r} is no encoding that text can be written in")
    return name


@click.command(
    cls=Examples,
    examples="""
    textfix fix novel.txt > clean.txt           without a log: what is changed cannot be undone
    textfix fix novel.txt -o clean.txt          the log becomes clean.txt.textfix.jsonl
    textfix fix --in-place --to hans subs/      every file of the folder; undo: textfix revert --in-place subs/
    textfix fix --output-encoding utf-8-sig list.csv -o clean.csv
    textfix fix --profile corpus --output-dir clean/ raw/
    textfix fix --remove noise.boilerplate page.txt -o clean.txt
    textfix fix --check corpus/                 exit 1 when something would change
    curl -s https://example.org | textfix fix -
    """,
)
@click.argument("paths", nargs=-1, required=True)
@options
@click.option("-o", "--output", metavar="FILE", help="Write one result here.")
@click.option("--output-dir", metavar="DIR", help="Write results here, under the same relative paths.")
@click.option("-i", "--in-place", is_flag=True, help="Replace the files; the log is written first, beside each.")
@click.option("--log", "log_file", metavar="FILE", help="Where to write the log of one input.")
@click.option("--no-log", is_flag=True, help="Write no log: the change cannot be undone.")
@click.option(
    "--output-encoding",
    metavar="NAME",
    callback=writable,
    help="Write this instead of UTF-8: gb18030, big5, utf-8-sig (as Excel wants it), utf-16.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when something would change.")
@click.option(
    "--diff", "show_diff", is_flag=True, help="Write nothing; show what would change; exit 1 when something would."
)
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Processes to work with.")
@click.option("--json", "as_json", is_flag=True, help="A summary as JSON on standard output.")
def fix(paths: tuple[str, ...], **given: Any) -> None:
    """Repair text and write it as UTF-8: to standard output, -o FILE, --output-dir DIR or --in-place."""
    places = {field.name: given.pop(field.name) for field in fields(Destination)}
    jobs, as_json = given.pop("jobs"), given.pop("as_json")
    config = configured(given)
    outcome = Outcome()
    found = inputs(paths, outcome)
    destination = Destination(**places)
    destination.validate(found, len(paths), as_json)
    if destination.no_log:
        tell("--no-log: no log is written; what is changed cannot be undone")
    for one, result in worked(found, config, jobs):
        with outcome.handling(one.shown, one.named):
            fixed = result()
            raw = destination.result(fixed)
            told_encoding(one.shown, fixed)
            tell_vocabulary(one.shown, fixed)
            destination.write(one, fixed, raw)
            outcome.changed += raw != fixed.source
            outcome.rules.update({step.rule: len(step.edits) for step in fixed.steps})
    if destination.output_dir or destination.in_place:
        done = outcome.files - len(outcome.failed) - len(outcome.binary)
        files_done = f"{done} file{'s' * (done != 1)} handled, {outcome.changed} of them changed"
        tell(f"{files_done}, {len(outcome.failed)} failed")
    if as_json:
        put(json.dumps(outcome.to_dict(), ensure_ascii=False) + "\n")
    outcome.exit(1 if outcome.changed and (destination.check or destination.show_diff) else 0)


@dataclass(frozen=True)
class Destination:
    """Where the results of fix go: exactly one of the places, or standard output."""

    output: str | None
    output_dir: str | None
    in_place: bool
    check: bool
    show_diff: bool
    log_file: str | None
    no_log: bool
    output_encoding: str

    def validate(self, found: list[Input], named: int, as_json: bool) -> None:
        """UsageError for combinations that make no sense, before anything is written."""
        chosen = [bool(self.output), bool(self.output_dir), self.in_place, self.check or self.show_diff]
        if sum(chosen) > 1:
            raise click.UsageError("choose one of --output, --output-dir, --in-place, and --check or --diff")
        several = len(found) > 1 or any(os.path.isdir(one.path) for one in found) or named > 1
        if several and not any(chosen[1:]):
            raise click.UsageError("a folder, or several inputs, need --output-dir, --in-place, --check or --diff")
        if self.log_file and (several or self.no_log or chosen[3]):
            raise click.UsageError("--log takes one input, and goes with neither --no-log, --check nor --diff")
        if as_json and (not any(chosen) or self.show_diff):
            raise click.UsageError(
                "--json needs standard output for itself: add -o, --output-dir, --in-place or --check"
            )
        if self.in_place and any(one.path == "-" for one in found):
            raise click.UsageError("standard input has no place: use -o FILE")
        if self.output_dir and os.path.exists(self.output_dir) and not os.path.isdir(self.output_dir):
            raise click.UsageError(f"--output-dir {self.output_dir} is a file, not a folder")
        self._validate_targets(found)

    def _validate_targets(self, found: list[Input]) -> None:
        targets: dict[str, Input] = {}
        log = os.path.realpath(self.log_file) if self.log_file else None
        for one in found:
            if log and log in (os.path.realpath(one.path), os.path.realpath(self.target(one) or one.path)):
                raise click.UsageError(f"--log {self.log_file} is the input or the output itself")
            path = self.target(one)
            if path is None or self.in_place:
                continue
            real = os.path.realpath(path)
            if real in targets:
                raise click.UsageError(f"{targets[real].path} and {one.path} would both be written to {path}")
            if one.path != "-" and real == os.path.realpath(one.path):
                raise click.UsageError(f"{path} is the input itself: use --in-place")
            targets[real] = one

    def target(self, one: Input) -> str | None:
        """The file that is written for an input, if any."""
        if self.in_place:
            return one.path
        return os.path.join(self.output_dir, one.relative) if self.output_dir else self.output

    def result(self, fixed: Fixed) -> bytes:
        """The bytes that are written. ValueError where the encoding cannot hold them."""
        if isinstance(fixed.source, bytes) and not fixed.changed and self.output_encoding == "utf-8":
            return fixed.source
        return written(fixed.text, self.output_encoding)

    def write(self, one: Input, fixed: Fixed, raw: bytes) -> None:
        target = self.target(one)
        if self.show_diff or self.check:
            if raw != fixed.source:
                self.show(one, fixed)
        elif target is None:
            if self.log_file:
                log = fixed.log.in_encoding(self.output_encoding, raw)
                files.write(self.log_file, log.dumps().encode(), one.path)
            put_bytes(raw)
        elif not self.in_place or raw != fixed.source:
            self.write_file(one.path, target, fixed, raw)
        tell_loss(one.shown, fixed)
        tell_left(one.shown, fixed)
        if not (self.show_diff or self.check):
            tell_declaration(one.shown, fixed, self.output_encoding, "written")

    def show(self, one: Input, fixed: Fixed) -> None:
        """Tell what would change."""
        change = change_of(fixed, one.path, self.output_encoding)
        if self.show_diff:
            show_change(change, terminal_style())
        else:
            tell(f"{one.shown}: would change{'' if fixed.steps else f': only its encoding, {change.recoded}'}")

    def write_file(self, path: str, target: str, fixed: Fixed, raw: bytes) -> None:
        """Write a result and, before it, its log."""
        log = self.log_file or files.log_path(target)
        if self.in_place and self.no_log:
            refuse_loss(fixed, log)
        files.check_target(target)
        if not self.no_log and (self.log_file or not files.is_special(target)):
            source = fixed.source if isinstance(fixed.source, bytes) else fixed.source.encode()
            own = fixed.log.in_encoding(self.output_encoding, raw)
            whole = files.continued(own, log, source) if self.in_place else own
            files.write(log, whole.dumps().encode(), path)
        files.write(target, raw, path)


def written(text: str, encoding: str) -> bytes:
    """A result in an encoding. ValueError names what it cannot hold: nothing is lost in silence."""
    try:
        raw = text.encode(encoding)
        if raw.decode(encoding) == text:
            return raw
    except UnicodeError:
        pass
    lost = [one for one in dict.fromkeys(text) if not holds(encoding, one)]
    shown = " ".join(f"{one} U+{ord(one):04X}" for one in lost[:FEW]) or "what it begins with"
    more = f" and {len(lost) - FEW} others" if len(lost) > FEW else ""
    raise ValueError(f"{encoding} cannot hold {shown}{more}; nothing is written: use gb18030 or utf-8")


def holds(encoding: str, character: str) -> bool:
    try:
        return character.encode(encoding).decode(encoding) == character
    except UnicodeError:
        return False


def unexplained(fixed: Fixed) -> int:
    """How many bytes no encoding explains, so that they become U+FFFD."""
    return sum(len(step.edits) for step in fixed.steps if step.rule == LAST.name)


def tell_loss(name: str, fixed: Fixed) -> None:
    if lost := unexplained(fixed):
        places = f"{lost} place{'s' * (lost != 1)}"
        tell(f"{name}: U+FFFD in {places} where no encoding explains the bytes; textfix explain shows them")


def tell_left(name: str, fixed: Fixed) -> None:
    """Tell what was lost in mojibake and is not sure enough to be restored, or is lost for good."""
    left = sum(edit.note.rule == MOJIBAKE.name and edit.after != edit.before for edit in fixed.left)
    if left and fixed.config.restore == "confident":
        places = f"{left} place{'s' * (left != 1)}"
        tell(f"{name}: bytes were lost in {places}, left alone; --restore all on the original puts in the likeliest")
    elif gone := sum(edit.note.rule == LOST.name and "?" not in edit.before for edit in fixed.left):
        places = f"{gone} place{'s' * (gone != 1)}"
        tell(f"{name}: {places} of text that is lost (U+FFFD, 锟斤拷), left alone; textfix detect shows them")


def tell_vocabulary(name: str, fixed: Fixed) -> None:
    """Tell where words of a region were asked for, and text that stays simplified has none that become them."""
    region = fixed.config.vocabulary
    if region == "keep" or fixed.config.to.startswith("hant") or VOCABULARY.name in {one.rule for one in fixed.steps}:
        return
    if script_of(fixed.decoded, fixed.steps).dominant == "hans":
        tell(f"{name}: simplified; --vocabulary changes words of traditional text alone: add --to hant-{region}")


def refuse_loss(fixed: Fixed, log: str) -> None:
    """A change in place without a log must not lose bytes for good, nor leave a log that no longer fits."""
    if lost := unexplained(fixed):
        raise ValueError(f"{lost} bytes that no encoding explains would be lost for good without a log; left alone")
    if os.path.exists(log):
        raise ValueError(f"its log {log} would no longer fit; move it away, or do without --no-log")


def worked(found: list[Input], config: Config, jobs: int) -> Iterator[tuple[Input, Callable[[], Fixed]]]:
    """The inputs in order, each with a call that gives its result or raises what went wrong."""
    if jobs == 1 or len(found) < 2:
        for one in progressing(found):
            yield one, partial(fixed_file, one.path, config)
        return
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor

    with ProcessPoolExecutor(min(jobs, len(found))) as pool:
        waiting: deque[tuple[Input, Future[Fixed]]] = deque()
        for one in progressing(found):
            waiting.append((one, pool.submit(fixed_file, one.path, config)))
            if len(waiting) > 2 * jobs:
                first, future = waiting.popleft()
                yield first, future.result
        for first, future in waiting:
            yield first, future.result
