"""script.*: traditional and simplified characters side by side, and conversion to one of them.

    廣州市的人民|广州市|兴文县  ->  廣州市的人民|廣州市|興文縣   (--to hant)

Conversion is opencc's, and choice.py's for simplified characters that stand for several; but only where it is needed.
opencc takes all its input for one script and changes what is already right (了解 to 瞭解, 群 to 羣); here a character
that is valid in the target script stays, unless the clause it stands in is written in the other script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.config import Config
from textfix.edits import EMPTY, Edit, Edits, Note
from textfix.rules.base import Context, Proposals, Rule
from textfix.rules.script.choice import REGIONS, Chooser
from textfix.text import CR, LF, Bools, Class, Codes, Ints, Marks, Text, gathered, odds, offsets, to_codes, to_str

EVIDENCE = 20  # deciding characters that a document must have for --to auto to act
SHARE = 0.75  # of them that one script must have
PROSE = 8  # Han characters: a shorter clause gives too little context to convert what both scripts use
BLOCKS = 64  # blocks of a document that are counted to find its script
PROSE_MARKS = np.array([ord(mark) for mark in "，。！？；,!?"])
PROTECTED = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s，。；、）」』”》]+|(?<=[「『“‘\"'])[\u3400-\u9fff](?=[」』”’\"'])", re.I
)
CLAUSE_ENDS = np.array([ord(mark) for mark in "\n\r\t ，。！？；：、|,;:!?…　"])
DAMAGED = 40  # quarters of a nat that must speak for mojibake in a clause that is left alone
CERTAIN, BY_CONTEXT = 0.98, 0.85  # confidence: only the other script uses the character; its context decided


@dataclass(frozen=True)
class Counts:
    """How many characters only simplified, and only traditional text uses, in each of several pieces of text."""

    hans: Ints
    hant: Ints

    @classmethod
    def of(cls, marks: Marks, piece: Ints, size: int) -> Counts:
        """Count by piece; piece: for each character the number of its piece."""
        hans, hant = ((marks & int(script)) != 0 for script in (Class.HANS, Class.HANT))
        return cls(np.bincount(piece[hans], minlength=size), np.bincount(piece[hant], minlength=size))

    @property
    def dominant(self) -> npt.NDArray[np.int8]:
        """For each piece 1 where it is mainly traditional, -1 where mainly simplified, 0 where neither."""
        total = SHARE * np.maximum(self.hans + self.hant, 1)
        return np.asarray((self.hant >= total).astype(np.int8) - (self.hans >= total).astype(np.int8), np.int8)

    @property
    def decided(self) -> npt.NDArray[np.int8]:
        """The same, but 0 where there is too little evidence to act on."""
        return np.where(self.hans + self.hant >= EVIDENCE, self.dominant, 0).astype(np.int8)


def counts_of(text: Text) -> Counts:
    """The counts for each row; of a long row, over blocks spread evenly over it."""
    screen = text.screen
    blocks = np.flatnonzero((screen.flags & int(Class.HANS | Class.HANT)) != 0)
    row = screen.row[blocks]
    each = np.bincount(row, minlength=len(text))
    rank = np.arange(len(blocks)) - (np.cumsum(each) - each)[row]
    blocks = blocks[rank % -(-each // BLOCKS)[row] == 0]
    starts, ends = screen.starts[blocks], screen.ends[blocks]
    return Counts.of(text.classes[gathered(starts, ends)], np.repeat(screen.row[blocks], ends - starts), len(text))


def name_of(dominant: int, counts: tuple[int, int]) -> str:
    """The name of a document's script: hans, hant, mixed, or undecided where no character decides."""
    if not any(counts):
        return "undecided"
    return {1: "hant", -1: "hans", 0: "mixed"}[dominant]


def pieces(codes: Codes, ends: npt.NDArray[Any]) -> Ints:
    """For each character the number of its piece; a piece ends with one of these code points."""
    last = np.isin(codes, ends)
    return np.concatenate([[0], np.cumsum(last)[:-1]]).astype(np.int64)[: len(last)]


def foreign(codes: Codes, marks: Marks) -> Bools:
    """The characters that are no Chinese: in a line of Japanese or Korean, or in a clause that is mojibake still."""
    return in_other_language(codes, marks) | in_mojibake(codes, marks)


def in_mojibake(codes: Codes, marks: Marks) -> Bools:
    telling = marks >= int(Class.MOJIBAKE)
    if not telling.any():
        return np.asarray(telling, np.bool_)
    clause = pieces(codes, CLAUSE_ENDS)
    weights = np.bincount(clause, np.where(codes < 0x80, 0, odds(codes)), minlength=clause[-1] + 1)
    return np.asarray(((weights >= DAMAGED) & (np.bincount(clause, telling, minlength=clause[-1] + 1) > 0))[clause])


def in_other_language(codes: Codes, marks: Marks) -> Bools:
    other = (marks & int(Class.KANA | Class.HANGUL)) != 0
    if not other.any():
        return np.asarray(other, np.bool_)
    line = pieces(codes, np.array([LF, CR]))
    han = np.bincount(line[(marks & int(Class.HAN)) != 0], minlength=line[-1] + 1)
    return np.asarray((5 * np.bincount(line[other], minlength=line[-1] + 1) > han)[line])


def drift(text: Text, context: Context) -> Proposals:
    """The stretches of the minority script in each document whose script is clear, as suspicions."""
    decided = counts_of(text).decided
    edits = []
    for script, minority in ((1, Class.HANS), (-1, Class.HANT)):
        rows = np.flatnonzero(decided == script)
        part = text.take(rows)
        for start, end in part.screen.spans(minority):
            row = int(part.row_of(start))
            moved = int(text.rows[rows[row]] - part.rows[row])
            found = stretches(part, start, end, minority)
            edits += [suspicion(part.slice(a, b), a + moved, count, minority) for a, b, count in found]
    return Proposals.of(edits)


def stretches(text: Text, start: int, end: int, minority: Class) -> Iterator[tuple[int, int, int]]:
    """Where characters of the minority script stand with none of the majority between: start, end, and how many."""
    codes, marks = text.codes[start:end], text.classes[start:end]
    found = ((marks & int(minority)) != 0) & ~foreign(codes, marks)
    deciding = (marks & int(Class.HANS | Class.HANT)) != 0
    breaks = np.cumsum((deciding & ~found) | np.isin(codes, [LF, CR]))
    places = np.flatnonzero(found)
    first = np.flatnonzero(np.diff(breaks[places], prepend=-1))
    for a, b in zip(first.tolist(), [*first[1:].tolist(), len(places)], strict=False):
        yield start + int(places[a]), start + int(places[b - 1]) + 1, b - a


def suspicion(written: str, start: int, count: int, minority: Class) -> Edit:
    which = "simplified" if minority == Class.HANS else "traditional"
    reason = f"{count} {which} character{'s' * (count > 1)} in a document of the other script"
    return Edit(start, start + len(written), written, written, Note(DRIFT.name, 0.95, reason=reason))


def convert(text: Text, context: Context) -> Proposals:
    """Convert each row to the script that is asked for; with auto to the one that dominates it."""
    to, counts = context.config.to, counts_of(text)
    targets = np.full(len(text), to) if to != "auto" else np.array(["keep", "hant", "hans"])[counts.decided]
    found = []
    for target in np.unique(targets).tolist():
        if target != "keep":
            rows = np.flatnonzero(targets == target)
            found.append(convert_rows(text, rows, target, counts.dominant[rows]))
    return Proposals(joined(found))


def convert_rows(text: Text, rows: Ints, to: str, dominant: npt.NDArray[np.int8]) -> Edits:
    """The edits for rows with one target. dominant: the script of each row."""
    part = text.take(rows)
    places, targets, kinds = [np.zeros(0, np.int64)], [part.codes[:0]], [np.zeros(0, np.bool_)]
    for start, end in part.screen.spans(TRIGGERS[to]):
        source, marks = part.codes[start:end], part.classes[start:end]
        target = chosen(source, same_length(to_str(source), to), to)
        context_decides = by_context(source, marks, to, int(dominant[int(part.row_of(start))])) | regional(source, to)
        only_other = (marks & int(OTHER[to])) != 0
        change = (target != source) & (only_other | context_decides) & ~(foreign(source, marks) | protected(source))
        places.append(np.flatnonzero(change) + start)
        targets.append(target[change])
        kinds.append(~only_other[change])
    at, each = np.concatenate(places), np.arange(sum(map(len, places)) + 1)
    before, after = Text(part.codes[at], each), Text(np.concatenate(targets), each)
    notes = tuple(Note(CONVERT.name, sure, reason=reason) for sure, reason in reasons(to))
    moved = at + (text.rows[rows] - part.rows[:-1])[part.row_of(at)]
    return Edits(moved, moved + 1, before, after, np.concatenate(kinds).astype(np.int64), notes)


def by_context(codes: Codes, marks: Marks, to: str, dominant: int) -> Bools:
    """The characters in clauses that are written in the script that is converted from.

    A clause without a deciding character follows its document. In a document of the target script a whole line of
    prose in the other script counts, and a long clause; a short one by itself is taken for a name, of which only what
    no other script writes is converted.
    """
    clause = pieces(codes, CLAUSE_ENDS)
    other, undecided = one_sided(marks, clause, to)
    if dominant == (1 if to == "hans" else -1):
        return np.asarray((other | undecided)[clause])
    line = pieces(codes, np.array([LF, CR]))
    prose = np.bincount(line[np.isin(codes, PROSE_MARKS)], minlength=int(line[-1]) + 1) > 0
    long = np.bincount(clause[(marks & int(Class.HAN)) != 0], minlength=len(other)) >= PROSE
    return np.asarray((other & long)[clause] | (one_sided(marks, line, to)[0] & prose)[line])


def one_sided(marks: Marks, piece: Ints, to: str) -> tuple[Bools, Bools]:
    """For each piece whether only the script that is converted from stands in it; and whether neither does."""
    counts = Counts.of(marks, piece, int(piece[-1]) + 1)
    this, that = (counts.hant, counts.hans) if to == "hans" else (counts.hans, counts.hant)
    return (this > 0) & (that == 0), (this == 0) & (that == 0)


def protected(codes: Codes) -> Bools:
    """Addresses, and single characters in quotes, of which the text talks."""
    found = np.zeros(len(codes), np.bool_)
    for match in PROTECTED.finditer(to_str(codes)):
        found[match.start() : match.end()] = True
    return found


def same_length(text: str, to: str) -> Codes:
    """The text converted; where a phrase would grow or shrink, character by character."""
    target = converted(text, to)
    if len(target) == len(text):
        return target
    single = (converted(character, to) for character in text)
    return to_codes("".join(to_str(one) if len(one) == 1 else old for old, one in zip(text, single, strict=True)))


def chosen(source: Codes, said: Codes, to: str) -> Codes:
    """What opencc says, but for characters that stand for several, which the model chooses from their context."""
    if to == "hans":
        return said
    region = to if to in REGIONS else REGIONS[0]
    there = said if to in REGIONS else same_length(to_str(source), region)
    at, characters = Chooser.load().chosen(source, there, region)
    found: Codes = said.copy()
    found[at] = characters
    return found


def reasons(to: str) -> tuple[tuple[float, str], tuple[float, str]]:
    other = "traditional" if to == "hans" else "simplified"
    return (
        (CERTAIN, f"only {other} text uses this character"),
        (BY_CONTEXT, f"its context, in a clause of {other} text or for the region"),
    )


def regional(source: Codes, to: str) -> Bools:
    """The characters for which the region has a form of its own."""
    if to not in ("hant-tw", "hant-hk"):
        return np.zeros(len(source), np.bool_)
    return np.asarray(opencc_codes(to_str(source), "t2" + to[-2:]) != source)


def converted(text: str, to: str) -> Codes:
    """The text in the target script, by opencc.

    opencc's own standard of traditional has forms that neither Taiwan nor Hong Kong uses; where the two agree on
    another, that is what hant writes.
    """
    if to == "hans":
        return opencc_codes(text, "tw2s")
    if to in ("hant-tw", "hant-hk"):
        return opencc_codes(text, "s2" + to[-2:])
    plain = opencc_codes(text, "s2t")
    tw, hk = (opencc_codes(to_str(plain), variant) for variant in ("t2tw", "t2hk"))
    return np.where(tw == hk, tw, plain) if len(tw) == len(hk) == len(plain) else plain


def opencc_codes(text: str, conversion: str) -> Codes:
    """opencc's conversion; it takes no surrogates, which stay what they are."""
    source = to_codes(text)
    lone = (source >= 0xD800) & (source < 0xE000)
    target = to_codes(converter(conversion).convert(to_str(np.where(lone, np.uint32(0xFFFD), source))))
    return np.where(lone, source, target) if len(target) == len(source) else target


@cache
def converter(conversion: str) -> Any:
    import opencc

    return opencc.OpenCC(conversion)


def joined(parts: list[Edits]) -> Edits:
    """Edits of several places as one column, in order; each keeps its notes."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return EMPTY
    base = offsets(len(part.notes) for part in parts)[:-1].tolist()
    columns = Edits(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        stacked([part.before for part in parts]),
        stacked([part.after for part in parts]),
        np.concatenate([part.note + first for part, first in zip(parts, base, strict=True)]),
        tuple(note for part in parts for note in part.notes),
    )
    return columns.select(np.argsort(columns.start, kind="stable"))


def stacked(texts: list[Text]) -> Text:
    """The rows of several texts as one text."""
    lengths = np.concatenate([np.diff(text.rows) for text in texts])
    return Text(np.concatenate([text.codes for text in texts]), offsets(lengths.tolist()))


OTHER = {"hans": Class.HANT | Class.FOLDS, "hant": Class.HANS, "hant-tw": Class.HANS, "hant-hk": Class.HANS}
TRIGGERS = {  # what may be converted
    "keep": Class(0),
    "hans": Class.HANT | Class.FOLDS,
    "hant": Class.HANS,
    "hant-tw": Class.HANS | Class.HANT,
    "hant-hk": Class.HANS | Class.HANT,
}


def triggers(config: Config) -> tuple[Class, ...]:
    return BOTH if config.to == "auto" else (TRIGGERS[config.to],)


BOTH = (Class.HANS, Class.HANT)  # a document in one script has no drift
EXAMPLE = "廣州與東莞的經濟發展、對外貿易，蘭州的學術單位與歷史圖書館：广州市|东莞市|兰州市"
DRIFT = Rule(
    "script.drift",
    "stretches of the minority script in a document whose script is clear; reported, script.convert changes them",
    (EXAMPLE, EXAMPLE),
    lambda config: BOTH,
    drift,
)
CONVERT = Rule(
    "script.convert",
    "characters of the script that is not asked for (--to)",
    ("广州市", "廣州市"),
    triggers,
    convert,
)
