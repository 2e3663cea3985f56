"""What the commands share: options, inputs, messages, and the count of what became of the inputs."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from textfix.config import CHOICES, PROFILES, Config, ConfigError, suggestion

if TYPE_CHECKING:
    from textfix.files import Input
    from textfix.log import Log
    from textfix.pipeline import Fixed
    from textfix.views import Change

PROGRESS_FILES, PROGRESS_BYTES = 20, 20_000_000  # from how many files, or bytes, a progress line is shown


class Choice(click.Choice):  # type: ignore[type-arg]  # it takes no argument before click 8.2
    """A choice that says what was probably meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(error.message.rstrip(".") + suggestion(value, self.choices), param, ctx)


class Examples(click.Command):
    """A command whose help ends with examples, kept line by line."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for line in self.examples.strip().splitlines():
                formatter.write(f"  {line.strip()}\n")


class ExamplesGroup(Examples, click.Group):
    """The same for a group of commands."""


@dataclass
class Outcome:
    """What became of the inputs; decides the exit code and the summary."""

    files: int = 0
    changed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    failed: list[dict[str, str]] = field(default_factory=list)
    binary: list[str] = field(default_factory=list)  # in folders, passed over

    def fail(self, name: str, error: BaseException | str) -> None:
        """Tell on standard error what could not be handled, and go on."""
        reason = reason_of(error).removeprefix(f"{name}: ")
        self.failed.append({"path": name, "error": reason})
        tell(f"{name}: {reason}")

    @contextmanager
    def handling(self, name: str, named: bool = True) -> Iterator[None]:
        """Handle one input: what goes wrong is told and counted, and the others still run.

        A binary file that only a folder led to is passed over, and only counted.
        """
        from textfix.files import BinaryInput
        from textfix.log import LogDamaged, LogMismatch

        self.files += 1
        try:
            yield
        except BinaryInput as error:
            if named:
                self.fail(name, error)
            else:
                self.binary.append(name)
        except (OSError, ConfigError, LogDamaged, LogMismatch, ValueError) as error:
            self.fail(name, error)
        except MemoryError:
            self.fail(name, "too large for the memory of this machine")

    def to_dict(self) -> dict[str, Any]:
        return {
            "files": self.files,
            "changed": self.changed,
            "rules": dict(self.rules),
            "failed": self.failed,
            "binary": self.binary,
        }

    def exit(self, code: int = 0) -> None:
        if self.binary:
            more = f", {self.binary[0]} the first" if len(self.binary) > 1 else f", {self.binary[0]}"
            tell(f"{len(self.binary)} binary file{'s' * (len(self.binary) != 1)} passed over{more}")
        sys.exit(2 if self.failed else code)


def reason_of(error: BaseException | str) -> str:
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return f"{error.filename}: {reason}" if error.filename else reason
    return str(error)


def tell(message: str) -> None:
    """A message on standard error, made harmless."""
    from textfix.views.neutral import neutral

    click.echo(f"textfix: {neutral(message)}", err=True)


def put(text: str) -> None:
    """Text for people or programs on standard output."""
    put_bytes(text.encode("utf-8", "replace"))


def put_raw(text: str) -> None:
    """Text on standard output with the bytes that it came from."""
    put_bytes(text.encode("utf-8", "surrogateescape"))


class Closed(Exception):
    """Whoever reads standard output has heard enough."""


def put_bytes(data: bytes) -> None:
    try:
        click.echo(data, nl=False)
    except BrokenPipeError:
        raise Closed from None  # of which click would make an exit code of its own
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from None


CONFIG_OPTIONS = (
    click.option(
        "--profile",
        type=Choice(PROFILES),
        help="Options by name: gentle (repairs alone, for archives), corpus (for language models), search (for an "
        "index), default. `textfix config --profile NAME` shows them; options beside it come after it.",
    ),
    click.option(
        "--to",
        type=Choice(CHOICES["to"]),
        help="Script to write; auto, the default: the one that clearly dominates.",
    ),
    click.option("--form", type=Choice(CHOICES["form"]), help="Unicode normalization form; the default is NFC."),
    click.option(
        "--spaces",
        type=Choice(CHOICES["spaces"]),
        help="keep, the default, or fold: unusual spaces become one U+0020.",
    ),
    click.option(
        "--punctuation",
        type=Choice(CHOICES["punctuation"]),
        help="keep, the default, or as simplified (hans), traditional (hant) or Latin text (ascii) has it.",
    ),
    click.option("--line-ends", type=Choice(CHOICES["line_ends"]), help="keep, the default, lf or crlf."),
    click.option(
        "--trailing-space",
        type=Choice(CHOICES["trailing_space"]),
        help="keep, the default, or strip: space at the ends of lines goes.",
    ),
    click.option(
        "--vocabulary",
        type=Choice(CHOICES["vocabulary"]),
        help="keep, the default, or words as Taiwan (tw) or Hong Kong (hk) has them: 軟件 becomes 軟體.",
    ),
    click.option(
        "--keep",
        metavar="FILE",
        help="Terms, one a line, that conversion leaves alone; with a tab and another word, what the term becomes.",
    ),
    click.option(
        "--restore",
        type=Choice(CHOICES["restore"]),
        help="Where bytes were lost: restore nothing, what is sure (the default), or the likeliest.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="What the bytes are said to be in, as a server says it: evidence, not the last word.",
    ),
    click.option("--force-encoding", metavar="NAME", help="What the bytes are read in, whatever comes of it."),
    click.option("--disable", multiple=True, metavar="RULE", help="Turn a rule or a family off; repeatable."),
    click.option(
        "--remove",
        multiple=True,
        metavar="RULE",
        help="Take out what a rule or a family suspects to be noise, as noise.boilerplate; repeatable.",
    ),
    click.option(
        "--min-confidence",
        type=float,
        metavar="0..1",
        help="Less sure changes are reported, not made; the default is 0: all are made.",
    ),
    click.option("--config", metavar="FILE", help="Configuration; else textfix.toml or pyproject.toml here or above."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that make up a Config."""
    for option in reversed(CONFIG_OPTIONS):
        command = option(command)
    return command


def configured(given: dict[str, Any]) -> Config:
    """The Config of the nearest file, with the options given on the command line."""
    from textfix import files
    from textfix.rules import enabled

    path, keep = given.pop("config", None), given.pop("keep", None)
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    try:
        if keep:
            chosen["keep"] = files.read_terms(keep)
        config = files.read_config(path or files.find_config(os.getcwd())).replace(**chosen)
        enabled(config)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(reason_of(error) if error.filename else f"{path}: {reason_of(error)}") from None
    if config.to == "hans" and config.vocabulary != "keep":
        raise click.UsageError(
            f"--vocabulary {config.vocabulary} changes words of traditional text alone, of which --to hans leaves none"
        )
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

    read = files.read if config.force_encoding else files.read_text  # whoever insists knows that it is text
    return pipeline.fix(read(path), config)


def told_encoding(name: str, fixed: Fixed) -> None:
    """Tell where an encoding is a guess, or not the one that was named."""
    from textfix.encodings import UNSURE
    from textfix.encodings.plain import either_order

    parts = sorted(fixed.decoded.segments, key=lambda part: -part.confidence)
    found = {part.encoding: part for part in parts if part.encoding != "ascii"}  # each with its least sure part
    named = fixed.config.encoding
    guesses = [part for part in found.values() if part.confidence < UNSURE]
    if found and named and either_order(named) not in map(either_order, found):
        tell(f"{name}: said to be {named}, but is read as {', '.join(found)}; --force-encoding {named} insists")
    elif guesses and not named:
        shown = ", ".join(f"{part.encoding} {part.confidence:.3f}" for part in guesses)
        tell(f"{name}: its encoding is a guess ({shown}); name it with --encoding or --force-encoding")


def tell_declaration(name: str, fixed: Fixed, encoding: str, done: str) -> None:
    """Tell where a page declares another encoding than the one it is in; of ASCII alone no one sees it.

    done: read or written.
    """
    from textfix.encodings.choice import HEAD, declaration, named

    declared, label = declaration(fixed.text[:HEAD].encode())
    same = named(label) in (None, named(encoding)) or encoding.startswith(label.lower())  # utf-16 is utf-16-be, too
    if not fixed.text.isascii() and not same:
        remedy = f"; change that, or --output-encoding {label}" if done == "written" else ""
        tell(f"{name}: {done} as {encoding}, but declares {label}: {declared}{remedy}")


def change_of(fixed: Fixed, path: str, written: str = "utf-8") -> Change:
    from textfix import views

    name = os.path.normpath(path).replace(os.sep, "/").lstrip("/") if path != "-" else "stdin"
    return views.of_fixed(fixed, (name, name), written)


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


def log_of(path: str, log_at: str) -> Log:
    """The log of a file, or an error that says where it was sought."""
    from textfix import files

    files.read(path)
    if path == "-" and log_at == files.log_path(path):
        raise FileNotFoundError(2, "no log lies beside it; name one with --log")
    if not os.path.exists(log_at):
        beside = log_at == files.log_path(path)
        told = f"no log {log_at} beside it; name one with --log" if beside else f"there is no log {log_at}"
        raise FileNotFoundError(2, told)
    return files.read_log(log_at)
