"""script.*: traditional and simplified characters side by side, and conversion to one of them.

    廣州市的人民|广州市|兴文县  ->  廣州市的人民|廣州市|興文縣   (--to hant)

OpenCC takes all its input for one script and changes what is already right (了解 to 瞭解, 群 to 羣); here a character
that is valid in the target script stays, unless its context speaks for another, and what stands around it is written in
the other script.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from textfix.characters import CR, LF, Class
from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule
from textfix.rules.script.convert import NAME, convert_rows, joined
from textfix.rules.script.counts import Counts, counts_of, name_of
from textfix.rules.script.protect import addresses, kept
from textfix.rules.script.region import region_of
from textfix.rules.script.words import GLOSSARY, VOCABULARY
from textfix.text import Text

__all__ = ["CONVERT", "DRIFT", "GLOSSARY", "VOCABULARY", "Counts", "name_of", "region_of"]


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
    free = ~(kept(codes, marks) | addresses(Text(codes, np.array([0, len(codes)]))))
    found = ((marks & int(minority)) != 0) & free
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
    to = context.config.to
    if to != "auto":
        return Proposals(convert_rows(text, np.arange(len(text)), to, context.config))
    decided = counts_of(text).decided
    targets = ((script, np.flatnonzero(decided == sign)) for script, sign in (("hant", 1), ("hans", -1)))
    return Proposals(joined([convert_rows(text, rows, script, context.config) for script, rows in targets]))


TRIGGERS = {  # what may be converted
    "auto": (Class.HANS, Class.HANT),  # a document in one script has no drift
    "keep": (Class(0),),
    "hans": (Class.HAN,),
    "hant": (Class.HAN,),
    "hant-tw": (Class.HAN,),
    "hant-hk": (Class.HAN,),
}


def triggers(config: Config) -> tuple[Class, ...]:
    return TRIGGERS[config.to]


EXAMPLE = "廣州與東莞的經濟發展、對外貿易，蘭州的學術單位與歷史圖書館：广州市|东莞市|兰州市"
DRIFT = Rule(
    "script.drift",
    "stretches of the minority script in a document whose script is clear; reported, script.convert changes them",
    (EXAMPLE, EXAMPLE),
    lambda config: TRIGGERS["auto"],
    drift,
)
CONVERT = Rule(
    NAME,
    "characters of the script that is not asked for (--to)",
    ("广州市", "廣州市"),
    triggers,
    convert,
)
