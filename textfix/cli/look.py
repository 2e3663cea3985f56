"""textfix detect, diff, explain, rules and config: what only looks."""

from __future__ import annotations

import json
import os
from functools import reduce
from typing import Any

import click

from textfix import __version__, files, views
from textfix.cli.shared import (
    Examples,
    Outcome,
    change_of,
    configured,
    fixed_file,
    inputs,
    log_of,
    options,
    progressing,
    put,
    show_change,
    tell,
    tell_declaration,
    terminal_style,
    told_encoding,
)
from textfix.config import ConfigError
from textfix.edits import EMPTY, Edits
from textfix.log import singly
from textfix.rules import check_names
from textfix.views import Change
from textfix.views.encoding import recoded
from textfix.views.explain import explained, sentences
from textfix.views.neutral import neutral
from textfix.views.report import described
from textfix.views.rules import rules_as


@click.command(
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
    config = configured(given)
    outcome = Outcome()
    for one in progressing(inputs(paths, outcome)):
        with outcome.handling(one.shown, one.named):
            fixed = fixed_file(one.path, config)
            report = fixed.report
            if as_json:
                put(json.dumps({"path": one.path, **report.to_dict()}, ensure_ascii=False) + "\n")
            else:
                put(described(one.shown, report))
                largest = max(report.segments, key=lambda part: part.end - part.start, default=None)
                tell_declaration(one.shown, fixed, largest.encoding if largest else "utf-8", "read")
    outcome.exit()


@click.command(
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
    changes: list[Change] = []
    sources: list[bytes] = []
    for path in paths:
        with outcome.handling(path):
            if len(paths) == 1:
                changes.append(change_since(path.removesuffix(files.LOG_ENDING), log_file))
            else:
                sources.append(files.read(path))
    if len(sources) == 2:
        of_before = (paths[0], paths[0])  # a patch is for the file that was there before
        changes.append(views.of_bytes(sources[0], sources[1], of_before))
    for change in changes:
        show_change(change, terminal_style() if style == "terminal" else style)
    outcome.exit(1 if any(change.raw != change.raw_after for change in changes) else 0)


def change_since(path: str, log_file: str | None) -> Change:
    """What the log of a file says was changed in it."""
    log = log_of(path, log_file or files.log_path(path))
    data = files.read(path)
    source = log.revert(data)
    raw = source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
    text = log.as_text(data)
    before, steps = log.replay(text)
    edits = reduce(Edits.compose, (step.edits for step in steps), EMPTY)
    anew = recoded(log.segments, log.written)
    return views.Change(before, text, edits, raw, text, tuple(singly(steps)), (path, path), anew)


@click.command(
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
    """List every change with its place (line:column), rule, before, after, confidence and reason.

    What was not sure enough to be made is listed, too, and called so.
    """
    config = configured(given)
    outcome = Outcome()
    found = inputs(paths, outcome)
    for one in found:
        with outcome.handling(one.shown, one.named):
            log_at = files.log_path(one.path)
            logged = os.path.exists(log_at) and files.read_log(log_at).state(files.read(one.path)) == "result"
            if logged:
                change = change_since(one.path, None)
            else:
                fixed = fixed_file(one.path, config)
                change = change_of(fixed, one.path)
                if os.path.exists(log_at):
                    tell(f"{one.path}: its log {log_at} is of another file, or of an earlier state; not used")
                told_encoding(one.shown, fixed)
            if as_json:
                left = explained(change.before, change.left)
                for made, items in ((True, views.items(change)), (False, left)):
                    for item in items:
                        put(json.dumps({"path": one.path, "made": made, **item}, ensure_ascii=False) + "\n")
                continue
            if len(found) > 1:
                put(f"{neutral(one.shown)}\n")
            if change.recoded:
                put(f"encoding  {change.recoded}\n")
            told = list(sentences(change.before, change.singly, change.left))
            for line in told:
                put(line + "\n")
            if not told and not change.recoded:
                tell(f"{one.shown}: nothing is changed, and nothing suspected")
    outcome.exit()


@click.command(
    cls=Examples,
    examples="""
    textfix rules
    textfix rules noise.pinyin script           this rule, and those of this family
    textfix rules --json
    textfix rules --markdown > docs/rules.md
    """,
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "style", flag_value="json", help="One JSON object a rule.")
@click.option("--markdown", "style", flag_value="markdown", help="With all that is known of each rule.")
def rules(names: tuple[str, ...], style: str | None) -> None:
    """List the rules, or those that are named, alone or by family: name, what each undoes, and an example."""
    try:
        check_names(names)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    put(rules_as(style or "text", names))


@click.command(
    cls=Examples,
    examples="""
    textfix config                              what is in force in this folder, and which file says so
    textfix config --profile corpus             what a profile stands for
    textfix config --to hans > textfix.toml     keep it, for this folder and those below; profile = "corpus" works, too
    """,
)
@options
def config(**given: Any) -> None:
    """Print the configuration in force here, as TOML."""
    path = given["config"] or files.find_config(os.getcwd())
    with_options = any(value not in (None, ()) for name, value in given.items() if name != "config")
    source = (
        f"{path or 'no file'}, with the options given" if with_options else path or "no file: these are the defaults"
    )
    put(f"# textfix {__version__}; read from {source}\n{configured(given).to_toml()}")
