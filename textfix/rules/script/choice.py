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

from textfix.characters import LF, Bools, Codes, Ints

TARGETS = ("hant-tw", "hant-hk", "hans")  # hant writes as hant-tw what it has to choose
MOST = 4  # candidates of a character
ROWS = 1 << 22  # of the table of weights
SCALE = 16.0  # steps a nat in it
BUCKETS = 1 << 18  # of the table of phrases, four phrases each
PIECE = 1 << 13  # characters that are decided at once
BASE = 0x32400  # code points up to the last Han character
HAN = (0x3400, 0xA000)
# Nats more for a phrase, by its kind, than is learnt, since many small habits outvote it: to hant, and to hans, where
# each phrase is an exception, a word in which a form stays, or a name.
MORE = np.array([[0.0, 1.5, 1.5], [6.0, 6.0, 6.0]], np.float32)
SURE = 4.0  # nats by which the nearest characters must speak for a candidate for the others not to be asked
# Features: the characters at these places around the one that is decided, by themselves, ...
NEAREST: Sequence[tuple[int, ...]] = ((), (-1,), (1,), (-1, 1))  # ... with the target, and with what phrases say;
OTHERS: Sequence[tuple[int, ...]] = (
    *((-2,), (2,), (-2, -1), (1, 2)),
    *((-3, -2, -1), (1, 2, 3), (-2, -1, 1), (-1, 1, 2)),
)
FAR = (-5, -4, 4, 5)  # Han characters at these places, whichever it is
EDGE = np.full(5, LF, np.uint32)
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
    same code point. variants: for each target the variant that is usual there. number: for each direction (to hant, to
    hans) every code point's row in candidates, -1 for what is not to be decided. candidates: up to four characters
    each, 0 where there is none; usual: which of them opencc takes outside phrases. folded: each code point as its
    simplified form. fixed: for each target pairs of a character that is decided elsewhere and what it always is.
    weights: shape (ROWS + 1, 4), the last row for what has no such feature. phrases: shape (BUCKETS, 4). hong_kong:
    whether a code point is what Hong Kong writes, and simplified or a variant elsewhere.
    language: for each code point 1 where only Japanese uses it, -1 for a Han character that Japanese does not know.
    """

    forms: Mapping[str, Codes]
    variants: Mapping[str, Codes]
    fixed: Mapping[str, Codes]
    number: tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]
    candidates: Codes
    usual: Small
    folded: Codes
    weights: Small
    phrases: npt.NDArray[np.uint16]
    hong_kong: Bools
    language: Small

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
        language = np.zeros(BASE, np.int8)
        language[HAN[0] : HAN[1]] = -1
        language[tables["jis"].astype(np.int64)] = 0
        language[tables["japanese"].astype(np.int64)] = 1
        variants = {name: forms[name][mapped(tables[f"usual {name}"])] for name in TARGETS if name != "hans"}
        return cls(
            forms,
            {**variants, "hans": forms["hans"], "hant": variants[TARGETS[0]]},
            {name: tables[f"fixed {name}"].astype(np.uint32) for name in forms},
            (numbers[0], numbers[1]),
            tables["candidates"].astype(np.uint32),
            tables["usual"].astype(np.int8),
            mapped(tables["fold"]),
            tables["weights"].astype(np.int8),
            tables["phrases"].astype(np.uint16),
            np.isin(np.arange(BASE), tables["hong kong"]),
            language,
        )

    def asked(self, codes: Codes, to: str) -> Ints:
        """The places of the characters that are to be chosen."""
        return np.flatnonzero(self.number[to == "hans"].take(codes, mode="clip") >= 0)

    def chosen(self, codes: Codes, to: str, at: Ints, doubt: Floats) -> tuple[Codes, Bools]:
        """What stands at each of these places in the target script; and whether a phrase says so.

        doubt: for each the nats that must speak for another character where it may stand in the target as it is.
        """
        number = self.number[to == "hans"][codes[at]]
        found, by_phrase = np.zeros(len(at), np.uint32), np.zeros(len(at), np.bool_)
        padded = np.concatenate([EDGE, codes, EDGE])
        for start in range(0, len(at), PIECE):
            part = slice(start, start + PIECE)
            places = Places.of(padded, at[part] + len(EDGE), number[part], self.folded)
            candidates, said = self.candidates[places.number], self.said(places)
            doubts = np.where(candidates == codes[at[part]][:, None], doubt[part][:, None], np.float32(0))
            best = self.scores(places, to, said, doubts).argmax(axis=1)
            best_of = candidates[np.arange(len(best)), best]
            found[part] = np.where(best_of == codes[at[part]], best_of, self.variants[to][best_of])
            by_phrase[part] = (said == best[:, None]).any(axis=1)
        for character, always in self.fixed[to].T:
            found[codes[at] == character] = always
        return found, by_phrase

    def scores(self, places: Places, to: str, said: Small, doubts: Floats) -> Floats:
        """In nats, shape (characters, 4); where the nearest characters leave no doubt, the others are not asked."""
        target = TARGETS.index(to if to in TARGETS else TARGETS[0])
        total = self.total(places.nearest(target, said, self.usual[places.number]), len(places.number)) + doubts
        place, kind = np.nonzero(said >= 0)
        total[place, said[place, kind]] += MORE[int(to == "hans"), kind]
        total[self.candidates[places.number] == 0] = -np.inf
        ordered = np.partition(total, MOST - 2, axis=1)
        open_ = np.flatnonzero(ordered[:, MOST - 1] - ordered[:, MOST - 2] < SURE)
        total[open_] += self.total(places.take(open_).others(), len(open_))
        return total

    def total(self, features: Iterator[Ints], size: int) -> Floats:
        total, weights = np.zeros((size, MOST), np.int16), self.weights.view(np.uint32).ravel()
        for rows in features:
            total += weights.take(rows).view(np.int8).reshape(size, MOST)
        return np.asarray(total / np.float32(SCALE), np.float32)

    def said(self, places: Places) -> Small:
        """Which candidate opencc's phrases say, by their kind: shape (characters, 3), -1 where there is none.

        Where a longer phrase speaks, a pair of characters that lies in it does not: of 一起干 and 干杯 both do.
        """
        said = np.full((len(places.number), len(PHRASES)), -1, np.int8)
        inside = np.zeros((len(places.number), len(PHRASES)), np.bool_)
        phrases = self.phrases.view(np.uint64).ravel()
        for kind, several in enumerate(PHRASES):
            for around in several:
                value = places.feature(around)
                lanes = phrases.take(bucket_of(value)).view(np.uint16).reshape(-1, MOST)
                place, lane = np.nonzero((lanes >> 2) == marked(value)[:, None])
                said[place, kind] = lanes[place, lane] & 3
                if not kind:
                    inside[place, 1:] = [side in around for side in (-1, 1)]
        said[inside] = -1
        return said


@dataclass(frozen=True)
class Places:
    """Characters that are decided, and what stands around them.

    number: of each, its row in the candidates. seed: the hash with which its features begin. beside: its neighbours,
    folded to simplified characters; beyond the ends of its line there are only line ends.
    """

    number: npt.NDArray[np.int16]
    seed: Hashes
    beside: Mapping[int, Hashes]

    @classmethod
    def of(cls, padded: Codes, at: Ints, number: npt.NDArray[np.int16], folded: Codes) -> Places:
        """padded: the text with EDGE before and behind."""
        beside: dict[int, Hashes] = {}
        for side in (-1, 1):
            inside = np.ones(len(at), np.bool_)
            for step in range(1, len(EDGE) + 1):
                code = folded.take(padded[at + side * step], mode="clip")
                inside &= code != LF
                beside[side * step] = np.where(inside, code, np.uint32(LF)).astype(np.uint64)
        return cls(number, mixed(np.full(len(at), 1, np.uint64), number.astype(np.uint64)), beside)

    def take(self, index: Ints) -> Places:
        return Places(
            self.number[index], self.seed[index], {place: codes[index] for place, codes in self.beside.items()}
        )

    def feature(self, around: tuple[int, ...]) -> Hashes:
        """The characters around, by themselves."""
        return feature(self.seed, (*NEAREST, *OTHERS).index(around), around, self.beside)

    def nearest(self, target: int, said: Small, usual: Small) -> Iterator[Ints]:
        """For each feature of the nearest characters, of the target and of phrases, its rows in the table of weights.

        said, usual: what Chooser.said says, and what opencc takes outside phrases. What has not the feature has the row
        behind the last.
        """
        for around in NEAREST:
            yield row_of(self.feature(around))
        by_phrase = mixed(self.seed, np.uint64(1))
        for kind, column in enumerate(said.T):
            yield np.where(column >= 0, row_of(one(by_phrase, 64 + kind, column)), ROWS)
        best = np.where(said[:, 0] >= 0, said[:, 0], np.where(said[:, 2] >= 0, said[:, 2], said[:, 1]))
        none = best < 0
        best = np.where(none, usual, best)
        yield np.where(none, row_of(one(by_phrase, 63, best)), ROWS)
        for first in (mixed(self.seed, np.uint64(2 + target)), mixed(by_phrase, best.astype(np.uint64))):
            for kind, around in enumerate(NEAREST):
                yield row_of(feature(first, kind, around, self.beside))

    def others(self) -> Iterator[Ints]:
        """The same of characters farther away."""
        for around in OTHERS:
            yield row_of(self.feature(around))
        first = mixed(self.seed, np.uint64(8))
        for place in FAR:
            code = self.beside[place]
            yield np.where((code >= HAN[0]) & (code < HAN[1]), row_of(mixed(first, code)), ROWS)


def mapped(pairs: npt.NDArray[np.generic]) -> Codes:
    """A table of every code point from pairs of those that become others."""
    table = np.arange(BASE, dtype=np.uint32)
    table[pairs[0].astype(np.int64)] = pairs[1]
    return table


def feature(first: Hashes, kind: int, around: tuple[int, ...], beside: Mapping[int, Hashes]) -> Hashes:
    value = mixed(first, np.uint64(16 + kind))
    for place in around:
        value = mixed(value, beside[place])
    return value


def one(first: Hashes, kind: int, column: Small) -> Hashes:
    return mixed(mixed(first, np.uint64(16 + kind)), column.astype(np.uint64))


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
