"""Pinyin readings of characters, from the generated table textfix/data/readings.txt."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources

LETTERS = "a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüêńňǹḿ"
BOPOMOFO = "ㄅ-ㄩ"
TONE_MARKS = "\u0300\u0301\u0304\u030c"


@cache
def table() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each reading, with its tone mark, the characters of GBK that usually, and that otherwise, are read so."""
    text = (resources.files("textfix.data") / "readings.txt").read_text("utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    return {reading: (frozenset(usual), frozenset(other)) for reading, usual, other, *_ in rows}


@cache
def spellings() -> dict[str, str]:
    """The readings by the other ways of writing them: with a number, and in bopomofo."""
    text = (resources.files("textfix.data") / "readings.txt").read_text("utf-8")
    found: dict[str, str] = {}
    for reading, _, _, numbered, bopomofo in (line.split(" ") for line in text.splitlines()):
        neutral = numbered.isalpha()
        names = (numbered + "5", "˙" + bopomofo.rstrip("˙")) if neutral else (numbered,)
        found.update(dict.fromkeys((*names, bopomofo), reading))
    return found


def reading_of(written: str) -> str:
    """A reading with its tone mark, however it is written.

    >>> reading_of("jin4"), reading_of("ㄐㄧㄣˋ"), reading_of("jìn")
    ('jìn', 'jìn', 'jìn')
    """
    return spellings().get(written, written)


def toneless(reading: str) -> str:
    """A reading without its tone mark, as people type it.

    >>> toneless("lǜ"), toneless("jìn")
    ('lv', 'jin')
    """
    parts = unicodedata.normalize("NFD", reading.replace("ê", "e"))
    return "".join(part for part in parts if part not in TONE_MARKS).replace("u\u0308", "v")


@cache
def syllables() -> dict[str, tuple[str, ...]]:
    """For each reading without its tone the readings that it may be."""
    found: dict[str, list[str]] = {}
    for reading in table():
        found.setdefault(toneless(reading), []).append(reading)
    return {name: tuple(readings) for name, readings in found.items()}


@cache
def read_so(reading: str) -> frozenset[str]:
    """The characters that can be read so; none where it is no reading.

    >>> "進" in read_so("jìn"), read_so("xyz")
    (True, frozenset())
    """
    usual, other = table().get(unicodedata.normalize("NFC", reading), (frozenset(), frozenset()))
    return usual | other


def usually(character: str, reading: str) -> bool:
    """Whether this is the first reading that dictionaries give for a character.

    >>> usually("重", "zhòng"), usually("重", "chóng")
    (True, False)
    """
    return character in table()[unicodedata.normalize("NFC", reading)][0]
