"""The commands: parse, call, print. Heavy imports stand in the commands that need them."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from textfix import __version__
from textfix.config import CHOICES, Config, ConfigError

if TYPE_CHECKING:
    from textfix.files import Input
    from textfix.log import Log
    from textfix.pipeline import Fixed
    from textfix.views import Change

PROGRESS_FILES, PROGRESS_BYTES = 20, 20_000_000  # from how many files, or bytes, a progress line is shown
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Examples(click.Command):
    """A command whose help ends with examples, kept line by line."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for line in self.examples.strip().splitlines():
                formatter.write(f"  {line.strip()}\n")


@click.group(context_settings=SETTINGS)
@click.version_option(__version__, prog_name="textfix")
def cli() -> None:
    """Find and undo what is wrong with scraped Chinese text: wrong encodings, mojibake, inserted noise, traditional
    and simplified side by side. What is changed is logged, and can be undone byte for byte.

    PATHS are files, folders or patterns; - is standard input.
    """


@dataclass
class Outcome:
    """What became of the inputs; decides the exit code and the summary."""

    files: int = 0
    changed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    failed: list[dict[str, str]] = field(default_factory=list)

    def fail(self, name: str, error: BaseException | str) -> None:
        """Tell on standard error what could not be handled, and go on."""
        reason = reason_of(error)
        self.failed.append({"path": name, "error": reason})
        tell(f"{name}: {reason}")

    @contextmanager
    def handling(self, name: str) -> Iterator[None]:
        """Handle one input: what goes wrong is told and counted, and the others still run."""
        from textfix.log import LogDamaged, LogMismatch

        self.files += 1
        try:
            yield
        except BrokenPipeError:
            raise
        except (OSError, ConfigError, LogDamaged, LogMismatch, ValueError) as error:
            self.fail(name, error)
        except MemoryError:
            self.fail(name, "too large for the memory of this machine")

    def to_dict(self) -> dict[str, Any]:
        return {"files": self.files, "changed": self.changed, "rules": dict(self.rules), "failed": self.failed}

    def exit(self, code: int = 0) -> None:
        sys.exit(2 if self.failed else code)


def reason_of(error: BaseException | str) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return str(error)


def tell(message: str) -> None:
    """A message on standard error, made harmless."""
    from textfix.views.neutral import neutral

    click.echo(f"textfix: {neutral(message)}", err=True)


def put(text: str) -> None:
    """Text for people or programs on standard output."""
    click.echo(text.encode("utf-8", "replace"), nl=False)


def put_raw(text: str) -> None:
    """Text on standard output with the bytes that it came from."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


CONFIG_OPTIONS = (
    click.option("--to", type=click.Choice(CHOICES["to"]), help="Script to write; auto: the one that dominates."),
    click.option("--form", type=click.Choice(CHOICES["form"]), help="Unicode normalization form."),
    click.option("--spaces", type=click.Choice(CHOICES["spaces"]), help="fold: unusual spaces become one U+0020."),
    click.option("--restore", type=click.Choice(CHOICES["restore"]), help="Where bytes were lost: restore what?"),
    click.option("--disable", multiple=True, metavar="RULE", help="Turn a rule or a family off; repeatable."),
    click.option("--min-confidence", type=float, metavar="0..1", help="Less sure changes are reported, not made."),
    click.option("--config", metavar="FILE", help="Configuration; else the nearest textfix.toml or pyproject.toml."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that make up a Config."""
    for option in reversed(CONFIG_OPTIONS):
        command = option(command)
    return command


def configured(given: dict[str, Any]) -> Config:
    """The Config of the nearest file, with the options given on the command line."""
    from textfix import files

    path = given.pop("config", None)
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    try:
        config = files.read_config(path or files.find_config(os.getcwd())).replace(**chosen)
        return known(config)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"{path}: {reason_of(error)}") from None


def known(config: Config) -> Config:
    """The Config, if the rules that it disables exist."""
    from textfix.config import suggestion
    from textfix.rules import LAST, RULES

    names = {rule.name for rule in (*RULES, LAST)} | {rule.name.split(".")[0] for rule in (*RULES, LAST)}
    for name in config.disable:
        if name not in names:
            raise ConfigError(f"there is no rule {name!r}{suggestion(name, names)}; see `textfix rules`")
    return config


def inputs(paths: tuple[str, ...], outcome: Outcome) -> list[Input]:
    """The files that are named, logs of textfix left out."""
    from textfix import files

    def complain(name: str, error: Exception) -> None:
        outcome.files += 1
        outcome.fail(name, error)

    found = files.expand(paths, complain)
    for one in found:
        if files.own(one.path):
            tell(f"{one.path}: a log of textfix; skipped")
    return [one for one in found if not files.own(one.path)]


def progressing(found: list[Input]) -> Iterator[Input]:
    """The inputs, with a progress line on a terminal where they are many or big."""
    big = sum(os.path.getsize(one.path) for one in found if os.path.isfile(one.path)) >= PROGRESS_BYTES
    if not sys.stderr.isatty() or not (big or len(found) >= PROGRESS_FILES):
        yield from found
        return
    with click.progressbar(found, label="textfix", file=sys.stderr) as bar:
        yield from bar


def fixed_file(path: str, config: Config) -> Fixed:
    from textfix import files, pipeline

    return pipeline.fix(files.read_text(path), config)


@cli.command(
    cls=Examples,
    examples="""
    textfix detect page.html
    textfix detect --json corpus/ > report.jsonl
    """,
)
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@options
def detect(paths: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Say what is wrong: encoding, script, drift, and each kind of damage with its count and an example."""
    from textfix.views.report import described

    config = configured(given)
    outcome = Outcome()
    for one in progressing(inputs(paths, outcome)):
        with outcome.handling(one.shown):
            report = fixed_file(one.path, config).report
            if as_json:
                put(json.dumps({"path": one.path, **report.to_dict()}, ensure_ascii=False) + "\n")
            else:
                put(described(one.shown, report))
    outcome.exit()


@cli.command(
    cls=Examples,
    examples="""
    textfix fix novel.txt > clean.txt
    textfix fix novel.txt -o clean.txt          the log becomes clean.txt.textfix.jsonl
    textfix fix --in-place --to hans subs/      every file of the folder; undo with textfix revert --in-place
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
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when something would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change; exit 1 when something would.")
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
        with outcome.handling(one.shown):
            fixed = result()
            outcome.changed += fixed.changed
            outcome.rules.update({step.rule: len(step.edits) for step in fixed.steps})
            destination.write(one, fixed)
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

    def validate(self, found: list[Input], named: int, as_json: bool) -> None:
        """UsageError for combinations that make no sense, before anything is written."""
        chosen = [bool(self.output), bool(self.output_dir), self.in_place, self.check or self.show_diff]
        if sum(chosen) > 1:
            raise click.UsageError("choose one of --output, --output-dir, --in-place, and --check or --diff")
        several = len(found) > 1 or any(os.path.isdir(one.path) for one in found) or named > 1
        if several and not any(chosen[1:]):
            raise click.UsageError("several inputs need --output-dir, --in-place, --check or --diff")
        if self.log_file and (several or self.no_log or chosen[3]):
            raise click.UsageError("--log takes one input, and goes with neither --no-log, --check nor --diff")
        if as_json and (not any(chosen) or self.show_diff):
            raise click.UsageError("--json needs standard output for itself: add -o, --output-dir, --in-place or --check")
        if self.in_place and any(one.path == "-" for one in found):
            raise click.UsageError("standard input has no place: use -o FILE")
        self._validate_targets(found)

    def _validate_targets(self, found: list[Input]) -> None:
        targets: dict[str, Input] = {}
        for one in found:
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

    def write(self, one: Input, fixed: Fixed) -> None:
        from textfix import files

        target = self.target(one)
        if self.check:
            if fixed.changed:
                tell(f"{one.shown}: would change")
        elif self.show_diff:
            show_change(change_of(fixed, one.path), terminal_style())
        elif target is None:
            if self.log_file:
                files.write(self.log_file, fixed.log.dumps().encode())
            put_raw(fixed.text)
        elif not self.in_place or fixed.changed:
            self.write_file(target, fixed)

    def write_file(self, target: str, fixed: Fixed) -> None:
        """Write a result and, before it, its log."""
        from textfix import files

        log = self.log_file or files.log_path(target)
        if self.in_place and self.no_log:
            refuse_loss(fixed, log)
        if not self.no_log:
            source = fixed.source if isinstance(fixed.source, bytes) else fixed.source.encode()
            whole = files.continued(fixed.log, log, source) if self.in_place else fixed.log
            files.write(log, whole.dumps().encode())
        files.write(target, fixed.text.encode())


def refuse_loss(fixed: Fixed, log: str) -> None:
    """A change in place without a log must not lose bytes for good, nor leave a log that no longer fits."""
    from textfix.rules import LAST

    lost = sum(len(step.edits) for step in fixed.steps if step.rule == LAST.name)
    if lost:
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


def change_of(fixed: Fixed, path: str) -> Change:
    from textfix import views

    name = os.path.normpath(path).replace(os.sep, "/").lstrip("/") if path != "-" else "stdin"
    return views.of_fixed(fixed, (name, name))


def terminal_style() -> str:
    """color on a terminal, unless NO_COLOR is set (https://no-color.org); else plain."""
    return "color" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else "terminal"


def show_change(change: Change, style: str) -> None:
    from textfix import views
    from textfix.views.neutral import neutral

    width = shutil.get_terminal_size().columns
    if style == "unified":
        put_raw(views.render(change, style))
        return
    text = views.render(change, style, width)
    if style != "json" and text:
        put(f"{neutral(change.names[0])}\n")
    put(text)


@cli.command(
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
def revert(path: str, log_file: str | None, output: str | None, in_place: bool, only: str | None, everything: bool) -> None:
    """Give the original bytes back, from a file and its log; both are checked first."""
    if output and in_place:
        raise click.UsageError("choose one of --output and --in-place")
    if only and (everything or not (output or in_place)):
        raise click.UsageError("--only writes a log, too: it needs -o or --in-place, and does not go with --all")
    outcome = Outcome()
    with outcome.handling(path):
        from textfix import files

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


def log_of(path: str, log_at: str) -> Log:
    """The log of a file, or an error that says where it was sought."""
    from textfix import files

    files.read(path)
    if not os.path.exists(log_at):
        raise FileNotFoundError(2, f"no log {log_at} beside it; name one with --log")
    return files.read_log(log_at)


def undo_rule(path: str, log: Log, only: str, target: str) -> None:
    from textfix import files

    text, rest, lost = log.without(files.read(path).decode("utf-8"), only)
    for edit in lost:
        tell(f"{path}: also undone, since it lies over it: {edit.note.rule} {edit.before!r} to {edit.after!r}")
    files.write(files.log_path(target), rest.dumps().encode())
    files.write(target, text.encode())


@cli.command(
    cls=Examples,
    examples="""
    textfix diff clean.txt                      against what its log says it was
    textfix diff before.txt after.txt
    textfix diff --style unified clean.txt > clean.patch
    """,
)
@click.argument("paths", nargs=-1, required=True)
@click.option("--style", type=click.Choice(["terminal", "unified", "json"]), default="terminal", show_default=True)
@click.option("--log", "log_file", metavar="FILE", help="The log, where it does not lie beside the file.")
def diff(paths: tuple[str, ...], style: str, log_file: str | None) -> None:
    """Show what changed: in PATH since its log, or from BEFORE to AFTER. Exit 1 where something did."""
    if len(paths) > 2:
        raise click.UsageError("diff takes one path, or two: BEFORE AFTER")
    outcome = Outcome()
    differs = False
    with outcome.handling(paths[-1]):
        change = change_since(paths[0], log_file) if len(paths) == 1 else change_between(*paths)
        differs = change.raw != change.after
        show_change(change, terminal_style() if style == "terminal" else style)
    outcome.exit(1 if differs else 0)


def change_since(path: str, log_file: str | None) -> Change:
    """What the log of a file says was changed in it."""
    from functools import reduce

    from textfix import files, views
    from textfix.edits import EMPTY, Edits
    from textfix.log import singly

    log = log_of(path, log_file or files.log_path(path))
    data = files.read(path)
    source = log.revert(data)
    raw = source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
    text = data.decode("utf-8")
    before, steps = log.replay(text)
    edits = reduce(Edits.compose, (step.edits for step in steps), EMPTY)
    return views.Change(before, text, edits, raw, tuple(singly(steps)), (path, path))


def change_between(before: str, after: str) -> Change:
    from textfix import files, views

    old, new = (files.read(path).decode("utf-8", "surrogateescape") for path in (before, after))
    return views.of_texts(old, new, (before, after))


@cli.command(
    cls=Examples,
    examples="""
    textfix explain novel.txt                   what fix would change, and why
    textfix explain clean.txt                   with its log beside it: what was changed, and why
    textfix explain --json novel.txt | head
    """,
)
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change.")
@options
def explain(paths: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """List every change with its place (line:column), rule, before, after, confidence and reason."""
    from textfix import files
    from textfix.views.explain import explained, sentences
    from textfix.views.neutral import neutral

    config = configured(given)
    outcome = Outcome()
    found = inputs(paths, outcome)
    for one in found:
        with outcome.handling(one.shown):
            log_at = files.log_path(one.path)
            logged = os.path.exists(log_at) and files.read_log(log_at).state(files.read(one.path)) == "result"
            change = change_since(one.path, None) if logged else change_of(fixed_file(one.path, config), one.path)
            if as_json:
                for item in explained(change.before, change.singly):
                    put(json.dumps({"path": one.path, **item}, ensure_ascii=False) + "\n")
                continue
            if len(found) > 1:
                put(f"{neutral(one.shown)}\n")
            for line in sentences(change.before, change.singly):
                put(line + "\n")
    outcome.exit()


@cli.command(cls=Examples, examples="textfix rules\ntextfix rules --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a rule.")
def rules(as_json: bool) -> None:
    """List the rules: name, what each undoes, and an example."""
    from textfix.rules import LAST, RULES
    from textfix.views.neutral import neutral

    for rule in (*RULES, LAST):
        before, after = rule.example
        if as_json:
            item = {"rule": rule.name, "summary": rule.summary, "before": neutral(before), "after": neutral(after)}
            put(json.dumps(item, ensure_ascii=False) + "\n")
        else:
            put(f"{rule.name}\n    {rule.summary}\n    {neutral(before)} → {neutral(after)}\n")


@cli.command(cls=Examples, examples="textfix config --to hans > textfix.toml")
@options
def config(**given: Any) -> None:
    """Print the configuration in force here, as TOML."""
    from textfix import files

    path = given["config"] or files.find_config(os.getcwd())
    chosen = configured(given)
    put(f"# textfix {__version__}; read from {path or 'no file: these are the defaults'}\n{chosen.to_toml()}")


@cli.group()
def log() -> None:
    """Look at a log: show, verify, stats. PATH is a fixed file or its log."""


def logged(path: str) -> tuple[Log, str]:
    """The log that a path is, or that lies beside it, and the path of the text."""
    from textfix import files

    text = path.removesuffix(files.LOG_ENDING)
    if path == text and not os.path.exists(files.log_path(path)):
        return files.read_log(path), ""
    return files.read_log(files.log_path(text)), text


@log.command("show", cls=Examples, examples="textfix log show clean.txt")
@click.argument("path")
def log_show(path: str) -> None:
    """Print the header of each generation, and its steps."""
    outcome = Outcome()
    with outcome.handling(path):
        rest: Log | None = logged(path)[0]
        while rest is not None:
            source, result = rest.source, rest.result
            put(f"source  {source.type}, {source.size:,} bytes, SHA-256 {source.sha256}\n")
            put(f"result  {result.type}, {result.size:,} bytes, SHA-256 {result.sha256}\n")
            put("encoding  " + ", ".join(f"{part.encoding} ({part.start}-{part.end})" for part in rest.segments) + "\n")
            put("versions  " + ", ".join(f"{name} {value}" for name, value in rest.versions.items()) + "\n")
            for step in rest.steps:
                put(f"step  {step.rule}, round {step.round}: {step.count} edits\n")
            rest = rest.previous
            put("\n" if rest else "")
    outcome.exit()


@log.command("verify", cls=Examples, examples="textfix log verify clean.txt")
@click.argument("paths", nargs=-1, required=True)
def log_verify(paths: tuple[str, ...]) -> None:
    """Check that the log is whole and gives the original back; nothing is written."""
    from textfix import files

    outcome = Outcome()
    for path in paths:
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
    for path in paths:
        with outcome.handling(path):
            rest: Log | None = logged(path)[0]
            while rest is not None:
                outcome.rules.update({step.rule: step.count for step in rest.steps})
                rest = rest.previous
    put(json.dumps({"rules": dict(outcome.rules), "failed": outcome.failed}, ensure_ascii=False) + "\n")
    outcome.exit()


def main() -> None:
    """Run the command line: 0 fine, 1 would change, 2 an input or an option could not be handled, 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        tell(f"standard output: {reason_of(error)}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    else:
        code = 0
    sys.exit(code)
