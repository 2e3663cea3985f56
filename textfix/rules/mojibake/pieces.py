"""What a search answers: the pieces of a line that change, read off the characters of the likeliest path.

Paths that were merged on the way leave the margin of each guess, and the best other way to read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from textfix.language import SCALE
from textfix.rules.mojibake.cells import Array

UNREAD = 2  # in the column lossy: such bytes


@dataclass(frozen=True)
class Piece:
    """A stretch of a window (characters start to end) and what it becomes.

    lossy: whether a byte of it was unknown; then margin is how many nats the best other way to read it is behind, and
    other what it gives. head: where these two differ by a sign of ASCII at the end alone, the margin of what stands
    before it; else 0.
    """

    start: int
    end: int
    text: str
    lossy: bool
    margin: float = np.inf
    other: str = ""
    head: float = 0.0

    def moved(self, by: int) -> Piece:
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class Best:
    """The likeliest path through a stretch: the pieces that change, and the nats against it besides the model's.

    Bytes that make no character are no piece: they stay.
    """

    pieces: tuple[Piece, ...]
    against: float


@dataclass(frozen=True, eq=False)
class Nodes:
    """The characters of all paths.

    parent: the one before; code: the code point; start, end: the places that it was made of; lossy: whether a byte
    was guessed. margin: how many nats the likeliest path without it is behind, and rival: where that one was merged.
    merged: of the paths that ended in one of the likeliest, the winner, the loser, and by how much.
    """

    parent: Array
    code: Array
    start: Array
    end: Array
    lossy: Array
    margin: npt.NDArray[np.float64]
    rival: Array
    merged: tuple[Array, Array, Array]

    @classmethod
    def of(cls, nodes: Sequence[tuple[Array, ...]], merged: Sequence[tuple[Array, Array, Array]], best: Array) -> Nodes:
        parent, code, start, end, lossy = (np.concatenate(column) for column in zip(*nodes, strict=True))
        on_best = np.zeros(len(parent), np.bool_)
        while len(best):
            on_best[best] = True
            best = parent[best]
            best = best[best > 0]
        winner, loser, gap = (np.concatenate(column) for column in zip(*merged, (best, best, best), strict=True))
        winner, loser, gap = (column[on_best[winner]] for column in (winner, loser, gap))
        margin, rival = differing(parent, winner, loser, gap)
        return cls(parent, code, start, end, lossy, margin / SCALE, rival, (winner, loser, gap))

    @cached_property
    def heads(self) -> npt.NDArray[np.float64]:
        """The margins where the same character behind the same ones is the same, whatever it was made of."""
        winner, loser, gap = self.merged
        first = alike(self.parent, self.code, self.start)
        parent = np.where(self.parent < 0, self.parent, first[self.parent])
        margin, _ = differing(parent, first[winner], first[loser], gap)
        return margin[first] / SCALE

    def trace(self, node: int, window: str) -> tuple[Piece, ...]:
        chain = self.chain(node, 0)
        starts, ends = (np.minimum(column[chain], len(window)).tolist() for column in (self.start, self.end))
        text = self.text(chain)
        pieces: list[Piece] = []
        first, reached = 0, ends[0] if ends else 0
        for number in range(1, len(chain) + 1):
            # Characters that share a place belong together, and what vanished behind the last character to that.
            if number < len(chain) and (starts[number] < reached or starts[number] >= len(window)):
                reached = max(reached, ends[number])
                continue
            piece = self.piece(chain[first:number], starts[first], reached, text[first:number], window)
            pieces += [piece] if piece else []
            if number < len(chain):
                first, reached = number, ends[number]
        return tuple(pieces)

    def piece(self, chain: list[int], start: int, end: int, text: str, window: str) -> Piece | None:
        lossy = self.lossy[chain].tolist()
        if UNREAD in lossy:
            return None
        if not any(lossy):
            same = window[start:end] in (text, text.replace("\\", "/"))  # a backslash that another tool changed
            return None if same else Piece(start, end, text, False)
        weakest = chain[int(self.margin[chain].argmin())]
        ahead = self.chain(int(self.rival[weakest]), start)
        other = self.text([node for node in ahead if self.start[node] < max(end, start + 1)])
        before = chain[:-1] if text[-1:].isascii() and lossy[-1] else chain
        in_doubt = before and text != other and without_sign(text) == without_sign(other)
        head = float(self.heads[before].min()) if in_doubt else 0.0
        return Piece(start, end, text, True, float(self.margin[weakest]), other, head)

    def chain(self, node: int, start: int) -> list[int]:
        """The characters up to this one, from a place on."""
        found = []
        while node > 0 and self.start[node] >= start:
            found.append(node)
            node = int(self.parent[node])
        return found[::-1]

    def text(self, chain: Sequence[int]) -> str:
        return "".join(map(chr, self.code[list(chain)].tolist()))


def without_sign(text: str) -> str:
    """A text without the sign of ASCII that it ends with."""
    return text[:-1] if text[-1:].isascii() else text


def alike(parent: Array, code: Array, start: Array) -> Array:
    """For each node the first with the same character, at the same place, behind the same node."""
    key = (parent + 1) << 38 | start << 21 | code  # places of at most 65,536, and code points
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(first[group], np.int64)


def differing(parent: Array, winner: Array, loser: Array, gap: Array) -> tuple[npt.NDArray[np.float64], Array]:
    """For each node the smallest gap to a path without it that was merged into one with it, and where that ended."""
    margin, rival = np.full(len(parent), np.inf), np.zeros(len(parent), np.int64)
    order = np.argsort(-gap, kind="stable")  # where several are written to one place, the last one stays
    winner, loser, gap = winner[order], loser[order], gap[order]
    end = loser
    while len(winner):
        back = np.flatnonzero(winner > loser)
        better = back[gap[back] < margin[winner[back]]]
        margin[winner[better]], rival[winner[better]] = gap[better], end[better]
        ahead = np.flatnonzero(loser > winner)
        winner[back], loser[ahead] = parent[winner[back]], parent[loser[ahead]]
        apart = np.flatnonzero(winner != loser)
        winner, loser, gap, end = winner[apart], loser[apart], gap[apart], end[apart]
    return margin, rival
