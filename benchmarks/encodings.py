"""How well encodings are told apart, beside chardet, charset-normalizer and faust-cchardet.

    python -m benchmarks.encodings CORPORA --kind short|files|spans|unmixed|speed [--show N]

short: strings of 2, 4, 8 and 16 characters. files: pages with markup and long stretches of ASCII. spans: lines in which
4 to 20 characters are in another encoding. unmixed: lines in one encoding, of which none may be cut. The language model
is trained anew without the texts that are measured on; speed takes the one of the package.
"""

from __future__ import annotations

import argparse
import gzip
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cchardet
import chardet
import charset_normalizer

from benchmarks.heldout import without
from benchmarks.mojibake import TEXTS
from textfix.encodings import decode
from textfix.encodings.choice import choose_many

SIZES = (2, 4, 8, 16)
PEER_CASES = 100
CHINESE = (("gb18030", 0), ("gb18030", 1), ("big5hkscs", 1))  # and which text of a pair is written in it
OTHERS = {
    "other_ja_sentences": ("cp932", "euc_jp"),
    "other_ja_wiki_qa": ("cp932", "euc_jp"),
    "other_ko_sentences": ("cp949",),
    "other_ko_movie_reviews": ("cp949",),
    "other_ru_pud": ("cp1251", "koi8_r"),
    "other_fr_pud": ("cp1252",),
    "other_de_pud": ("cp1252",),
}
PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{}</title>\n"
    '<link rel="stylesheet" href="/static/css/main.min.css?v=20180412">\n'
    '<script>window.__data = {{"id": 48213, "tags": ["a", "b"]}}; (function(d,s){{var js=d.createElement(s);'
    "js.src='//cdn.example.com/lib.js';d.head.appendChild(js)}})(document,'script');</script></head>\n<body>{}</body></html>\n"
)
# Characters that the tables of one encoding disagree about: they count as the same for all.
SAME = str.maketrans("〜−∥¢£¬―∼∕､﹨•‾♁☉¥", "～－‖￠￡￢—～／﹑＼‧¯⊕⊙￥")
Detect = Callable[[bytes], str | None]
PEERS: dict[str, Detect] = {
    "chardet": lambda data: chardet.detect(data)["encoding"],
    "charset-normalizer": lambda data: getattr(charset_normalizer.from_bytes(data).best(), "encoding", None),
    "faust-cchardet": lambda data: cchardet.detect(data)["encoding"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the detection of encodings.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--kind", choices=("short", "files", "spans", "unmixed", "speed"), required=True)
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    if args.kind == "speed":
        speed(args.corpora)
        return
    seen = [name for name in OTHERS if not name.endswith("_pud")]  # of these languages there is no other text
    measured = [*(name for pair in TEXTS.values() for name in pair), *seen]
    with without(args.corpora, measured):
        {"short": short, "files": files, "spans": spans, "unmixed": unmixed}[args.kind](args.corpora, args.show)


def lines_of(corpora: Path, name: str, least: int = 8) -> list[str]:
    with gzip.open(corpora / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
        return [line for line in file.read(3_000_000).split("\n") if len(line) >= least]


def cut(lines: list[str], size: int, encoding: str, chance: random.Random) -> tuple[str, bytes]:
    """So many characters of a line, at least half of them beyond ASCII, and their bytes."""
    while True:
        line = chance.choice(lines)
        start = chance.randrange(len(line) - min(size, len(line)) + 1)
        text = line[start : start + size]
        if len(text) == size and 2 * sum(not one.isascii() for one in text) >= size:
            try:
                return text, text.encode(encoding)
            except UnicodeEncodeError:
                continue


def right(data: bytes, encoding: str | None, text: str) -> bool:
    try:
        return bool(encoding) and data.decode(str(encoding)).translate(SAME) == text.translate(SAME)
    except (UnicodeDecodeError, LookupError):
        return False


def short(corpora: Path, show: int) -> None:
    chance = random.Random(7)
    for what, sources in (
        ("Chinese", [(name, pair[one]) for pair in TEXTS.values() for name, one in CHINESE]),
        ("others", [(name, text) for text, names in OTHERS.items() for name in names]),
    ):
        for size in SIZES:
            cases = []
            for name, source in sources:
                lines = lines_of(corpora, source)
                cases += [(name, *cut(lines, size, name, chance)) for _ in range(200)]
            some = chance.sample(cases, PEER_CASES)  # the peers are slow
            ours: list[str | None] = [name for name, _ in choose_many([data for _, _, data in cases])]
            tell(f"{what:8} {size:3} textfix", cases, ours, show)
            for peer, detect in PEERS.items():
                tell(f"{what:8} {size:3} {peer}", some, [detect(data) for _, _, data in some], 0)


def tell(title: str, cases: list[tuple[str, str, bytes]], answers: list[str | None], show: int) -> None:
    """Print how many strings an answer reads rightly, and some of the others."""
    pairs = list(zip(cases, answers, strict=True))
    wrong = [(name, text, one) for (name, text, data), one in pairs if not right(data, one, text)]
    count = len(pairs) - len(wrong)
    print(f"{title:33} {count:6} of {len(pairs):6} = {count / len(pairs):.2%}", flush=True)
    for one in wrong[:show]:
        print("   ", one)


def files(corpora: Path, show: int) -> None:
    """Pages of every text in every encoding that holds it."""
    chance = random.Random(8)
    tally = Counter[tuple[str, str]]()
    total = Counter[str]()
    texts = {
        source: ("gb18030", "big5hkscs", "utf-8", "utf-16-le", "euc_tw") for pair in TEXTS.values() for source in pair
    }
    for source, names in {**texts, **OTHERS}.items():
        lines = lines_of(corpora, source)
        for name in names:
            for _ in range(10):
                made = page(lines, name, chance)
                if made is None:
                    continue
                text, data = made
                kind = "Chinese" if source in texts else "others"
                total[kind] += 1
                tally[kind, "textfix"] += decode_text(data).translate(SAME) == text.translate(SAME)
                if show and decode_text(data) != text:
                    print(source, name, decode(data).segments[:5])
                for peer, detect in PEERS.items():
                    tally[kind, peer] += right(data, detect(data), text)
    for (kind, name), count in sorted(tally.items()):
        print(f"{kind:8} {name:20} {count:5} of {total[kind]:5} = {count / total[kind]:.2%}")


def page(lines: list[str], encoding: str, chance: random.Random) -> tuple[str, bytes] | None:
    body = "".join(
        f'<p class="c{number}">{line}</p>\n'
        for number, line in enumerate(chance.sample(lines, min(len(lines), chance.randint(3, 40))))
    )
    text = PAGE.format(chance.choice(lines)[:20], body)
    if encoding == "euc_tw":
        import subprocess

        command = ["iconv", "-f", "UTF-8", "-t", "EUC-TW"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        return (text, done.stdout) if done.returncode == 0 else None
    data = text.encode(encoding, "ignore")
    return data.decode(encoding), data


def decode_text(data: bytes) -> str:
    """What the bytes say, with the readings that an edit gives."""
    from textfix.text import Text

    found = decode(data)
    return found.readings.apply(Text.of(found.text)).row(0)


def mixed_lines(corpora: Path, chance: random.Random) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Lines with a span in another encoding: how it is parted, and the parts with their encodings."""
    for pair in TEXTS.values():
        texts = [lines_of(corpora, name, 16) for name in pair]
        for _ in range(150):
            (outer, one), (inner, other) = chance.sample([("utf-8", 0), ("gb18030", 0), ("big5hkscs", 1)], 2)
            try:
                line, _ = cut(texts[one], min(40, chance.randint(12, 60)), outer, chance)
                span, _ = cut(texts[other], chance.randint(4, 20), inner, chance)
            except ValueError:
                continue
            span = "".join(sign for sign in span if not sign.isascii())
            if len(span) < 4:
                continue
            place = chance.randint(0, len(line))
            left, right = chance.choice((("", ""), ("[", "]"), (" ", " "), ('"', '"'), ("//", "")))
            kind = "separated" if left else "joined"
            yield kind, [(line[:place] + left, outer), (span, inner), (right + line[place:], outer)]


def spans(corpora: Path, show: int) -> None:
    good, total = Counter[str](), Counter[str]()
    for kind, parts in mixed_lines(corpora, random.Random(9)):
        data = b"".join(text.encode(name) for text, name in parts)
        found, text = decode_text(data), "".join(text for text, _ in parts)
        total[kind] += 1
        good[kind] += found == text
        if show and found != text:
            print([name for _, name in parts], text, "\n      ", found.encode("utf-8", "replace").decode())
    for kind, count in total.items():
        print(f"{kind:10} {good[kind]:5} of {count:5} = {good[kind] / count:.2%}")


def unmixed(corpora: Path, show: int) -> None:
    """Whole texts in one encoding: no line may be cut, or read in another."""
    texts = [(name, "gb18030") for pair in TEXTS.values() for name in pair]
    texts += [(pair[1], "big5hkscs") for pair in TEXTS.values()]
    texts += [(name, codec) for name, codecs in OTHERS.items() for codec in codecs]
    for name, codec in texts:
        data = "\n".join(lines_of(corpora, name, 1)).encode(codec, "ignore")
        count = data.count(b"\n") + 1
        strange = [part for part in decode(data).segments if part.encoding not in (codec, "ascii")]
        cuts = sum(data[part.start - 1 : part.start] != b"\n" for part in strange if part.start)
        print(
            f"{name:28} {codec:10} {count:7} lines: {len(strange)} stretches in another encoding, {cuts} inside a line"
        )
        for part in strange[:show]:
            print("   ", part, data[part.start : part.end][:60].decode(codec, "replace"))


def speed(corpora: Path) -> None:
    lines = lines_of(corpora, "hans_web", 40)
    rows = [line[:40].encode("gb18030") for line in lines][:5000]
    ours = best(lambda: choose_many(rows)) / len(rows)
    peer = best(lambda: [chardet.detect(row) for row in rows[:300]]) / 300
    print(f"a line of 80 bytes of GBK: textfix {ours * 1e6:.1f} us, chardet {peer * 1e6:.0f} us, 1/{peer / ours:.0f}")
    text = "\n".join(lines)
    for name in ("gb18030", "utf-8"):
        data = (text * (10_000_000 // len(text.encode(name)) + 1)).encode(name)[:10_000_000]
        data = data[: data.rfind(b"\n")]
        base, ours = best(partial(data.decode, name)), best(partial(decode, data))
        print(f"10 MB of {name}: {base / ours:.2f} of bytes.decode")


def best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
