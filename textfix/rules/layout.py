"""unicode.spaced, unicode.line_ends, unicode.trailing_space: spaces and line ends.

    万 东 立 刻 来 了 思 路 写 起 了 大 纲  ->  万东立刻来了思路写起了大纲

A program that reads pictures puts a space between every two characters. They are closed where many single characters
follow one another in a line, each behind one space, and what comes out is prose to the language model: not in tables,
lists of characters, titles and lines of verse. Line ends and space at the ends of lines change with --line-ends and
--trailing-space alone.
"""

from __future__ import annotations

import re
from itertools import pairwise

from textfix.characters import SPACE, Class
from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.language import SCALE, Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

ENDS = {"lf": "\n", "crlf": "\r\n"}
LINE_END = re.compile("\r\n|\r|\n")
TRAILING = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+(?=[\r\n]|\\Z)")
SIGNS = "，。？！：；、“”‘’（）《》「」,.?!:;()"
PIECE = f"(?:[{SIGNS}]*[\u3007\u3400-\u9fff]{{0,4}}[{SIGNS}]*|[0-9][0-9.]{{0,9}}%?)"
SPACED = re.compile(f"(?<!\\S)(?=\\S){PIECE}(?: (?=\\S){PIECE}){{9,}}(?!\\S)")
JOINT = re.compile(r"(?<![\u3400-\u9fff][,.?!:;])(?<![0-9%]) (?![0-9])")  # where no space belongs in any case
HAN = re.compile("[\u3400-\u9fff]")
LEAST = 8  # Han characters of a spaced line
ALONE = 0.75  # the share of pieces of one character from which all of a run is spaced
LONGER = 3  # single characters that must stand by themselves for one piece of several
# Nats by which a character must be likelier behind another than anywhere to be a word with it; how many such words
# spaces must part, and how many to a piece.
BONDED, FEWEST, SHARE = 1.8, 3, 0.2
PROSE = -6.7  # nats a character that a line must reach without its spaces
WORDS = re.compile(
    "[的了是在我你他她们們这這那不有和就也都要会會与與为為之其而]"
)  # prose has them; counts and lists have not
CLAUSE = re.compile("[\u3400-\u9fff]+")


def propose_spaced(text: Text, context: Context) -> Proposals:
    places = text.screen.where(Class.SPACE)
    found = [
        (start + match.start() + low, match[0][low:high])
        for start, span in text.lines(places[text.codes[places] == SPACE])
        for match in SPACED.finditer(span)
        for low, high in [singly(match[0])]
        if len(HAN.findall(match[0][low:high])) >= LEAST and broken(match[0][low:high], context.model)
    ]
    closed = [JOINT.sub("", run) for _, run in found]
    likely = context.model.score(Text.of(closed)).tolist()
    note = Note(SPACED_RULE.name, reason="a space between every two characters")
    return Proposals.of(
        Edit(start + at, start + at + 1, " ", "", note)
        for (start, run), line, score in zip(found, closed, likely, strict=True)
        if score > PROSE * len(line) and WORDS.search(line) and not verse(line)
        for at in (joint.start() for joint in JOINT.finditer(run))
    )


def singly(run: str) -> tuple[int, int]:
    """From where to where characters of a run stand by themselves, as those of words do not: all of it where most do,
    else where nearly all do, with a piece at either end.

    >>> run = "我们 今天 一起 看了 短期 的报 告 里面 短期 负 荷 预 测; 影 响负荷 的 因 素 很 多"
    >>> run[slice(*singly(run))]
    '负 荷 预 测; 影 响负荷 的 因 素 很 多'
    """
    pieces = [piece for piece in run.split(" ") if HAN.search(piece)]
    if sum(len(HAN.findall(piece)) == 1 for piece in pieces) > ALONE * len(pieces):
        return 0, len(run)
    best, total, low, place, found = 0, 0, 0, 0, (0, 0)
    for piece in run.split(" "):
        total += 1 if len(HAN.findall(piece)) < 2 else -LONGER
        place += len(piece) + 1
        if total <= 0:
            total, low = 0, place
        elif total > best:
            best, found = total, (low, place - 1)
    low, high = found
    return 0 if " " not in run[:low].rstrip() else low, len(run) if " " not in run[high:].lstrip() else high


def broken(run: str, model: Model) -> bool:
    """Whether spaces part words in a run, as those of a text that was cut into words do not.

    >>> model = Model.load()
    >>> broken("负 荷 预 测; 影 响负荷 的 因 素", model), broken("我们 今天 去 学校 看 老师 ， 他 说", model)
    (True, False)
    """
    pieces = [HAN.findall(piece) for piece in run.split(" ")]
    if all(len(piece) < 2 for piece in pieces):
        return True
    pairs = [one[-1] + other[0] for one, other in pairwise(pieces) if one and other]
    text = Text.of([pair for pair in pairs if not WORDS.search(pair)])
    values = model.characters(text)[1::2] + model.alone(text.codes[1::2]) / SCALE
    return int((values >= BONDED).sum()) >= max(FEWEST, SHARE * (len(pieces) - FEWEST))


def verse(line: str) -> bool:
    """Whether all clauses are of one length, as in a poem.

    >>> verse("床前明月光，疑是地上霜。"), verse("万东来了，写起了大纲")
    (True, False)
    """
    lengths = {len(clause) for clause in CLAUSE.findall(line)}
    return len(lengths) == 1 and lengths <= {4, 5, 6, 7} and len(line) > max(lengths)


def propose_line_ends(text: Text, context: Context) -> Proposals:
    end = ENDS[context.config.line_ends]
    note = Note(LINE_ENDS_RULE.name, reason=f"line ends as asked for ({context.config.line_ends})")
    return Proposals.of(
        Edit(start + match.start(), start + match.end(), match[0], end, note)
        for start, row in zip(text.rows.tolist(), map(text.row, range(len(text))), strict=False)
        for match in LINE_END.finditer(row)
        if match[0] != end
    )


def propose_trailing(text: Text, context: Context) -> Proposals:
    note = Note(TRAILING_RULE.name, reason="space at the end of a line")
    return Proposals.of(
        Edit(start + match.start(), start + match.end(), match[0], "", note)
        for start, row in zip(text.rows.tolist(), map(text.row, range(len(text))), strict=False)
        for match in TRAILING.finditer(row)
    )


def asked(option: str) -> Class:
    return Class(0) if option == "keep" else Class.ANY


def line_ends_triggers(config: Config) -> tuple[Class, ...]:
    return (asked(config.line_ends),)


def trailing_triggers(config: Config) -> tuple[Class, ...]:
    return (asked(config.trailing_space),)


SPACED_RULE = Rule(
    "unicode.spaced",
    "a space between every two characters of prose",
    ("万 东 立 刻 来 了 思 路 写 起 了 大 纲", "万东立刻来了思路写起了大纲"),
    always(Class.SPACE),
    propose_spaced,
)
LINE_ENDS_RULE = Rule(
    "unicode.line_ends",
    "line ends of several kinds; only with --line-ends",
    ("一\r\n二\r三\n", "一\n二\n三\n"),
    line_ends_triggers,
    propose_line_ends,
)
TRAILING_RULE = Rule(
    "unicode.trailing_space",
    "space at the ends of lines; only with --trailing-space strip",
    ("一 \n二\u3000", "一\n二"),
    trailing_triggers,
    propose_trailing,
)
