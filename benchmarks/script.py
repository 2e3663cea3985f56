"""Conversion between the scripts: errors in 10,000 characters, beside the peers in the same run.

    python -m benchmarks.script CORPORA [--table FILE] [--show N]

The last part of each text is kept from training: the choice is learnt anew from all others and from what precedes
(--table FILE keeps what is learnt for the next run). Reference lines are wholly in one script; the other side is made
of them by opencc, the mixed one by turning 5 and 30 % of the characters that differ. parallel_gsd_dev.tsv holds pairs
by human hand. Spellings between which writers are free count for nobody: FREE. Peers: opencc, opencc-jieba-pyo3 and
zhconv-rs, where they are installed; a line that a peer makes longer or shorter is left out for it.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import opencc

import textfix
from textfix.characters import Class, Codes, to_codes, to_str
from textfix.rules import RULES
from textfix.rules.script import train as training
from textfix.rules.script.choice import Chooser
from textfix.rules.script.tables import simplified
from textfix.rules.script.train import lines_of, target_of, wholly

HELD = {  # the texts that are measured on, and from which share of their lines on
    "hant_tw_wiki_drcd": 0.0,
    "hant_tw_blogs": 0.85,
    "hant_tw_president_office": 0.85,
    "hant_tw_taiwanmd": 0.85,
    "hant_tw_museum_edu": 0.9,
    "hant_hk_news_rthk": 0.0,
    "hant_hk_news_hkcnews": 0.9,
    "hant_hk_legco": 0.9,
    "hant_hk_forum": 0.85,
    "hans_wiki_cmrc": 0.0,
    "hans_weekly": 0.85,
    "hans_web": 0.95,
}
FREE = (  # variants of one character, and words that are written either way
    "台臺 裡裏 群羣 峰峯 線綫 為爲 眾衆 啟啓 麵麪 床牀 汙污 劃畫 瞭了 吃喫 菸煙 秘祕 "
    "著着 溫温 恆恒 托託 跡蹟 跡迹 灶竈 嘩譁 閒閑 牆墻 痺痹 蔥葱 棱稜 粽糉 唇脣 蹤踪 "
    "偽僞 攜携 臥卧 產産 說説 稅税 脫脱 閱閲 銳鋭 悅悦 內内 炮砲 燻熏 熏薰 嶽岳 鋪舖 "
    "迴回 佣傭 癒愈 慾欲 嘆歎 讚贊 豔艷 雇僱 盃杯 布佈 占佔 戶户 衛衞 敘敍 卽即 敎教 駡罵 証證 奬獎 麽麼 "
)
QUOTES = "“「 ”」 ‘『 ’』"
PAIRS = {pair for both in (FREE + QUOTES).split() for pair in (both, both[::-1])}
SAMPLE = 3000  # lines of a text
ONLY_SCRIPT = tuple({rule.name for rule in RULES if not rule.name.startswith("script")})
Convert = Callable[[str], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument(
        "--table", type=Path, help="what was learnt without the measured texts; made if it is not there"
    )
    parser.add_argument("--show", type=int, default=0, help="the commonest errors of textfix")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = args.table or Path(folder, "choice.npz")
        if not table.exists():
            training.train([one for one in learnt_from(args.corpora) if one[1]], table)
        chooser = Chooser.of(dict(np.load(table)))
    with mock.patch.object(Chooser, "load", staticmethod(lambda: chooser)):
        for name, first in HELD.items():
            path = args.corpora / f"{name}.txt.gz"
            lines = lines_of(path)
            measure(name, target_of(path), lines[int(first * len(lines)) :][:SAMPLE], args.show)
        by_hand(args.corpora / "parallel_gsd_dev.tsv.gz", args.show)
        japanese(args.corpora)


def learnt_from(corpora: Path) -> list[tuple[str, list[str]]]:
    texts = []
    for path in sorted(corpora.glob("han[st]_*.txt.gz")):
        lines = lines_of(path)
        texts.append((target_of(path), lines[: int(HELD.get(path.name.split(".")[0], 1.0) * len(lines))]))
    return texts


def measure(name: str, target: str, lines: list[str], show: int) -> None:
    """Print the errors of conversion to a target, and of converting what is right or partly right."""
    right = wholly(lines, Class.HANT if target == "hans" else Class.HANS)
    report(f"{name}: kept by {target}", right, right, target, 0)
    if target == "hans":
        return
    source = simplified(right, target)
    report(f"{name}: hans to {target}", source, right, target, show)
    report(f"{name}: kept by hant", right, right, "hant", 0)
    for share in (0.05, 0.3):
        chance = np.random.default_rng(1).random(len(right)) < share
        report(f"{name}: {share:.0%} simplified to {target}", np.where(chance, source, right), right, target, 0)


def japanese(corpora: Path) -> None:
    """Print how many Japanese sentences, each a document, are changed."""
    for name in ("other_ja_sentences", "other_ja_gsd", "other_ja_wiki_qa"):
        lines = [line for line in lines_of(corpora / f"{name}.txt.gz") if line][:SAMPLE]
        for target in ("hant-tw", "hans"):
            convert = {"textfix": lambda line, target=target: textfix.fix(line, to=target, disable=ONLY_SCRIPT).text}
            shares = {
                peer: sum(to(line) != line for line in lines) / len(lines)
                for peer, to in {**convert, **peers(target)}.items()
            }
            print(
                f"{name} changed by {target}:", *(f"{peer} {share:.2%}" for peer, share in shares.items()), flush=True
            )


def by_hand(path: Path, show: int) -> None:
    """Pairs of sentences by human hand: traditional, simplified."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t") for line in file]
    hant, hans = (to_codes("\n".join(side) + "\n") for side in zip(*(p for p in pairs if same(p)), strict=True))
    report("human pairs: hans to hant-tw", hans, hant, "hant-tw", show)
    report("human pairs: hant to hans", hant, hans, "hans", show)


def same(pair: Sequence[str]) -> bool:
    return len(pair) == 2 and len(pair[0]) == len(pair[1])


def report(name: str, source: Codes, right: Codes, target: str, show: int) -> None:
    found = by_textfix(source, target)
    rates = {"textfix": rate(right, found)}
    for peer, convert in peers(target).items():
        rates[peer] = by_line(source, right, convert)
    print(f"{name:48} {len(right):7}", *(f"{peer} {value:6.2f}" for peer, value in rates.items()), flush=True)
    if show:
        wrong = [(to_str(right[[at]]), to_str(found[[at]])) for at in errors(right, found)]
        print("   ", Counter(wrong).most_common(show))


def by_textfix(text: Codes, target: str) -> Codes:
    return to_codes(textfix.fix(to_str(text), to=target, disable=ONLY_SCRIPT).text)


def peers(target: str) -> dict[str, Convert]:
    """The peers' conversions to a target."""
    kind = {"hans": "tw2s", "hant": "s2t", "hant-tw": "s2tw", "hant-hk": "s2hk"}[target]
    found: dict[str, Convert] = {"opencc": opencc.OpenCC(kind).convert}
    try:
        import opencc_jieba_pyo3

        found["opencc-jieba"] = opencc_jieba_pyo3.OpenCC(kind).convert
    except ImportError:
        pass
    try:
        import zhconv_rs

        locale: Any = {"hans": "zh-hans", "hant": "zh-hant", "hant-tw": "zh-tw", "hant-hk": "zh-hk"}[target]
        found["zhconv-rs"] = lambda text: str(zhconv_rs.zhconv(text, locale))
    except ImportError:
        pass
    return found


def by_line(source: Codes, right: Codes, convert: Convert) -> float:
    """A peer's errors in 10,000 characters, over the lines that it leaves as long as they are."""
    lines = [(a, b, convert(a)) for a, b in zip(*(to_str(c).split("\n") for c in (source, right)), strict=True)]
    kept = [(to_codes(b), to_codes(found)) for a, b, found in lines if a and len(found) == len(b)]
    return rate(*(np.concatenate(side) for side in zip(*kept, strict=True)))


def errors(right: Codes, found: Codes) -> list[int]:
    """The places where another character stands than is right, and may not."""
    different = np.flatnonzero(right != found).tolist()
    return [at for at in different if to_str(right[[at]]) + to_str(found[[at]]) not in PAIRS]


def rate(right: Codes, found: Codes) -> float:
    """Errors in 10,000 characters."""
    if len(right) != len(found):
        raise ValueError("a conversion made the text longer or shorter")
    return 10_000 * len(errors(right, found)) / len(right)


if __name__ == "__main__":
    main()
