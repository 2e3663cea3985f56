"""Which character another stands for in the target script, where there are several: a log-linear model of its context.

    头发 理发店 发现  ->  頭髮 理髮店 發現        乾燥 乾隆  ->  干燥 乾隆

Each is decided alone, from the characters around it, from what opencc's phrases say, and from what is usual in the
region. What has one form in the target is looked up. train.py makes choice.npz from a folder of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from textfix.text import LF, Bools, Codes, Ints

TARGETS = ("hant-tw", "hant-hk", "hans")  # hant writes as hant-tw what it has to choose
MOST = 4  # candidates of a character
ROWS = 1 << 22  # of the table of weights
SCALE = 16.0  # steps a nat in it
BUCKETS = 1 << 18  # of the table of phrases, four phrases each
PIECE = 1 << 13  # characters that are decided at once
BASE = 0x32400  # code points up to the last Han character
HAN = (0x3400, 0xA000)
# Features: the characters at these places around the one that is decided, ...
NEAR: Sequence[tuple[int, ...]] = (
    *((), (-1,), (1,), (-2,), (2,), (-2, -1), (1, 2), (-1, 1)),
    *((-3, -2, -1), (1, 2, 3), (-2, -1, 1), (-1, 1, 2)),
)
BESIDE: Sequence[tuple[int, ...]] = ((), (-1,), (1,), (-1, 1))  # ... with the target, and with what phrases say; and
FAR = (4, 5)  # Han characters so far away on either side, whichever it is
PHRASES: Sequence[Sequence[tuple[int, ...]]] = (  # the rest of a phrase around a character, in three kinds; the last
    ((1, 2), (-1, 1), (-2, -1), (1, 2, 3), (-1, 1, 2), (-2, -1, 1), (-3, -2, -1)),  # of each kind counts
    ((-1,),),
    ((1,),),
)
PRIMES = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
Small = npt.NDArray[np.int8]


@dataclass(frozen=True, repr=False)
class Chooser:
    """The tables of the choice.

    forms: for each target every code point's form in it, where there is but one; otherwise, and where it is valid, the
    same code point. number: for each direction (to hant, to hans) every code point's row in candidates, -1 for what is
    not to be decided. candidates: up to four characters each, 0 where there is none; usual: which of them opencc takes
    outside phrases. folded: each code point as its simplified form. weights: shape (ROWS + 1, 4), the last row for what
    has no such feature. phrases: shape (BUCKETS, 4).
    japanese: for each code point whether only Japanese uses it.
    """

    forms: Mapping[str, Codes]
    number: tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]
    candidates: Codes
    usual: Small
    folded: Codes
    weights: Small
    phrases: npt.NDArray[np.uint16]
    japanese: Bools

    @staticmethod
    @cache
    def load() -> Chooser:
        with (resources.files("textfix.data") / "choice.npz").open("rb") as file:
            return Chooser.of(dict(np.load(file)))

    @classmethod
    def of(cls, tables: Mapping[str, npt.NDArray[np.generic]]) -> Chooser:
        """From the arrays of the file: pairs of code points, and tables as they are used."""
        forms = {name: mapped(tables[f"forms {name}"]) for name in (*TARGETS, "hant")}
        sources, first = tables["sources"].astype(np.int64), int(tables["first"][0])
        numbers = []
        for start, end in ((0, first), (first, len(sources))):
            number = np.full(BASE, -1, np.int16)
            number[sources[start:end]] = np.arange(start, end)
            numbers.append(number)
        japanese = np.zeros(BASE, np.bool_)
        japanese[tables["japanese"].astype(np.int64)] = True
        return cls(
            forms,
            (numbers[0], numbers[1]),
            tables["candidates"].astype(np.uint32),
            tables["usual"].astype(np.int8),
            mapped(tables["fold"]),
            tables["weights"].astype(np.int8),
            tables["phrases"].astype(np.uint16),
            japanese,
        )

    def asked(self, codes: Codes, to: str) -> Ints:
        """The places of the characters that are to be chosen."""
        return np.flatnonzero(self.number[to == "hans"].take(codes, mode="clip") >= 0)

    def chosen(self, codes: Codes, to: str, at: Ints, doubt: Floats) -> tuple[Codes, Bools]:
        """What stands at each of these places in the target script; and whether a phrase says so.

        doubt: for each the nats that must speak for another character where it may stand in the target as it is.
        """
        target = TARGETS.index(to if to in TARGETS else TARGETS[0])
        context = Context.of(np.minimum(codes, BASE - 1), self.folded)
        number = self.number[to == "hans"][codes[at]]
        found, by_phrase = np.zeros(len(at), np.uint32), np.zeros(len(at), np.bool_)
        for start in range(0, len(at), PIECE):
            part = slice(start, start + PIECE)
            own, candidates = number[part], self.candidates[number[part]]
            said = self.said(context, at[part], own)
            scores = self.scores(context, at[part], own, target, said)
            scores[candidates == 0] = -np.inf
            scores += np.where(candidates == codes[at[part]][:, None], doubt[part][:, None], np.float32(0))
            best = scores.argmax(axis=1)
            found[part] = self.forms[to][candidates[np.arange(len(own)), best]]
            by_phrase[part] = (said == best[:, None]).any(axis=1)
        return found, by_phrase

    def scores(self, context: Context, at: Ints, number: npt.NDArray[np.int16], target: int, said: Small) -> Floats:
        """In nats, shape (characters, 4)."""
        total = np.zeros((len(at), MOST), np.int32)
        for rows in context.features(at, number, target, said, self.usual[number]):
            total += self.weights[rows]
        return np.asarray(total / np.float32(SCALE), np.float32)

    def said(self, context: Context, at: Ints, number: npt.NDArray[np.int16]) -> Small:
        """Which candidate opencc's phrases say, by their kind: shape (characters, 3), -1 where there is none."""
        said = np.full((len(at), len(PHRASES)), -1, np.int8)
        seed, beside = context.around(at, number)
        for kind, several in enumerate(PHRASES):
            for places in several:
                value = feature(seed, NEAR.index(places), places, beside)
                lanes = self.phrases[bucket_of(value)]
                hit = (lanes >> 2) == marked(value)[:, None]
                where = np.flatnonzero(hit.any(axis=1))
                said[where, kind] = lanes[where, hit[where].argmax(axis=1)] & 3
        return said


@dataclass(frozen=True)
class Context:
    """A text folded to simplified characters, with line ends on both sides."""

    codes: Codes

    @classmethod
    def of(cls, codes: Codes, folded: Codes) -> Context:
        edge = np.full(max(FAR), LF, np.uint32)
        return cls(np.concatenate([edge, folded[codes], edge]))

    def around(self, at: Ints, number: npt.NDArray[np.int16]) -> tuple[Hashes, dict[int, Hashes]]:
        """The hash with which the features of each character begin; and its neighbours by their places."""
        seed = mixed(np.full(len(at), 1, np.uint64), number.astype(np.uint64))
        return seed, {place: self.codes[at + max(FAR) + place].astype(np.uint64) for place in range(-3, 4) if place}

    def features(
        self, at: Ints, number: npt.NDArray[np.int16], target: int, said: Small, usual: Small
    ) -> Iterator[Ints]:
        """For each feature its row in the table of weights, one for each of the characters at these places.

        said, usual: what Chooser.said says, and what opencc takes outside phrases. What has not the feature has the row
        behind the last.
        """
        seed, beside = self.around(at, number)
        for kind, places in enumerate(NEAR):
            yield row_of(feature(seed, kind, places, beside))
        by_phrase, best = mixed(seed, np.uint64(1)), usual
        for kind, column in enumerate(said.T):
            yield np.where(
                column >= 0, row_of(feature(by_phrase, 64 + kind, (0,), {0: column.astype(np.uint64)})), ROWS
            )
        best = np.where(said[:, 0] >= 0, said[:, 0], np.where(said[:, 2] >= 0, said[:, 2], said[:, 1]))
        none = best < 0
        best = np.where(none, usual, best)
        yield np.where(none, row_of(feature(by_phrase, 63, (0,), {0: best.astype(np.uint64)})), ROWS)
        for first in (mixed(seed, np.uint64(2 + target)), mixed(by_phrase, best.astype(np.uint64))):
            for kind, places in enumerate(BESIDE):
                yield row_of(feature(first, kind, places, beside))
        first = mixed(seed, np.uint64(8))
        for side in (-1, 1):
            inside = ~np.logical_or.reduce([beside[side * step] == LF for step in (1, 2, 3)])
            for step in FAR:
                code = self.codes[at + max(FAR) + side * step].astype(np.uint64)
                inside &= code != LF
                yield np.where(inside & (code >= HAN[0]) & (code < HAN[1]), row_of(mixed(first, code)), ROWS)


def mapped(pairs: npt.NDArray[np.generic]) -> Codes:
    """A table of every code point from pairs of those that become others."""
    table = np.arange(BASE, dtype=np.uint32)
    table[pairs[0].astype(np.int64)] = pairs[1]
    return table


def feature(first: Hashes, kind: int, places: tuple[int, ...], beside: Mapping[int, Hashes]) -> Hashes:
    value = mixed(first, np.uint64(16 + kind))
    for place in places:
        value = mixed(value, beside[place])
    return value


def mixed(value: Hashes, more: Hashes | np.uint64) -> Hashes:
    value = (value ^ (more + np.uint64(1))) * PRIMES[0]
    return np.asarray(value ^ (value >> np.uint64(29)), np.uint64)


def row_of(value: Hashes) -> Ints:
    """The row of a feature in the table of weights."""
    return np.asarray(value * PRIMES[1] >> np.uint64(65 - ROWS.bit_length()), np.int64)


def bucket_of(value: Hashes) -> Ints:
    return np.asarray(value * PRIMES[2] >> np.uint64(46), np.int64)


def marked(value: Hashes) -> npt.NDArray[np.uint16]:
    """Fourteen bits by which a phrase is known in its bucket, never 0."""
    return np.asarray((value * PRIMES[1] >> np.uint64(8)).astype(np.uint16) & 0x3FFF | 1, np.uint16)
