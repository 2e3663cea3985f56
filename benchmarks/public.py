"""The public test sets of chardet, uchardet, charset-normalizer, opencc and ftfy.

    pip download --no-deps --no-binary :all: -d SETS chardet==5.2.0 faust-cchardet==3.2.0 \
        charset-normalizer==3.5.3 opencc==1.4.2 ftfy==6.3.1
    for set in SETS/*.tar.gz; do tar xzf $set -C SETS; done
    python -m benchmarks.public SETS --set encodings|opencc|ftfy [--show]

encodings: files with the encoding that they are labelled with, beside chardet, charset-normalizer and faust-cchardet;
right is what reads them as the label does. Characters that the tables of one encoding disagree about count as the same
for all: SAME. opencc: its cases for conversions between characters alone, as they are and without the spellings of
benchmarks.script.FREE, beside opencc itself. ftfy: its cases, with quotation marks as they come and made straight.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import ftfy
import opencc

import textfix
from benchmarks.encodings import PEERS, SAME
from benchmarks.script import PAIRS
from textfix.encodings import decode_many
from textfix.encodings.choice import named
from textfix.text import Text

LANGUAGE = re.compile(
    r"-(?:arabic|bulgarian|croatian|czech|greek|hebrew|hungarian|polish|romanian|russian|slovak|slovene|turkish)$"
)
OURS = {"uhc": "cp949", "maccentraleurope": "mac_latin2", "maccyrillic": "mac_cyrillic", "mac-cyrillic": "mac_cyrillic"}
GROUPS = {
    "Chinese": r"big5|gb|euc.tw|hz|iso.2022.cn",
    "Japanese": r"shift.jis|euc.jp|cp932|iso.2022.jp",
    "Korean": r"euc.kr|cp949|iso.2022.kr|uhc|johab",
    "Cyrillic": r"koi8|windows.1251|cp1251|ibm8[56][56]|iso.8859.5|mac.?cyrillic",
    "French, German and the like": r"iso.8859.15?$|windows.1252|cp1252|macroman",
    "Unicode and ASCII": r"utf|ascii",
    "other single bytes": r"",
}
CONVERSIONS = {"s2tw": "hant-tw", "s2hk": "hant-hk", "t2s": "hans", "tw2s": "hans", "hk2s": "hans"}
STRAIGHT = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--set", choices=("encodings", "opencc", "ftfy"), required=True)
    parser.add_argument("--show", action="store_true", help="every case that is not right")
    args = parser.parse_args()
    {"encodings": encodings, "opencc": of_opencc, "ftfy": of_ftfy}[args.set](args.sets, args.show)


def labelled(sets: Path) -> Iterator[tuple[str, Path]]:
    """Each file of the three sets with its label."""
    for folder in sorted(next(sets.glob("chardet-5*/")).glob("tests/*/")):
        yield from ((LANGUAGE.sub("", folder.name), file) for file in sorted(folder.iterdir()))
    for file in sorted(next(sets.glob("faust_cchardet-*/")).glob("src/ext/uchardet/test/*/*")):
        yield file.name.split(".")[0], file
    third = next(sets.glob("charset_normalizer-*/"))
    tests = (third / "tests" / "test_full_detection.py").read_text()
    yield from ((label, third / "data" / name) for name, label in re.findall(r'\("(sample-[^"]+)", "([\w-]+)"', tests))


def encodings(sets: Path, show: bool) -> None:
    right: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, file in labelled(sets):
        data = file.read_bytes()
        encoding = OURS.get(label.lower(), named(label))
        if encoding is None:
            print(f"{file.relative_to(sets)}: nothing here reads {label}")
            continue
        expected = folded(read_as(data, encoding))
        group = next(group for group, pattern in GROUPS.items() if re.match(pattern, label, re.I))
        found = read_as(data, "")
        right[group]["files"] += 1
        right[group]["textfix"] += folded(found) == expected
        for peer, detect in PEERS.items():
            name = named(detect(data) or "ascii")
            right[group][peer] += name is not None and folded(read_as(data, name)) == expected
        if show and folded(found) != expected:
            print(label, file.relative_to(sets), repr(found[:60]), repr(expected[:60]))
    for group in GROUPS:
        print(
            f"| {group} | {right[group]['files']} | "
            + " | ".join(str(right[group][one]) for one in ("textfix", *PEERS))
        )


def read_as(data: bytes, encoding: str) -> str:
    """Data as textfix reads it in an encoding, with what stands for what codecs do not read; "": that it finds."""
    found = decode_many([data], forced=encoding)[0]
    return found.readings.apply(Text.of(found.text)).row(0) if len(found.readings) else found.text


def folded(text: str) -> str:
    return text.lstrip("\ufeff").translate(SAME)


def of_opencc(sets: Path, show: bool) -> None:
    text = (next(sets.glob("opencc-*/")) / "test/testcases/testcases.json").read_text()
    cases = json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"^\s*//.*$", "", text, flags=re.M)))["cases"]
    for name, to in CONVERSIONS.items():
        peer, right = opencc.OpenCC(name), Counter[str]()
        for case in cases:
            if (expected := case["expected"].get(name)) is not None:
                found = textfix.fix(case["input"], to=to).text
                wrong = differing(expected, found)
                right.update({"all": 1, "as it is": found == expected, "free": not wrong})
                right["opencc"] += not differing(expected, peer.convert(case["input"]))
                if show and wrong:
                    print(name, case["id"], *wrong)
        print(f"| {name} | {right['all']} | {right['free']} | {right['as it is']} | {right['opencc']} |")


def differing(expected: str, found: str) -> list[str]:
    """The places at which a conversion is not as expected, without free spellings."""
    if len(expected) != len(found):
        return [f"{expected!r} {found!r}"]
    return [
        f"{expected[max(0, place - 3) : place + 3]}:{two}"
        for place, (one, two) in enumerate(zip(expected, found, strict=True))
        if one != two and f"{one}{two}" not in PAIRS
    ]


def of_ftfy(sets: Path, show: bool) -> None:
    cases = json.loads((next(sets.glob("ftfy-*/")) / "tests/test_cases.json").read_text())
    right = Counter[str]()
    for case in cases:
        if case["expect"] == "pass":
            found, expected = textfix.fix(case["original"]).text, case["fixed"]
            straight = found.translate(STRAIGHT) == expected.translate(STRAIGHT)
            right.update({"cases": 1, "as it is": found == expected, "quotation marks made straight": straight})
            right["ftfy"] += ftfy.fix_text(case["original"]) == expected
            if show and not straight:
                print(case["label"], *(f"\n    {one!r}" for one in (case["original"], expected, found)))
    print(dict(right))


if __name__ == "__main__":
    main()
