"""Characters censored into pinyin, and words parted by signs, put back: in text that the model was not trained on.

python -m benchmarks.censored CORPORA [--lines N]

In each line one character that is not among the commonest is written in pinyin, without a tone or with one; or one
of WORDS, where it stands, gets signs between its characters. What is counted: lines that come out exactly right, lines
that are left with the damage in them, and lines that come out wrong.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import textfix
from benchmarks.heldout import without
from textfix.rules.noise.censored import COMMON, commonness
from textfix.rules.readings import table, toneless

TEXTS = ("hans_news_cctv", "hans_reviews", "hans_weekly", "hant_hk_news_hkcnews", "hant_tw_blogs")
WORDS = (
    "银行卡 公务员 身份证 信用卡 警察 共产党 政治局 国务院 总书记 毒品 天安门 人民币 派出所 民主 自杀 "
    "銀行 國民黨 政府 總統"
)
SIGNS = "/.*|★~"
LINE = re.compile("[\u3400-\u9fff，。、！？；：]{12,200}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what is put back of censored text.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--lines", type=int, default=400, help="of each text and kind")
    args = parser.parse_args()
    with without(args.corpora, TEXTS):
        for kind in ("untoned", "toned", "parted"):
            counts: Counter[str] = Counter()
            for name in TEXTS:
                counts += measure(args.corpora / f"{name}.txt.gz", kind, args.lines)
            done = counts["right"] + counts["wrong"]
            right, left = (counts[what] / counts.total() for what in ("right", "left"))
            print(f"{kind:8} {counts.total():5} lines  right {right:6.1%}  left {left:6.1%}", end="")
            print(f"  of what is changed right {counts['right'] / max(1, done):.2%}")


def measure(path: Path, kind: str, wanted: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    chance = random.Random(path.name + kind)
    for clean in lines(path):
        damaged = part(clean, chance) if kind == "parted" else censor(clean, chance, kind == "toned")
        if damaged:
            found = textfix.fix(damaged, to="keep").text
            counts["right" if found == clean else "left" if found == damaged else "wrong"] += 1
        if counts.total() >= wanted:
            break
    return counts


def lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield from LINE.findall(line)[:1]


def censor(text: str, chance: random.Random, toned: bool) -> str:
    """A text with one character in pinyin, or nothing."""
    rare = commonness(text).tolist()
    places = [place for place, one in enumerate(text) if rare[place] >= COMMON and one > "\u3400"]
    place = chance.choice(places) if places else 0
    readings = [reading for reading, (usual, _) in table().items() if text[place] in usual]
    if not places or not readings:
        return ""
    return text[:place] + (readings[0] if toned else toneless(readings[0])) + text[place + 1 :]


def part(text: str, chance: random.Random) -> str:
    """A text with signs between the characters of one of the words, or nothing."""
    for word in WORDS.split():
        if word in text:
            return text.replace(word, chance.choice(SIGNS if len(word) > 2 else "★").join(word), 1)
    return ""


if __name__ == "__main__":
    main()
