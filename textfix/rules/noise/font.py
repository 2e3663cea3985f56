"""noise.font: characters of the private use areas, which only a font of the page shows.

    月租\\ue893\\ue5d2元  (reported)

Sites that do not want to be copied give digits and common characters such code points, and a font that draws them, anew
for every page. Nothing in the text says what they were: they are reported, and never guessed.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from textfix.characters import Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text


def propose(text: Text, context: Context) -> Proposals:
    places = text.screen.where(Class.PRIVATE)
    row = text.row_of(places)
    first = np.flatnonzero((np.diff(places, prepend=-2) != 1) | (np.diff(row, prepend=-1) != 0))
    return Proposals.of(run(text, places[low], places[high - 1] + 1) for low, high in pairwise([*first, len(places)]))


def run(text: Text, start: int, end: int) -> Edit:
    before = text.slice(start, end)
    note = Note(RULE.name, 0.5, reason="private use: what it was only the font of its page says")
    return Edit(int(start), int(end), before, before, note)


RULE = Rule(
    "noise.font",
    "characters that only a font of the page shows (private use); reported, never guessed",
    ("月租\ue893\ue5d2元", "月租\ue893\ue5d2元"),
    always(Class.PRIVATE),
    propose,
)
