"""noise.lookalikes: letters of other alphabets inside Latin words, and 囗 where 口 is meant.

    pаypal (the second letter is Cyrillic)  ->  paypal

A word is changed only if it is Latin but for letters that look the same: three Latin letters at least, and more of
them than of the others. Words of Russian and Greek, and signs of mathematics (Δx, μm), are none of these. Text that
speaks of such letters is left alone. 囗, the radical that means enclosure, is only reported, where 口 is far likelier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from textfix.characters import Class, Ints
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝ", "ABESIJKMHOPCTYXaesijopcyxhdqw", strict=True))
GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
LATIN = {**CYRILLIC, **GREEK}  # each letter with the Latin one that it looks like
LONGEST = 64  # letters of a word
FEWEST = 3  # Latin letters of a word that is changed
WINDOW = 300  # characters around in which talk of such letters is heard
WORD = re.compile(r"[A-Za-z\u0370-\u03ff\u0400-\u052f]+")
ABOUT = re.compile(
    r"同形|形近|homo(?:graph|glyph)|look-?alike|confusable|punycode|西里|Cyrillic|希腊字母|希臘字母|Greek|кирилл", re.I
)
DESCRIBES = re.compile("[\u2ff0-\u2fff]")  # how an ideograph is composed
MOUTH, ENCLOSURE = "口", "囗"
CLEAR = 4.0  # nats by which 口 must be likelier
NEAR = 16


def propose(text: Text, context: Context) -> Proposals:
    return Proposals.of([*words(text), *mouths(text, context)])


def words(text: Text) -> Iterator[Edit]:
    """Latin words with letters of other alphabets in them."""
    done = 0
    for place in beside_latin(text).tolist():
        left, right = text.wide(place, place, LONGEST)
        around = left + right
        word = next(one for one in WORD.finditer(around) if one.end() > len(left))
        start = place - len(left) + word.start()
        meant = "".join(LATIN.get(letter, letter) for letter in word[0])
        others = sum(letter in LATIN for letter in word[0])
        latin = len(meant) - others
        if start < done or not meant.isascii() or latin < FEWEST or latin <= others:
            continue
        if any(ABOUT.search(side) for side in text.wide(place, place, WINDOW)):
            continue
        done = start + len(meant)
        odd = ", ".join(f"U+{ord(letter):04X}" for letter in dict.fromkeys(word[0]) if letter in LATIN)
        yield Edit(start, done, word[0], meant, Note(RULE.name, 0.99, reason=f"not Latin in a Latin word: {odd}"))


def beside_latin(text: Text) -> Ints:
    """The places of letters that look like Latin ones and touch one."""
    places = text.screen.where(Class.LOOKALIKE)
    places = places[text.codes[places] != ord(ENCLOSURE)]
    touches = np.zeros(len(places), np.bool_)
    for by in (-1, 1):
        code = text.codes[np.clip(places + by, 0, len(text.codes) - 1)] | 0x20
        touches |= (code - np.uint32(ord("a"))) < 26
    return np.asarray(places[touches], np.int64)


def mouths(text: Text, context: Context) -> Iterator[Edit]:
    """Enclosures where the model expects a mouth."""
    places = text.screen.where(Class.LOOKALIKE)
    for place in places[text.codes[places] == ord(ENCLOSURE)].tolist():
        left, right = text.around(place, place + 1, NEAR)
        if DESCRIBES.search(left[-2:] + right[:2]):
            continue
        scores = context.model.score(Text.of([left + one + right for one in (ENCLOSURE, MOUTH)]))
        if scores[1] - scores[0] >= CLEAR:
            note = Note(
                RULE.name, 0.5, reason="囗 (enclosure) where 口 (mouth) is expected", alternatives=((MOUTH, 0.5),)
            )
            yield Edit(place, place + 1, ENCLOSURE, ENCLOSURE, note)


RULE = Rule(
    "noise.lookalikes",
    "Cyrillic and Greek letters inside Latin words; 囗 for 口 is only reported",
    ("p\u0430yp\u0430l", "paypal"),
    always(Class.LOOKALIKE),
    propose,
)
