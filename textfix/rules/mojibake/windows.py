"""Where mojibake may stand: the stretches of lines in which its characters are telling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from textfix.characters import CR, LF, Bools, Class, Codes, Ints, classes, odds, to_codes, to_str
from textfix.rules.mojibake.channels import CHANNELS, GBK, REPLACEMENT, forms, turned_back
from textfix.text import SHORT, Text, best_sums, gathered, offsets

NEAR = 12  # characters between telling ones that are looked at together
KNOT = 64  # telling ones of which each sign counts once; of a whole novel all would be signs that are repeated
BESIDE = 3  # characters beside them that may speak for mojibake, too
CELL = 6  # characters beside them up to the signs of ASCII that part a cell from the rest
AROUND = 32  # characters around telling ones that are looked at
NEIGHBOURS = 400  # characters between knots of which one speaks for the other
LONGEST = 1 << 16  # characters between the first and the last telling one that are looked at together, if nothing is
SEARCHED = 1 << 11  # lost, and where something is, as that has to be searched
JOINT = 1 << 10  # characters before a cut in which a sign of ASCII is looked for, so that none is parted
# Quarters of a nat that must speak for mojibake in a segment inside other text, for UTF-8 and for other encodings,
# and in a row in which others are telling, or between signs of ASCII.
TELLING_UTF8, TELLING, TELLING_AMONG = 40, 80, 12
IDEOGRAPHS = 0x2E80  # from which on there are hardly letters, as the words of other languages have
FEW_SIGNS, MANY_SIGNS = 3, 6  # characters of such a segment that must differ, for UTF-8 and for other encodings
IN_ORDER = 6  # signs in the order of their codes that are a table of signs
FOREIGN = re.compile(r"[^\x00-\x7f]+")
ALPHABET = re.compile("[\u0370-\u1fff]+")  # letters that are not Latin
UNUSUAL = re.compile("[бвгджзйклмнпрстфхцчшщъь]{4,}|(?:[А-Я]{2}){2,}")  # no words, or such as double bytes make, too
MIXED = re.compile("[A-Za-z](?=[\u0370-\u052f])|[\u0370-\u052f](?=[A-Za-z])")
# Thai as it is spelled, and often typed: marks stand above and below consonants, some vowels before one; digits stand
# by themselves.
THAI = re.compile(
    "(?:(?:เเ|[เ-ไ])?[ก-ฮ]"
    "(?:\u0e4c[\u0e38\u0e39]|[\u0e48-\u0e4b]?\u0e4d[\u0e48-\u0e4b]?|[\u0e31\u0e34-\u0e3a\u0e47]?[\u0e48-\u0e4c\u0e4e]?)"
    "[ะาำๅ]*[ฯๆ]*)+|[ฯๆ]+|[๐-๙฿]+"
)
MISSPELT = 25  # characters of Thai of which one may stand in what is misspelt
THAI_LATIN = re.compile("[\u0e01-\u0e5b](?=[A-Za-z])")  # as what is half a character in Big5 stands, and seldom words
BOPOMOFO, JAMO = re.compile("[\u3105-\u312f\u02c7\u02ca\u02cb\u02d9]+"), re.compile("[\u3131-\u318e]+")
BOX = re.compile("[═║╔╗╚╝╠╣╦╩╬ß]")  # a drawing, with a letter that is drawn; ══ is a character that hardly occurs
QUOTATION = "«»‹›„“”‚‘’–—…"


@dataclass(frozen=True)
class Window:
    """A line, or a part of a long one, in which mojibake is likely: at character `low` of the text.

    start, end: characters of the window that are likelier mojibake than clean text, by what they are one by one. row:
    the row of the text that it stands in. left: what stands before it in its line, or the end of that.
    """

    low: int
    line: str
    start: int
    end: int
    cut: bool = False  # whether the line goes on behind the window
    row: int = 0
    left: str = ""

    @property
    def segment(self) -> str:
        return self.line[self.start : self.end]

    @property
    def strength(self) -> int:
        return strength(self.segment)

    @property
    def signs(self) -> int:
        return signs(self.segment)

    @property
    def likely(self) -> bool:
        """Whether a segment is worth a look: not natural as it is, not mostly loss, and telling inside other text."""
        foreign = [character for character in self.segment if not character.isascii()]
        lost = sum(is_loss(character) for character in foreign)
        if 3 * lost > 2 * len(foreign) or natural(self.segment):
            return False
        if not self.inside or len(self.line) <= SHORT:
            return True
        return any(map(str.isalpha, foreign)) and is_telling(self.segment)  # signs alone inside text are a drawing

    @property
    def clean_around(self) -> bool:
        """Whether text beyond ASCII stands around the segment."""
        return not (self.line[: self.start] + self.line[self.end :]).isascii()

    @property
    def inside(self) -> bool:
        """Whether clean text beyond ASCII stands around the segment; cells that ASCII parts are damaged together."""
        return self.clean_around and not still_damaged("".join(FOREIGN.findall(self.line)))


def is_loss(character: str) -> bool:
    """Whether a character stands for bytes that are lost; private use does where GBK has no pair for it."""
    return character == REPLACEMENT or ("\ue000" <= character <= "\uf8ff" and character not in forms(GBK))


def strong(text: Text) -> Ints:
    """The telling characters in knots that tell enough; in short rows, and beside other knots, less is enough."""
    hits = text.screen.where(Class.MOJIBAKE)
    if not len(hits):
        return hits
    row = text.row_of(hits)
    apart = np.append(True, (np.diff(hits) > NEAR) | (np.diff(row) > 0))[: len(hits)]
    since = np.arange(len(hits)) - np.maximum.accumulate(np.where(apart, np.arange(len(hits)), 0))
    first = np.flatnonzero(since % KNOT == 0)
    last = np.append(first[1:], len(hits)) - 1
    start = np.maximum(hits[first] - BESIDE, text.rows[row[first]])
    end = np.minimum(hits[last] + BESIDE + 1, text.rows[row[first] + 1])
    places = gathered(start, end)
    values = odds(text.codes[places]).astype(np.int32)
    outside = (places < np.repeat(hits[first], end - start)) | (places > np.repeat(hits[last], end - start))
    values[outside] = np.maximum(values[outside], 0)
    signs = np.flatnonzero(values > 0)
    knots = np.repeat(np.arange(len(first)), end - start)
    values[signs[again(knots[signs], text.codes[places[signs]])]] = 0
    sums = best_sums(values.astype(np.int64), offsets(end - start))
    plain = sums >= TELLING_UTF8
    asked = plain | (np.diff(text.rows)[row[first]] <= SHORT)
    some = np.flatnonzero(~asked & (sums >= TELLING_AMONG))
    asked[some] = near(hits[first[some]], row[first[some]], hits[first[plain]], row[first[plain]])
    some = some[~asked[some]]
    asked[some] = in_cell(text, hits[first[some]], hits[last[some]])
    return hits[np.repeat(asked, last - first + 1)]


def in_cell(text: Text, first: Ints, last: Ints) -> Bools:
    """Which knots, from the first to the last place, are of ideographs and the like that ASCII parts from the rest, and
    with what stands beside them are likelier mojibake: what a string of code holds, or a cell of a table."""
    found = text.codes[first] >= IDEOGRAPHS
    first, last, row = first[found], last[found], text.row_of(first[found])
    sums, closed = np.zeros(len(first), np.int64), np.ones(len(first), np.bool_)
    for place, by, edge in ((first, -1, text.rows[row] - 1), (last, 1, text.rows[row + 1])):
        parted = np.zeros(len(first), np.bool_)
        for step in range(1, CELL + 1):
            at = place + by * step
            codes = text.codes[np.clip(at, 0, len(text.codes) - 1)]
            parted |= (by * at >= by * edge) | (codes < 0x80)
            sums += np.where(parted, 0, odds(codes))
        closed &= parted
    within = odds(text.codes[gathered(first, last + 1)]).astype(np.int64)
    sums += np.add.reduceat(within, offsets(last + 1 - first)[:-1]) if len(first) else 0
    found[found] = closed & (sums > 0)
    return found


def again(knots: Ints, codes: Codes) -> Ints:
    """Where a character stands that its knot has before: a sign that is repeated tells no more."""
    keys = knots << 32 | codes
    order = np.argsort(keys, kind="stable")
    return np.asarray(order[1:][np.diff(keys[order]) == 0], np.int64)


def near(place: Ints, row: Ints, others: Ints, rows: Ints) -> Bools:
    """Whether one of the others, in the given rows, is near each place, in its row."""
    found = np.zeros(len(place), np.bool_)
    if not len(others):
        return found
    after = np.searchsorted(others, place)
    for index in (after - 1, np.minimum(after, len(others) - 1)):
        found |= (np.abs(others[index] - place) <= NEIGHBOURS) & (rows[index] == row)
    return found


def as_written(text: Text) -> Text:
    """The text with U+FFFD for surrogates, which the last rule makes of them: so fix settles."""
    lone = text.screen.where(Class.SURROGATE)
    if not len(lone):
        return text
    codes = text.codes.copy()
    codes[lone] = ord(REPLACEMENT)
    return Text(codes, text.rows)


def windows(text: Text) -> Iterator[Window]:
    warm = strong(text)
    if not len(warm):
        return
    row = text.row_of(warm)
    apart = (np.diff(warm) > 2 * AROUND) | (np.diff(row) > 0)
    first = np.flatnonzero(np.append(True, apart))
    done = 0
    for begin, stop in zip(first.tolist(), np.append(first[1:], len(warm)).tolist(), strict=True):
        start, end = int(text.rows[row[begin]]), int(text.rows[row[begin] + 1])
        at = begin
        while at < stop:
            low, high = reach(text.codes, warm[at:stop], max(start, done), end, LONGEST)
            if high - low > SEARCHED and not came_whole(to_str(text.codes[low:high])):
                low, high = reach(text.codes, warm[at:stop], max(start, done), end, SEARCHED)
            best = best_segment(text.codes[low:high])
            done = high
            cut = high < end and text.codes[high] not in (LF, CR)
            window = Window(low, to_str(text.codes[low:high]), *best, bool(cut), int(row[begin])) if best else None
            if window and window.likely:
                yield replace(window, left=text.around(low, high, JOINT)[0])
            at = int(np.searchsorted(warm, high))


def reach(codes: Codes, warm: Ints, start: int, end: int, longest: int) -> tuple[int, int]:
    """From where to where, inside its line, what stands around the first of these telling characters is looked at.

    Where the line goes on, it is cut behind a sign of ASCII, if there is one, so that no character is parted.
    """
    hit = int(warm[0])
    last = int(warm[int(np.searchsorted(warm, hit + longest)) - 1])
    low, high = within_line(codes, max(start, hit - AROUND), hit, min(end, last + AROUND + 1))
    if int(np.searchsorted(warm, high)) < len(warm) and codes[high] not in (LF, CR):
        joint = max(hit + 1, high - JOINT)
        plain = np.flatnonzero(codes[joint:high] < 0x80)
        high = joint + int(plain[-1]) + 1 if len(plain) else high
    return low, high


def came_whole(line: str) -> bool:
    """Whether a line can have come through one channel without a loss."""
    return REPLACEMENT not in line and any(turned_back(line, channel) for channel in CHANNELS)


def within_line(codes: Codes, low: int, at: int, high: int) -> tuple[int, int]:
    before = np.flatnonzero((codes[low:at] == LF) | (codes[low:at] == CR))
    after = np.flatnonzero((codes[at:high] == LF) | (codes[at:high] == CR))
    return low + int(before[-1]) + 1 if len(before) else low, at + int(after[0]) if len(after) else high


def best_segment(codes: Codes) -> tuple[int, int] | None:
    """The stretch whose characters together speak most for mojibake; None where none does.

    It begins with a sign beyond ASCII, or a "?" before that, and ends with what stands behind the last, which may be
    half of a character.
    """
    values = odds(codes).astype(np.int32)
    sums = np.concatenate([[0], np.cumsum(values)])
    least = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - least))
    if sums[end] <= least[end]:
        return None
    start = int(np.argmin(sums[: end + 1]))
    foreign = np.flatnonzero(codes[start:end] >= 0x80)
    if not len(foreign):
        return start, end
    first, last = start + int(foreign[0]), start + int(foreign[-1])
    return first - int(first > start and codes[first - 1] == ord("?")), min(end, last + 2)


def strength(text: str) -> int:
    """How much speaks for mojibake in a text, in quarters of a nat."""
    return int(odds(to_codes(text)).sum(dtype=np.int64))


def signs(text: str) -> int:
    """How many different characters beyond ASCII a text has."""
    return len({character for character in text if not character.isascii()})


def still_damaged(text: str) -> bool:
    """Whether a text as a whole is likelier mojibake than clean."""
    return strength(text) > 0


def is_letter(sign: str) -> bool:
    """Whether a character is a letter of an alphabet, or kana."""
    return sign.isalpha() and not "\u3100" <= sign <= "\uff65"


def is_telling(text: str) -> bool:
    """Whether much in a text speaks for mojibake, and not one sign alone."""
    return strength(text) >= TELLING_UTF8 and signs(text) >= FEW_SIGNS


def telling(text: str) -> Ints:
    """Where a text holds what is common in mojibake."""
    return np.flatnonzero((classes(to_codes(text)) & int(Class.MOJIBAKE)) != 0)


def spelled(runs: Sequence[str]) -> bool:
    """Whether these are words of Thai, with a break or two in long text, where words are misspelt."""
    wrong = sum(len(THAI.sub("", run)) + max(0, len(THAI.findall(run)) - 1) for run in runs)
    return len(runs) > 0 and MISSPELT * wrong <= max(MISSPELT - 1, sum(map(len, runs)))


def is_face(run: str) -> bool:
    """Whether signs or letters, the same on either side of another, are a face: ΦωΦ, ºωº, ㉨ω㉨."""
    letters = any(one >= "\u2e80" and unicodedata.category(one) == "Lo" for one in run)
    return len(run) == 3 and run[0] == run[2] != run[1] and not letters


def natural(text: str) -> bool:
    """Whether what stands beyond ASCII is words as people write them, signs that are repeated, or a table of signs.

    The language model knows no Greek and little Cyrillic, so that how unlikely it finds them means nothing: words of
    such an alphabet in lower case, upper case or with a capital first, quotation marks alone, and frames are what they
    are, and so are bopomofo and jamo; so are icons, two letters in turn, and signs in the order of their codes.

    >>> [natural(text) for text in ("Φινλανδία", "Строка %d", "╔══════╗", "ｺﾃｺﾃ", "ÀÁÂÃÄÅ ÈÉÊË", "ㄐㄧㄥˇ")]
    [True, True, True, True, True, True]
    >>> natural("ภาษาไทย"), natural("ำรปงร๛")  # 用户名
    (True, False)
    >>> natural("══╝══╝ß"), natural("╨┬╜¿╬─╝■")
    (True, False)
    >>> [natural(text) for text in ("ÖÐÎÄ", "╓╨╬─", "И╕√И║╣", "鍒涘缓", "螂ｽ螂ｽ")]
    [False, False, False, False, False]
    >>> natural("╨┬╜¿╬─╝■╝╨/╨┬╜¿╬─▒╛╬─╡╡")  # 新建文件夹/新建文本文档, with signs that stand twice
    False
    """
    runs = [stripped for run in FOREIGN.findall(text.replace(REPLACEMENT, " ")) if (stripped := run.strip(QUOTATION))]
    if all(ALPHABET.fullmatch(run) and (run.islower() or run.isupper() or run.istitle()) for run in runs):
        return not (all(map(UNUSUAL.fullmatch, runs)) or MIXED.search(text))
    if all(BOPOMOFO.fullmatch(run) or JAMO.fullmatch(run) for run in runs):
        return True
    if all(map(is_face, FOREIGN.findall(text))):
        return True
    if spelled(runs):
        return 6 * len(THAI_LATIN.findall(text)) <= max(6, len("".join(runs)))
    every = "".join(runs)
    if "══" in every and BOX.sub("", every) == "":
        return True
    if all("\ue000" <= one <= "\uf8ff" for one in every):
        return True
    letters, different = any(map(str.isalpha, every)), len({*every})
    if len(every) == different and len(every) >= IN_ORDER and sorted(every) == [*every]:
        return True
    if 2 * different > len(every):
        return False
    twice = sum(one == other for one, other in pairwise(every))
    return different <= 2 and all(map(is_letter, every)) if letters else different <= 2 or 3 * twice >= len(every)
