"""The language model: how likely a text is, and which of several texts is the likeliest.

A trigram model of characters folded to their simplified form, times the likelihood of each written form in either
script. train.py makes model.npz from a folder of text; nothing here knows what its answers are used for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.characters import Codes
from textfix.language.maps import Keys, Table, look_up
from textfix.text import Text

SYMBOLS = 8192  # folded characters that the model tells apart; all others share the symbol 0
SCALE = 12.0  # steps a nat in the quantised tables
LEVEL = 5  # bits of a triple's value, the number of one of its levels: all others tell it from what is no triple
LINE_END = "\n"
TOPIC, FALLS, ENOUGH, COMMON = 0.5, 0.3, 64, 1024  # how much a topic weighs: see Model.expected

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Path:
    """The likeliest way through a lattice.

    choice: for each slot the index of the candidate taken. score: its log-likelihood in nats. margin: for each slot
    how many nats the best path that takes another candidate there falls short; infinite where there is none.
    """

    choice: tuple[int, ...]
    score: float
    margin: tuple[float, ...]


@dataclass(frozen=True, repr=False)
class Model:
    """Tables of a trigram model; log-likelihoods are natural logarithms, quantised to a twelfth of a nat.

    symbol: for each code point of the basic plane its symbol. hans, hant: how unlikely it is as the written form of
    that symbol. triples and pairs are maps (see maps.py), triples of numbers of levels, pairs with the weight of the
    pair as a context; levels: how unlikely each is, in steps; single:
    symbols alone; back: the weight of each symbol as a context. topics: shape (SYMBOLS, numbers), strength: shape
    (numbers,): the product of two rows, weighted so, is how much likelier two Han characters are in one line.
    """

    symbol: npt.NDArray[np.uint16]
    hans: Bytes
    hant: Bytes
    triples: Table
    levels: Bytes
    pairs: Table
    single: Bytes
    back: Bytes
    topics: npt.NDArray[np.int8]
    strength: Floats

    @staticmethod
    @cache
    def load() -> Model:
        """The model that comes with the package."""
        with (resources.files(__name__) / "model.npz").open("rb") as file:
            return Model(**np.load(file))

    def __repr__(self) -> str:
        return f"Model(version {self.version}, {sum(table.nbytes for table in self._tables()):,} bytes)"

    @property
    def version(self) -> str:
        """What identifies the tables: the start of a SHA-256 over them."""
        return hashlib.sha256(b"".join(table.tobytes() for table in self._tables())).hexdigest()[:12]

    def _tables(self) -> tuple[npt.NDArray[Any], ...]:
        return (
            self.symbol,
            self.hans,
            self.hant,
            self.triples,
            self.levels,
            self.pairs,
            self.single,
            self.back,
            self.topics,
            self.strength,
        )

    def characters(self, text: Text) -> Floats:
        """The log-likelihood of each character after the two before it; every row begins behind a line end.

        The written forms are judged by the script that makes their row likelier.

        >>> model = Model.load()
        >>> model.score(Text.of(["我们在组织活动", "我们诩哟笊活动"])).argmax()
        np.int64(0)
        """
        return np.asarray(self.costs(text) / np.float32(-SCALE), np.float32)

    def score(self, text: Text) -> npt.NDArray[np.float64]:
        """The log-likelihood of each row: of whole steps, so that it is the same in any company."""
        return sums(self.costs(text), text) / -SCALE

    def costs(self, text: Text) -> npt.NDArray[np.uint32]:
        """How unlikely each character is, in steps; sums of them are exact."""
        ids = self.symbol.take(basic(text.codes)).astype(np.uint64)
        starts = text.rows[:-1][np.diff(text.rows) > 0]
        line_end = int(self.symbol[ord(LINE_END)])
        steps = self.steps(shifted(ids, starts, 2, line_end), shifted(ids, starts, 1, line_end), ids)
        return np.asarray(steps + self._forms(text), np.uint32)

    def alone(self, codes: Codes) -> npt.NDArray[np.uint16]:
        """How unlikely each character is by itself, in steps, written in the script that suits it better."""
        inside = basic(codes)
        forms = np.minimum(self.hans, self.hant).take(inside)
        return np.asarray(self.single.take(self.symbol.take(inside)).astype(np.uint16) + forms, np.uint16)

    def met(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Shape (characters - 1,): which characters the model knows behind the one before."""
        ids = self.symbol.take(basic(codes)).astype(np.uint64)
        return look_up(self.pairs, ids[:-1] * np.uint64(SYMBOLS) + ids[1:], 16)[0]

    def expected(self, text: Text) -> npt.NDArray[np.int16]:
        """How much likelier each symbol is in each row by its topic, in steps: shape (rows, SYMBOLS).

        The sum over the Han characters of the row, which are no independent evidence: times TOPIC, and less the more
        there are; from ENOUGH on only their mean counts. Less what makes the likelihoods of the COMMON symbols together
        what they are elsewhere.
        """
        ids = self.symbol.take(basic(text.codes))
        ids = np.append(ids, 0)  # so that every row has a beginning
        told = self.topics.take(ids, axis=0)
        empty = np.diff(text.rows) == 0
        rows = np.add.reduceat(told, text.rows[:-1], axis=0, dtype=np.int64).astype(np.float32)
        rows[empty] = 0
        telling = np.concatenate([[0], np.cumsum(told.any(axis=1))])
        counts = np.maximum(telling[text.rows[1:]] - telling[text.rows[:-1]], 1)
        few = np.minimum(counts, ENOUGH)
        weight = (SCALE * TOPIC * few ** (1 - FALLS) / counts).astype(np.float32)
        found = (rows * weight[:, None] * self.strength) @ self.topics.T.astype(np.float32)
        usual = np.exp(self.single[:COMMON] / np.float32(-SCALE))
        usual[0] = 0
        found -= SCALE * np.log(np.exp(found[:, :COMMON] / SCALE) @ usual / usual.sum())[:, None]
        return np.asarray(np.round(found), np.int16)

    def best_path(self, slots: Sequence[Sequence[str]], left: str = "", right: str = "") -> Path:
        """The likeliest choice of one candidate in every slot, between the texts left and right of the lattice.

        Every slot needs a candidate. Paths are scored whole, so that lattices of a few slots are meant.

        >>> Model.load().best_path([["层", "曾"], ["妇女", "D女"]], left="基", right="的需求").choice
        (0, 0)
        """
        paths: list[tuple[int, ...]] = [()]
        for slot in slots:
            paths = [(*path, index) for path in paths for index in range(len(slot))]
        rows = [left + "".join(slot[i] for slot, i in zip(slots, path, strict=True)) + right for path in paths]
        scores = self.score(Text.of(rows))
        best = int(scores.argmax())
        margin = []
        for place, taken in enumerate(paths[best]):
            others = [score for path, score in zip(paths, scores.tolist(), strict=True) if path[place] != taken]
            margin.append(float(scores[best]) - max(others, default=-np.inf))
        return Path(paths[best], float(scores[best]), tuple(margin))

    def steps(self, first: Keys, second: Keys, third: Keys) -> npt.NDArray[np.uint32]:
        """How unlikely each third symbol is behind the two before it, in steps of the quantisation."""
        width = np.uint64(SYMBOLS)
        known, level = look_up(self.triples, (first * width + second) * width + third, LEVEL)
        is_pair, pair = look_up(self.pairs, second * width + third, 16)
        short = np.where(is_pair, pair & 255, self.back[second].astype(np.uint32) + self.single[third])
        is_context, context = look_up(self.pairs, first * width + second, 16)
        return np.where(known & is_pair & is_context, self.levels[level], short + np.where(is_context, context >> 8, 0))

    def _forms(self, text: Text) -> Any:
        inside = basic(text.codes)
        hans, hant = self.hans.take(inside), self.hant.take(inside)
        traditional = sums(hant, text) < sums(hans, text)
        return np.where(np.repeat(traditional, np.diff(text.rows)), hant, hans)


def shifted(ids: Keys, starts: npt.NDArray[np.int64], by: int, line_end: int) -> Keys:
    """For each symbol the one so many places before it; before the start of a row stand line ends."""
    before = np.concatenate([np.full(by, line_end, np.uint64), ids[:-by]])[: len(ids)]
    for back in range(by):
        inside = starts + back
        before[inside[inside < np.append(starts[1:], len(ids))]] = line_end
    return before


def basic(codes: Codes) -> Codes:
    """The code points, with U+FFFD for those beyond the basic plane, which the tables do not hold."""
    return np.where(codes > 0xFFFF, np.uint32(0xFFFD), codes)


def sums(values: npt.NDArray[Any], text: Text) -> npt.NDArray[np.float64]:
    """The sum of one value a character over each row."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(total[text.rows[1:]] - total[text.rows[:-1]], np.float64)
