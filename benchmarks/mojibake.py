"""Sentences and short strings garbled by every channel, restored, beside ftfy in the same run.

The language model is trained anew without the texts that are garbled.

    python -m benchmarks.mojibake CORPORA --kind lossless|short|lossy|twice|systems [--sentences N] [--show N]

lossless, short: nothing was lost; sentences, and strings of 2 to 5 characters. lossy: what the wrong decoder could not
read became U+FFFD. twice: garbled two times over. systems: UTF-8 read by the GBK decoders of Windows and of browsers,
in lines with signs of ASCII directly behind the Chinese.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import ftfy

import textfix
from benchmarks.heldout import without
from textfix.config import CONFIDENT
from textfix.log import singly
from textfix.pipeline import run
from textfix.rules import RULES, Context
from textfix.rules.mojibake.channels import READERS
from textfix.rules.mojibake.chinese import BESIDE_LOSS
from textfix.text import Text

TEXTS = {  # register: files; the first simplified, the second traditional
    "encyclopedia": ("hans_wiki_cmrc", "hant_tw_wiki_drcd"),
    "novels": ("hans_modern_translation", "hant_tw_game_dialog"),
    "reviews": ("hans_reviews", "hant_hk_forum"),
    "news": ("hans_news_ner", "hant_hk_news_rthk"),
    "newsletters": ("hans_weekly", "hant_tw_itbooks"),
    "comments": ("hans_code_comments", "hant_git30"),
}
UTF16_CHANNELS = (*((one, "utf-16-le") for one in ("gb18030", "big5hkscs")), ("utf-16-le", "latin_1"))
FRAMES = (
    "COMMENT '{}',",
    '"{}";',
    "'{}')",
    "({})",
    "[{}]",
    "<b>{}</b>",
    "// {}.",
    "{}: 1",
    'msg = "{}"',
    "{{{}}}",
    "{}!",
)
LEAST = 30  # cases without which a channel is not counted

Garble = Callable[[str], "str | None"]


@dataclass
class Count:
    """What came of the cases of one channel."""

    cases: int = 0
    right: int = 0
    by_ftfy: int = 0
    characters: int = 0
    characters_right: int = 0
    losses: int = 0
    restored: int = 0
    restored_right: int = 0
    margins: list[tuple[float, bool]] = field(default_factory=list)


OTHERS = tuple(rule.name for rule in RULES if not rule.name.startswith(("mojibake", "desync", "encoding")))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the repair of mojibake.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kind", choices=tuple(KINDS), required=True)
    parser.add_argument("--sentences", type=int, default=60, help="a channel and register")
    parser.add_argument("--show", type=int, default=0, help="failures shown for each channel")
    parser.add_argument("--calibrate", action="store_true", help="how often inferred text is right, by confidence")
    args = parser.parse_args()
    with without(args.corpora, [name for pair in TEXTS.values() for name in pair]):
        counts = [measure(name, written, garble, args) for name, written, garble in KINDS[args.kind]()]
    counted = [one for one in counts if one.cases >= LEAST]
    shares = [one.right / one.cases for one in counted]
    print(
        f"mean {sum(shares) / len(shares):.2%}, least {min(shares):.2%} over {len(counted)} channels; "
        f"ftfy {sum(one.by_ftfy for one in counted) / sum(one.cases for one in counted):.2%}"
    )
    numbers = [name for name, value in vars(Count()).items() if value == 0]
    print(summary(Count(**{name: sum(getattr(one, name) for one in counted) for name in numbers})))
    if args.calibrate:
        calibration([pair for one in counted for pair in one.margins])


def summary(count: Count) -> str:
    text = f"characters {count.characters_right / max(1, count.characters):.2%}"
    if count.losses:
        text += (
            f", confident: {count.restored / count.losses:.2%} of {count.losses} losses restored, "
            f"{count.restored_right / max(1, count.restored):.2%} of these right"
        )
    return text


def calibration(margins: list[tuple[float, bool]]) -> None:
    for low, high in ((0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.1)):
        inside = [right for value, right in margins if low <= value < high]
        if inside:
            print(f"confidence {low:.2f} to {min(1, high):.2f}: {len(inside):6} {sum(inside) / len(inside):7.2%} right")


def measure(name: str, written: str, garble: Garble, args: argparse.Namespace) -> Count:
    cases = list(collect(name, written, garble, args))
    context = Context(textfix.Config(to="keep", form="keep", restore="all", disable=OTHERS))
    tracks = run(Text.of([damaged for _, _, damaged in cases]), context)
    count, failures = Count(), []
    for number, (register, clean, damaged) in enumerate(cases):
        track = tracks.get(number)
        fixed = damaged if track is None or track.text is None else track.text
        count.cases += 1
        count.right += fixed == clean
        count.by_ftfy += ftfy.fix_text(damaged) == clean
        count.characters += len(clean)
        blocks = SequenceMatcher(None, clean, fixed, autojunk=False).get_matching_blocks()
        count.characters_right += sum(block.size for block in blocks)
        shift = 0
        for edit in singly(track.steps) if track else ():
            start = edit.start + shift
            shift += len(edit.after) - len(edit.before)
            if edit.note.inferred and BESIDE_LOSS not in edit.note.reason:
                right = any(b.b <= start and start + len(edit.after) <= b.b + b.size for b in blocks)
                count.losses += 1
                count.restored += edit.note.confidence >= CONFIDENT
                count.restored_right += right and edit.note.confidence >= CONFIDENT
                count.margins.append((edit.note.confidence, right))
        if fixed != clean:
            failures.append((register, clean, damaged, fixed))
    share = count.right / max(1, count.cases)
    print(f"{name:24} {count.right:5} of {count.cases:5} = {share:7.2%}   ftfy {count.by_ftfy}   {summary(count)}")
    for failure in failures[: args.show]:
        print("     ", *failure, sep="  ")
    return count


def collect(name: str, written: str, garble: Garble, args: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """Register, clean and damaged, in equal parts from every register."""
    for register, pair in TEXTS.items():
        chance = random.Random(f"{name} {register}")
        path = args.corpora / f"{pair[written.startswith('big5')]}.txt.gz"
        found = 0
        for piece in pieces(path, args.kind == "short", chance, args.sentences * 40):
            clean = framed(piece, chance.choice(FRAMES)) if args.kind == "systems" else piece
            damaged = garble(clean)
            if damaged is not None and damaged != clean:
                yield register, clean, damaged
                found += 1
            if found == args.sentences:
                break


def pieces(path: Path, short: bool, chance: random.Random, wanted: int) -> Iterator[str]:
    """Sentences of 8 to 60 characters, or strings of 2 to 5 Han characters, of which half at least are Han."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read(4_000_000).split("\n")
    chance.shuffle(lines)
    for line in lines[:wanted]:
        if short:
            runs = re.findall("[\u4e00-\u9fff]{2,}", line)
            if runs:
                size = chance.randint(2, 5)
                run = chance.choice(runs)
                start = chance.randrange(max(1, len(run) - size + 1))
                yield run[start : start + size]
            continue
        for sentence in re.findall("(?:^|(?<=[。！？]))[^。！？]{7,59}(?:[。！？]|$)", line)[:1]:
            if len(re.findall("[\u4e00-\u9fff]", sentence)) * 2 >= len(sentence):
                yield sentence.strip()


def framed(sentence: str, frame: str) -> str:
    """A sentence in signs of ASCII; without its full stop where another would follow."""
    return frame.format(sentence if frame[-1] in ">;\"'" else sentence.rstrip("。！？，"))


def lossless(written: str, read: str) -> Garble:
    def garble(text: str) -> str | None:
        try:
            return text.encode(written).decode(read)
        except (UnicodeEncodeError, UnicodeDecodeError):
            return None

    return garble


def lossy(written: str, read: str) -> Garble:
    def garble(text: str) -> str | None:
        try:
            damaged = text.encode(written).decode(read, "replace")
        except UnicodeEncodeError:
            return None
        return damaged if 0 < damaged.count("\ufffd") <= len(text) // 2 else None

    return garble


def of_system(style: str) -> Garble:
    """UTF-8 through a decoder of GBK as it is in use: see gbk."""
    return lambda text: gbk(text.encode(), style)


def gbk(raw: bytes, style: str) -> str:
    """GBK as systems read it, the byte 80 as the euro sign.

    windows: code page 936 and browser: the encoding standard's decoder, show the user-defined zones as private use. A
    pair that means nothing becomes "?" (windows), or U+FFFD, and a sign of ASCII in second place stays (browser).
    eating: a decoder without these zones, of which both bytes become "?".
    """
    codec = "gbk" if style == "eating" else "gb18030"
    found, place = [], 0
    while place < len(raw):
        pair = raw[place : place + 2]
        if pair[0] <= 0x80:
            found.append("€" if pair[0] == 0x80 else chr(pair[0]))
            place += 1
            continue
        text = pair.decode(codec, "ignore") if len(pair) == 2 else ""
        if len(text) == 1 and ord(text) >= 0x80:
            found.append(text)
            place += 2
        else:
            found.append("\ufffd" if style == "browser" else "?")
            place += 1 if style == "browser" and pair[1:] < b"\x80" else 2
    return "".join(found)


def twice(first: Garble, second: Garble) -> Garble:
    def garble(text: str) -> str | None:
        once = first(text)
        return None if once is None or once == text else second(once)

    return garble


def channels() -> Iterator[tuple[str, str, Garble]]:
    for written in ("utf-8", "gb18030", "big5hkscs"):
        for read in READERS:
            if read != written:
                yield f"{written} as {read}", written, lossless(written, read)


def lossy_channels() -> Iterator[tuple[str, str, Garble]]:
    readers = {"utf-8": ("gbk", "gb18030", "cp1252", "cp932", "cp949"), "gbk": ("big5", "cp932", "cp949")}
    for written, listed in {**readers, "big5": ("gbk", "cp932", "cp949")}.items():
        for read in listed:
            yield f"{written} as {read}", written, lossy(written, read)


def twice_channels() -> Iterator[tuple[str, str, Garble]]:
    every = list(channels())
    for name, written, first in every:
        for again, other, second in every:
            if other == "utf-8" or again == "gb18030 as latin_1":
                yield f"{name}, {again}", written, twice(first, second)


def system_channels() -> Iterator[tuple[str, str, Garble]]:
    for style in ("windows", "browser", "eating"):
        yield f"utf-8 as gbk, {style}", "utf-8", of_system(style)


KINDS: dict[str, Callable[[], Iterator[tuple[str, str, Garble]]]] = {
    "lossless": channels,
    "short": channels,
    "lossy": lossy_channels,
    "twice": twice_channels,
    "systems": system_channels,
}


if __name__ == "__main__":
    main()
