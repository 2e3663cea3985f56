"""mojibake.lost: what nobody can bring back.

    锟斤拷锟斤拷    U+FFFD, written as UTF-8 and read as GBK
    ???? ???    signs for characters that an encoding could not hold

It is reported, and left as it is.
"""

from __future__ import annotations

import re

import numpy as np

from textfix.characters import MANY, Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

LONGEST = 768  # characters of a run that are reported as one
REASONS = {
    "锟": "U+FFFD written as UTF-8 and read as GBK: what it stood for is lost",
    "\ufffd": "a decoder could not read what stood here",
    "?": "an encoder had no sign for what stood here",
}
GONE = re.compile(rf"(?:锟斤拷)+锟?|\ufffd+|(?<![\w?!？！。…~～])\?{{{MANY},}}(?![!！])")


def lost(text: Text, context: Context) -> Proposals:
    """Report what cannot be known any more."""
    places = text.screen.where(Class.MOJIBAKE | Class.QUESTIONS)
    places = places[np.isin(text.codes[places], [ord(one) for one in REASONS])]
    row = text.row_of(places)
    first, end = np.maximum(text.rows[row], places - 1), np.minimum(text.rows[row + 1], places + LONGEST)
    found, done = [], 0
    for place, low, high in zip(places.tolist(), first.tolist(), end.tolist(), strict=True):
        if place < done:
            continue
        match = GONE.match(text.slice(low, high), place - low)
        if match:
            done = low + match.end()
            note = Note(LOST.name, reason=REASONS[match[0][0]])
            found.append(Edit(place, done, match[0], match[0], note))
    return Proposals.of(found)


LOST = Rule(
    "mojibake.lost",
    "text that is lost for good: 锟斤拷, U+FFFD, runs of question marks; reported, never changed",
    ("锟斤拷锟斤拷", "锟斤拷锟斤拷"),
    always(Class.MOJIBAKE | Class.QUESTIONS),
    lost,
)
