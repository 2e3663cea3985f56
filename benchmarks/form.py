"""Unicode form, width, invisible characters and escapes, beside ftfy in one run.

    python -m benchmarks.form CORPORA [--reported CASES] [--show N]

Four figures: reported cases of the kinds form and keep that come out right; changes that the rules which are on by
default make in clean text, counted by rule; and Western mojibake, entities and control characters that come out as
ftfy has them; and private use, put into clean text at random, and as Windows shows HKSCS.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import ftfy

import textfix
from textfix.pipeline import run
from textfix.rules import Context
from textfix.rules.compatible import hkscs, propose_private
from textfix.text import Text

LARGEST = 3_000_000  # characters taken of a file
PRIVATE_IN = ("hans_web", "hans_reviews", "hant_hk_forum", "hant_tw_blogs")
LINES = 2000
TEXTS = (  # clean text, and the encodings in which its UTF-8 was read
    ("✔ No problems", "cp1252"),
    ("schön, größer, süß", "cp1252 latin-1 mac_roman cp437 cp850 iso8859_2 cp1250"),
    ("voilà le travail, déjà vu", "latin-1 mac_roman cp437"),
    ("l’humanité • naïve", "cp1252 mac_roman"),
    ("Příliš žluťoučký kůň", "latin-1"),
    ("Święta w Łodzi", "latin-1"),
    ("Türkçe öğreniyorum", "latin-1"),
    ("Việt Nam và tiếng Việt", "latin-1"),
    ("Привет, как дела?", "latin-1 cp1251 cp1252"),
    ("Ελληνικά γράμματα", "latin-1"),
    ("¡Qué vergüenza! ESPAÑA", "cp1252 mac_roman"),
    ("price: £5 or 5€, 24°C ©2010", "cp1252"),
    ("dinner 😍 with friends 💩", "latin-1"),
    ("√π ≠ ½", "latin-1 mac_roman"),
    ("¯\\_(ツ)_/¯", "latin-1"),
    ("Ångström – “quoted” … it’s", "cp1252 latin-1"),
)
DAMAGED = (  # entities, control characters, and what went wrong twice or among clean text
    "&lt;3 you",
    "caf&eacute; &amp; cr&egrave;me",
    "&amp;lt;not a tag&amp;gt;",
    "&EACUTE;COLE &NTILDE;",
    "it&#39;s &hellip; done",
    "&#8220;Hi&#8221; &mdash; &#x263A;",
    "R&amp;D AT&amp;T",
    "<b>bold</b> &amp; more",
    "&notanentity; &#xzz;",
    "50 &gt; 40 &amp;&amp; 3 &lt; 4",
    "\x01control\x02 characters\x7f",
    "\x1b[36;44mfoo\x1b[0m bar",
    "\ufeffBOM at the start",
    "tab\tand line\nstay",
    "\x91single\x92 \x93double\x94",
    "caf\x65\u0301",
    "a\x00b",
    "interlinear \ufff9anchor\ufffa",
    "old \u206acontrols\u206f",
    "\ud83d\ude00 pair",
    "SÃƒÂ©bastien",
    "Ã¢â€šÂ¬ 5",
    "The Mona Lisa doesnÃ¢â‚¬â„¢t have eyebrows.",
    "â€œlossy quotesâ€�",
    "Engkau masih yg terindah, indah di dalam hatikuâ™«~",
    "ParaÃ\xadso",
    "Â© 2010, Â® and â„¢",
    "1â\x81„4 cup",
    "nothing wrong: façade, Übermut, ÑANDÚ",
    "P&EACUTE;REZ and LÃ³pez",
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Unicode form, width, invisible characters and escapes.")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--reported", type=Path, help="reported cases; JSON lines")
    parser.add_argument("--show", type=int, default=3, help="examples of a rule in a file")
    args = parser.parse_args()
    western()
    if args.reported:
        reported(args.reported)
    private(args.corpora)
    clean(args.corpora, args.show)


def western() -> None:
    """How many come out as ftfy has them, but for quotation marks, which ftfy makes straight if it may."""
    garbled = [text.encode("utf-8").decode(name, "ignore") for text, names in TEXTS for name in names.split()]
    cases = [*garbled, *DAMAGED]
    results = [(case, textfix.fix(case).text, ftfy.fix_text(case, uncurl_quotes=False)) for case in cases]
    for case, ours, theirs in results:
        if ours != theirs:
            print(f"  {case!r}\n    textfix {ours!r}\n    ftfy    {theirs!r}")
    equal = sum(ours == theirs for _, ours, theirs in results)
    straight = sum(ours == ftfy.fix_text(case) for case, ours, _ in results)
    print(f"as ftfy: {equal} of {len(cases)}; with its straight quotation marks {straight}")


def reported(path: Path) -> None:
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for kind in ("form", "keep"):
        asked = [(case, case.get("expected_any", [case["expected"]])) for case in cases if case["kind"] == kind]
        ours = sum(textfix.fix(case["input"], **case["options"]).text in meant for case, meant in asked)
        theirs = sum(ftfy.fix_text(case["input"]) in meant for case, meant in asked)
        print(f"reported, {kind}: {ours} of {len(asked)} right, ftfy {theirs}")


def private(corpora: Path) -> None:
    """How often private use that means nothing is read, and how often that of HKSCS comes back."""
    drawn = random.Random(1)
    context = Context(textfix.Config())
    damaged = []
    for name in PRIVATE_IN:
        for line in [line for line in text_of(corpora / f"{name}.txt.gz").split("\n") if len(line) > 20][:LINES]:
            signs = list(line)
            for _ in range(drawn.choice((1, 2, 4))):
                signs[drawn.randrange(len(signs))] = chr(drawn.randrange(0xE000, 0xF8FF))
            damaged.append("".join(signs))
    text = Text.of(damaged)
    read = len({*text.row_of(propose_private(text, context).edits.start).tolist()})
    print(f"private use at random: read in {read} of {len(damaged)} lines")
    shown = {hkscs(chr(code)): chr(code) for code in range(0xE000, 0xF849) if hkscs(chr(code)) > "\u3400"}
    lines = [line for line in text_of(corpora / "hant_hk_forum.txt.gz").split("\n") if {*line} & {*shown}][:LINES]
    text = Text.of(["".join(shown.get(one, one) for one in line) for line in lines])
    after = propose_private(text, context).edits.apply(text)
    whole = sum(after.row(place) == line for place, line in enumerate(lines))
    print(f"HKSCS in private use: {whole} of {len(lines)} lines whole")


def text_of(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read(LARGEST)


def clean(corpora: Path, show: int) -> None:
    """Changes by every rule that is on by default; each line of a file is a document."""
    context = Context(textfix.Config(to="keep"))
    total: Counter[str] = Counter()
    rows_changed: Counter[str] = Counter()
    characters = rows = 0
    for path in sorted(corpora.glob("*.txt.gz")):
        lines = text_of(path).split("\n")
        characters += sum(map(len, lines))
        rows += len(lines)
        shown: Counter[str] = Counter()
        for row, track in run(Text.of(lines), context).items():
            for step in track.steps:
                total[step.rule] += len(step.edits)
                rows_changed[step.rule] += 1
                shown[step.rule] += 1
                if shown[step.rule] <= show and step.rule not in ("unicode.form", "width.letters"):
                    edit = next(iter(step.edits))
                    around = lines[row][max(0, edit.start - 20) : edit.end + 20]
                    print(f"  {path.name} {step.rule} {around!r}: {edit.before!r} -> {edit.after!r}")
    print(f"{characters:,} characters of clean text in {rows:,} rows; changes, and rows that hold them:")
    for rule, count in total.most_common():
        print(f"  {rule:24} {count:7,} {rows_changed[rule]:7,}")


if __name__ == "__main__":
    main()
