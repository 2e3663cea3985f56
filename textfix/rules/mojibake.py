"""mojibake.*: text that was written in one encoding and read in another.

    鍒涘缓骞冲彴  ->  创建平台      (UTF-8 read as GBK)
    ÖÐÎÄ  ->  中文              (GBK read as Latin-1)
    鎵�崰  ->  所占              (UTF-8 read as GBK, two bytes lost)

Where characters stand that are common in mojibake and rare in clean text, the line around them is turned back into
bytes, for every wrong reader that can show them, and read anew, in every encoding that Chinese is written in: as a
whole where that works, else through the lattice (lattice.py), which finds where the damage ends and what lost bytes
were. What comes out is believed if the language model finds it likelier, by some margin, than what stands there. Text
that went wrong twice is turned back twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from textfix.edits import Edit, Note
from textfix.language import LINE_END, Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.channels import CHANNELS, GBK, READERS, REPLACEMENT, SINGLE, UTF8, WHOLE, bytes_of, forms
from textfix.rules.lattice import Best, Channel, Job, Piece
from textfix.rules.restore import in_pairs, through
from textfix.text import (
    CR,
    LF,
    MANY,
    SHORT,
    Class,
    Codes,
    Ints,
    Text,
    classes,
    gathered,
    odds,
    readers,
    repeated,
    to_codes,
    to_str,
)

NEAR = 12  # characters between telling ones that are looked at together
BESIDE = 3  # characters beside them that may speak for mojibake, too
AROUND = 32  # characters around telling ones that are looked at
LONGEST = 768  # characters between the first and the last telling one that are looked at together
AGAIN = 6.0  # nats that each further channel costs
GAIN = 13.0  # nats by which a reading must be likelier than what stands there
# For a reading of GBK or Big5 the gain counts, and how plain it is: nats a character above what is usual for a few
# characters without their context. Needed is more inside clean text, for each Latin letter beside a foreign one and
# for words of letters alone, for single characters between signs of ASCII, and where one character is all there is.
NEEDED, WEIGHT, USUAL = 11.0, 3.0, -9.5
EMBEDDED, IN_WORD, ALONE = 12.0, 12.0, 5.0
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff5e]")
KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
ALPHABET = re.compile("[\u0370-\u1fff]+")  # letters that are not Latin
SYLLABIC = re.compile("[\u0370-\u1fff\u3040-\u30ff\uff66-\uff9f]")
QUOTATION = "«»‹›„“”‚‘’–—…"
IN_WORDS = re.compile(r"[A-Za-z](?=[^\W\d_\x00-\x7f\u2000-\uffff])|[^\W\d_\x00-\x7f\u2000-\uffff](?=[A-Za-z])")
FOREIGN = re.compile(r"[^\x00-\x7f]+")
PLAIN_ENOUGH = -7.5  # from which no other reading is looked for
REASONS = {
    "锟": "U+FFFD written as UTF-8 and read as GBK: what it stood for is lost",
    "\ufffd": "a decoder could not read what stood here",
    "?": "an encoder had no sign for what stood here",
}
GONE = re.compile(rf"(?:锟斤拷)+锟?|\ufffd+|(?<![\w?!？！。…~～])\?{{{MANY},}}(?![!！])")
PLAIN, PLAIN_INSIDE = -11.0, -9.5  # nats a character that it must reach at least, there and inside clean text
PLAIN_SHORT = -8.0  # the same, where fewer than FEW_HAN different Han characters come out
LEAST_HAN, FEW_HAN = 2, 4
PLAIN_KANA = -7.0  # where kana alone stand, which is what Japanese looks like
PLAIN_EVEN = -12.0  # and for UTF-8
DEPTH = 3  # how many times over text can have gone wrong
FOLLOWED = 8  # readings of a window that are turned back once more
LATTICES = 3  # channels of a window that go through the lattice
# Quarters of a nat that must speak for mojibake in a segment inside other text, for UTF-8 and for other encodings.
TELLING_UTF8, TELLING = 40, 80
FEW_SIGNS, MANY_SIGNS = 3, 6  # characters of such a segment that must differ, for UTF-8 and for other encodings
ASCII = bytes(range(0x80))
UNSHOWN = (b"\xa4",)  # for a lost byte: half of a character in GBK and in Big5
LIKELY = -8.0  # nats a byte that text of other encodings must reach
SHOWN = 0.8  # share of the characters that a reader must be able to show
# The share of bytes that must make an encoding for that, also inside other text, and from which UTF-8 is the only one.
VALID, VALID_INSIDE, SURELY = 0.3, 0.6, 0.75
FAIR, OFFSET = 1.4, 1.4  # how the margin in nats grows into confidence; see docs/model.md
FEW = 4  # telling characters left that never are too many for a second search
BREAK = 3  # characters around a break in the bytes, before which some may have vanished
CUT = 4  # characters at the end of a window that may belong to one that is not whole in it
# Text about mojibake is left alone; text that names an encoding, too, if what is damaged stands in quotation marks.
ABOUT = re.compile("乱码|亂碼|编码|編碼|文字化け|mojibake|garbled", re.IGNORECASE)
NAMES = re.compile(
    "unicode|utf-?8|gbk|gb18030|gb2312|big-?5|latin-?1|iso-?8859|cp\\d{3}|koi8|encod|charset", re.IGNORECASE
)
QUOTES = frozenset("\"'`“”‘’「」『』《》()（）")


@dataclass(frozen=True)
class Window:
    """A line, or a part of a long one, in which mojibake is likely: at character `low` of the text.

    start, end: characters of the window that are likelier mojibake than clean text, by what they are one by one.
    """

    low: int
    line: str
    start: int
    end: int
    cut: bool = False  # whether the line goes on behind the window

    @property
    def segment(self) -> str:
        return self.line[self.start : self.end]

    @property
    def strength(self) -> int:
        """How much speaks for mojibake in the segment, in quarters of a nat."""
        return int(odds(to_codes(self.segment)).sum(dtype=np.int64))

    @property
    def signs(self) -> int:
        """How many different characters beyond ASCII the segment has."""
        return len({character for character in self.segment if not character.isascii()})

    @property
    def likely(self) -> bool:
        """Whether a segment is worth a look: not natural as it is, not mostly loss, and telling inside other text."""
        foreign = [character for character in self.segment if not character.isascii()]
        lost = sum(is_loss(character) for character in foreign)
        if 3 * lost > 2 * len(foreign) or natural(self.segment):
            return False
        return not self.inside or len(self.line) <= SHORT or (self.strength >= TELLING_UTF8 and self.signs >= FEW_SIGNS)

    @property
    def inside(self) -> bool:
        """Whether clean text beyond ASCII stands around the segment."""
        return not (self.line[: self.start] + self.line[self.end :]).isascii() and not still_damaged(self.line)


def is_loss(character: str) -> bool:
    """Whether a character stands for bytes that are lost; private use does where GBK has no pair for it."""
    return character == REPLACEMENT or ("\ue000" <= character <= "\uf8ff" and character not in forms(GBK))


def strong(text: Text) -> Ints:
    """The telling characters that stand in knots telling enough to be looked at, or in short rows."""
    hits = np.flatnonzero(text.classes >= int(Class.MOJIBAKE))
    if not len(hits):
        return hits
    row = text.row_of(hits)
    first = np.flatnonzero(np.append(True, (np.diff(hits) > NEAR) | (np.diff(row) > 0))[: len(hits)])
    last = np.append(first[1:], len(hits)) - 1
    start = np.maximum(hits[first] - BESIDE, text.rows[row[first]])
    end = np.minimum(hits[last] + BESIDE + 1, text.rows[row[first] + 1])
    places = gathered(start, end)
    values = odds(text.codes[places]).astype(np.int32)
    outside = (places < np.repeat(hits[first], end - start)) | (places > np.repeat(hits[last], end - start))
    values[outside] = np.maximum(values[outside], 0)
    sums = np.add.reduceat(values, np.cumsum(end - start) - (end - start))
    asked = (sums >= TELLING_UTF8) | (np.diff(text.rows)[row[first]] <= SHORT)
    return hits[np.repeat(asked, last - first + 1)]


def as_written(text: Text) -> Text:
    """The text with U+FFFD for surrogates, which the last rule makes of them: so fix settles."""
    lone = (text.codes >= 0xD800) & (text.codes < 0xE000)
    return Text(np.where(lone, np.uint32(ord(REPLACEMENT)), text.codes), text.rows) if lone.any() else text


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
            hit = int(warm[at])
            last = int(warm[min(stop, int(np.searchsorted(warm, hit + LONGEST))) - 1])
            low, high = within_line(text.codes, max(start, done, hit - AROUND), hit, min(end, last + AROUND + 1))
            best = best_segment(text.codes[low:high])
            done = high
            cut = high < end and text.codes[high] not in (LF, CR)
            window = Window(low, to_str(text.codes[low:high]), *best, bool(cut)) if best else None
            if window and window.likely:
                yield window
            at = int(np.searchsorted(warm, high))


def within_line(codes: Codes, low: int, at: int, high: int) -> tuple[int, int]:
    before = np.flatnonzero((codes[low:at] == LF) | (codes[low:at] == CR))
    after = np.flatnonzero((codes[at:high] == LF) | (codes[at:high] == CR))
    return low + int(before[-1]) + 1 if len(before) else low, at + int(after[0]) if len(after) else high


def best_segment(codes: Codes) -> tuple[int, int] | None:
    """The stretch whose characters together speak most for mojibake; None where none does."""
    values = odds(codes).astype(np.int32)
    sums = np.concatenate([[0], np.cumsum(values)])
    least = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - least))
    if sums[end] <= least[end]:
        return None
    return int(np.argmin(sums[: end + 1])), end


@dataclass(frozen=True)
class Reading:
    """What a window would be: its whole text, the pieces of the window that change, and through which channels.

    score: its log-likelihood, less what the channels cost. The channel undone first stands first.
    """

    text: str
    pieces: tuple[Piece, ...]
    channels: tuple[tuple[str, str], ...]
    score: float = -np.inf

    @property
    def lossy(self) -> bool:
        return any(piece.lossy for piece in self.pieces)

    @property
    def even(self) -> bool:
        """Whether the bytes made UTF-8 every time, which they hardly do by chance."""
        return all(written == UTF8 for written, _ in self.channels)


def propose(text: Text, context: Context) -> Proposals:
    found = [window for window in windows(as_written(text)) if not ABOUT.search(window.line)]
    edits: list[Edit] = []
    for window, best, gain in zip(found, *read(found, context.model), strict=True):
        over = surplus(best, window.line, gain, context.model) if best else -np.inf
        if best and over >= 0 and not quoted(best, window.line):
            edits += edits_of(best, window, over, text)
    return Proposals.of(edits)


def quoted(one: Reading, line: str) -> bool:
    """Whether a line that names an encoding quotes what is damaged."""
    start, end = one.pieces[0].start, one.pieces[-1].end
    around = {*line[max(0, start - 1) : start], *line[end : end + 1]}
    return bool(around) and around <= QUOTES and NAMES.search(line) is not None


def read(found: Sequence[Window], model: Model) -> tuple[list[Reading | None], list[float]]:
    """For each window the likeliest reading, and how many nats it is likelier than what stands there."""
    every: list[list[Reading]] = [[] for _ in found]
    asked = list(enumerate(found))
    channels: list[tuple[tuple[str, str], ...]] = [() for _ in found]
    for depth in range(DEPTH):
        fresh: dict[int, list[Reading]] = defaultdict(list)
        answers = readings([window for _, window in asked], model, depth == 0)
        for (number, _), before, listed in zip(asked, channels, answers, strict=True):
            fresh[number] += [deeper(one, before, found[number].line, depth) for one in listed]
        asked, channels = [], []
        for number, listed in fresh.items():
            every[number] += [one for one in listed if possible(one, found[number])]
            for one in followed(listed):
                asked.append((number, Window(0, one.text, 0, len(one.text))))
                channels.append(one.channels)
    asis = model.score(lines(window.line for window in found)).tolist()
    best = [max(listed, key=lambda one: one.score, default=None) for listed in every]
    return best, [one.score - score if one else 0.0 for one, score in zip(best, asis, strict=True)]


def followed(listed: Sequence[Reading]) -> list[Reading]:
    """The readings that may have to be turned back once more: none where one is plain already."""
    twice = [one for one in listed if not one.lossy and one.channels[-1] not in WHOLE]
    damaged = [one for one in twice if still_damaged(one.text)]
    if len(damaged) < len(listed) and any(plain(one) for one in listed if one not in damaged):
        return []
    different = {one.text: one for one in sorted(damaged, key=lambda one: one.score)}
    return list(different.values())[-FOLLOWED:]


def deeper(one: Reading, before: tuple[tuple[str, str], ...], line: str, depth: int) -> Reading:
    """A reading of what came out of other channels before, as one of the line that went in."""
    if not depth:
        return one
    margin = min((piece.margin for piece in one.pieces), default=np.inf)
    piece = replace(difference(line, one.text), lossy=one.lossy, margin=margin)
    return Reading(one.text, (piece,), (*before, *one.channels), one.score - AGAIN * depth)


def lines(texts: Iterable[str]) -> Text:
    """The texts as rows, each with a line end behind it, which the model knows."""
    return Text.of([text + LINE_END for text in texts])


def still_damaged(text: str) -> bool:
    """Whether a text as a whole is likelier mojibake than clean."""
    return int(odds(to_codes(text)).sum(dtype=np.int64)) > 0


def telling(text: str) -> Ints:
    """Where a text holds what is common in mojibake."""
    return np.flatnonzero(classes(to_codes(text)) >= int(Class.MOJIBAKE))


def readings(asked: Sequence[Window], model: Model, lossy: bool) -> list[list[Reading]]:
    """For each window what it would be through one channel: whole, or where that gives no plain text by the lattice.

    lossy: whether bytes may be lost; what went wrong twice is only turned back where the second time lost nothing.
    """
    names = [able(window.segment) for window in asked]
    found = whole(asked, names, model, lossy)
    unsolved: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, window in enumerate(asked):
        some = names[number] if lossy else [one for one in names[number] if set(window.line) <= forms(one).keys()]
        if not any(plain(one) for one in found[number]):
            for channel in promising(window, some, model):
                unsolved[channel].append(number)
    for channel, numbers in unsolved.items():
        through_lattice(found, asked, channel, numbers, model)
    return found


def whole(asked: Sequence[Window], names: Sequence[Sequence[str]], model: Model, wide: bool) -> list[list[Reading]]:
    """For each window what it would be if all of it came through one channel, and nothing was lost.

    wide: whether UTF-16 is thought of.
    """
    found: list[list[Reading]] = [[] for _ in asked]
    for window, some, listed in zip(asked, names, found, strict=True):
        if REPLACEMENT in window.line or not still_damaged(window.line):
            continue
        for channel in (*(one for one in CHANNELS if one[1] in some), *(WHOLE if wide else ())):
            again = turned_back(window.line, channel)
            if again:
                listed.append(Reading(again, (difference(window.line, again),), (channel,)))
    scored = iter(model.score(lines(one.text for listed in found for one in listed)).tolist())
    return [[replace(one, score=next(scored)) for one in listed] for listed in found]


def plain(one: Reading) -> bool:
    """Whether a reading is so plain a text that no other need be looked for."""
    return assigned(one.text) and (one.even or one.score >= PLAIN_ENOUGH * len(one.text))


def through_lattice(
    found: list[list[Reading]], asked: Sequence[Window], channel: tuple[str, str], numbers: list[int], model: Model
) -> None:
    """Add what the lattice makes of these windows; once more where something is left, with losses of other kinds."""
    utf8, way = channel[0] == UTF8, Channel.of(*channel)
    jobs = {}
    for number in numbers:
        window = asked[number]
        jobs[number] = Job(window.line, closed=not window.cut, pairs=utf8 and in_pairs(window.line, way.reader))
    for _ in range(2):
        again: dict[int, Job] = {}
        best = dict(zip(jobs, through(list(jobs.values()), way, model), strict=True))
        texts = {number: applied(one.pieces, jobs[number].line) for number, one in best.items()}
        scores = model.score(lines(texts.values())).tolist()
        for (number, job), score in zip(jobs.items(), scores, strict=True):
            one = best[number]
            if one.pieces:
                found[number].append(Reading(texts[number], one.pieces, (channel,), score - one.against))
            left = unexplained(one, asked[number])
            if len(left) > max(FEW * (not asked[number].inside), len(telling(job.line)) / 2):
                continue  # another channel, or none
            if left and (utf8 or channel[1] in SINGLE):
                around = {place + by for place in left for by in range(-BREAK, BREAK + 1)}
                again[number] = replace(job, hidden=frozenset(around & set(range(len(job.line)))))
            elif left and not job.pairs:
                again[number] = replace(job, pairs=True)
        jobs = again


def applied(pieces: Sequence[Piece], line: str) -> str:
    """A line with its pieces put in."""
    found, done = [], 0
    for piece in pieces:
        found += [line[done : piece.start], piece.text]
        done = piece.end
    return "".join([*found, line[done:]])


def unexplained(best: Best, window: Window) -> list[int]:
    """The places of a window that are telling, and that a path left as they are."""
    covered = {place for piece in best.pieces for place in range(piece.start, piece.end)}
    end = len(window.line) - CUT * window.cut
    return [place for place in telling(window.line).tolist() if place not in covered and place < end]


def able(segment: str) -> list[str]:
    """The readers that can show what is telling in a segment."""
    codes = to_codes(segment)
    common = int(np.bitwise_and.reduce(readers(codes[telling(segment)]), initial=0xFFFF))
    return [name for bit, name in enumerate(READERS) if common >> bit & 1]


def turned_back(text: str, channel: tuple[str, str]) -> str | None:
    """Text as it was before a channel; None where it cannot have come through it whole, or in several ways.

    >>> turned_back("浣犲ソ", ("utf-8", "gb18030"))
    '你好'
    """
    written, read = channel
    raw = bytes_of(text, read)
    if raw is None or raw.isascii():
        return None
    try:
        again = raw.decode(written)
    except UnicodeDecodeError:
        return None
    return again if again != text else None


def promising(window: Window, names: Sequence[str], model: Model) -> list[tuple[str, str]]:
    """The channels through which a segment can have come, losses aside, the likeliest first.

    Inside other text a segment must be telling enough to be worth the search, and nearly whole.
    """
    alone = not window.inside
    strong = alone or (window.strength >= TELLING and window.signs >= MANY_SIGNS)
    foreign = {character for character in window.segment if not character.isascii() and not is_loss(character)}
    found: list[tuple[str, str, str, int, float]] = []
    for written, read in CHANNELS:
        if written != UTF8 and any(one[0] == UTF8 and one[4] >= SURELY for one in found):
            break
        table = forms(read)
        if read in names and (strong or written == UTF8) and len(foreign & table.keys()) >= SHOWN * len(foreign):
            raw = b"".join([table.get(character, UNSHOWN)[0] for character in window.segment])
            text = raw.decode(written, "ignore")
            size = len(raw.translate(None, ASCII))
            valid = len(text.encode(written, "ignore").translate(None, ASCII)) / max(1, size)
            if size and valid >= VALID and (alone or (valid >= VALID_INSIDE and CHINESE.search(text))):
                found.append((written, read, text, size, valid))
    if not found:
        return []
    costs = model.score(Text.of([text for _, _, text, *_ in found])) / np.array([size for *_, size, _ in found])
    order = sorted(range(len(found)), key=lambda index: (found[index][0] != UTF8, -costs[index]))
    plain = [index for index in order if found[index][0] == UTF8 or costs[index] >= LIKELY]
    return [found[index][:2] for index in plain[:LATTICES]]


def difference(before: str, after: str) -> Piece:
    """The one piece in which two texts differ."""
    least = min(len(before), len(after))
    head = next((i for i in range(least) if before[i] != after[i]), least)
    tail = next((i for i in range(least - head) if before[-1 - i] != after[-1 - i]), least - head)
    return Piece(head, len(before) - tail, after[head : len(after) - tail], False)


def possible(one: Reading, window: Window) -> bool:
    """Whether a reading says something: no character without a meaning, not of a run of one sign, and another text."""
    new = "".join(piece.text for piece in one.pieces)
    old = {character for piece in one.pieces for character in window.line[piece.start : piece.end]}
    kept = {character for character in old.intersection(new) if not character.isascii()}
    return assigned(new) and len(old) > 1 and 3 * len(kept) <= len(old)


def assigned(text: str) -> bool:
    """Whether a text holds only characters that mean something to everybody."""
    return not any(unicodedata.category(one) in ("Co", "Cn", "Cs", "Cc") and one not in "\t\r\n" for one in text)


def surplus(one: Reading, line: str, gain: float, model: Model) -> float:
    """By how many nats a reading is likelier than it must be, for where it stands and the channels it came through.

    Below 0 it is not believed. Bytes seldom make UTF-8 by chance; any bytes make GBK and Big5, so what comes out must
    be plain text, the plainer the shorter it is, and more so inside a line of clean text.
    """
    new = "".join(piece.text for piece in one.pieces)
    foreign = [character for character in new if not character.isascii()]
    han = HAN.findall(new)
    if 2 * len(han) < len(foreign) or len(han) < (1 if one.even else LEAST_HAN):
        return -np.inf
    start, end = one.pieces[0].start, one.pieces[-1].end
    old = line[start:end]
    runs = FOREIGN.findall(old)
    plainness = float(model.characters(Text.of(new))[[not character.isascii() for character in new]].mean())
    if natural(old) or (not one.even and in_part(line, start, end)):
        return -np.inf
    if one.even:
        return gain - GAIN if plainness >= PLAIN_EVEN else -np.inf
    places = [0, *(place for piece in one.pieces for place in (piece.start, piece.end)), len(line)]
    inside = not "".join(line[a:b] for a, b in zip(places[::2], places[1::2], strict=True)).isascii()
    words = all(map(is_word, runs))
    least = PLAIN_INSIDE if inside or words else PLAIN
    if len({*han}) < FEW_HAN or any(channel in WHOLE for channel in one.channels):
        least = max(least, PLAIN_SHORT)
    if all(map(KANA.match, "".join(runs))):
        least = PLAIN_KANA if len({*han}) >= FEW_HAN else np.inf
    if plainness < least:
        return -np.inf
    against = EMBEDDED * inside + IN_WORD * (words + len(IN_WORDS.findall(line[max(0, start - 1) : end + 1])))
    against += ALONE * sum(len(run) == 1 for run in runs)
    return gain + WEIGHT * (plainness - USUAL) - NEEDED - against


def natural(text: str) -> bool:
    """Whether what stands beyond ASCII is words as people write them, or signs that are repeated.

    The language model knows no Greek and little Cyrillic, so that how unlikely it finds them means nothing: words of
    such an alphabet in lower case, upper case or with a capital first, quotation marks alone, and frames are what they
    are.

    >>> [natural(text) for text in ("Φινλανδία", "СТРОКА %d", "╔══════╗", "ÖÐÎÄ", "╓╨╬─", "И╕√И║╣", "鍒涘缓")]
    [True, True, True, False, False, False, False]
    """
    runs = [stripped for run in FOREIGN.findall(text) if (stripped := run.strip(QUOTATION))]
    if all(ALPHABET.fullmatch(run) and (run.islower() or run.isupper() or run.istitle()) for run in runs):
        return True
    signs = "".join(runs)
    return not any(map(str.isalpha, signs)) and 2 * len({*signs}) <= len(signs)


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


def edits_of(one: Reading, window: Window, over: float, text: Text) -> Iterator[Edit]:
    """The edits that a reading asks for: what is certain in one, each loss with what it touches in its own."""
    names = ", then ".join(f"{written} read as {read}" for written, read in reversed(one.channels))
    sure = round(1 - 0.5 * float(np.exp(-(over + 1) / 2)), 3)
    for piece in united(one.pieces, window.line):
        before = text.slice(window.low + piece.start, window.low + piece.end)
        note = Note(RULE.name, sure, reason=names)
        if piece.lossy:
            value = 1 / (1 + np.exp(-(piece.margin - OFFSET) / FAIR))
            other = ((piece.other, round(1 - value, 3)),) if piece.other not in ("", piece.text) else ()
            note = replace(note, confidence=min(sure, round(float(value), 3)), inferred=True, alternatives=other)
        yield Edit(window.low + piece.start, window.low + piece.end, before, piece.text, note)


def united(pieces: Sequence[Piece], line: str) -> list[Piece]:
    """Pieces of which nothing was lost, made one where only signs of ASCII stand between them."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and not last.lossy and not piece.lossy and line[last.end : piece.start].isascii():
            found[-1] = Piece(last.start, piece.end, last.text + line[last.end : piece.start] + piece.text, False)
        else:
            found.append(piece)
    return found


RULE = Rule(
    "mojibake.chinese",
    "Chinese that was written in one encoding and read in another",
    ("鍒涘缓骞冲彴瀵瑰簲鐨勫彂甯冨櫒瀹炰緥", "创建平台对应的发布器实例"),
    always(Class.MOJIBAKE | Class.SURROGATE),
    propose,
)


def lost(text: Text, context: Context) -> Proposals:
    """Report what cannot be known any more."""
    runs = repeated(text.codes, ord("?"), MANY)
    gone = np.flatnonzero((text.codes == ord(REPLACEMENT)) | (text.codes == ord("锟")))
    found, done = [], 0
    for place in np.sort(np.concatenate([runs, gone])).tolist():
        if place < done:
            continue
        row = int(text.row_of(place))
        low, high = max(int(text.rows[row]), place - 1), min(int(text.rows[row + 1]), place + LONGEST)
        match = GONE.match(text.slice(low, high), place - low)
        if match:
            done = low + match.end()
            note = Note(LOST.name, reason=REASONS[match[0][0]])
            found.append(Edit(place, done, match[0], match[0], note))
    return Proposals.of(found)


LOST = Rule(
    "mojibake.lost",
    "text that is lost for good: 锟斤拷, U+FFFD, runs of question marks; reported, never changed",
    ("锟斤拷锟斤拷", "锟斤拷锟斤拷"),
    always(Class.MOJIBAKE | Class.QUESTIONS),
    lost,
)
