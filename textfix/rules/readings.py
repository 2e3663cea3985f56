"""Pinyin readings of characters, from the generated table textfix/data/readings.txt."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources

LETTERS = "a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüêńňǹḿ"


@cache
def table() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each reading, with its tone mark, the characters of GBK that usually, and that otherwise, are read so."""
    text = (resources.files("textfix.data") / "readings.txt").read_text("utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    return {reading: (frozenset(usual), frozenset(other)) for reading, usual, other in rows}


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
