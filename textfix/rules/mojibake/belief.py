"""Whether what mojibake can have been is believed: how much likelier it is than what stands there, and how plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textfix.characters import to_codes
from textfix.language import LINE_END, SCALE, Model, basic, sums
from textfix.rules.mojibake.cells import strange
from textfix.rules.mojibake.channels import DOUBLE, UTF8, WHOLE, forms
from textfix.rules.mojibake.pieces import Piece
from textfix.rules.mojibake.weighing import Belief
from textfix.rules.mojibake.windows import BOPOMOFO, FOREIGN, natural, telling
from textfix.text import Text

GAIN = 13.0  # nats by which a reading must be likelier than what stands there
SPARSE = 5  # one telling character in so many may be left in what went wrong several times
# Letters with marks that each stand between plain ones, as in words of Latin; bytes of Chinese stand side by side.
LATIN = re.compile("[A-Za-z]*(?:[\u00c0-\u024f](?:[A-Za-z]+|$))+")
LETTERS = re.compile("[A-Za-z\u00c0-\u024f]+")
PLAIN_LETTERS = 3  # of a word in which letters with marks may stand side by side
RARE = 2  # characters more for which a letter counts that two bytes make, and Chinese text hardly holds
LEAST_HAN, LEAST_WIDE = 2, 4  # Han characters that a reading of other encodings than UTF-8 must have; and of UTF-16
PLAIN_EVEN = -12.0  # nats a character that a reading of UTF-8 must reach
PLAIN_ENOUGH = -7.5  # from which no other reading is looked for
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
SIGNS = re.compile("[\u2014\u2018-\u201d\u2026\u3001-\u303f\uff01-\uff20]")  # of Chinese text
MARKS = "‘’“”–—…"
LATIN_BESIDE = re.compile("^[A-Za-z]|[A-Za-z]$")
CYRILLIC = re.compile("[\u0400-\u052f]")
DRAWN = re.compile("[\x00-\x7f\u00c0-\u00ff\u2500-\u25ff]+")  # frames, and letters that are drawn with them
KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]+")
HANGUL, IDEOGRAPHS = re.compile("[\uac00-\ud7a3]+"), re.compile(f"(?:{HAN.pattern})+")
SYLLABIC = re.compile("[\u0370-\u1fff\u3040-\u30ff\uff66-\uff9f]")
JOINTS = re.compile(r"[A-Za-z](?=[^\W\d_\x00-\x7f\u2000-\uffff])|[^\W\d_\x00-\x7f\u2000-\uffff](?=[A-Za-z])")
# How much more than even odds must speak for a reading of GBK, Big5 or UTF-16, in nats: of over three million names,
# words, lines and signs at random that were no mojibake some 70 came above.
ASKED = 1.4
MISFITS = {2: -14.0, 3: -12.0}  # nats a character of so many in a row
FOLLOWING = re.compile("[^\x00-\x7f]{3,9}")  # what follows them
LATER = 1.5  # nats by which a character there is likelier one byte later
# Readers of other countries: words that are UTF-8 as they show it are their language's. Of Cyrillic, which the model
# knows, Chinese can be likelier, by so many nats. Encodings of other languages: what they make of the bytes is a rival;
# nats that one more or less likely counts at the most.
ELSEWHERE = ("latin_1", "cp1252", "cp866", "cp850", "cp852", "mac_cyrillic", "cp1253", "cp1254")
EVEN = 10.0
RIVALS, FAR = ("cp1251", "koi8_r", "iso8859_5", "cp866", "cp932", "euc_jp", "cp949"), 30.0


class Evidence(NamedTuple):
    """What speaks for a reading of GBK, Big5 or UTF-16.

    folded: nats by which it is likelier than the line, and than that without differences of width and case; ahead: the
    same against what the bytes are in other languages. Of what it puts in, nats a character: plain behind what stands
    before it (together: of all Han characters), apart as a text of its own, each stretch beyond ASCII a line, common by
    single characters beyond ASCII; met: the share of pairs that the model knows; chinese: Han characters and signs
    of Chinese. Of what it replaces: strange and rare, the like of apart and common; different: the share of different
    characters; length: characters beyond ASCII, of UTF-16 all; long: the log of that; joints: places at which these
    touch Latin letters; words, kana, hangul, ideographs: whether they are words of letters, or these alone. inside:
    whether it stands in clean text; utf16: whether it came through UTF-16; again: through how many channels more than
    one.
    """

    folded: float
    plain: float
    together: float
    apart: float
    common: float
    met: float
    chinese: float
    rare: float
    strange: float
    different: float
    length: float
    long: float
    joints: float
    words: float
    kana: float
    hangul: float
    ideographs: float
    inside: float
    ahead: float
    utf16: float
    again: float


@dataclass(frozen=True)
class Reading:
    """What a window would be: its whole text, the pieces of the window that change, and through which channels.

    score: its log-likelihood, less what the channels cost. plainness: nats a character beyond ASCII of what it puts
    in. The channel undone first stands first.
    """

    text: str
    pieces: tuple[Piece, ...]
    channels: tuple[tuple[str, str], ...]
    score: float = -np.inf
    plainness: float = -np.inf

    @property
    def new(self) -> str:
        """All that it puts in."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def lossy(self) -> bool:
        return any(piece.lossy for piece in self.pieces)

    @property
    def even(self) -> bool:
        """Whether the bytes made UTF-8 every time, which they hardly do by chance."""
        return all(written == UTF8 for written, _ in self.channels)


Floats = npt.NDArray[np.float64]
Asked = tuple[Reading, str, float]  # a reading, its line, and the nats by which it is likelier


def plain(one: Reading) -> bool:
    """Whether a reading is so plain a text that no other need be looked for."""
    return assigned(one.text) and (one.even or one.score >= PLAIN_ENOUGH * len(one.text))


def assigned(text: str) -> bool:
    """Whether a text holds only characters that mean something to everybody."""
    return text.isprintable() or not any(
        unicodedata.category(one) in ("Co", "Cn", "Cs", "Cc") and one not in "\t\r\n" for one in text
    )


def surplus(asked: Sequence[Asked], model: Model) -> list[float]:
    """How much more speaks for each reading than must, for where it stands and the channels it came through.

    Below 0 it is not believed. Bytes seldom make UTF-8 by chance, so that the gain decides; any bytes make GBK and
    Big5, so all evidence is weighed.
    """
    known = evidence([(one, line, gain) for one, line, gain in asked if not one.even], model)
    odds = iter(Belief.load().log_odds([values for values in known if values]).tolist())
    weighed = iter([next(odds) - ASKED if values else -np.inf for values in known])
    return [of_utf8(one, line, gain) if one.even else next(weighed) for one, line, gain in asked]


def of_utf8(one: Reading, line: str, gain: float) -> float:
    """How much more speaks for a reading of UTF-8 than must."""
    whole = len(one.channels) == 1 or SPARSE * len(telling(one.new)) <= len(one.new)
    chinese = possible(one, line, 1) and one.plainness >= PLAIN_EVEN
    return gain - GAIN if whole and (chinese or punctuates(one, line)) else -np.inf


def as_utf8(line: str) -> set[str]:
    """What a line is in UTF-8, or CESU-8, for readers of other countries, where that is words of one alphabet each.

    >>> [as_utf8(text) for text in ("Ð\xbdÐµÑ‚", "Í¼Æ¬")]  # the second is 图片, and ͼƬ in UTF-8
    [{'нет'}, set()]
    """
    found = set()
    for reader in ELSEWHERE:
        try:
            raw = line.encode(reader)
            found |= {raw.decode("utf-8", "surrogatepass")} if not raw.isascii() else set()
        except UnicodeError:
            continue
    return {text for text in found if all(map(of_one_alphabet, FOREIGN.findall(text)))}


def read_elsewhere(text: str, one: Reading, model: Model) -> bool:
    """Whether a line is meant as what it is in UTF-8 elsewhere. What went wrong once more is seldom small letters."""
    if len(one.channels) > 1:
        return all(run.isalpha() and run.islower() for run in FOREIGN.findall(text))
    return not CYRILLIC.search(text) or float(model.score(Text.of(text + LINE_END))[0]) > one.score - EVEN


def of_one_alphabet(run: str) -> bool:
    """Whether the letters of a run are of one alphabet, and small, large, or small behind a large one."""
    letters = "".join(filter(str.isalpha, run))
    alphabets = {unicodedata.name(one, "").split(" ")[0] for one in letters}
    return len(alphabets) <= 1 and (letters in (letters.lower(), letters.upper()) or letters.istitle())


def misfits(text: str, encoding: str, model: Model) -> bool:
    """Whether bytes are missing in a text: characters in a row are very unlikely, and much likelier one byte later.

    >>> model = Model.load()
    >>> whole, less = "中华人民共和国实施细则的决定".encode("gbk"), "档木龆返谝淮苇修正"
    >>> misfits(whole.decode("gbk"), "gbk", model), misfits("实施细则" + less, "gbk", model)
    (False, True)
    """
    values = model.characters(Text.of(text)).astype(np.float64)
    beyond = np.flatnonzero([not character.isascii() for character in text])
    places: set[int] = set()
    for size, least in MISFITS.items():
        if len(beyond) >= size:
            found = np.flatnonzero(np.convolve(values[beyond], np.ones(size), "valid") < size * least)
            places |= {at + more for at in beyond[found].tolist() for more in (0, 1)}
    for at in sorted(places):
        run = FOLLOWING.match(text, at)
        later = run[0].encode(encoding, "replace")[1:].decode(encoding, "replace")[:-1] if run else ""
        if run and len(later) > 1:  # the character at which the bytes may be missing is unlikely in any case
            as_is, shifted = values[run.start() + 1 : run.end()], model.characters(Text.of(later))[1:]
            if shifted.mean() > as_is.mean() + LATER:
                return True
    return False


def rivals(one: Reading, line: str) -> list[str]:
    """What the bytes of a line are in encodings of other languages; none for what went wrong several times.

    >>> one = Reading("救崇窍技夸", (), (("gb18030", "latin_1"),), -50.0)
    >>> "안녕하세요" in rivals(one, "안녕하세요".encode("cp949").decode("latin_1"))
    True
    """
    if len(one.channels) > 1:
        return []
    table = forms(one.channels[0][1])
    raw = b"".join(table.get(character, (b"?",))[0] for character in line)
    return [raw.decode(name, "replace") for name in RIVALS if name != one.channels[0][1]]


def evidence(asked: Sequence[Asked], model: Model) -> list[Evidence | None]:
    """What speaks for each reading; None where nothing could make it believed."""
    worth = [number for number, (one, line, _) in enumerate(asked) if believable(one, line, model)]
    found: list[Evidence | None] = [None] * len(asked)
    for number, values in zip(worth, weighed([asked[number] for number in worth], model), strict=True):
        found[number] = values
    return found


def believable(one: Reading, line: str, model: Model) -> bool:
    """Whether anything could make a reading of a line believed."""
    start, end = one.pieces[0].start, one.pieces[-1].end
    utf16 = any(channel in WHOLE for channel in one.channels)
    if not possible(one, line, LEAST_WIDE if utf16 else LEAST_HAN) or in_part(line, start, end):
        return False
    if of_variants(line[start:end], model):
        return False
    if DRAWN.fullmatch(line[start:end]) and one.channels[-1][1] in DOUBLE:
        return False
    return not any(read_elsewhere(text, one, model) for text in as_utf8(line))


def of_variants(text: str, model: Model) -> bool:
    """Whether the characters of a text are forms of one, as tables of variants have them.

    >>> of_variants('皚": "皑', Model.load()), of_variants("皚皚", Model.load())
    (True, False)
    """
    beyond = {one for one in text if not one.isascii()}
    symbols = set(model.symbol[basic(to_codes("".join(sorted(beyond))))].tolist())
    return len(beyond) > 1 and len(symbols) == 1 and symbols != {0}


def weighed(asked: Sequence[Asked], model: Model) -> Iterator[Evidence]:
    """What speaks for each of these readings; all that the model is asked is asked at once."""
    replaced = [line[one.pieces[0].start : one.pieces[-1].end] for one, line, _ in asked]
    put_in = [one.new for one, _, _ in asked]
    texts = [
        [LINE_END.join(FOREIGN.findall(text)) for text in (new, old)] + [text + LINE_END for text in like(one, line)]
        for (one, line, _), new, old in zip(asked, put_in, replaced, strict=True)
    ]
    scores = iter(model.score(Text.of([text for listed in texts for text in listed])).tolist())
    alone = by_themselves(Text.of([*put_in, *replaced]), model).reshape(2, -1).T.tolist()
    met = known_pairs(Text.of(put_in), model).tolist()
    for number, (one, line, gain) in enumerate(asked):
        apart, strange, score, *others = [next(scores) for _ in texts[number]]
        start, end = one.pieces[0].start, one.pieces[-1].end
        old, han = replaced[number], len(HAN.findall(one.new))
        runs = FOREIGN.findall(old)
        foreign = "".join(runs)
        places = [0, *(place for piece in one.pieces for place in (piece.start, piece.end)), len(line)]
        around = "".join(line[a:b] for a, b in zip(places[::2], places[1::2], strict=True))
        utf16 = any(channel in WHOLE for channel in one.channels)
        length = len(old) if utf16 else len(foreign)
        yield Evidence(
            folded=gain + min(0.0, score - max(others[:2])),
            plain=one.plainness,
            together=one.plainness * han,
            apart=apart / han,
            common=alone[number][0],
            met=met[number],
            chinese=han + len(SIGNS.findall(one.new)),
            rare=alone[number][1],
            strange=strange / max(1, len(foreign)),
            different=len({*foreign}) / max(1, len(foreign)),
            length=length,
            long=float(np.log(max(1, length))),
            joints=len(JOINTS.findall(line[max(0, start - 1) : end + 1])),
            words=all(map(is_word, runs)),
            kana=all(map(KANA.fullmatch, runs)),
            hangul=all(map(HANGUL.fullmatch, runs)),
            ideographs=all(map(IDEOGRAPHS.fullmatch, runs)),
            inside=not around.isascii(),
            ahead=min(FAR, max(-FAR, one.score - max(others[2:], default=-np.inf))),
            utf16=utf16,
            again=len(one.channels) - 1,
        )


def like(one: Reading, line: str) -> list[str]:
    """A line, the same without differences of width, and of case, and what its bytes are in other languages."""
    wide = unicodedata.normalize("NFKC", line)
    return [line, wide, wide.lower(), *rivals(one, line)]


def by_themselves(text: Text, model: Model) -> Floats:
    """How unlikely the characters of each row beyond ASCII are one by one, in nats on average."""
    foreign = text.codes >= 0x80
    return sums(np.where(foreign, model.alone(text.codes), 0), text) / SCALE / np.maximum(1, sums(foreign, text))


def known_pairs(text: Text, model: Model) -> Floats:
    """The share of pairs of characters in each row that the model knows; rows have two at least."""
    met = np.append(model.met(text.codes), False)
    met[text.rows[1:] - 1] = False
    return np.asarray(sums(met, text) / (np.diff(text.rows) - 1), np.float64)


def possible(one: Reading, line: str, least: int) -> bool:
    """Whether a reading says something in so many Han characters at least, and the line is nothing by itself.

    As many as it has other signs, of which each counts once: a row of dashes is one. Signs of Chinese text that bytes
    made in UTF-8 are none of them, and letters that pairs of bytes make by chance count for several.
    """
    others = {sign for sign in one.new if not sign.isascii() and not HAN.match(sign)}
    if one.even:
        others = {sign for sign in others if not SIGNS.match(sign)}
    han = len(HAN.findall(one.new))
    double = one.channels[0][1] in DOUBLE
    rare = sum(bool(strange()[min(ord(sign), 0xFFFF)]) for sign in others) if double else 0
    enough = han >= max(least, len(others) + RARE * rare)
    sounds = all(BOPOMOFO.fullmatch(line[piece.start : piece.end]) for piece in one.pieces)
    start, end = one.pieces[0].start, one.pieces[-1].end
    return enough and not sounds and not natural(line[start:end]) and not is_latin(line, start, end)


def punctuates(one: Reading, line: str) -> bool:
    """Whether all that a reading puts in is quotation marks, dashes and dots, each stretch beside a Latin letter.

    >>> reading = Reading("isn’t", (Piece(3, 5, "’t", False),), (("utf-8", "gb18030"),))
    >>> punctuates(reading, "isn鈥檛"), punctuates(reading, "/ /鈥檛/")
    (True, False)
    """
    signs = all(sign in MARKS for sign in one.new if not sign.isascii())
    return signs and all(LATIN_BESIDE.search(line[max(0, p.start - 1) : p.end + 1]) for p in one.pieces)


def is_latin(line: str, start: int, end: int) -> bool:
    """Whether a stretch is a word of Latin letters, or a part of one, in small letters or with a capital first.

    >>> [is_latin(line, 0, 4) for line in ("Ñuñoa", "Żółtek", "ÖÐÎÄ", "¤¤¤å", "abc涴岆")]
    [True, True, False, False, False]
    """
    while start > 0 and line[start - 1].isalpha():
        start -= 1
    while end < len(line) and line[end].isalpha():
        end += 1
    word = line[start:end]
    latin = LATIN.fullmatch(word) or (LETTERS.fullmatch(word) and sum(map(str.isascii, word)) >= PLAIN_LETTERS)
    return bool(latin) and (word.istitle() or word.islower())


def with_plainness(found: Sequence[Reading | None], model: Model) -> list[Reading | None]:
    """The readings, with how plain what they put in is."""
    text = Text.of([one.new if one else "" for one in found])
    foreign = text.codes >= 0x80
    values = sums(np.where(foreign, model.characters(text), 0.0), text) / np.maximum(1, sums(foreign, text))
    return [one and replace(one, plainness=value) for one, value in zip(found, values.tolist(), strict=True)]


def in_part(line: str, start: int, end: int) -> bool:
    """Whether a stretch is part of a word of an alphabet beyond Latin, or of one of kana."""
    before, after = line[max(0, start - 1) : start], line[end : end + 1]
    edges = ((before, line[start : start + 1]), (line[end - 1 : end], after))
    return any(left and right and SYLLABIC.match(left) and SYLLABIC.match(right) for left, right in edges)


def is_word(run: str) -> bool:
    """Whether characters beyond ASCII are letters of an alphabet or of a syllabary, and nothing else."""
    word = run.strip("«»„“”‘’")
    return word.isalpha() and not any(
        "\u2000" <= one < "\u3040" or "\u3190" <= one < "\uac00" or one > "\ud7af" for one in word
    )
