"""How much speaks for something: a weighted sum of evidence, to which small trees of decisions add what that misses.

benchmarks/belief.py fits both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

MOST_SURE = 7.0  # log-odds that the sum may come to, either way; beyond, a leaf of the trees would have no bound


@dataclass(frozen=True, repr=False)
class Belief:
    """weights, bias: of the sum.

    The trees have one shape, (trees, nodes); a leaf leads to itself. feature, threshold: which value decides at a node,
    and up to what it goes left. left, right: the next node. value: the log-odds that a leaf adds. depth: decisions on
    the longest way to a leaf.
    """

    weights: npt.NDArray[np.float64]
    bias: float
    feature: npt.NDArray[np.int8]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int8]
    right: npt.NDArray[np.int8]
    value: npt.NDArray[np.float32]
    depth: int

    @staticmethod
    @cache
    def load() -> Belief:
        with (resources.files("textfix.data") / "belief.npz").open("rb") as file:
            tables = dict(np.load(file))
        return Belief(**{**tables, "depth": int(tables["depth"]), "bias": float(tables["bias"])})

    def log_odds(self, values: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
        """The log-odds that each row of values, as many as there are weights, speaks for."""
        known = np.asarray(values, np.float32).reshape(len(values), len(self.weights))
        row, tree = np.arange(len(known))[:, None], np.arange(len(self.feature))
        node = np.zeros((len(known), len(tree)), np.int64)
        for _ in range(self.depth):
            goes = known[row, self.feature[tree, node]] <= self.threshold[tree, node]
            node = np.where(goes, self.left[tree, node], self.right[tree, node]).astype(np.int64)
        # Summed row by row, so that each is the same in any company.
        weighed = np.clip(self.bias + (known * self.weights).sum(axis=1), -MOST_SURE, MOST_SURE)
        return np.asarray(weighed + self.value[tree, node].sum(axis=1, dtype=np.float64), np.float64)
