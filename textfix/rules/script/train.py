"""Train the choice among traditional characters, and write choice.npz.

    python -m textfix.rules.script.train CORPORA [--without PATTERN]

CORPORA holds hant_*.txt.gz, one paragraph a line; hant_hk_* are of Hong Kong, the others count as of Taiwan. Lines with
characters that only simplified text uses are left out. Each text is converted to simplified by opencc, which tells for
every simplified character what it stood for. The weights are found by logistic regression (AdaGrad, Duchi and others
2011); a fifth of the features is left out at random each time, so that none is relied on alone. The same texts give the
same file.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textfix.data.generate import dictionary
from textfix.rules.script.choice import BASE, HAN, MOST, REGIONS, ROWS, SCALE, Chooser, Context
from textfix.text import LF, Class, Codes, Ints, Text, to_codes, to_str

HERE = Path(__file__).parent.parent.parent / "data"
PHRASE = 1  # times that each phrase counts
EPOCHS, BATCH, RATE, LEFT_OUT = 3, 1 << 14, 0.2, 0.2
FEWEST, SHARE = 3, 2e-5  # occurrences of a candidate, and the share of all, for what opencc does not list

Floats = npt.NDArray[np.float32]
Samples = tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], npt.NDArray[np.int16]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the choice among traditional characters.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help="leave these files out")
    args = parser.parse_args()
    left_out = {path for pattern in args.without for path in args.corpora.glob(pattern)}
    texts = [(region_of(path), lines_of(path)) for path in sorted(args.corpora.glob("hant_*")) if path not in left_out]
    train(texts, HERE / "choice.npz")


def train(texts: Sequence[tuple[str, Sequence[str]]], target: Path) -> None:
    """Write the tables learnt from these texts, each a region and lines."""
    pairs = [(region, *simplified(wholly_traditional(lines))) for region, lines in texts]
    tables = candidates(pairs)
    untrained = Chooser.of({**tables, "weights": np.zeros((ROWS, MOST), np.int8)})
    parts = [samples(untrained, *one) for one in [*pairs, *phrases(untrained)]]
    rows, labels, numbers = (np.concatenate(column) for column in zip(*parts, strict=True))
    weights = learnt(rows, labels, untrained.candidates[numbers] > 0)
    tables["weights"] = np.clip(np.round(weights * SCALE), -127, 127).astype(np.int8)
    np.savez(target, allow_pickle=False, **tables)


def region_of(path: Path) -> str:
    return REGIONS["_hk_" in path.name]


def lines_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().split("\n")


def wholly_traditional(lines: Sequence[str]) -> list[str]:
    """The lines in which no character is one that only simplified text uses."""
    text = Text.of(lines)
    mixed = np.bincount(text.row_of(np.flatnonzero((text.classes & int(Class.HANS)) != 0)), minlength=len(text))
    return [line for line, count in zip(lines, mixed.tolist(), strict=True) if line and not count]


def simplified(lines: Sequence[str]) -> tuple[Codes, Codes]:
    """The lines joined, and the same in simplified characters, one for one."""
    from textfix.rules.script import opencc_codes

    text = to_codes("\n".join(lines) + "\n")
    return text, opencc_codes(to_str(text), "t2s")


def candidates(pairs: Sequence[tuple[str, Codes, Codes]]) -> dict[str, npt.NDArray[np.generic]]:
    """For each simplified character that stands for several what it stands for, the most frequent first."""
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for _, hant, hans in pairs:
        values, found = np.unique(hans.astype(np.uint64) << np.uint64(32) | hant, return_counts=True)
        for value, count in zip(values.tolist(), found.tolist(), strict=True):
            counts[value >> 32][value & 0xFFFFFFFF] += count
    listed = dictionary("STCharacters")
    for simple, several in listed.items():
        counts[ord(simple)].update(ord(one) for one in several)
    chosen = {}
    for source, each in sorted(counts.items()):
        known = listed.get(chr(source), [])
        fewest = max(FEWEST, SHARE * each.total())
        kept = [one for one, count in each.most_common(MOST) if count >= fewest or chr(one) in known]
        if len(kept) > 1 and source >= HAN[0]:
            chosen[source] = kept
    table = np.zeros((len(chosen), MOST), np.uint32)
    for row, kept in enumerate(chosen.values()):
        table[row, : len(kept)] = kept
    fold = [(ord(key), ord(values[0])) for key, values in sorted(dictionary("TSCharacters").items())]
    return {"sources": np.array([*chosen], np.uint32), "candidates": table, "pairs": np.array(fold, np.uint32).T}


def phrases(chooser: Chooser) -> Iterator[tuple[str, Codes, Codes]]:
    """The phrases of opencc that say anything but the most frequent candidate, as lines of a text of each region."""
    from textfix.rules.script import opencc_codes

    listed = {key: values[0] for key, values in dictionary("STPhrases").items() if len(key) == len(values[0])}
    hans, hant = (to_codes("\n".join(side) + "\n") for side in (listed.keys(), listed.values()))
    number = chooser.number[np.minimum(hans, BASE - 1)]
    for region in REGIONS:
        right = opencc_codes(to_str(hant), "t2" + region[-2:])
        usual = np.where(number >= 0, chooser.candidates[number, 0], right)
        line = np.cumsum(hans == LF) - (hans == LF)
        telling = np.bincount(line, usual != right) > 0
        for _ in range(PHRASE):
            yield region, right[telling[line]], hans[telling[line]]


def samples(chooser: Chooser, region: str, hant: Codes, hans: Codes) -> Samples:
    """The features of every character that is to be decided, which candidate it stood for, and its number."""
    from textfix.rules.script import converted

    said = converted(to_str(hans), region)
    if len(said) != len(hans):
        raise ValueError("opencc made the text longer or shorter")
    codes = np.minimum(hans, BASE - 1)
    at = np.flatnonzero(chooser.number[codes] >= 0)
    matches = chooser.candidates[chooser.number[codes[at]]] == hant[at][:, None]
    at, label = at[matches.any(axis=1)], matches[matches.any(axis=1)].argmax(axis=1)
    number = chooser.number[codes[at]]
    features = Context.of(codes, chooser.folded).features(at, number, said[at], REGIONS.index(region))
    return np.stack([rows.astype(np.int32) for rows in features], axis=1), label.astype(np.int8), number


def learnt(rows: npt.NDArray[np.int32], labels: npt.NDArray[np.int8], possible: npt.NDArray[np.bool_]) -> Floats:
    """The weights that make the labels likeliest."""
    weights, squares = np.zeros((ROWS, MOST), np.float32), np.full((ROWS, MOST), 1e-8, np.float32)
    chance = np.random.default_rng(1)
    for _ in range(EPOCHS):
        for some in batches(len(rows), chance):
            part = rows[some]
            part[:, 1:][chance.random((len(some), part.shape[1] - 1)) < LEFT_OUT] = 0  # never how frequent each is
            scores = np.where(possible[some], weights[part].sum(axis=1), -1e9)
            wrong = np.exp(scores - scores.max(axis=1, keepdims=True))
            wrong /= wrong.sum(axis=1, keepdims=True)
            wrong[np.arange(len(some)), labels[some]] -= 1
            touched, place = np.unique(part.ravel(), return_inverse=True)
            slope = np.stack(
                [np.bincount(place, np.repeat(one, part.shape[1]), len(touched)) for one in wrong.T], axis=1
            ).astype(np.float32)
            squares[touched] += slope * slope
            weights[touched] -= RATE * slope / np.sqrt(squares[touched])
            weights[0] = 0
    return weights


def batches(size: int, chance: np.random.Generator) -> Iterator[Ints]:
    order = chance.permutation(size)
    for start in range(0, size, BATCH):
        yield order[start : start + BATCH]


if __name__ == "__main__":
    main()
