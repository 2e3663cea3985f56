"""Train the language model: count characters and pairs of characters in a folder of text, and write model.npz.

    python -m textfix.language.train CORPORA [--without PATTERN]

CORPORA holds *.txt.gz, one paragraph a line: hans_* simplified, hant_* traditional, other_* anything else. Counts are
taken over characters folded to their simplified form, so that both scripts teach each other; how a folded character
is written in each script is counted apart. The same texts give the same file, bit for bit.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textfix.language import LINE_END, SCALE, SYMBOLS, Model
from textfix.text import to_codes

HERE = Path(__file__).parent
DISCOUNT = 0.75  # of absolute discounting (Ney, Essen and Kneser 1994)
RAREST = 4  # pairs seen less often are left out of the file
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
    symbol = symbols(np.bincount(fold, total, minlength=0x10000), fold)
    pairs = np.zeros(SYMBOLS * SYMBOLS, np.uint32)
    for path in paths:
        ids = symbol[codes_of(path)].astype(np.uint32)
        pairs += np.bincount(ids[:-1] * np.uint32(SYMBOLS) + ids[1:], minlength=len(pairs)).astype(np.uint32)
    forms = {script: form_costs(written[script] + written["other"], fold) for script in ("hans", "hant")}
    np.savez(target, symbol=symbol, **forms, **estimate(pairs))


def codes_of(path: Path) -> npt.NDArray[np.uint16]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        codes = to_codes(file.read())
    return np.where(codes > 0xFFFF, 0xFFFD, codes).astype(np.uint16)


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
    ranked = sorted(range(len(counts)), key=lambda code: (-counts[code], code))[: SYMBOLS - 1]
    number = np.zeros(0x10000, np.uint16)
    number[[code for code in ranked if counts[code]]] = np.arange(1, 1 + sum(1 for code in ranked if counts[code]))
    number[ord(LINE_END)] = number[ord(LINE_END)] or SYMBOLS - 1
    return number[fold]


def form_costs(written: npt.NDArray[np.float64], fold: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    """How unlikely each written form is, given the folded character, in one script."""
    counts = written + FLOOR
    return quantised(np.log(counts / np.bincount(fold, counts, minlength=0x10000)[fold]))


def estimate(pairs: npt.NDArray[np.uint32]) -> dict[str, npt.NDArray[np.generic]]:
    """Interpolated absolute discounting, the lower order from the number of different left neighbours."""
    table = pairs.reshape(SYMBOLS, SYMBOLS)
    left = table.sum(axis=1, dtype=np.float64)
    kinds = (table > 0).sum(axis=1).astype(np.float64)
    follows = (table > 0).sum(axis=0).astype(np.float64) + 0.5
    lower = follows / follows.sum()
    back = np.where(left > 0, DISCOUNT * np.maximum(kinds, 1) / np.maximum(left, 1), 1.0)
    keys = np.flatnonzero(pairs >= RAREST)
    first, second = keys // SYMBOLS, keys % SYMBOLS
    seen = (pairs[keys] - DISCOUNT) / left[first] + back[first] * lower[second]
    seen[second == 0] /= UNKNOWN
    lower[0] /= UNKNOWN
    return {
        "keys": keys.astype(np.uint32),
        "pairs": quantised(np.log(seen)),
        "lower": quantised(np.log(lower)),
        "back": quantised(np.log(back)),
    }


def quantised(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    return np.clip(np.round(-logs * SCALE), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
    print(Model.load())
