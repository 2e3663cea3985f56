"""Whether what mojibake can have been is believed: how much likelier it is than what stands there, and how plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from textfix.language import LINE_END, Model, sums
from textfix.rules.mojibake.channels import UTF8, WHOLE, forms
from textfix.rules.mojibake.pieces import Piece
from textfix.rules.mojibake.windows import FOREIGN, natural, telling
from textfix.text import Text

GAIN = 13.0  # nats by which a reading must be likelier than what stands there
SPARSE = 5  # one telling character in so many may be left in what went wrong several times
LEAST_HAN = 2  # Han characters that a reading of other encodings than UTF-8 must have
PLAIN_EVEN = -12.0  # nats a character that a reading of UTF-8 must reach
PLAIN_ENOUGH = -7.5  # from which no other reading is looked for
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]+")
PRIVATE = re.compile("[\ue000-\uf8ff]")
SYLLABIC = re.compile("[\u0370-\u1fff\u3040-\u30ff\uff66-\uff9f]")
JOINTS = re.compile(r"[A-Za-z](?=[^\W\d_\x00-\x7f\u2000-\uffff])|[^\W\d_\x00-\x7f\u2000-\uffff](?=[A-Za-z])")
# What speaks for a reading of GBK, Big5 or UTF-16, and by how much: weights of a logistic regression, fitted by
# benchmarks/belief.py; for its features see evidence. ASKED is how much more than even odds must speak for it: of
# 900,000 names, words and lines of all languages that were no mojibake some ten came above.
EVIDENCE = {
    "gain": 0.101,
    "folded": 0.158,
    "plain": 1.676,
    "together": -0.103,
    "length": -1.886,
    "joints": -2.406,
    "words": -1.409,
    "kana": -2.512,
    "han": -0.653,
    "inside": 1.852,
    "private": 2.008,
    "utf16": 0.616,
}
BIAS, ASKED = 16.073, 4.0
ODD = 3.0  # against each sign that Chinese text hardly holds
USUAL = re.compile("[\u00b7\u2014\u2018-\u201d\u2026\u2460-\u249b\u2500\u3000-\u30ff\u3105-\u3129\uff01-\uff5e°×—％‰℃]")
MISFITS = {2: -14.0, 3: -12.0}  # nats a character of so many in a row
FOLLOWING = re.compile("[^\x00-\x7f]{3,9}")  # what follows them
LATER = 1.5  # nats by which a character there is likelier one byte later
# Readers of other countries: what is UTF-8 as they show it is their language's. Encodings of other languages: what they
# make of the bytes is a rival; nats by which Chinese must be likelier.
SINGLE_ELSEWHERE = ("cp866", "cp850", "cp852", "mac_cyrillic", "cp1253", "cp1254")
RIVALS, AHEAD = ("cp1251", "koi8_r", "iso8859_5", "cp866", "cp932", "euc_jp", "cp949"), 2.0


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


def plain(one: Reading) -> bool:
    """Whether a reading is so plain a text that no other need be looked for."""
    return assigned(one.text) and (one.even or one.score >= PLAIN_ENOUGH * len(one.text))


def assigned(text: str) -> bool:
    """Whether a text holds only characters that mean something to everybody."""
    return text.isprintable() or not any(
        unicodedata.category(one) in ("Co", "Cn", "Cs", "Cc") and one not in "\t\r\n" for one in text
    )


def surplus(one: Reading, line: str, gain: float, model: Model) -> float:
    """How much more speaks for a reading than must, for where it stands and the channels it came through.

    Below 0 it is not believed. Bytes seldom make UTF-8 by chance, so that the gain decides; any bytes make GBK and
    Big5, so all evidence is weighed.
    """
    if one.even:
        whole = len(one.channels) == 1 or SPARSE * len(telling(one.new)) <= len(one.new)
        believable = whole and possible(one, line, 1) and one.plainness >= PLAIN_EVEN
        return gain - GAIN if believable else -np.inf
    values = evidence(one, line, gain, model)
    if not values:
        return -np.inf
    over = BIAS - ASKED + float(np.dot(list(EVIDENCE.values()), values)) - ODD * len(odd(one.new))
    return over if over >= 0 and not outdone(one, line, model) else -np.inf


def odd(text: str) -> list[str]:
    """The characters of a text beyond ASCII that are no Han characters, and that Chinese text hardly holds."""
    return [one for one in text if not (one.isascii() or HAN.match(one) or USUAL.match(one))]


def makes_utf8(line: str, reader: str) -> bool:
    """Whether a line is UTF-8 as this reader shows it, or CESU-8."""
    try:
        raw = line.encode(reader)
        return not raw.isascii() and bool(raw.decode("utf-8", "surrogatepass"))
    except UnicodeError:
        return False


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


def outdone(one: Reading, line: str, model: Model) -> bool:
    """Whether the bytes are about as likely as text of another language. What went wrong several times is not asked.

    >>> one = Reading("救崇窍技夸", (), (("gb18030", "latin_1"),), -50.0)
    >>> outdone(one, "안녕하세요".encode("cp949").decode("latin_1"), Model.load())
    True
    """
    if len(one.channels) > 1:
        return False
    if any(makes_utf8(line, name) for name in ("latin_1", *SINGLE_ELSEWHERE)):
        return True
    table = forms(one.channels[0][1])
    raw = b"".join(table.get(character, (b"?",))[0] for character in line)
    texts = [raw.decode(name, "replace") + LINE_END for name in RIVALS if name != one.channels[0][1]]
    return float(model.score(Text.of(texts)).max()) > one.score - AHEAD


def evidence(one: Reading, line: str, gain: float, model: Model) -> tuple[float, ...] | None:
    """What speaks for a reading, as EVIDENCE names it; None where nothing could make it believed.

    gain: nats by which it is likelier than the line; folded: the same against the line without differences of width
    and case, if less. plain: nats a character beyond ASCII; together: of all Han characters. length: characters beyond
    ASCII that it replaces, of UTF-16 all. joints: places at which these touch Latin letters. words, kana, han: whether
    they are words of letters, kana or Han characters alone; private: whether any is of private use. inside: whether
    it stands in clean text; utf16: whether it came through UTF-16.
    """
    start, end = one.pieces[0].start, one.pieces[-1].end
    if not possible(one, line, LEAST_HAN) or in_part(line, start, end):
        return None
    old = line[start:end]
    runs = FOREIGN.findall(old)
    wide = unicodedata.normalize("NFKC", line)
    score, *folded = model.score(Text.of([line + LINE_END, wide + LINE_END, wide.lower() + LINE_END])).tolist()
    places = [0, *(place for piece in one.pieces for place in (piece.start, piece.end)), len(line)]
    utf16 = any(channel in WHOLE for channel in one.channels)
    around = "".join(line[a:b] for a, b in zip(places[::2], places[1::2], strict=True))
    return (
        gain,
        gain + min(0.0, score - max(folded)),
        one.plainness,
        one.plainness * len(HAN.findall(one.new)),
        len(old) if utf16 else sum(map(len, runs)),
        len(JOINTS.findall(line[max(0, start - 1) : end + 1])),
        all(map(is_word, runs)),
        all(map(KANA.fullmatch, runs)),
        all(map(HAN.match, "".join(runs))),
        not around.isascii(),
        PRIVATE.search(old) is not None,
        utf16,
    )


def possible(one: Reading, line: str, least: int) -> bool:
    """Whether a reading says something in so many Han characters at least, and the line is nothing by itself.

    As many as it has other signs, of which each counts once: a row of dashes is one.
    """
    others = {sign for sign in one.new if not sign.isascii() and not HAN.match(sign)}
    han = len(HAN.findall(one.new))
    return han >= max(least, len(others)) and not natural(line[one.pieces[0].start : one.pieces[-1].end])


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
