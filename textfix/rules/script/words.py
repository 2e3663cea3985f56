"""script.glossary and script.vocabulary: words, which are another choice than characters.

    头发\\t頭髮 in a file for --keep        ->  so wherever it stands
    這個軟件很好用, --vocabulary tw         ->  這個軟體很好用

Regional words are opencc's. A word is changed only where the other one suits what stands around it, to the language
model: not inside others (區域內存在, 可愛的士兵). Words that the region has in another sense, too (法律程序), change
only in a line that has a word it does not use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from textfix.characters import Bools, Class
from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.language import Model
from textfix.rules.base import Context, Proposals, Rule
from textfix.rules.script.counts import LINE_ENDS, pieces
from textfix.text import Text

NEAR = 8  # characters around a word that tell whether it is one
FITS = -6.0  # nats by which the characters around may speak against the regional word


def terms(config: Config) -> dict[str, str]:
    """The terms of --keep with what they become; themselves where they only stay."""
    pairs = (line.partition("\t") for line in config.keep)
    return {term: after if tab else term for term, tab, after in pairs}


@cache
def pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def of_terms(string: str, config: Config) -> Bools:
    """The characters of terms that stay, and of what terms became."""
    found = np.zeros(len(string), np.bool_)
    known = terms(config)
    if known:
        for match in pattern(tuple({*known, *known.values()} - {""})).finditer(string):
            found[match.start() : match.end()] = True
    return found


def glossary(text: Text, context: Context) -> Proposals:
    """Terms that become something else."""
    known = terms(context.config)
    wanted = pattern(tuple({*known, *known.values()} - {""}))
    note = Note(GLOSSARY.name, 1.0, reason="glossary: a term of --keep")
    return Proposals.of(
        Edit(start + match.start(), start + match.end(), match[0], known[match[0]], note)
        for start, end in zip(text.rows[:-1].tolist(), text.rows[1:].tolist(), strict=True)
        for match in wanted.finditer(text.slice(start, end))
        if known.get(match[0], match[0]) != match[0]
    )


@dataclass(frozen=True)
class Regional:
    """A word of a region; shared: the region uses the other word, too, in another sense."""

    word: str
    shared: bool


@cache
def vocabulary(region: str) -> Mapping[str, Regional]:
    """For each word that is usual elsewhere the region's; see textfix/data/generate.py."""
    lines = (resources.files("textfix.data") / "words.txt").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {word: Regional(after, shared == "shared") for name, word, after, shared in rows if name == region}


def regional(text: Text, context: Context) -> Proposals:
    """Words of another region, where the model agrees that they are words."""
    known = vocabulary(context.config.vocabulary)
    note = Note(VOCABULARY.name, 0.85, reason=f"vocabulary: the word of the region ({context.config.vocabulary})")
    wanted = pattern((*known, *(one.word for one in known.values())))
    edits = []
    for start, end in text.screen.spans(Class.HAN):
        string = text.slice(start, end)
        kept = of_terms(string, context.config)
        words = wanted.finditer(string)
        found = [match for match in words if match[0] in known and not kept[match.start() : match.end()].any()]
        line = pieces(text.codes[start:end], LINE_ENDS)
        for match in suited(fitting(string, found, known, context.model), line, known):
            edits.append(Edit(start + match.start(), start + match.end(), match[0], known[match[0]].word, note))
    return Proposals.of(edits)


def fitting(
    string: str, found: list[re.Match[str]], known: Mapping[str, Regional], model: Model
) -> list[re.Match[str]]:
    """The words whose surroundings suit the region's word."""
    rows = []
    for match in found:
        left, right = string[max(0, match.start() - NEAR) : match.start()], string[match.end() : match.end() + NEAR]
        left, right, after = left.split("\n")[-1], right.split("\n")[0], known[match[0]].word
        rows += [left + after + right, after, left + match[0] + right, match[0]]
    scores = model.score(Text.of(rows)).reshape(-1, 4)
    gains = scores[:, 0] - scores[:, 1] - scores[:, 2] + scores[:, 3]
    return [match for match, gain in zip(found, gains.tolist(), strict=True) if gain > FITS]


def suited(
    found: list[re.Match[str]], line: npt.NDArray[np.int32], known: Mapping[str, Regional]
) -> Iterator[re.Match[str]]:
    """Of words that the region uses, too, only those in lines with one that it does not. line: of each character."""
    telling = {int(line[match.start()]) for match in found if not known[match[0]].shared}
    yield from (one for one in found if not known[one[0]].shared or int(line[one.start()]) in telling)


GLOSSARY = Rule(
    "script.glossary",
    "terms that are to become something else (--keep FILE, a tab between)",
    ("他的头发", "他的頭毛"),
    lambda config: (Class.ANY if any(term != after for term, after in terms(config).items()) else Class(0),),
    glossary,
)
VOCABULARY = Rule(
    "script.vocabulary",
    "words of another region; only with --vocabulary tw or hk",
    ("這個軟件很好用", "這個軟體很好用"),
    lambda config: (Class.HAN if config.vocabulary != "keep" else Class(0),),
    regional,
)
