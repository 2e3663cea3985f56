"""Train the language model: count characters, pairs and triples of them in a folder of text, and write model.npz.

    python -m textfix.language.train CORPORA [--without PATTERN]

CORPORA holds *.txt.gz, one paragraph a line: hans_* simplified, hant_* traditional, other_* anything else. Counts are
taken over characters folded to their simplified form, so that both scripts teach each other; how a folded character
is written in each script is counted apart. Pairs are counted in far more text by cjclassifier (Apache-2.0, a package
that pip installs), in the Chinese Wikipedia: its counts are mixed in. Words that the texts may not have come from the
dictionary of jieba (MIT, likewise). What stands in a line together, farther apart, is counted for its topic. The same
texts give the same file, on one machine bit for bit.
"""

from __future__ import annotations

import argparse
import gzip
import math
import re
from collections.abc import Collection, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.characters import to_codes
from textfix.language import LEVEL, LINE_END, SCALE, SYMBOLS, Model
from textfix.language.maps import Keys, build

HERE = Path(__file__).parent
COUNTS, WORDS = "cjclassifier", "jieba"  # the packages with counts of pairs, and with words
PACKAGES = frozenset({COUNTS, WORDS})
WORD = re.compile("[\u3400-\u9fff]{3,}")  # of the dictionary; pairs are counted better elsewhere
TIMES, MOST = 0.1, 50  # how often a word is added for each time that jieba counts it, and at the most
# Topics: characters so far apart in a line are counted together; so many more of each pair as chance would have it are
# added to that; and the logarithms of what is more than chance are told by so many numbers a character.
APART, CHANCE, TOPICS = (3, 4, 5, 6, 8, 10, 13, 16, 20), 20.0, 128
SWEEPS, SPARE = 3, 20  # of the subspace iteration that finds them (Halko, Martinsson and Tropp 2011)
HAN = (0x3400, 0xA000)
# Of absolute discounting: of pairs, and of triples that occur once, twice, and more often (Chen and Goodman 1999).
DISCOUNT, DISCOUNTS = 0.85, (0.0, 0.85, 1.4, 1.8)
ROUNDS = 30  # in which the levels of the values of triples are found
TRIPLES, PAIR = 3_340_000, 4  # so many triples are kept, those that say most; pairs from so many occurrences
COUNTED, SHARE = 600, 0.3  # pairs that cjclassifier counted so often are kept, too; what share its counts have
ASTRAL = 0xFFFD  # stands for all characters beyond the basic plane, and has no symbol of its own
UNKNOWN = 40_000  # characters that share the symbol 0, taken as equally likely
INDENTED, IDEOGRAPHIC_SPACE = 8, 0x3000
FLOOR = 0.02  # added to the count of each written form in each script


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the language model of textfix.")
    parser.add_argument("corpora", type=Path)
    without = "leave these files out, or what these packages say (cjclassifier, jieba)"
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help=without)
    args = parser.parse_args()
    left_out = {path for pattern in args.without for path in args.corpora.glob(pattern)}
    paths = [path for path in sorted(args.corpora.glob("*.txt.gz")) if path not in left_out]
    train(paths, HERE / "model.npz", PACKAGES.difference(args.without))


def train(paths: list[Path], target: Path, packages: Collection[str] = PACKAGES) -> None:
    """Write the model of these texts, and of what these packages say."""
    fold = folding()
    written = {script: np.zeros(0x10000) for script in ("hans", "hant", "other")}
    for path in paths:
        written[path.name.split("_")[0]] += np.bincount(codes_of(path), minlength=0x10000)
    total = sum(written.values(), np.zeros(0x10000))
    symbol = symbols(np.bincount(fold, total, minlength=0x10000).astype(np.float64), fold)
    texts = [symbol[codes_of(path)] for path in paths]
    words = words_of_package(symbol) if WORDS in packages else symbol[:0]
    chinese = [text for path, text in zip(paths, texts, strict=True) if not path.name.startswith("other")]
    others = [text for path, text in zip(paths, texts, strict=True) if path.name.startswith("other")]
    ids = np.concatenate([*(indented(text, symbol) for text in chinese), *others, words]).astype(np.uint64)
    forms = {script: form_costs(written[script] + written["other"], fold) for script in ("hans", "hant")}
    more = counts_of_package(symbol) if COUNTS in packages else (np.zeros(0, np.uint64), np.zeros(0))
    topics, strength = topics_of(chinese, symbol)
    tables: dict[str, Any] = {
        "symbol": symbol,
        **forms,
        **estimate(ids, *more),
        "topics": topics,
        "strength": strength,
    }
    np.savez(target, **tables)


def codes_of(path: Path) -> npt.NDArray[np.uint16]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        codes = to_codes(file.read())
    return np.where(codes > 0xFFFF, ASTRAL, codes).astype(np.uint16)


def indented(text: npt.NDArray[np.uint16], symbol: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """A text with two ideographic spaces before one line in INDENTED, as in books; these texts lost them."""
    starts = np.flatnonzero(text == symbol[ord(LINE_END)])[::INDENTED] + 1
    return np.insert(text, np.repeat(starts, 2), symbol[IDEOGRAPHIC_SPACE])


def folding() -> npt.NDArray[np.uint16]:
    """Each code point of the basic plane to its simplified form, by opencc's character table."""
    import opencc

    plain = np.arange(0x10000, dtype=np.uint16)
    convert = opencc.OpenCC("t2s").convert
    for code in range(0x3400, 0xA000):
        folded = convert(chr(code))
        if len(folded) == 1 and ord(folded) < 0x10000:
            plain[code] = ord(folded)
    return plain


def symbols(counts: npt.NDArray[np.float64], fold: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """A number for each of the commonest folded characters; 0 for all others."""
    counts = np.where(np.arange(len(counts)) == ASTRAL, 0, counts)
    ranked = sorted(range(len(counts)), key=lambda code: (-counts[code], code))[: SYMBOLS - 1]
    number = np.zeros(0x10000, np.uint16)
    number[[code for code in ranked if counts[code]]] = np.arange(1, 1 + sum(1 for code in ranked if counts[code]))
    number[ord(LINE_END)] = number[ord(LINE_END)] or SYMBOLS - 1
    return number[fold]


def form_costs(written: npt.NDArray[np.float64], fold: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    """How unlikely each written form is, given the folded character, in one script."""
    counts = written + FLOOR
    return quantised(np.log(counts / np.bincount(fold, counts, minlength=0x10000)[fold]))


def counts_of_package(symbol: npt.NDArray[np.uint16]) -> tuple[Keys, npt.NDArray[np.float64]]:
    """Pairs of symbols, sorted, and how often cjclassifier counted each in simplified Chinese.

    Its file has a line a pair, with the log-likelihood in simplified, in traditional and in Japanese text, 0 where it
    was not seen; the head states how many pairs were counted.
    """
    keys: list[int] = []
    counts: list[float] = []
    with gzip.open(str(resources.files(COUNTS) / "cjlogprobs.gz"), "rt", encoding="utf-8") as file:
        head = next(file).split()
        total = int(head[head.index("BigramTotals:") + 1].split(",")[0])
        for line in file:
            characters, value, *_ = line.split(" ")
            if len(characters) == 2 and value != "0" and max(characters) <= "\uffff":
                keys.append(int(symbol[ord(characters[0])]) * SYMBOLS + int(symbol[ord(characters[1])]))
                counts.append(total * math.exp(float(value)))
    every, place = np.unique(np.array(keys, np.uint64), return_inverse=True)
    known = (every >= SYMBOLS) & (every % np.uint64(SYMBOLS) > 0)
    return every[known], np.bincount(place, counts)[known]


def words_of_package(symbol: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """The words of jieba's dictionary, by how often it counts them, with a character that is none between."""
    lines = (resources.files(WORDS) / "dict.txt").read_text("utf-8").splitlines()
    counted = [(word, int(count)) for word, count, *_ in map(str.split, lines) if WORD.fullmatch(word)]
    text = "\0".join("\0".join([word] * min(MOST, math.ceil(TIMES * count))) for word, count in counted)
    return symbol[to_codes(text)]


def topics_of(
    texts: Sequence[npt.NDArray[np.uint16]], symbol: npt.NDArray[np.uint16]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """How much likelier Han characters are in lines that have others: of fewest numbers, as Model.topics says."""
    together = np.zeros((SYMBOLS, SYMBOLS), np.float32)
    for text in texts:
        line = np.cumsum(text == symbol[ord(LINE_END)], dtype=np.int32)
        ids = text.astype(np.int64)
        for apart in APART:
            same = line[:-apart] == line[apart:]
            pairs, counts = np.unique((ids[:-apart] * SYMBOLS + ids[apart:])[same], return_counts=True)
            together.ravel()[pairs] += counts
    han = np.zeros(SYMBOLS, np.bool_)
    han[symbol[slice(*HAN)]] = True
    han[0] = False
    together = (together + together.T) * (han[:, None] & han)
    single = together.sum(axis=1)
    chance = np.outer(single, single / single.sum())
    together += CHANCE
    together /= chance + CHANCE
    more = np.log(together, out=together)
    space = np.random.default_rng(0).standard_normal((SYMBOLS, TOPICS + SPARE)).astype(np.float32)
    for _ in range(SWEEPS + 1):
        space, _ = np.linalg.qr(more @ space)
    values, vectors = np.linalg.eigh(space.T @ more @ space)
    best = np.argsort(-np.abs(values))[:TOPICS]
    topics = space @ vectors[:, best] * np.sqrt(np.abs(values[best]))
    steps = np.abs(topics).max(axis=0) / 127
    return np.round(topics / steps).astype(np.int8), (np.sign(values[best]) * steps**2).astype(np.float32)


def estimate(ids: Keys, counted: Keys, times: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[Any]]:
    """Interpolated Kneser-Ney: triples by their counts, pairs and single symbols by how many neighbours they have.

    counted, times: pairs that were counted elsewhere.
    """
    width = np.uint64(SYMBOLS)
    triples, counts = np.unique((ids[:-2] * width + ids[1:-1]) * width + ids[2:], return_counts=True)
    own, neighbours = np.unique(triples % (width * width), return_counts=True)
    pairs = np.union1d(own, counted)
    kinds, elsewhere = spread(own, neighbours, pairs), spread(counted, times, pairs)
    first, second = (pairs // width).astype(np.int64), (pairs % width).astype(np.int64)

    follows = np.bincount(second, kinds > 0, SYMBOLS) + 0.5  # how many symbols stand before each symbol
    single = follows / follows.sum()
    left = np.maximum(np.bincount(first, kinds, SYMBOLS), 1)  # how many pairs stand before what follows each symbol
    back = np.where(np.bincount(first, kinds, SYMBOLS) > 0, DISCOUNT * np.bincount(first, kinds > 0, SYMBOLS) / left, 1)
    pair = np.maximum(kinds - DISCOUNT, 0) / left[first] + back[first] * single[second]
    pair = mixed(pair, elsewhere, first)

    context = (triples // width).astype(np.uint64)
    starts = np.flatnonzero(np.diff(context, prepend=np.uint64(2**63)))
    sizes = np.diff(np.append(starts, len(triples)))
    seen = np.maximum(counts - np.array(DISCOUNTS)[np.minimum(counts, len(DISCOUNTS) - 1)], 0)
    seen /= np.repeat(np.add.reduceat(counts, starts), sizes)
    place = np.searchsorted(pairs, triples % (width * width))
    shorter = np.repeat(1 - np.add.reduceat(seen, starts), sizes) * pair[place]  # what the pairs alone would say
    kept = largest(np.where(counts > 1, counts * np.log(1 + seen / shorter), 0), TRIPLES)
    often = np.bincount(place, counts, len(pairs))
    spared = 1 - np.add.reduceat(np.where(kept, seen, 0.0), starts)  # what the kept triples leave to the pairs
    weight = left_over(context[starts], spared, pairs)
    triple = seen + np.repeat(spared, sizes) * pair[place]

    pair_kept = (often >= PAIR) | (elsewhere >= COUNTED)
    pair_kept[place[kept]] = True  # a triple is only looked for where its pairs are known
    pair_kept[np.searchsorted(pairs, np.intersect1d(context[kept], pairs))] = True
    pair_values = quantised(unknown(pair, second)).astype(np.uint32)
    pair_values |= quantised(np.log(weight)).astype(np.uint32) << np.uint32(8)
    last = (triples[kept] % width).astype(np.int64)
    costs = quantised(unknown(triple[kept], last))
    steps = levels(costs, 1 << LEVEL)
    return {
        "triples": build(triples[kept], nearest(costs, steps), LEVEL, np.uint16),
        "levels": steps,
        "pairs": build(pairs[pair_kept], pair_values[pair_kept], 16, np.uint32),
        "single": quantised(unknown(single, np.arange(SYMBOLS))),
        "back": quantised(np.log(back)),
    }


def spread(keys: Keys, values: npt.NDArray[Any], every: Keys) -> npt.NDArray[np.float64]:
    """For every key the value it has among these keys, else 0."""
    found = np.zeros(len(every))
    found[np.searchsorted(every, keys)] = values
    return found


def mixed(
    pair: npt.NDArray[np.float64], elsewhere: npt.NDArray[np.float64], first: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The likelihoods of pairs, with those counted elsewhere; what these are together behind each symbol stays."""
    known = elsewhere > 0
    ours = np.bincount(first, np.where(known, pair, 0), SYMBOLS)
    theirs = np.maximum(np.bincount(first, elsewhere, SYMBOLS), 1e-9)
    return np.where(known, (1 - SHARE) * pair + SHARE * elsewhere * (ours / theirs)[first], pair)


def largest(values: npt.NDArray[np.float64], wanted: int) -> npt.NDArray[np.bool_]:
    """The largest of these that are above 0, about so many."""
    least = np.partition(values, -wanted)[-wanted] if len(values) > wanted else 0.0
    return np.asarray((values >= least) & (values > 0))


def left_over(contexts: Keys, spared: npt.NDArray[np.float64], pairs: Keys) -> npt.NDArray[np.float64]:
    """For each pair what it leaves to shorter contexts when it is one; 1 where it never was."""
    place = np.minimum(np.searchsorted(contexts, pairs), len(contexts) - 1)
    return np.where(contexts[place] == pairs, np.maximum(spared[place], 1e-4), 1.0)


def unknown(likelihood: npt.NDArray[np.float64], symbol: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Log-likelihoods; those of the symbol 0 shared out among the characters that it stands for."""
    return np.asarray(np.log(np.where(symbol == 0, likelihood / UNKNOWN, likelihood)), np.float64)


def quantised(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    return np.clip(np.round(-logs * SCALE), 0, 255).astype(np.uint8)


def levels(values: npt.NDArray[np.uint8], wanted: int) -> npt.NDArray[np.uint8]:
    """So many values at the most that stand for all of these with little error (Lloyd 1982)."""
    counts = np.bincount(values, minlength=256)
    found = np.quantile(values, (np.arange(wanted) + 0.5) / wanted)
    for _ in range(ROUNDS):
        number = nearest(np.arange(256), found)
        total = np.bincount(number, counts, wanted)
        found = np.where(total > 0, np.bincount(number, counts * np.arange(256), wanted) / np.maximum(1, total), found)
    return np.asarray(np.round(found), np.uint8)


def nearest(values: npt.NDArray[Any], levels: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """For each value the number of the level that is nearest; levels in order."""
    return np.searchsorted((levels[1:].astype(float) + levels[:-1]) / 2, values).astype(np.uint32)


if __name__ == "__main__":
    main()
    print(Model.load())
