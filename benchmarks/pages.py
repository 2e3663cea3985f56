"""Pages damaged as the seed page is: a byte-level search-and-replace on GBK text, read as GBK again.

Each kind of traditional-only character gets, with a probability of 70 %, its reading in parentheses, wherever its two
bytes stand, also across characters; pairs that mean nothing become "?". Text has chance "?" and parentheses of its own.
The language model is trained anew without the texts that are damaged. A clause stands between 。 and ，.

    python -m benchmarks.pages CORPORA [--pages N] [--decoder strict|private] [--shape NAME]

A damaged clause is one that was annotated or broken. --shape writes the readings otherwise. At the end, the annotations
that a writer meant are counted: those of fixtures/cases/annotations_meant.json, as they are and in every shape.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import opencc
from pypinyin.constants import PINYIN_DICT

import textfix
from benchmarks.heldout import without
from textfix.rules.readings import spellings

SHARE = 0.7  # of the kinds of traditional-only characters that are annotated
PAGE = 1500  # characters
TEXTS = (  # not used for training; simplified ones are converted to traditional first, as such sites do
    "hant_tw_wiki_drcd",
    "hant_tw_museum_edu",
    "hant_hk_news_hkcnews",
    "hans_news_cctv",
    "hans_wiki_cmrc",
    "hans_history_wechat",
    "hans_weekly",
)
# A decoder that knows no user-defined characters, and one that reads them as private use, as Windows and browsers do.
DECODERS = {"strict": "gbk", "private": "gb18030"}
TARGET, DAMAGED = 0.90, 0.97
MEANT = Path(__file__).parent.parent / "fixtures" / "cases" / "annotations_meant.json"
BRACKETED = re.compile(r"[(（]([a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,7})[)）]")
LOST = re.compile(r"\?(?![a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,7}\))")
ANNOTATION = re.compile(r"\([a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,7}\)")


@cache
def spelling(reading: str, bopomofo: bool) -> str:
    """A reading with a number, or in bopomofo."""
    found = [name for name, one in spellings().items() if one == reading and name.isascii() != bopomofo]
    return found[0] if found else reading


TO_HANS: Callable[[str], str] = opencc.OpenCC("t2s").convert
# How a reading stands behind its character.
SHAPES: dict[str, Callable[[str, str], str]] = {
    "round": lambda character, reading: f"({reading})",
    "full": lambda character, reading: f"（{reading}）",
    "number": lambda character, reading: f"[{spelling(reading, False)}]",
    "bopomofo": lambda character, reading: f"({spelling(reading, True)})",
    "bare": lambda character, reading: reading,
    "simplified": lambda character, reading: TO_HANS(character),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the repair of pages damaged as the seed page.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pages", type=int, default=40, help="pages a text")
    parser.add_argument("--show", type=int, default=0, help="show so many clauses that came out wrong")
    parser.add_argument("--restore", default="confident", help="as the option of fix")
    parser.add_argument("--decoder", choices=DECODERS, default="strict", help="what reads the damaged bytes")
    parser.add_argument("--shape", choices=SHAPES, default="round", help="how the readings are written")
    args = parser.parse_args()
    with without(args.corpora, TEXTS):
        total: Counter[str] = Counter()
        for name in TEXTS:
            counts = measure(args.corpora / f"{name}.txt.gz", args)
            total += counts
            print(line(name, counts))
        print(line("all", total) + f"  (target {TARGET:.0%})")
        right = total["damaged"] - total["damaged wrong"]
        share = right / max(1, total["damaged"])
        print(f"damaged clauses right: {right:,} of {total['damaged']:,} = {share:.2%} (target {DAMAGED:.0%})")
    for shape in SHAPES:
        print(f"annotations that are meant, {shape}: {removed(shape)} removed of", meant())


def in_shape(text: str, shape: str) -> str:
    """A text with its annotations written otherwise."""
    write = SHAPES[shape]
    return re.sub(rf"(.){BRACKETED.pattern}", lambda match: match[1] + write(match[1], match[2]), text)


def meant() -> str:
    cases = json.loads(MEANT.read_text("utf-8"))
    return f"{sum(len(BRACKETED.findall(case['input'])) for case in cases):,} in {len(cases)} documents"


def removed(shape: str) -> int:
    """How many edits the rule makes in documents whose annotations are meant."""
    texts = [in_shape(case["input"], shape) for case in json.loads(MEANT.read_text("utf-8"))]
    edits = [edit for text in texts for edit in textfix.fix(text, to="keep").singly]
    return sum(edit.note.rule in ("noise.pinyin", "noise.censored", "desync.gbk") for edit in edits)


def line(name: str, counts: Counter[str]) -> str:
    right = counts["broken"] - counts["broken wrong"]
    clean = counts["clauses"] - counts["broken"]
    kept = counts["broken"] - counts["lossy"]
    kept_right = kept - (counts["broken wrong"] - counts["lossy wrong"])
    return (
        f"{name:24} {counts['pages']:4} pages  broken clauses right {right:5} of {counts['broken']:5}"
        f" = {right / max(1, counts['broken']):.1%}, without a lost pair {kept_right} of {kept}"
        f" = {kept_right / max(1, kept):.1%};  others right {clean - counts['other wrong']:6} of {clean:6}"
        f"  annotations left {counts['left']} of {counts['annotations']}"
    )


def measure(path: Path, args: argparse.Namespace) -> Counter[str]:
    counts: Counter[str] = Counter()
    chance = random.Random(path.name)
    show = args.show
    for clean in clean_pages(path, args.pages, chance):
        damaged = damage(clean, chance, DECODERS[args.decoder], SHAPES[args.shape])
        fixed = textfix.fix(damaged, to="keep", restore=args.restore).text
        counts["pages"] += 1
        counts["annotations"] += len(ANNOTATION.findall(damaged))
        counts["left"] += len(ANNOTATION.findall(fixed))
        broken, lossy = differing(clean, ANNOTATION.sub("", damaged))
        wrong, _ = differing(clean, fixed)
        damaged_ones, _ = differing(clean, damaged)
        counts["damaged"] += len(damaged_ones)
        counts["damaged wrong"] += len(damaged_ones & wrong)
        counts["clauses"] += len(re.split("[。，]", clean))
        counts["broken"] += len(broken)
        counts["broken wrong"] += len(broken & wrong)
        counts["lossy"] += len(lossy)
        counts["lossy wrong"] += len(lossy & wrong)
        counts["other wrong"] += len(wrong - broken)
        for number in sorted(wrong)[: max(0, show)]:
            print("  wrong:", re.split("[。，]", clean)[number], "|", *shown(clean, number, fixed, damaged), sep="  ")
            show -= 1
    return counts


def shown(clean: str, number: int, *others: str) -> Iterator[str]:
    """The stretch of other texts that stands where a clause does."""
    start = sum(len(clause) + 1 for clause in re.split("[。，]", clean)[:number])
    end = start + len(re.split("[。，]", clean)[number])
    for other in others:
        places = [
            (i, j, k, m)
            for _, i, j, k, m in difflib.SequenceMatcher(None, clean, other, autojunk=False).get_opcodes()
            if j >= start and i <= end
        ]
        low = places[0][2] + max(0, start - places[0][0])
        yield other[low : places[-1][3] - max(0, places[-1][1] - end)][:120] + "|"


def clean_pages(path: Path, wanted: int, chance: random.Random) -> Iterator[str]:
    """Pages of traditional text that GBK holds, with chance question marks and parentheses."""
    convert = opencc.OpenCC("s2t").convert if path.name.startswith("hans") else str
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [text for text in file.read().splitlines() if len(text) >= 12]
    start = chance.randrange(max(1, len(lines) // 2))
    page: list[str] = []
    for source in lines[start:]:
        text = convert(source)
        if text.encode("gbk", "replace").decode("gbk") != text or ANNOTATION.search(text):
            continue
        page.append(text + chance.choice(["", "", "?", "(" + text[:4] + ")", "（" + text[2:5] + "）"]))
        if sum(map(len, page)) >= PAGE:
            yield "\n".join(page)
            page, wanted = [], wanted - 1
        if not wanted:
            return


def damage(text: str, chance: random.Random, codec: str, write: Callable[[str, str], str]) -> str:
    """Annotate bytes, and read them as GBK again."""
    to_hans = opencc.OpenCC("t2s").convert
    raw = text.encode("gbk")
    kinds = sorted({character for character in text if to_hans(character) != character})
    chance.shuffle(kinds)
    for character in kinds[: round(SHARE * len(kinds))]:
        reading = PINYIN_DICT.get(ord(character), "").split(",")[0]
        try:
            raw = raw.replace(character.encode("gbk"), (character + write(character, reading)).encode("gbk"))
        except UnicodeEncodeError:
            continue
    return "".join(read(raw, codec))


def read(raw: bytes, codec: str) -> Iterator[str]:
    """GBK as the site's decoder reads it: a pair that means nothing is one question mark."""
    place = 0
    while place < len(raw):
        size = 1 if raw[place] < 0x80 else 2
        try:
            yield raw[place : place + size].decode(codec)
        except UnicodeDecodeError:
            yield "?"
        place += size


def differing(clean: str, other: str) -> tuple[set[int], set[int]]:
    """The clauses of the clean text in which another text differs; and those of them where a pair became "?" and its
    bytes are lost, which no reading behind it gives back.
    """
    ends = np.cumsum([len(clause) + 1 for clause in re.split("[。，]", clean)])
    found: set[int] = set()
    lossy: set[int] = set()
    for tag, start, end, low, high in difflib.SequenceMatcher(None, clean, other, autojunk=False).get_opcodes():
        if tag != "equal":
            first, last = (int(ends.searchsorted(place, "right")) for place in (start, max(start, end - 1)))
            found.update(range(first, last + 1))
            if LOST.search(other, low, high):
                lossy.update(range(first, last + 1))
    return found, lossy


if __name__ == "__main__":
    main()
