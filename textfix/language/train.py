"""Train the language model: count characters, pairs and triples of them in a folder of text, and write model.npz.

    python -m textfix.language.train CORPORA [--without PATTERN]

CORPORA holds *.txt.gz, one paragraph a line: hans_* simplified, hant_* traditional, other_* anything else. Counts are
taken over characters folded to their simplified form, so that both scripts teach each other; how a folded character
is written in each script is counted apart. The same texts give the same file, bit for bit.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textfix.language import LINE_END, SCALE, SYMBOLS, Model
from textfix.language.maps import Keys, build
from textfix.text import to_codes

HERE = Path(__file__).parent
DISCOUNTS = (0.7, 0.8)  # of absolute discounting, of pairs and of triples (Ney, Essen and Kneser 1994)
TRIPLES, PAIR = 5_000_000, 3  # so many triples are kept, the commonest; pairs from so many occurrences
LARGEST = 4_000_000  # characters taken of a file, so that no register drowns the others
ASTRAL = 0xFFFD  # stands for all characters beyond the basic plane, and has no symbol of its own
UNKNOWN = 40_000  # characters that share the symbol 0, taken as equally likely
FLOOR = 0.02  # added to the count of each written form in each script


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the language model of textfix.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help="leave these files out")
    args = parser.parse_args()
    left_out = {path for pattern in args.without for path in args.corpora.glob(pattern)}
    paths = [path for path in sorted(args.corpora.glob("*.txt.gz")) if path not in left_out]
    train(paths, HERE / "model.npz")


def train(paths: list[Path], target: Path) -> None:
    fold = folding()
    written = {script: np.zeros(0x10000) for script in ("hans", "hant", "other")}
    for path in paths:
        written[path.name.split("_")[0]] += np.bincount(codes_of(path), minlength=0x10000)
    total = sum(written.values(), np.zeros(0x10000))
    symbol = symbols(np.bincount(fold, total, minlength=0x10000).astype(np.float64), fold)
    ids = np.concatenate([symbol[codes_of(path)] for path in paths]).astype(np.uint64)
    forms = {script: form_costs(written[script] + written["other"], fold) for script in ("hans", "hant")}
    tables: dict[str, Any] = {"symbol": symbol, **forms, **estimate(ids)}
    np.savez(target, **tables)


def codes_of(path: Path) -> npt.NDArray[np.uint16]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        codes = to_codes(file.read(LARGEST))
    return np.where(codes > 0xFFFF, ASTRAL, codes).astype(np.uint16)


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


def estimate(ids: Keys) -> dict[str, npt.NDArray[Any]]:
    """Interpolated Kneser-Ney: triples by their counts, pairs and single symbols by how many neighbours they have."""
    width = np.uint64(SYMBOLS)
    triples, counts = np.unique((ids[:-2] * width + ids[1:-1]) * width + ids[2:], return_counts=True)
    pairs, kinds = np.unique(triples % (width * width), return_counts=True)  # how many symbols stand before each pair
    first, second = (pairs // width).astype(np.int64), (pairs % width).astype(np.int64)

    follows = np.bincount(second, minlength=SYMBOLS) + 0.5  # how many symbols stand before each symbol
    single = follows / follows.sum()
    left = np.bincount(first, kinds, SYMBOLS)
    back = np.where(left > 0, DISCOUNTS[0] * np.bincount(first, minlength=SYMBOLS) / np.maximum(left, 1), 1.0)
    pair = np.maximum(kinds - DISCOUNTS[0], 0) / left[first] + back[first] * single[second]

    context = (triples // width).astype(np.uint64)
    starts = np.flatnonzero(np.diff(context, prepend=np.uint64(2**63)))
    times = np.repeat(np.add.reduceat(counts, starts), np.diff(np.append(starts, len(triples))))
    seen = np.maximum(counts - DISCOUNTS[1], 0) / times
    kept = commonest(counts, TRIPLES)
    often = np.bincount(np.searchsorted(pairs, triples % (width * width)), counts).astype(np.int64)
    spared = 1 - np.add.reduceat(np.where(kept, seen, 0.0), starts)  # what the kept triples leave to the pairs
    weight = left_over(context[starts], spared, pairs)
    triple = (
        seen
        + np.repeat(spared, np.diff(np.append(starts, len(triples))))
        * pair[np.searchsorted(pairs, triples % (width * width))]
    )

    pair_kept = often >= min(int(counts[kept].min()), PAIR)  # a triple is only looked for where its pairs are known
    pair_values = quantised(unknown(pair, second)).astype(np.uint32)
    pair_values |= quantised(np.log(weight)).astype(np.uint32) << np.uint32(8)
    last = (triples[kept] % width).astype(np.int64)
    return {
        "triples": build(triples[kept], quantised(unknown(triple[kept], last)).astype(np.uint32), 8, np.uint16),
        "pairs": build(pairs[pair_kept], pair_values[pair_kept], 16, np.uint32),
        "single": quantised(unknown(single, np.arange(SYMBOLS))),
        "back": quantised(np.log(back)),
    }


def commonest(counts: npt.NDArray[np.int64], wanted: int) -> npt.NDArray[np.bool_]:
    """The largest counts, about so many: all above the count at which the room ends."""
    sizes = np.cumsum(np.bincount(counts)[::-1])[::-1]
    least = int(np.argmax(sizes <= wanted)) if sizes[-1] <= wanted else int(counts.max())
    return counts >= least


def left_over(contexts: Keys, spared: npt.NDArray[np.float64], pairs: Keys) -> npt.NDArray[np.float64]:
    """For each pair what it leaves to shorter contexts when it is one; 1 where it never was."""
    place = np.minimum(np.searchsorted(contexts, pairs), len(contexts) - 1)
    return np.where(contexts[place] == pairs, np.maximum(spared[place], 1e-4), 1.0)


def unknown(likelihood: npt.NDArray[np.float64], symbol: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Log-likelihoods; those of the symbol 0 shared out among the characters that it stands for."""
    return np.asarray(np.log(np.where(symbol == 0, likelihood / UNKNOWN, likelihood)), np.float64)


def quantised(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    return np.clip(np.round(-logs * SCALE), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
    print(Model.load())
