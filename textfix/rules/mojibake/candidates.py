"""What a window of mojibake can have been: turned back whole through a channel, or through the lattice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from textfix.characters import Ints, odds, readers, to_codes
from textfix.language import LINE_END, Model, sums
from textfix.rules.mojibake.belief import PLAIN_ENOUGH, Reading, plain
from textfix.rules.mojibake.cells import Channel
from textfix.rules.mojibake.channels import (
    CHANNELS,
    HOPELESS,
    LOSSES,
    READERS,
    REPLACEMENT,
    SINGLE,
    UNUSUAL,
    UTF8,
    WHOLE,
    forms,
    turned_back,
)
from textfix.rules.mojibake.lattice import Job
from textfix.rules.mojibake.pieces import Best, Piece
from textfix.rules.mojibake.restore import evenness, through
from textfix.rules.mojibake.windows import (
    FEW_SIGNS,
    MANY_SIGNS,
    TELLING,
    Window,
    is_loss,
    is_telling,
    still_damaged,
    telling,
)
from textfix.text import Text

ALL = (1 << len(READERS)) - 1
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff5e]")
LATTICES = 5  # channels of a window that go through the lattice
ASCII = bytes(range(0x80))
UNSHOWN = (b"\xa4",)  # for a lost byte: half of a character in GBK and in Big5
# Nats a byte that text of other encodings may cost: by itself, inside other text, and with losses.
LIKELY, INSIDE, LOSSY = 5.5, 5.0, 8.0
ROUGH = 1.5  # and more, where a character can have been several byte strings, of which one is tried
UNSEEN = 8.0  # nats against U+FFFD of Latin-1, which has a character for every byte
SHOWN = 0.8  # share of the characters that a reader must be able to show
# The share of bytes that must make an encoding for that, also inside other text, and from which UTF-8 is the only one.
VALID, VALID_INSIDE, SURELY = 0.3, 0.6, 0.75
LEFT_UTF8, LEFT = 0.7, 0.25  # shares of what is telling that are not too much
FEW = 4  # telling characters left that never are too many for a second search
BREAK = 3  # characters around a break in the bytes, before which some may have vanished
MOSTLY_LOST = 0.4  # share of characters that are lost, above which no other encoding than UTF-8 can be read
FEW_LOSSES = 8  # U+FFFD of a window that may each stand for two bytes of other encodings than UTF-8
HALVES = [bytes([code]) for code in range(0xB0, 0xF8)]  # first bytes of the ideographs of GB 2312
BETWEEN = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
CUT = 4  # characters at the end of a window that may belong to one that is not whole in it


def readings(asked: Sequence[Window], model: Model, lossy: bool) -> list[list[Reading]]:
    """For each window what it would be through one channel: whole, or where that gives no plain text by the lattice.

    lossy: whether bytes may be lost; what went wrong twice is only turned back where the second time lost nothing but
    what U+FFFD stood for already.
    """
    names = [able(window.segment) for window in asked]
    found = whole(asked, names, model, lossy)
    left = [number for number, listed in enumerate(found) if not solved(listed, asked[number])]
    if not lossy:
        pairs = zip(asked, names, strict=True)
        names = [[one for one in some if shows(one, window.line)] for window, some in pairs]
    tried = promising([asked[number] for number in left], [names[number] for number in left], model)
    unsolved: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, channels in zip(left, tried, strict=True):
        for channel in channels:
            unsolved[channel].append(number)
    for channel in sorted(unsolved, key=CHANNELS.index):  # of equal readings the first stays, in any company
        numbers = [
            number
            for number in unsolved[channel]
            if channel[0] == UTF8 or not any(surely(one, asked[number].line) for one in found[number])
        ]
        if numbers:
            through_lattice(found, asked, channel, numbers, model)
    return found


def solved(listed: Sequence[Reading], window: Window) -> bool:
    """Whether one of these readings is plain; of a window that is plainly mojibake what is mojibake still is not."""
    strong = window.strength >= 2 * TELLING
    return any(plain(one) and (one.even or not strong or not is_telling(one.new)) for one in listed)


def shows(read: str, line: str) -> bool:
    """Whether a reader can show a line, in which something was lost the first time."""
    return {*line} - {REPLACEMENT} <= forms(read).keys()


def surely(one: Reading, line: str) -> bool:
    """Whether a reading of a line is plain text in UTF-8, so that no other encoding need be tried."""
    likely = one.even and plain(one) and one.score >= PLAIN_ENOUGH * len(one.text)
    return likely and len(telling(one.text)) <= LEFT * len(telling(line))


def whole(asked: Sequence[Window], names: Sequence[Sequence[str]], model: Model, wide: bool) -> list[list[Reading]]:
    """For each window what it would be if all of it came through one channel, and nothing was lost.

    wide: whether UTF-16 is thought of, where a line as a whole is likelier mojibake: any letter with its neighbour is
    a Han character in it.
    """
    found: list[list[Reading]] = [[] for _ in asked]
    for window, some, listed in zip(asked, names, found, strict=True):
        if REPLACEMENT in window.line:
            continue
        sure = False  # Chinese in UTF-8 is no chance
        apart = window.clean_around  # of what is mojibake still where it stands the lattice would not find the ends
        utf16 = WHOLE if wide and still_damaged(window.line) else ()
        for channel in (*(one for one in CHANNELS if one[1] in some), *utf16):
            if sure and channel[0] != UTF8:
                continue
            spaced = window.line if channel[0] == UTF8 else with_spaces(window.line, channel[1])
            for line in dict.fromkeys((window.line, spaced)):
                again = turned_back(line, channel)
                if not again and apart and (channel[0] == UTF8 or not wide):
                    inside = turned_back(window.segment, channel)
                    again = inside and window.line[: window.start] + inside + window.line[window.end :]
                if again:
                    sure = sure or (channel[0] == UTF8 and len(CHINESE.findall(again)) > 1)
                    listed.append(Reading(again, (difference(window.line, again),), (channel,)))
    scored = iter(model.score(lines(one.text for listed in found for one in listed)).tolist())
    return [[replace(one, score=next(scored)) for one in listed] for listed in found]


def through_lattice(
    found: list[list[Reading]], asked: Sequence[Window], channel: tuple[str, str], numbers: list[int], model: Model
) -> None:
    """Add what the lattice makes of these windows; once more where something is left, with losses of other kinds."""
    utf8, way = channel[0] == UTF8, Channel.of(*channel)
    even: Counter[int] = Counter()  # what the rows tell of their losses
    for number in numbers if utf8 else ():
        even[asked[number].row] += evenness(asked[number].line, way.reader)
    jobs = {}
    for number in numbers:
        window = asked[number]
        jobs[number] = Job(window.line, closed=not window.cut, pairs=int(np.sign(even[window.row])), left=window.left)
    for _ in range(2):
        again: dict[int, Job] = {}
        best = dict(zip(jobs, through(list(jobs.values()), way, model), strict=True))
        texts = {number: applied(one.pieces, jobs[number].line) for number, one in best.items()}
        scores = model.score(lines(texts.values())).tolist()
        for (number, job), score in zip(jobs.items(), scores, strict=True):
            one, window = best[number], asked[number]
            if one.pieces:
                against = one.against + UNUSUAL.get(channel[1], 0.0)
                against += UNSEEN * (channel[1] == "latin_1" and REPLACEMENT in window.line)
                found[number].append(Reading(texts[number], one.pieces, (channel,), score - against))
            left = unexplained(one, window, telling(job.line))
            taken = spaces(one, job.line) if channel[1] in SINGLE else []
            many = max(FEW * (not window.inside), len(telling(job.line)) * (LEFT_UTF8 if utf8 else LEFT))
            if len(left) > many or (not utf8 and window.signs < MANY_SIGNS):
                continue  # another channel, or none
            doubted = unexplained(one, window, doubtful(window.line)) if utf8 or channel[1] in SINGLE else []
            if taken or doubted:
                around = {place + by for place in (*doubted, *taken) for by in range(-BREAK, BREAK + 1)}
                again[number] = replace(job, hidden=frozenset(around & set(range(len(job.line)))))
            elif left and not job.pairs and job.line.count(REPLACEMENT) <= FEW_LOSSES:
                again[number] = replace(job, pairs=1)
        jobs = again


def applied(pieces: Sequence[Piece], line: str) -> str:
    """A line with its pieces put in."""
    found, done = [], 0
    for piece in pieces:
        found += [line[done : piece.start], piece.text]
        done = piece.end
    return "".join([*found, line[done:]])


def unexplained(best: Best, window: Window, places: Ints) -> list[int]:
    """Which of these places of a window a path left as they are."""
    covered = {place for piece in best.pieces for place in range(piece.start, piece.end)}
    end = len(window.line) - CUT * window.cut
    return [place for place in places.tolist() if place not in covered and place < end]


def doubtful(line: str) -> Ints:
    """Where a line has what beyond ASCII is likelier in mojibake than in clean text."""
    codes = to_codes(line)
    return np.flatnonzero((codes >= 0x80) & (odds(codes) > 0))


def spaces(best: Best, line: str) -> list[int]:
    """The spaces that became part of a character: a byte beside them may have vanished instead."""
    taking = (one for one in best.pieces if " " in line[one.start : one.end] and " " not in one.text)
    return [place for one in taking for place in range(one.start, one.end) if line[place] == " "]


def able(segment: str) -> list[str]:
    """The readers that can show what is telling in a segment."""
    codes = to_codes(segment)
    common = int(np.bitwise_and.reduce(readers(codes[telling(segment)]), initial=ALL))
    return [name for bit, name in enumerate(READERS) if common >> bit & 1]


def promising(asked: Sequence[Window], names: Sequence[Sequence[str]], model: Model) -> list[list[tuple[str, str]]]:
    """For each window the channels through which its segment can have come, losses aside, the likeliest first."""
    tried = [list(attempts(window, some)) for window, some in zip(asked, names, strict=True)]
    text = Text.of([one.text for listed in tried for one in listed])
    scores = iter(sums(np.where(text.codes >= 0x80, model.characters(text), 0.0), text).tolist())
    found = []
    for window, listed in zip(asked, tried, strict=True):
        most = LOSSY if REPLACEMENT in window.segment else INSIDE if window.inside else LIKELY
        costs = [(one.written != UTF8, -next(scores) / one.size, number) for number, one in enumerate(listed)]
        likely = [
            number for other, cost, number in sorted(costs) if not other or cost <= most + ROUGH * listed[number].rough
        ]
        found.append([(listed[number].written, listed[number].read) for number in likely[:LATTICES]])
    return found


@dataclass(frozen=True)
class Attempt:
    """A segment roughly turned back: text is what its bytes make where they make anything; size: beyond ASCII. rough:
    whether one of its characters can have been several byte strings."""

    written: str
    read: str
    text: str
    size: int
    rough: bool


def attempts(window: Window, names: Sequence[str]) -> Iterator[Attempt]:
    """A segment turned back through every channel that makes text of most of it.

    Inside other text a segment must be telling enough to be worth the search, and nearly whole; so must a short one in
    other encodings than UTF-8.
    """
    alone, signs = not window.inside, window.signs
    strong = signs >= FEW_SIGNS if alone else window.strength >= TELLING and signs >= MANY_SIGNS
    strong &= sum(map(is_loss, window.segment)) <= MOSTLY_LOST * len(window.segment)
    foreign = {character for character in {*window.segment} if not character.isascii() and not is_loss(character)}
    sure, seen = False, set[tuple[str, str]]()
    for written, read in CHANNELS:
        if written != UTF8 and (sure or not strong):
            return
        if read not in names or ((written, read) in HOPELESS and not LOSSES.keys().isdisjoint(window.segment)):
            continue
        table = forms(read)
        if len(foreign & table.keys()) >= SHOWN * len(foreign):
            segment = window.segment if written == UTF8 else with_spaces(window.segment, read)
            raw = b"".join([table.get(character, UNSHOWN)[0] for character in segment])
            text = raw.decode(written, "ignore")
            size = len(raw.translate(None, ASCII))
            valid = len(text.encode(written, "ignore").translate(None, ASCII)) / max(1, size)
            chinese = CHINESE.search(text) or (alone and REPLACEMENT in window.segment)  # all of it may be lost
            if size and chinese and valid >= (VALID if alone else VALID_INSIDE):
                if read in UNUSUAL and (written, text) in seen and REPLACEMENT not in window.segment:
                    continue
                seen.add((written, text))
                sure = sure or (written == UTF8 and valid >= SURELY and len(CHINESE.findall(text)) > 1)
                yield Attempt(written, read, text, size, any(len(table.get(one, ())) > 1 for one in foreign))


def with_spaces(segment: str, read: str) -> str:
    """A segment in which spaces beside other signs are no-break spaces, where these are halves of characters.

    Mac Roman shows the byte CA so, which one Chinese character in ten has, and copying makes plain spaces of them.
    """
    if read not in SINGLE or forms(read)["\xa0"][0] not in HALVES:
        return segment
    return BETWEEN.sub("\xa0", segment)


def difference(before: str, after: str) -> Piece:
    """The one piece in which two texts differ."""
    least = min(len(before), len(after))
    head = next((i for i in range(least) if before[i] != after[i]), least)
    tail = next((i for i in range(least - head) if before[-1 - i] != after[-1 - i]), least - head)
    return Piece(head, len(before) - tail, after[head : len(after) - tail], False)


def lines(texts: Iterable[str]) -> Text:
    """The texts as rows, each with a line end behind it, which the model knows."""
    return Text.of([text + LINE_END for text in texts])
