"""Pinyin readings of characters, from the generated table textfix/data/readings.txt."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources

LETTERS = "a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüêńňǹḿ"


@cache
def readings() -> dict[str, frozenset[str]]:
    """For each reading, with its tone mark, the characters of GBK that can be read so."""
    text = (resources.files("textfix.data") / "readings.txt").read_text("utf-8")
    pairs = (line.split(" ") for line in text.splitlines())
    return {reading: frozenset(characters) for reading, characters in pairs}


def read_so(reading: str) -> frozenset[str]:
    """The characters that can be read so; none where it is no reading.

    >>> "進" in read_so("jìn"), read_so("xyz")
    (True, frozenset())
    """
    return readings().get(unicodedata.normalize("NFC", reading), frozenset())
