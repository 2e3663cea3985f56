"""Conversion between the scripts: errors in 10,000 characters, beside opencc in the same run.

    python -m benchmarks.script CORPORA [--show N]

The last part of each text is kept from training: the choice is learnt anew from all others and from what precedes.
Reference lines are wholly traditional; the simplified side is made of them by opencc's t2s. Spellings between which
writers are free count for nobody: FREE.
"""

from __future__ import annotations

import argparse
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from unittest import mock

import numpy as np
import opencc

import textfix
from textfix.rules.script.choice import Chooser
from textfix.rules.script.train import lines_of, region_of, simplified, train, wholly_traditional
from textfix.text import Codes, to_codes, to_str

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
}
FREE = (  # variants of one character, and words that are written either way
    "台臺 裡裏 群羣 峰峯 線綫 為爲 眾衆 啟啓 麵麪 床牀 汙污 劃畫 瞭了 吃喫 菸煙 秘祕 "
    "著着 溫温 恆恒 托託 跡蹟 跡迹 灶竈 嘩譁 閒閑 牆墻 痺痹 蔥葱 棱稜 粽糉 唇脣 蹤踪 "
    "偽僞 攜携 臥卧 產産 說説 稅税 脫脱 閱閲 銳鋭 悅悦 內内 炮砲 燻熏 熏薰 嶽岳 鋪舖 "
    "迴回 佣傭 癒愈 慾欲 嘆歎 讚贊 豔艷 雇僱 盃杯 "
)
PAIRS = {pair for both in FREE.split() for pair in (both, both[::-1])}
SAMPLE = 3000  # lines of a text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--show", type=int, default=0, help="the commonest errors of textfix")
    args = parser.parse_args()
    texts, held = [], {}
    for path in sorted(args.corpora.glob("hant_*")):
        name, lines = path.name.split(".")[0], lines_of(path)
        first = int(HELD.get(name, 1.0) * len(lines))
        texts.append((region_of(path), lines[:first]))
        if name in HELD:
            held[name] = (region_of(path), lines[first : first + SAMPLE])
    with tempfile.TemporaryDirectory() as folder:
        train([one for one in texts if one[1]], Path(folder, "choice.npz"))
        chooser = Chooser.of(dict(np.load(Path(folder, "choice.npz"))))
    with mock.patch.object(Chooser, "load", staticmethod(lambda: chooser)):
        for name, (region, lines) in held.items():
            measure(name, region, wholly_traditional([unicodedata.normalize("NFC", line) for line in lines]), args.show)


def measure(name: str, region: str, lines: list[str], show: int) -> None:
    """Print the errors of conversion to a region, and of converting what is right."""
    right, source = simplified(lines)
    convert = opencc.OpenCC("s2" + region[-2:]).convert
    from_hans, kept = (by_textfix(text, region) for text in (source, right))
    print(
        f"{name:28} {region} {len(right):7} characters: from hans textfix {rate(right, from_hans):6.2f} opencc "
        f"{rate(right, to_codes(convert(to_str(source)))):6.2f}; kept as it is textfix {rate(right, kept):6.2f} opencc "
        f"{rate(right, to_codes(convert(to_str(right)))):6.2f}",
        flush=True,
    )
    if show:
        wrong = [(to_str(right[[at]]), to_str(from_hans[[at]])) for at in errors(right, from_hans)]
        print("   ", Counter(wrong).most_common(show))


def by_textfix(text: Codes, region: str) -> Codes:
    return to_codes(textfix.fix(to_str(text), to=region, disable=("mojibake", "noise", "desync", "unicode")).text)


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
