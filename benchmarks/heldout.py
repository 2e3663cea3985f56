"""A model trained without some of the texts, put in the place of the package's while a benchmark runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np

from textfix.language import Model
from textfix.language.train import train


@contextmanager
def without(corpora: Path, names: Sequence[str]) -> Iterator[None]:
    """Use a model that has not seen these files (names without .txt.gz)."""
    paths = [path for path in sorted(corpora.glob("*.txt.gz")) if path.name.split(".")[0] not in names]
    with tempfile.TemporaryDirectory() as folder:
        train(paths, Path(folder, "model.npz"))
        model = Model(**np.load(Path(folder, "model.npz")))
    with mock.patch.object(Model, "load", staticmethod(lambda: model)):
        yield
