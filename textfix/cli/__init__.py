"""The command line. Commands are imported when they are called for: `textfix --help` must be instant."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module

import click

from textfix import __version__

COMMANDS = {  # name: the module that holds it, and the line about it in the list of commands
    "detect": ("look", "Say what is wrong: encoding, script, drift, damage."),
    "fix": ("fix", "Repair text and write it as UTF-8."),
    "revert": ("revert", "Give the original bytes back."),
    "diff": ("look", "Show what changed."),
    "explain": ("look", "List every change, and why it is made."),
    "rules": ("look", "List the rules, with examples."),
    "config": ("look", "Print the configuration in force."),
    "log": ("log", "Show, verify and count a log."),
}


class Lazy(click.Group):
    """A group that knows the names of its commands and imports each when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"textfix.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="textfix")
def cli() -> None:
    """Find and undo what is wrong with scraped Chinese text: encodings, inserted noise, traditional and simplified
    side by side. What is changed is logged, and can be undone byte for byte.

    PATHS are files, folders or patterns; - is standard input.
    """


def main() -> None:
    """Run the command line: 0 fine, 1 would change, 2 an input or an option could not be handled, 130 on Ctrl-C."""
    from textfix.cli.shared import Closed

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
    except (BrokenPipeError, Closed):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.echo(f"textfix: standard output: {(error.strerror or str(error)).lower()}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    else:
        code = 0
    sys.exit(code)
