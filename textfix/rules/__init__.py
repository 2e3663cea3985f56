"""The rules, in the order in which they run, and the choice among what they propose."""

from __future__ import annotations

import numpy as np

from textfix.config import CONFIDENT, Config, ConfigError, suggestion
from textfix.edits import Edits
from textfix.rules import (
    compatible,
    desync,
    encoding,
    escapes,
    form,
    invisible,
    layout,
    pinyin,
    script,
    spaces,
    width,
)
from textfix.rules.base import Context, Proposals, Rule
from textfix.rules.mojibake import chinese, lost, mark, western
from textfix.rules.noise import boilerplate, censored, font, lookalikes, repeated, separators

RULES: tuple[Rule, ...] = (
    encoding.PAIRS,
    *escapes.RULES,
    mark.RULE,
    chinese.RULE,
    western.RULE,
    desync.RULE,
    lost.LOST,
    pinyin.RULE,
    invisible.RULE,
    layout.SPACED_RULE,
    censored.RULE,
    separators.RULE,
    lookalikes.RULE,
    font.RULE,
    repeated.RULE,
    boilerplate.RULE,
    spaces.RULE,
    form.RULE,
    compatible.RADICAL_RULE,
    compatible.PRIVATE_RULE,
    width.LETTERS_RULE,
    width.KATAKANA_RULE,
    width.PUNCTUATION_RULE,
    layout.TRAILING_RULE,
    layout.LINE_ENDS_RULE,
    script.DRIFT,
    script.GLOSSARY,
    script.CONVERT,
    script.VOCABULARY,
)
LAST = encoding.UNDECODABLE  # once, when the others have settled
MERE = frozenset(rule.name for rule in RULES if rule.mere)
NAMES = {rule.name for rule in (*RULES, LAST)} | {rule.name.split(".")[0] for rule in (*RULES, LAST)}
REMOVABLE = {name for rule in RULES if rule.removable for name in (rule.name, rule.name.split(".")[0])}

__all__ = ["LAST", "MERE", "RULES", "Context", "Proposals", "Rule", "check_names", "choose", "enabled"]


def check_names(names: tuple[str, ...]) -> None:
    """ConfigError for what is the name of no rule and of no family."""
    for name in names:
        if name not in NAMES:
            raise ConfigError(f"there is no rule {name!r}{suggestion(name, NAMES)}; see `textfix rules`")


def enabled(config: Config) -> list[Rule]:
    """The rules that a configuration leaves on; ConfigError where it names one that does not exist."""
    check_names((*config.disable, *config.remove))
    for name in config.remove:
        if name not in REMOVABLE:
            raise ConfigError(f"remove: {name} takes nothing out; these do: {', '.join(sorted(REMOVABLE))}")
    return [rule for rule in RULES if not config.disables(rule.name)]


def choose(edits: Edits, config: Config) -> tuple[Edits, Edits]:
    """The proposed edits to make, and those to report only."""
    least = {"off": np.inf, "confident": CONFIDENT, "all": 0.0}[config.restore]
    needed = [max(config.min_confidence, least if note.inferred else 0.0) for note in edits.notes]
    sure = np.array([note.confidence >= need for note, need in zip(edits.notes, needed, strict=True)], np.bool_)
    made = sure[edits.note] if len(edits) else np.zeros(0, np.bool_)
    return edits.select(made), edits.select(~made)
