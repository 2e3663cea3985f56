"""Boosted trees: small decisions, each of which adds to what speaks for something. benchmarks/belief.py fits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, repr=False)
class Trees:
    """Trees of one shape: (trees, nodes) each; a leaf leads to itself.

    feature, threshold: which value decides at a node, and up to what it goes left. left, right: the next node. value:
    the log-odds that a leaf adds. depth: decisions on the longest way to a leaf. base: log-odds before any of them.
    """

    feature: npt.NDArray[np.int8]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int8]
    right: npt.NDArray[np.int8]
    value: npt.NDArray[np.float32]
    depth: int
    base: float

    @staticmethod
    @cache
    def load() -> Trees:
        with (resources.files("textfix.data") / "belief.npz").open("rb") as file:
            tables = dict(np.load(file))
        return Trees(**{**tables, "depth": int(tables["depth"]), "base": float(tables["base"])})

    def log_odds(self, values: Sequence[float]) -> float:
        """The log-odds that these values, as many as there are features, speak for."""
        known = np.asarray(values, np.float32)
        tree, node = np.arange(len(self.feature)), np.zeros(len(self.feature), np.int64)
        for _ in range(self.depth):
            goes = known[self.feature[tree, node]] <= self.threshold[tree, node]
            node = np.where(goes, self.left[tree, node], self.right[tree, node]).astype(np.int64)
        return self.base + float(self.value[tree, node].sum(dtype=np.float64))
