"""Train the choice among characters of the other script, and write choice.npz.

    python -m textfix.rules.script.train CORPORA [--without PATTERN]

CORPORA holds hant_*.txt.gz and hans_*.txt.gz, one paragraph a line; hant_hk_* are of Hong Kong, the other hant_* count
as of Taiwan. Lines with characters that only the other script uses are left out. A traditional text is converted to
simplified by opencc, which tells for every simplified character what it stood for. In simplified text the few
characters that keep a traditional form in some words (乾隆, 著名) tell when they do.
textfix/data/sentences.txt and sentences_hans.txt, written for this, have what everyday speech has and these texts lack.

What opencc's phrases say, and how often cjclassifier (Apache-2.0, a package that pip installs) counted each pair of
characters in an encyclopedia, are where the weights begin; then follows logistic regression (AdaGrad, Duchi and others
2011), once through the texts: more rounds learn the texts by heart. A tenth of the features is left out at random each
time, so that none is relied on alone; the weights are the mean of several such trainings. The same texts give the same
file.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textfix.characters import Class, Codes, Ints, to_codes
from textfix.rules.script import region
from textfix.rules.script.choice import (
    BASE,
    MOST,
    NEAREST,
    ROWS,
    SCALE,
    TARGETS,
    Chooser,
    Floats,
    Small,
    feature,
    mixed,
    one,
    row_of,
)
from textfix.rules.script.tables import (
    Pair,
    begun,
    merged,
    opencc_codes,
    phrase_table,
    places_of,
    same_in_region,
    simplified,
)
from textfix.text import Text

HERE = Path(__file__).parent.parent.parent / "data"
TIMES = 2  # how often the sentences that were written for this are read
RUNS = 3  # in another order each; the mean of their weights is less a matter of chance
BATCH, RATE, LEFT_OUT = 1 << 14, 0.1, 0.1
BY_PHRASE, BY_DEFAULT = (7.9, 5.0, 6.0), 3.0  # nats for a phrase, by its kind, and for opencc's usual choice
BY_EXCEPTION = 7.9  # nats for a phrase of traditional text: those are the few words in which a form stays
BY_PAIR = 0.45  # the share of what a pair says that counts
KNOWN = 20  # occurrences of a pair at which it counts half
REGION_TEXTS = {
    "tw": ["hant_tw_[!b]*", "hant_tw_blogs"],  # no bible of 1919, no Buddhist essays of the twenties
    "hk": ["hant_hk_*"],
    "cn": ["hans_[!c]*", "hans_code_comments"],
    "classical": ["hans_classical", "hant_poetry", "other_lzh_*"],
}
REGION_FEWEST = 3  # occurrences in all, of a million each
REGION_MOST, REGION_ALIKE = 1_500_000, 300_000  # characters of a text that are read, and from which it counts in full

Samples = tuple[npt.NDArray[np.int32], Small, npt.NDArray[np.int16]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the choice among characters of the other script.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help="leave these files out")
    args = parser.parse_args()
    left_out = {path for pattern in args.without for path in args.corpora.glob(pattern)}
    paths = [path for path in sorted(args.corpora.glob("han[st]_*.txt.gz")) if path not in left_out]
    train([(target_of(path), lines_of(path)) for path in paths], HERE / "choice.npz")
    write_regions(args.corpora, HERE / "region.npz")


def target_of(path: Path) -> str:
    """What a file is written in, as one of TARGETS."""
    return "hans" if path.name.startswith("hans") else TARGETS["_hk_" in path.name]


def lines_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return unicodedata.normalize("NFC", file.read()).split("\n")


def train(texts: Sequence[tuple[str, Sequence[str]]], target: Path) -> None:
    """Write the tables learnt from these texts, each with what it is written in."""
    hant = [(name, wholly(lines, Class.HANS)) for name, lines in texts if name != "hans"]
    hant += taught()
    hans = [wholly(lines, Class.HANT) for name, lines in texts if name == "hans"]
    down = [Pair(codes, simplified(codes, name), TARGETS.index("hans")) for name, codes in hant]
    up = [
        Pair(pair.right, merged(pair.right, pair.found), TARGETS.index(name))
        for pair, (name, _) in zip(down, hant, strict=True)
    ]
    tables = begun(up, down)
    chooser = Chooser.of(tables)
    chooser.phrases[:] = tables["phrases"] = phrase_table(chooser)
    parts = [samples(chooser, pair) for pair in up]
    known = np.concatenate([rows for rows, _, _ in (samples(chooser, pair) for pair in down)])
    beside = [NEAREST.index((place,)) for place in (-1, 1)]
    seen = np.zeros(ROWS + 1, np.bool_)
    seen[known[:, beside].ravel()] = True
    parts += of_simplified(chooser, hans, seen)
    parts += of_simplified(chooser, [written("sentences_hans.txt")], np.ones(ROWS + 1, np.bool_))
    rows, labels, numbers = (np.concatenate(column) for column in zip(*parts, strict=True))
    first, possible = beginning(chooser), chooser.candidates[numbers] > 0
    weights = sum(learnt(first.copy(), rows, labels, possible, chance) for chance in range(RUNS)) / np.float32(RUNS)
    tables["weights"] = np.clip(np.round(weights * SCALE), -127, 127).astype(np.int8)
    np.savez(target, allow_pickle=False, **tables)


def taught() -> list[tuple[str, Codes]]:
    """The traditional sentences that were written for this, for Taiwan and for Hong Kong."""
    codes = written("sentences.txt")
    return [(name, codes) for name in TARGETS if name != "hans"]


def written(name: str) -> Codes:
    """Sentences that were written for this, several times."""
    listed = (HERE / name).read_text("utf-8").splitlines()
    lines = [one for line in listed if not line.startswith("#") for one in expanded(line)]
    return to_codes(TIMES * ("\n".join(lines) + "\n"))


def expanded(line: str) -> Iterator[str]:
    """A line with each of the words that stand between braces.

    >>> [*expanded("{一|兩}隻{狗|貓}")]
    ['一隻狗', '一隻貓', '兩隻狗', '兩隻貓']
    """
    parts = [part.split("|") for part in re.split("[{}]", line)]
    return map("".join, itertools.product(*parts))


def wholly(lines: Sequence[str], other: Class) -> Codes:
    """The lines in which no character is one that only the other script uses, one behind the other."""
    text = Text.of(lines)
    strange = np.bincount(text.row_of(np.flatnonzero((text.classes & int(other)) != 0)), minlength=len(text))
    kept = [line for line, count in zip(lines, strange.tolist(), strict=True) if line and not count]
    return to_codes("\n".join(kept) + "\n")


def beginning(chooser: Chooser) -> Floats:
    """The weights before anything is learnt: what phrases say, and which pairs of characters an encyclopedia has."""
    weights = np.zeros((ROWS + 1, MOST), np.float32)
    own = np.arange(len(chooser.candidates))
    seed = mixed(np.full(len(own), 1, np.uint64), own.astype(np.uint64))
    single, beside = counted(chooser)
    for place, (number, neighbour, counts) in beside.items():
        prior = single[number]
        share = (counts + KNOWN * prior) / (counts.sum(axis=1, keepdims=True) + KNOWN)
        value = feature(seed[number], NEAREST.index((place,)), (place,), {place: neighbour.astype(np.uint64)})
        weights[row_of(value)] = np.where(chooser.candidates[number] > 0, BY_PAIR * np.log(share / prior), 0)
    by_phrase, variants = mixed(seed, np.uint64(1)), same_in_region(chooser)
    for said in range(MOST):
        lane = np.full(len(own), said, np.int8)
        for kind, nats in enumerate(BY_PHRASE):
            each = np.where(own < chooser.number[0].max() + 1, nats, BY_EXCEPTION)
            weights[row_of(one(by_phrase, 64 + kind, lane))] = each[:, None] * variants[:, said]
        usual = chooser.usual == said
        weights[row_of(one(by_phrase, 63, lane))[usual]] = BY_DEFAULT * variants[usual, said]
    return weights


def counted(chooser: Chooser) -> tuple[Floats, dict[int, tuple[Ints, Codes, Floats]]]:
    """How often cjclassifier counted each candidate, as shares; and beside each folded neighbour, on either side."""
    homes: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for (number, lane), code in np.ndenumerate(chooser.candidates[: chooser.number[0].max() + 1]):
        if code:
            homes[chr(code)].append((number, lane))
    single = np.ones((len(chooser.candidates), MOST))
    beside: dict[int, defaultdict[tuple[int, int], Floats]] = {
        place: defaultdict(lambda: np.zeros(MOST, np.float32)) for place in (-1, 1)
    }
    for characters, count in counts_of_package():
        for place, character, neighbour in ((1, characters[0], characters[-1]), (-1, characters[-1], characters[0])):
            for number, lane in homes.get(character, ()):
                if len(characters) == 1:
                    single[number, lane] += count / 2
                else:
                    beside[place][number, int(chooser.folded[ord(neighbour)])][lane] += count
    tables = {}
    for place, table in beside.items():
        keys = np.array([*table], np.int64)
        tables[place] = (keys[:, 0], keys[:, 1].astype(np.uint32), np.array([*table.values()], np.float32))
    return np.asarray(single / single.sum(axis=1, keepdims=True), np.float32), tables


def counts_of_package() -> Iterator[tuple[str, float]]:
    """Characters and pairs with how often cjclassifier counted them in traditional text.

    A line of its file: the characters, and their log-likelihood in simplified, traditional and Japanese text.
    """
    with gzip.open(str(resources.files("cjclassifier") / "cjlogprobs.gz"), "rt", encoding="utf-8") as file:
        head = next(file).split()
        totals = [int(head[head.index(f"{kind}Totals:") + 1].split(",")[1]) for kind in ("Unigram", "Bigram")]
        for line in file:
            characters, _, value, _ = line.split(" ")
            if value != "0":
                yield characters, totals[len(characters) - 1] * math.exp(float(value))


def samples(chooser: Chooser, pair: Pair) -> Samples:
    """The features of every character that is to be decided, which candidate it stood for, and its number."""
    known = np.minimum(pair.found, BASE - 1)
    numbers = chooser.number[pair.target == TARGETS.index("hans")]
    at = np.flatnonzero(numbers[known] >= 0)
    matches = chooser.candidates[numbers[known[at]]] == pair.right[at][:, None]
    at, label = at[matches.any(axis=1)], matches[matches.any(axis=1)].argmax(axis=1)
    return featured(chooser, known, at, numbers[known[at]], pair.target), label.astype(np.int8), numbers[known[at]]


def of_simplified(chooser: Chooser, texts: Sequence[Codes], seen: npt.NDArray[np.bool_]) -> Iterator[Samples]:
    """Simplified text tells which form it keeps: every candidate, where a neighbour is one that its source has.

    seen: of the rows of the table of weights those of such neighbours.
    """
    beside = [NEAREST.index((place,)) for place in (-1, 1)]
    for codes in texts:
        known = np.minimum(codes, BASE - 1)
        for number in np.unique(chooser.number[1][chooser.number[1] >= 0]).tolist():
            candidates = chooser.candidates[number]
            at = np.flatnonzero(np.isin(known, candidates[candidates > 0]))
            label = (candidates == known[at][:, None]).argmax(axis=1).astype(np.int8)
            own = np.full(len(at), number, np.int16)
            rows = featured(chooser, known, at, own, TARGETS.index("hans"))
            kept = seen[rows[:, beside]].any(axis=1)
            yield rows[kept], label[kept], own[kept]


def featured(
    chooser: Chooser, codes: Codes, at: Ints, number: npt.NDArray[np.int16], target: int
) -> npt.NDArray[np.int32]:
    places = places_of(chooser, codes, at, number)
    rows = (*places.nearest(target, chooser.said(places), chooser.usual[number]), *places.others())
    return np.stack([row.astype(np.int32) for row in rows], axis=1)


def write_regions(corpora: Path, target: Path) -> None:
    """Which characters and pairs of them each region uses, every text of any size counted alike."""
    shares = np.zeros((region.BINS, len(region.REGIONS)))
    for column, name in enumerate(region.REGIONS):
        for path in sorted({path for pattern in REGION_TEXTS[name] for path in corpora.glob(f"{pattern}.txt.gz")}):
            text = "\n".join(lines_of(path))[:REGION_MOST]
            codes = to_codes(text) if path.name.startswith("hant") else opencc_codes(to_codes(text), "s2t")
            counts = np.bincount(np.concatenate(region.features(codes)), minlength=region.BINS)
            shares[:, column] += counts / counts.sum() * min(1, len(text) / REGION_ALIKE) * 1e6
    likelihood = np.log((shares + 0.5) / (shares.sum(axis=0) + 0.5 * region.BINS))
    weights = likelihood - likelihood.mean(axis=1, keepdims=True)
    weights[shares.sum(axis=1) < REGION_FEWEST] = 0
    steps = np.clip(np.round(weights * region.STEPS), -127, 127).astype(np.int8)
    np.savez_compressed(target, allow_pickle=False, weights=steps)


def learnt(
    weights: Floats, rows: npt.NDArray[np.int32], labels: Small, possible: npt.NDArray[np.bool_], seed: int
) -> Floats:
    """The weights that make the labels likeliest, beginning with these; seed: of the order and of what is left out."""
    squares = np.full((ROWS + 1, MOST), 1e-8, np.float32)
    chance = np.random.default_rng(seed)
    for some in batches(len(rows), chance):
        part = rows[some]
        part[:, 1:][chance.random((len(some), part.shape[1] - 1)) < LEFT_OUT] = ROWS  # never how frequent each is
        scores = np.where(possible[some], weights[part].sum(axis=1), -1e9)
        wrong = np.exp(scores - scores.max(axis=1, keepdims=True))
        wrong /= wrong.sum(axis=1, keepdims=True)
        wrong[np.arange(len(some)), labels[some]] -= 1
        touched, place = np.unique(part.ravel(), return_inverse=True)
        columns = [np.bincount(place, np.repeat(one, part.shape[1]), len(touched)) for one in wrong.T]
        slope = np.stack(columns, axis=1).astype(np.float32)
        squares[touched] += slope * slope
        weights[touched] -= RATE * slope / np.sqrt(squares[touched])
        weights[ROWS] = 0
    return weights


def batches(size: int, chance: np.random.Generator) -> Iterator[Ints]:
    order = chance.permutation(size)
    for start in range(0, size, BATCH):
        yield order[start : start + BATCH]


if __name__ == "__main__":
    main()
