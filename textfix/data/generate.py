"""Make the tables in this folder: classes of code points, and readings of characters.

    python -m textfix.data.generate CORPORA

CORPORA is a folder of hans_*.txt.gz and hant_*.txt.gz: text of which the script is known. The tables come from
- the Unicode character database of the running Python (unicodedata): Han, kana, Hangul, spaces, normalization forms;
- opencc's dictionaries STCharacters and TSCharacters (Apache-2.0): which characters only one script uses. A
  character that opencc takes for simplified is not only that, if good traditional text uses it (群, 床, 秘, 峰):
  that is counted in CORPORA;
- pypinyin's pinyin_dict (MIT), the readings of the characters that GBK can hold;
- iconv of the C library of GNU: CNS 11643 as EUC-TW holds it, and what GB 18030 made of the private use of GBK;
- the property Equivalent_Unified_Ideograph of Unicode, as Perl has it: which ideograph a radical is.
"""

from __future__ import annotations

import functools
import gzip
import operator
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from textfix.characters import ESCAPES, Class, to_codes
from textfix.rules.invisible import FILLERS
from textfix.rules.mojibake.channels import CHANNELS, DOUBLE, READERS, REPLACEMENT, SINGLE, forms
from textfix.rules.noise.lookalikes import ENCLOSURE, LATIN
from textfix.rules.noise.separators import SIGNS
from textfix.rules.pinyin import CLOSING

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
HERE = Path(__file__).parent
TONES = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹḿ"
# A character is simplified only while traditional text uses it less than this, as a share of what simplified text
# does: where opencc always replaces it, and where it knows words that keep it (广, 万, 种).
SHARED, KEPT = 0.08, 0.0015
# Of GB 2312; opencc takes them for traditional, but simplified text has 拚命, 捱打, 摺扇.
SIMPLIFIED_TOO = "拚捱摺"
SAMPLE = 2_000_000  # characters taken of a file to tell mojibake from clean text
RARE = 1e-8  # share that is added to every character's
KIND = 0.69  # what readers of pairs, and all others, each count of mojibake: which kind it was is seen from the rest
AGAIN = 0.1  # how often text goes wrong twice over, against once
SEEN, BOTH = 5, 0.1  # occurrences, and the share of all, from which a region uses a word of elsewhere, too
TELLING = 12  # quarters of a nat from which a character has the class MOJIBAKE
FORMS: dict[Form, Class] = {"NFC": Class.NFC, "NFD": Class.FORM, "NFKC": Class.FORM, "NFKD": Class.FORM}
WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]")
RADICALS = re.compile("[\u2e80-\u2fdf]")
PRIVATE = re.compile("[\ue000-\uf8ff]")
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\ufffc]")


def main(corpora: Path) -> None:
    write_classes(corpora)
    write_readings()
    write_cns11643()
    write_words(corpora)
    write_compatible()


def write_classes(corpora: Path) -> None:
    table = np.zeros(0x110000, np.uint32)
    for code in range(0x110000):
        table[code] = of_unicode(chr(code))
    to_hant, to_hans = dictionary("STCharacters"), dictionary("TSCharacters")
    hant = {key for key, values in to_hans.items() if key not in values and key not in SIMPLIFIED_TOO}
    folds = {key for key, values in to_hans.items() if key != values[0]}
    kept = {one for values in dictionary("STPhrases").values() for value in values for one in value}  # in some word
    used = {script: frequencies(corpora, script) for script in ("hans", "hant")}
    hans = {
        key
        for key, values in to_hant.items()
        if key != values[0]
        and used["hant"][key] <= (KEPT if key in values or key in kept else SHARED) * used["hans"][key]
    }
    for characters, bit in ((hans, Class.HANS), (hant, Class.HANT), (folds, Class.FOLDS)):
        for character in characters:
            table[ord(character)] |= np.uint32(bit)
    odds = mojibake_odds(corpora)
    table[np.flatnonzero(odds >= TELLING)] |= np.uint32(Class.MOJIBAKE)
    np.savez_compressed(HERE / "mojibake.npz", odds=odds, readers=readers())
    edges = np.flatnonzero(np.diff(table, prepend=np.uint32(0xFFFFFFFF)))
    lengths = np.diff(np.append(edges, len(table)))
    np.savez_compressed(HERE / "classes.npz", values=table[edges], lengths=lengths.astype(np.int32))


def of_unicode(character: str) -> Class:
    bits = Class(0)
    if "\ud800" <= character <= "\udfff":
        return Class.SURROGATE
    if character in TONES:
        bits |= Class.TONE
    category, name = unicodedata.category(character), unicodedata.name(character, "")
    if name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH")) or character == "〇":
        bits |= Class.HAN
    if name.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")):
        bits |= Class.KANA
    if name.startswith("HANGUL"):
        bits |= Class.HANGUL
    if category == "Zs" and character != " ":
        bits |= Class.SPACE
    controls = category in ("Cc", "Cf", "Zl", "Zp") and character not in "\t\n\r"
    if controls or SELECTORS.match(character) or character in FILLERS:
        bits |= Class.CONTROL
    if WIDE.match(character) or RADICALS.match(character) or PRIVATE.match(character):
        bits |= Class.COMPATIBLE
    if character in ESCAPES:
        bits |= Class.ESCAPE
    if name.startswith("BOPOMOFO LETTER"):
        bits |= Class.BOPOMOFO
    if category == "Co":
        bits |= Class.PRIVATE
    if "a" <= character <= "z":
        bits |= Class.LETTER
    for characters, bit in (
        (LATIN, Class.LOOKALIKE),
        (ENCLOSURE, Class.LOOKALIKE),
        (SIGNS, Class.PARTS),
        (CLOSING, Class.CLOSES),
    ):
        if character in characters:
            bits |= bit
    return bits | unstable(character)


def unstable(character: str) -> Class:
    """The forms under which a character may change, or join with what stands before it."""
    joins = unicodedata.combining(character) or character in composing()
    forms = [bit for form, bit in FORMS.items() if joins or not unicodedata.is_normalized(form, character)]
    return functools.reduce(operator.or_, forms, Class(0))


@functools.cache
def composing() -> frozenset[str]:
    """Characters that may stand second in a canonical composition (NFC_Quick_Check=Maybe), jamo included."""
    parts = (unicodedata.decomposition(chr(code)).split() for code in range(0x110000))
    seconds = {chr(int(part[1], 16)) for part in parts if len(part) == 2 and not part[0].startswith("<")}
    return frozenset(seconds | {chr(code) for code in range(0x1160, 0x1200)})


@functools.cache
def dictionary(name: str) -> dict[str, list[str]]:
    """A character dictionary of opencc: each character with what it may become, the usual choice first."""
    import opencc

    package = Path(str(opencc.__file__)).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "dictionary.txt")
        source = package / "share" / "opencc" / f"{name}.ocd2"
        command = [str(package / "bin" / "opencc_dict"), "-i", str(source), "-o", str(text), "-f", "ocd2", "-t", "text"]
        subprocess.run(command, check=True)
        pairs = (line.split("\t") for line in text.read_text("utf-8").splitlines())
        return {key: values.split(" ") for key, values in pairs}


def mojibake_odds(corpora: Path) -> npt.NDArray[np.int8]:
    """For each code point of the basic plane the log-odds of standing in mojibake rather than in clean text.

    In quarters of a nat. Mojibake is made of the corpora by every channel that textfix knows, those of readers of pairs
    counted as much as all others together, and by those over which it is read again as what is two bytes a character.
    """
    clean, damaged = np.zeros(0x10000), np.zeros(0x10000)
    samples: dict[str, str] = {}
    for path in sorted(corpora.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            text = file.read(SAMPLE)
        clean += shares(text)
        samples[path.name] = text[: SAMPLE // 20]
    again = [(written, read, other) for written, read in CHANNELS if read in SINGLE for other in DOUBLE]
    pairs = sum(read in DOUBLE for _, read in CHANNELS)
    for written, read, *then in (*CHANNELS, *again):
        weight = 1 if read in DOUBLE else pairs / (len(CHANNELS) - pairs)
        script = "hant" if written == "big5hkscs" else "han"
        for name, text in samples.items():
            if name.startswith(script):
                once = text.encode(written, "ignore").decode(read, "replace")
                for other in then:
                    once = once.encode("utf-8").decode(other, "replace")
                damaged += shares(once) * weight * (AGAIN if then else 1)
    odds = np.log((2 * KIND * damaged / damaged.sum() + RARE) / (clean / clean.sum() + RARE))
    return np.asarray(np.clip(np.round(4 * odds), -127, 127), np.int8)


def readers() -> npt.NDArray[np.uint32]:
    """For each code point of the basic plane the readers that can show it, as bits in the order of READERS."""
    table = np.zeros(0x10000, np.uint32)
    for bit, name in enumerate(READERS):
        table[[ord(one) for one in forms(name) if ord(one) < 0x10000]] |= np.uint32(1 << bit)
    table[0xE000:0xF900] = table[ord(REPLACEMENT)] = (1 << len(READERS)) - 1  # what a loss looks like
    return table


def shares(text: str) -> npt.NDArray[np.float64]:
    codes = to_codes(text)
    counts = np.bincount(codes[codes < 0x10000], minlength=0x10000)
    return np.asarray(counts / max(1, counts.sum()), np.float64)


def frequencies(corpora: Path, script: str) -> Counter[str]:
    """How often each character stands in the corpora of a script, per million characters."""
    counts: Counter[str] = Counter()
    for path in sorted(corpora.glob(f"{script}_*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            counts.update(file.read())
    million = counts.total() / 1_000_000
    return Counter({character: count / million for character, count in counts.items()})


def write_readings() -> None:
    """One line a reading: the GBK characters of which it is the usual reading, and those that have it as another; how
    it is written with a number and in bopomofo.
    """
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    usual: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for code, listed in sorted(PINYIN_DICT.items()):
        try:
            fits = len(chr(code).encode("gbk")) == 2
        except UnicodeEncodeError:
            continue
        for place, reading in enumerate(dict.fromkeys(listed.split(",")) if fits else ()):
            (other if place else usual).setdefault(unicodedata.normalize("NFC", reading), []).append(chr(code))
    lines = [
        f"{reading} {''.join(usual.get(reading, []))} {''.join(other.get(reading, []))}"
        f" {convert(reading, Style.TONE3, strict=True)} {convert(reading, Style.BOPOMOFO, strict=True)}\n"
        for reading in sorted({*usual, *other})
    ]
    (HERE / "readings.txt").write_text("".join(lines), "utf-8")


def write_words(corpora: Path) -> None:
    """One line a word of opencc's lists: region, the word elsewhere, the region's, and whether it uses both.

    Without those whose word of the region is a word of elsewhere in another sense (進程, 程序, 程式).
    """
    lines = ["# region, word, its word there; shared: the region uses the first, too. From OpenCC (Apache-2.0).\n"]
    for region, name, files in (("tw", "TWPhrases", "hant_tw_*"), ("hk", "HKPhrases", "hant_hk_*")):
        text = "".join(gzip.decompress(path.read_bytes()).decode() for path in sorted(corpora.glob(f"{files}.txt.gz")))
        words = {word: several[0] for word, several in dictionary(name).items() if several[0] != word}
        for word, after in sorted(words.items()):
            old, new = text.count(word), text.count(after)
            shared = old >= SEEN and old > BOTH * (old + new)
            if after not in words:
                lines.append(f"{region}\t{word}\t{after}\t{'shared' if shared else ''}\n")
    (HERE / "words.txt").write_text("".join(lines), "utf-8")


def write_cns11643() -> None:
    """Code points by plane, row and cell of CNS 11643, as EUC-TW of the C library of GNU has them."""
    planes = np.zeros((16, 94, 94), np.uint32)
    places = [place for place in np.ndindex(planes.shape) if 1 <= place[0] <= 7 or place[0] == 15]
    asked = [bytes((0x8E, 0xA0 + plane, 0xA1 + row, 0xA1 + cell)) for plane, row, cell in places]
    texts = [line.decode("utf-8") for line in converted(asked, "EUC-TW", "UTF-8")]
    back = converted([text.encode("utf-8") for text in texts], "UTF-8", "EUC-TW")
    for place, text, long, short in zip(places, texts, asked, back, strict=True):
        if short in (long, long[2:]):  # plane 1 has two bytes, too; what does not come back is read outside the table
            planes[place] = ord(text)
    np.savez_compressed(HERE / "cns11643.npz", planes=planes)


def write_compatible() -> None:
    """Two lines for radicals, two for private use of GBK: characters, and below them what they stand for."""
    script = 'for (0x2E80..0x2FD5) { my $to = ord charprop($_, "EqUIdeo"); printf "%x %x\\n", $_, $to if $to }'
    listed = subprocess.run(["perl", "-CO", "-MUnicode::UCD=charprop", "-e", script], capture_output=True, check=True)
    radicals = [[chr(int(one, 16)) for one in line.split()] for line in listed.stdout.decode("ascii").splitlines()]
    radicals = [pair for pair in radicals if pair[1] < "\U00010000"]  # the others are parts, and no characters of text
    pairs = [bytes((0xFE, low)) for low in range(0x50, 0xA1) if low != 0x7F]
    real = [line.decode("utf-8") for line in converted(pairs, "GB18030", "UTF-8")]
    private = [(chr(0xE815 + place), one) for place, one in enumerate(real) if not PRIVATE.match(one)]
    # The rest of GBK's private use: ḿ, ǹ, 〾 and description characters; GB 18030-2000 has them at their own places.
    rest = {0xE78D: "︐︒︑︓︔︕︖︗︘︙", 0xE7C7: "ḿǹ", 0xE7E7: "〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"}
    private += [(chr(first + place), one) for first, text in rest.items() for place, one in enumerate(text)]
    lines = ["".join(column) for pairs in (radicals, private) for column in zip(*pairs, strict=True)]
    (HERE / "compatible.txt").write_text("\n".join(lines) + "\n", "utf-8")


def converted(lines: Sequence[bytes], source: str, target: str) -> list[bytes]:
    """Each line in another encoding, by the iconv of this machine; without what it cannot read."""
    command = ["iconv", "-c", "-f", source, "-t", target]
    text = b"".join(line + b"\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, check=False)  # it fails for what it drops
    found = done.stdout.split(b"\n")[:-1]
    if len(found) != len(lines):
        raise ValueError(f"the iconv of this machine drops line ends in {source}")
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
