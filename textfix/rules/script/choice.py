"""Which traditional character a simplified one stands for, where there are several: a log-linear model of its context.

    头发 理发店 发现  ->  頭髮 理髮店 發現

Each is decided alone, from the characters around it, from what opencc's phrases say, and from what is usual in the
region. train.py makes choice.npz from a folder of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from textfix.text import LF, Codes, Ints

REGIONS = ("hant-tw", "hant-hk")
MOST = 4  # candidates of a character
ROWS = 1 << 20  # of the table of weights
SCALE = 16.0  # steps a nat in it
PIECE = 1 << 14  # characters that are decided at once
# Features: the characters at these places around the one that is decided, by themselves, ...
NEAR: Sequence[tuple[int, ...]] = (
    *((), (-1,), (1,), (-2,), (2,), (-3,), (3,), (-2, -1), (1, 2), (-1, 1), (-2, 2)),
    *((-3, -2, -1), (1, 2, 3), (-2, -1, 1), (-1, 1, 2)),
)
BESIDE: Sequence[tuple[int, ...]] = ((), (-1,), (1,), (-1, 1))  # ... with the region, and with what opencc says; and
FAR = (-8, -7, -6, -5, -4, 4, 5, 6, 7, 8)  # Han characters at these places, whichever it is
HAN = (0x3400, 0xA000)
BASE = 0x32400  # code points up to the last Han character
PRIMES = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, repr=False)
class Chooser:
    """The tables of the choice.

    number: for each code point its row in candidates, -1 for what is not to be decided. candidates: up to four
    characters each, 0 where there is none. folded: each code point as its simplified form. weights: shape (ROWS, 4).
    """

    number: npt.NDArray[np.int16]
    candidates: Codes
    folded: Codes
    weights: npt.NDArray[np.int8]

    @staticmethod
    @cache
    def load() -> Chooser:
        with (resources.files("textfix.data") / "choice.npz").open("rb") as file:
            return Chooser.of(dict(np.load(file)))

    @classmethod
    def of(cls, tables: dict[str, npt.NDArray[np.generic]]) -> Chooser:
        """From sources: the characters that are decided; candidates; pairs, traditional and simplified; weights."""
        number, folded = np.full(BASE, -1, np.int16), np.arange(BASE, dtype=np.uint32)
        number[tables["sources"].astype(np.int64)] = np.arange(len(tables["sources"]))
        traditional, simplified = tables["pairs"].astype(np.uint32)
        folded[traditional] = simplified
        return cls(number, tables["candidates"].astype(np.uint32), folded, tables["weights"].astype(np.int8))

    def chosen(self, codes: Codes, said: Codes, region: str) -> tuple[Ints, Codes]:
        """Where the text has characters with several candidates, and the likeliest one of each.

        codes: the text; said: what opencc makes of it, of the same size.
        """
        codes = np.minimum(codes, BASE - 1)
        context = Context.of(codes, self.folded)
        asked = np.flatnonzero(self.number[codes] >= 0)
        found = said[asked]
        for start in range(0, len(asked), PIECE):
            at = asked[start : start + PIECE]
            number = self.number[codes[at]]
            scores = np.zeros((len(at), MOST), np.int32)
            for rows in context.features(at, number, said[at], REGIONS.index(region)):
                scores += self.weights[rows]
            scores[self.candidates[number] == 0] = np.iinfo(np.int32).min
            found[start : start + PIECE] = self.candidates[number, scores.argmax(axis=1)]
        return asked, found


@dataclass(frozen=True)
class Context:
    """A text folded to simplified characters, with line ends on both sides; line: the number of each one's line."""

    codes: Hashes
    line: Ints

    @classmethod
    def of(cls, codes: Codes, folded: Codes) -> Context:
        edge = np.full(max(FAR), LF, np.uint64)
        around = np.concatenate([edge, folded[codes].astype(np.uint64), edge])
        return cls(around, np.cumsum(around == LF))

    def features(self, at: Ints, number: npt.NDArray[np.int16], said: Codes, region: int) -> Iterator[Ints]:
        """For each feature the rows of its weights, one for each of the characters at these places."""
        at = at + max(FAR)
        seed = mixed(np.full(len(at), 1, np.uint64), number.astype(np.uint64))
        beside = {place: self.codes[at + place] for place in sorted({one for places in NEAR for one in places})}
        kinds: list[tuple[Hashes, Sequence[tuple[int, ...]]]] = [
            (seed, NEAR),
            (mixed(seed, np.full(len(at), 2 + region, np.uint64)), BESIDE),
            (mixed(mixed(seed, np.full(len(at), 1, np.uint64)), said.astype(np.uint64)), BESIDE),
        ]
        for first, several in kinds:
            for kind, places in enumerate(several):
                value = mixed(first, np.full(len(at), 16 + kind, np.uint64))
                for place in places:
                    value = mixed(value, beside[place])
                yield row_of(value)
        first = mixed(seed, np.full(len(at), 8, np.uint64))
        for place in FAR:
            code = self.codes[at + place]
            tells = (code >= HAN[0]) & (code < HAN[1]) & (self.line[at + place] == self.line[at])
            yield np.where(tells, row_of(mixed(first, code)), 0)


def mixed(value: Hashes, more: Hashes) -> Hashes:
    value = (value ^ (more + np.uint64(1))) * PRIMES[0]
    return np.asarray(value ^ (value >> np.uint64(29)), np.uint64)


def row_of(value: Hashes) -> Ints:
    """Rows of the table, from 1; row 0 has no weights."""
    return np.asarray((value * PRIMES[1] >> np.uint64(24)) % np.uint64(ROWS - 1) + np.uint64(1), np.int64)
