"""Fit the weights and trees by which a reading of mojibake is believed (textfix/rules/mojibake/belief.py).

    python -m benchmarks.belief CORPORA [--write]

Readings of what really is mojibake, made of texts that the language model is trained anew without, against readings of
what is not: names, words and units of all languages but Chinese in CLDR (from the package babel), the words of jieba,
such words as cells of JSON and SQL, and adorned, clean text of the corpora in lines and in pieces, words of Japanese in
half width, signs of private use, frames and formulas, and mojibake of other languages. Logistic regression, and
gradient boosting of what it leaves (scikit-learn); printed is how many are found where a few of the others are
believed, each text judged by what was fitted without it. --write puts what is fitted to all of it into
textfix/data/belief.npz.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import product
from pathlib import Path
from typing import Any

import jieba
import numpy as np
import numpy.typing as npt
from babel import localedata

from benchmarks.heldout import without
from benchmarks.mojibake import TEXTS, UTF16_CHANNELS, channels, collect, lossless, lossy_channels, twice
from textfix.language import Model
from textfix.rules.mojibake import belief
from textfix.rules.mojibake.belief import Evidence, evidence
from textfix.rules.mojibake.channels import READERS
from textfix.rules.mojibake.chinese import read
from textfix.rules.mojibake.weighing import MOST_SURE
from textfix.rules.mojibake.windows import as_written, windows
from textfix.text import Text

ROWS = 400  # rows at once
FOLDS = 5
NEARLY = 0.8  # how like the truth a reading must be to be right
OTHER_LANGUAGES = 0.5  # how much a reading of their mojibake counts: it is garbled in any case
LONG, SENTENCES = 8, 8.0  # characters from which a true reading is a sentence, and how much more that counts
KOREAN = 3  # how much words of Korean count, since two syllables are as good a word of Chinese, read so
KANA = 3  # one word in so many, as only two channels make kana of Chinese
TREES, RATE = 40, 0.05
OPTIONS = {"max_leaf_nodes": 8, "max_depth": None, "min_samples_leaf": 400, "subsample": 0.5, "random_state": 0}
TABLE = Path(belief.__file__).parent.parent.parent / "data" / "belief.npz"
COLUMNS = {"feature": np.int8, "threshold": np.float32, "left": np.int8, "right": np.int8, "value": np.float32}
Floats = npt.NDArray[np.float64]
CHINESE = ("zh", "yue", "lzh", "hak", "nan")
SIGNS = (0x2010, 0x2040), (0x2160, 0x2180), (0x2190, 0x2200), (0x2200, 0x2300), (0x2460, 0x2600), (0x2600, 0x2700)
FRAMES = ("─│┌┐└┘├┤┬┴┼ ", "━┃┏┓┗┛┣┫┳┻╋ ", "═║╔╗╚╝╠╣╦╩╬ ", "░▒▓█▄▀▌▐ ", "╭╮╯╰─│ ╱╲╳", "■□▲△◆◇○●◎★☆ ")
AROUND = (
    "INFO name={}",
    "{}.txt",
    "[{}] ok",
    "说明：{}",
    "（{}）、",
    "IMG-2031-{}.jpg",
    "D:\\{}\\01.mp3",
    "{}_v2 (1).doc",
    "35,{}",
)
CELLS = (
    '{{"name":"{}","city":"{}"}}',
    "INSERT INTO t VALUES (1,'{}','{}');",
    "<td>{}</td><td>{}</td>",
    "{},{},12",
    "{}={}",
)
OTHERS = {
    "other_ru_pud": ("cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic", "utf-8"),
    "other_ja_sentences": ("cp932", "euc_jp", "utf-8"),
    "other_ja_wiki_qa": ("cp932", "euc_jp", "utf-8"),
    "other_ko_sentences": ("cp949", "utf-8"),
    "other_ko_movie_reviews": ("cp949", "utf-8"),
    "other_fr_pud": ("cp1252", "mac_roman", "cp850", "utf-8"),
    "other_de_pud": ("cp1252", "mac_roman", "cp850", "utf-8"),
    "other_vi_vtb": ("cp1258", "utf-8"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights and trees by which a reading is believed.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--sentences", type=int, default=60, help="a channel and register")
    parser.add_argument("--show", type=int, default=0, help="of other text, the readings that come nearest to belief")
    parser.add_argument("--write", action="store_true", help="write them into the package")
    args = parser.parse_args()
    model = Model.load()
    others = [one for rows in clean(args.corpora) for one in weighed(rows, model)]
    first = len(others)  # of these on, those of mojibake of other languages
    others += [one for rows in of_other_languages(args.corpora) for one in weighed(rows, model)]
    false = np.array([values for *_, values in others])
    print(f"{first} readings of what is no mojibake, {len(others) - first} of that of other languages", flush=True)
    with without(args.corpora, [name for pair in TEXTS.values() for name in pair]):
        model = Model.load()
        true = np.array([values for pairs in damaged(args) for values in right(pairs, model)])
    values = np.concatenate([true, false])
    scale = values.std(axis=0)  # as the solver needs
    values = (values / scale).astype(np.float32)
    labels = np.arange(len(values)) < len(true)
    weights = np.where(np.arange(len(values)) < len(true) + first, 1.0, OTHER_LANGUAGES)
    chinese = Evidence._fields.index("chinese")
    weights[labels & (values[:, chinese] * scale[chinese] >= LONG)] *= SENTENCES
    print(f"{len(true)} readings of mojibake", flush=True)
    parts = np.random.default_rng(1).integers(0, FOLDS, len(values))
    scores = np.zeros(len(values))
    for part in range(FOLDS):
        trees = fitted(values[parts != part], labels[parts != part], weights[parts != part])
        scores[parts == part] = trees.decision_function(values[parts == part])
    own, foreign = np.split(scores[~labels], [first])
    for wrong in (0, 1, 3, 10, 30):
        least = np.sort(own)[-wrong - 1]
        found, of_others = (scores[labels] > least).mean(), (foreign > least).sum()
        print(f"{wrong:3} wrong: above {least:6.2f}, {found:.2%} found, and {of_others} of other languages")
    for place in np.argsort(-scores[~labels])[: args.show].tolist():
        print(f"{scores[~labels][place]:6.2f}  {others[place][0]!r}  {others[place][1]!r}")
    if args.write:
        write(fitted(values, labels, weights), scale, TABLE)


def fitted(values: npt.NDArray[np.float32], labels: npt.NDArray[np.bool_], weights: Floats) -> Any:
    """Logistic regression, and trees for what it leaves, of these rows of evidence.

    labels: which are of mojibake. weights: how much each counts.
    """
    from sklearn.ensemble import GradientBoostingClassifier

    trees = GradientBoostingClassifier(init=Regression(), n_estimators=TREES, learning_rate=RATE, **OPTIONS)
    return trees.fit(values, labels, sample_weight=weights)


class Regression:
    """Logistic regression that is never surer than MOST_SURE: beyond, single rows would make leaves without bounds."""

    def fit(self, values: npt.NDArray[np.float32], labels: npt.NDArray[np.bool_], sample_weight: Floats) -> None:
        from sklearn.linear_model import LogisticRegression

        self.fitted = LogisticRegression(C=1000, solver="newton-cholesky").fit(values, labels, sample_weight)

    def predict_proba(self, values: npt.NDArray[np.float32]) -> Floats:
        chance = 1 / (1 + np.exp(-np.clip(self.fitted.decision_function(values), -MOST_SURE, MOST_SURE)))
        return np.column_stack([1 - chance, chance])


def write(fitted: Any, scale: Floats, target: Path) -> None:
    """Write the weights, and the trees, every one with as many nodes as the largest, for values that are not scaled."""
    trees = [one.tree_ for one in fitted.estimators_.ravel()]
    shape = len(trees), max(one.node_count for one in trees)
    columns = {name: np.zeros(shape, kind) for name, kind in COLUMNS.items()}
    for number, one in enumerate(trees):
        own, leaf = np.arange(one.node_count), one.children_left < 0
        columns["feature"][number, own] = np.where(leaf, 0, one.feature)
        columns["threshold"][number, own] = one.threshold * np.where(leaf, 1, scale[one.feature])
        columns["left"][number, own] = np.where(leaf, own, one.children_left)
        columns["right"][number, own] = np.where(leaf, own, one.children_right)
        columns["value"][number, own] = np.where(leaf, RATE * one.value.ravel(), 0)
    regression = fitted.init_.fitted
    weights, bias = regression.coef_[0] / scale, regression.intercept_[0]
    depth = max(one.max_depth for one in trees)
    np.savez_compressed(target, allow_pickle=False, **columns, depth=depth, weights=weights, bias=bias)


def weighed(rows: Sequence[str], model: Model) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """Each row, and as its likeliest reading, with the evidence for that; not those that nothing can be believed of."""
    for start in range(0, len(rows), ROWS):
        text = Text.of(rows[start : start + ROWS])
        found = list(windows(as_written(text)))
        readings = zip(found, *read(found, model), strict=True)
        asked = [(window, (best, window.line, gain)) for window, best, gain in readings if best and not best.even]
        known = evidence([one for _, one in asked], model)
        for (window, (best, *_)), values in zip(asked, known, strict=True):
            if values:
                row = int(text.row_of(window.low))
                low = window.low - int(text.rows[row])
                source = text.row(row)
                yield source, source[:low] + best.text + source[low + len(window.line) :], values


def reduplicated(text: str, chance: random.Random) -> str:
    """A string with a character or all of it twice, as 谢谢 and 测试测试 are."""
    return chance.choice((text + text[-1], text[0] + text, text[:2] * 2, text[0] * 2, text[-1] * 2))


def right(pairs: Sequence[tuple[str, str]], model: Model) -> Iterator[tuple[float, ...]]:
    """The evidence for the readings that are right, or nearly, as where something was lost."""
    truth = {bad: clean for clean, bad in pairs}
    for bad, text, values in weighed([*truth], model):
        if SequenceMatcher(None, truth[bad], text, autojunk=False).ratio() > NEARLY:
            yield values


def damaged(args: argparse.Namespace) -> Iterator[list[tuple[str, str]]]:
    """Strings of 2 to 5 characters and sentences, garbled, alone and inside lines of ASCII and of clean text; sentences
    of which something was lost."""
    utf16 = [(f"{written} as {read}", written, lossless(written, read)) for written, read in UTF16_CHANNELS]
    twofold = [
        (f"{name}, utf-8 as {read}", written, twice(garble, lossless("utf-8", read)))
        for name, written, garble in channels()
        for read in ("latin_1", "cp1252", "gb18030")
        if name in ("gb18030 as latin_1", "gb18030 as cp1252", "big5hkscs as cp1252", "gb18030 as big5hkscs")
    ]
    for name, written, garble in (*channels(), *utf16, *twofold):
        if written == "utf-8":
            continue
        chance = random.Random(name)
        for kind, wanted in (("short", args.sentences), ("lossless", args.sentences)):
            options = argparse.Namespace(corpora=args.corpora, kind=kind, sentences=wanted)
            found = [(clean, bad) for _, clean, bad in collect(f"{name}, to fit", written, garble, options)]
            yield found
            if kind == "short":
                again = [reduplicated(clean, chance) for clean, _ in found]
                yield [(clean, bad) for clean in again if (bad := garble(clean)) and bad != clean]
                around = [chance.choice(AROUND) for _ in found]
                yield [(one.format(clean), one.format(bad)) for one, (clean, bad) in zip(around, found, strict=True)]
                framed = [chance.choice(CELLS) for _ in found[1::2]]
                two = zip(framed, found[::2], found[1::2], strict=False)
                yield [(one.format(a, b), one.format(c, d)) for one, (a, c), (b, d) in two]
    for name, written, garble in lossy_channels():
        if written != "utf-8":
            options = argparse.Namespace(corpora=args.corpora, kind="lossy", sentences=args.sentences)
            yield [(clean, bad) for _, clean, bad in collect(f"{name}, to fit", written, garble, options)]


def clean(corpora: Path) -> Iterator[list[str]]:
    """What is not mojibake."""
    chance = random.Random(1)
    words = sorted({word for name in localedata.locale_identifiers() for word in of_locale(name)})
    some = chance.sample(words, 80_000)
    yield some
    yield [
        chance.choice(("{}", "{}{}", "“{}”", " {}{}")).format(word.upper(), chance.choice(",:;=.!)\t")) for word in some
    ]
    with jieba.get_dict_file() as file:
        known = [line.decode("utf-8").split()[0] for line in file]
    yield known
    for listed in (words, known):
        framed = [chance.choice(CELLS) for _ in range(40_000)]
        yield [one.format(*chance.sample(listed, 2)) for one in framed]
    rare = sorted({one for word in known for one in word})
    yield ["".join(chance.choices(rare, k=chance.randint(2, 5))) for _ in range(20_000)]
    signs = [chr(code) for start, end in SIGNS for code in range(start, end)]
    yield ["".join(chance.choices(signs, k=chance.randint(2, 6))) for _ in range(5000)]
    icons = ["".join(chr(chance.randrange(0xE000, 0xE900)) for _ in range(chance.randint(1, 12))) for _ in range(3000)]
    yield icons
    yield [
        icon[:2] + chance.choice(("", " ")) + word for icon, word in zip(icons, chance.sample(known, 3000), strict=True)
    ]
    yield ["".join(chance.choices("─│┌┐└┘├┤╔╗═║░▒▓█ αβγδλμπσ²³√∞≤≥±×÷°", k=chance.randint(2, 9))) for _ in range(300)]
    yield ["".join(chance.choices("¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿", k=chance.randint(1, 4))) for _ in range(50)]
    yield ["".join(drawn(chance)) + chance.choice(("", "", "@", "II", " ab")) for _ in range(3000)]
    for listed in (words, known):
        yield [decorated(chance.choice(listed), chance) for _ in range(10_000)]
    for path in sorted(corpora.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = file.read(12_000_000).split("\n")
        chance.shuffle(lines)
        yield lines[:3000]
        if "_ko_" in path.name:
            yield [f"“{word}”" for line in lines[:9000] for word in line.split()[:3]]
            words = sorted({word[:5] for line in lines for word in re.findall(r"[^\W\d_\x00-\x7f]{2,}", line)})
            yield from [words] * KOREAN
        parts = [part for line in lines[:18_000] for part in re.findall(r"\w+", line)[:3]]
        yield [part[: chance.randint(1, 8)] for part in parts]
        if "_ja_" in path.name:
            yield sorted({word[:5] for line in lines for word in re.findall(r"[^\W\d_\x00-\x7f]{2,}", line)})
            kana = sorted({word for line in lines for word in re.findall("[\u30a0-\u30ff]{2,}", line)})
            kana = chance.sample(kana, len(kana) // KANA)
            yield kana
            half = [half_width(word) for word in kana]
            yield half
            yield [
                chance.choice(CELLS).format(*pair) for pair in zip(half, chance.sample(half, len(half)), strict=True)
            ]


def decorated(word: str, chance: random.Random) -> str:
    """A word, or two, between signs that adorn it, the same on either side."""
    left = "".join(drawn(chance)) + chance.choice(("", " ", "★", "◆", "『", "◤", "～", "☆彡", "々"))
    return left + word + chance.choice(("", " Lv.99 ", "ぁ", "の", " ", "丶", "灬")) + word[::-1][:3] + left[::-1]


def drawn(chance: random.Random) -> Iterator[str]:
    """A part of a frame or of a letter that is drawn: signs of one kind, some of them several times."""
    kind = chance.choice(FRAMES)
    for _ in range(chance.randint(1, 5)):
        yield chance.choice(kind) * chance.choice((1, 1, 1, 2, 3))


def of_other_languages(corpora: Path) -> Iterator[list[str]]:
    """Words of other languages, one to three or a sentence, as every reader shows them in every encoding of theirs."""
    chance = random.Random(5)
    for source, encodings in OTHERS.items():
        with gzip.open(corpora / f"{source}.txt.gz", "rt", encoding="utf-8") as file:
            lines = [line for line in file.read(2_000_000).split("\n") if not line.isascii()]
        for written, reader in product(encodings, READERS):
            rows = []
            for line in chance.sample(lines, 120):
                words = re.findall(r"\w+", line) if "_ja_" in source else line.split()
                start = chance.randrange(len(words))
                row = " ".join(words[start : start + chance.choice((1, 1, 2, 3, 20))])
                rows.append(row[: chance.choice((2, 3, 4, 6, 40))] if "_ja_" in source else row)
            garbled = [row.encode(written, "ignore").decode(reader, "ignore") for row in rows]
            yield [bad for row, bad in zip(rows, garbled, strict=True) if bad != row]


def of_locale(name: str) -> Iterator[str]:
    """The strings of a locale beyond ASCII, whole and in words."""
    if not name.startswith(CHINESE):
        for text in strings(localedata.load(name)):
            yield from (part for part in (text, *text.split()) if not part.isascii())


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from strings(value)


def half_width(word: str) -> str:
    """Katakana in half width."""
    table = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF65, 0xFFA0)}
    apart = unicodedata.normalize("NFD", word).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(table.get(one, one) for one in apart)


if __name__ == "__main__":
    main()
