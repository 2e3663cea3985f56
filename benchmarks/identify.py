"""How often the script of a short string is told: strings of 8 to 20 characters that hold one that decides.

    python -m benchmarks.identify CORPORA [--show N]

A character decides that opencc's tables have in one script alone. Texts in classical Chinese are left out: they hold
lines in the other script.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections import Counter
from pathlib import Path

import textfix
from textfix.data.generate import dictionary

TEXTS = {
    "hant": ("hant_tw_wiki_drcd", "hant_tw_blogs", "hant_tw_legislature", "hant_hk_news_hkcnews", "hant_hk_forum"),
    "hans": ("hans_wiki_cmrc", "hans_web", "hans_reviews", "hans_weekly", "hans_books"),
}
STRINGS = 4000  # of a text
LEAST, MOST = 8, 20  # characters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--show", type=int, default=0, help="strings of a text that are not told")
    args = parser.parse_args()
    total = Counter[str]()
    for script, names in TEXTS.items():
        table = dictionary("TSCharacters" if script == "hant" else "STCharacters")
        deciding = {key for key, values in table.items() if key not in values}
        for name in names:
            rows = strings(args.corpora / f"{name}.txt.gz", deciding)
            found = [report.script.dominant for report in textfix.Fixer().detect_many(rows)]
            wrong = [f"{row} ({one})" for row, one in zip(rows, found, strict=True) if one != script]
            total.update({"strings": len(rows), "right": len(rows) - len(wrong)})
            print(f"{name:24} {len(rows) - len(wrong)} of {len(rows)}", *wrong[: args.show])
    print(f"{total['right']} of {total['strings']} = {total['right'] / total['strings']:.2%}")


def strings(path: Path, deciding: set[str]) -> list[str]:
    chance = random.Random(1)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line for line in file.read().split("\n") if len(line) >= LEAST]
    found: list[str] = []
    while len(found) < STRINGS:
        line, size = chance.choice(lines), chance.randint(LEAST, MOST)
        start = chance.randint(0, max(0, len(line) - size))
        one = line[start : start + size].strip()
        if len(one) >= LEAST and deciding & {*one}:
            found.append(one)
    return found


if __name__ == "__main__":
    main()
