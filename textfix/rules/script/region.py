"""Where traditional text comes from: Taiwan, Hong Kong, the mainland's usage, or classical Chinese.

Words tell, and a few variants (裏, 裡): a naive Bayes classifier of characters and pairs of them. The pairs are of
characters folded to simplified ones, so that conversion does not deceive it. train.py makes its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from textfix.characters import Codes, Ints
from textfix.rules.script.choice import BASE, HAN, PRIMES, Chooser, Hashes, mixed

REGIONS = ("tw", "hk", "cn", "classical")
BINS = 1 << 16
STEPS = 16.0  # of a nat in the table
EVIDENCE = 20.0  # characters that a whole text counts for: neighbours say the same thing again and again
FEWEST = 20  # Han characters
MOST = 20_000  # characters of a document that are read


@dataclass(frozen=True)
class Region:
    """The likeliest region, and its probability."""

    name: str
    confidence: float


def features(codes: Codes) -> tuple[Ints, Ints]:
    """The bins of the characters as they are written, and of pairs folded to simplified ones, Han characters alone."""
    known = np.minimum(codes, BASE - 1)
    simple = Chooser.load().folded.take(known).astype(np.uint64)
    han = (known >= HAN[0]) & (known < HAN[1])
    pairs = mixed(mixed(np.full(max(0, len(codes) - 1), 7, np.uint64), simple[:-1]), simple[1:])
    return bins(mixed(np.full(len(codes), 5, np.uint64), known.astype(np.uint64)))[han], bins(pairs)[han[:-1] & han[1:]]


def bins(value: Hashes) -> Ints:
    return np.asarray(value * PRIMES[1] >> np.uint64(48), np.int64)


def region_of(codes: Codes) -> Region | None:
    """The region of a traditional text; None where there is too little of it."""
    single, pairs = features(codes[:MOST])
    if len(single) < FEWEST:
        return None
    scores = table()[np.concatenate([single, pairs])].astype(np.float64).mean(axis=0) * EVIDENCE / STEPS
    shares = np.exp(scores - scores.max())
    best = int(shares.argmax())
    return Region(REGIONS[best], float(shares[best] / shares.sum()))


@cache
def table() -> npt.NDArray[np.int8]:
    """Shape (BINS, regions): the log-likelihood in each, less the mean of all."""
    with (resources.files("textfix.data") / "region.npz").open("rb") as file:
        return np.asarray(np.load(file)["weights"], np.int8)
