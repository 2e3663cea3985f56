"""Files in several encodings: which lines are in which; of the spans inside a line spans.py takes care.

The rest of a document is the prior of each line: the shares of the encodings in it are found together with the
encodings of its lines, in turn. A line that reads well in the main encoding is not looked at again.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from textfix.characters import LF, Bools, Ints
from textfix.encodings.choice import (
    ASCII,
    CANDIDATES,
    CHINESE,
    DOUBLE,
    NEVER,
    SAMPLE,
    Floats,
    as_confidence,
    choose_many,
    margins,
    plainly,
    scores,
    sense,
    whole_units,
)
from textfix.encodings.doubt import credible, doubtful, in_utf8
from textfix.encodings.plain import WIDE, to_text
from textfix.encodings.spans import Stretch, spans, windows
from textfix.text import Text

LINES = tuple(name for name in CANDIDATES if name != "euc_tw")  # in which lines of one file may differ
ROUNDS = 5  # in which the shares of the encodings and the encodings of the lines are found in turn
RARE = 1e-9  # lines that an encoding has in advance
FEWEST = 10  # bytes beyond ASCII of a line that may be in another encoding, in text of other languages
CLAUSE = re.compile(rb"[^\0-\x3f]{12,60}")  # bytes of characters at the start, enough to tell
WORDS = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
LONG, MISPLACED = 128, 12.0  # bytes of a long text; nats by which it is likelier to begin one byte later
AGAIN = re.compile(rb"([\x80-\xff]{2})\1+")
LIKELY = 5.5  # nats that a character of a line may cost, in text of other languages than Chinese


class Reading(NamedTuple):
    """The stretches of bytes, and the text of those that are one stretch, as it was decoded to look into it."""

    parts: list[Stretch]
    text: str | None


def stretches(rows: Sequence[bytes], told: str = "") -> list[Reading]:
    """Each byte string, by itself, cut into stretches, each in one encoding; told: one that a caller names.

    >>> lines = "".join(f"第{place}行，文字的編碼很簡單。\\n" for place in range(4)).encode("big5")
    >>> [(one.start, one.encoding) for one in stretches([lines + "编码混在一起了。".encode("gbk")])[0].parts]
    [(0, 'big5hkscs'), (104, 'gb18030')]
    >>> line = "这个文件叫做".encode() + "说明文件".encode("gbk") + "，请看。".encode()
    >>> [one.encoding for one in stretches([line])[0].parts]
    ['utf-8', 'gb18030', 'utf-8']
    """
    chosen = choose_many(rows, told)
    texts = [whole_units(row, name) for row, (name, _) in zip(rows, chosen, strict=True)]
    found = [
        Reading([Stretch(0, len(row), name, sure)], text)
        for row, text, (name, sure) in zip(rows, texts, chosen, strict=True)
    ]
    for number, lines in doubted(rows, texts, [name for name, _ in chosen]).items():
        name, sure = chosen[number]
        parts = parts_of(rows[number], name, sure, lines)
        found[number] = Reading(parts, texts[number] if [one.encoding for one in parts] == [name] else None)
    for number in headless(rows, found):
        rest = stretches([rows[number][1:]], told)[0].parts
        later = [one._replace(start=one.start + 1, end=one.end + 1) for one in rest]
        found[number] = Reading([Stretch(0, 1, "utf-8", 0.0), *later], None)
    return found


def headless(rows: Sequence[bytes], found: Sequence[Reading]) -> list[int]:
    """The byte strings that begin with the second byte of a character: much likelier to be text from the next one on.

    Read from the first byte on, characters of words come out there, too, but rare ones; signs and letters do not. Short
    byte strings are asked where their encoding is not sure.
    """
    asked: defaultdict[str, list[int]] = defaultdict(list)
    clauses: dict[int, bytes] = {}
    for number, reading in enumerate(found):
        first = reading.parts[0] if reading.parts else None
        if first and first.encoding in DOUBLE and (len(rows[number]) > LONG or first.confidence < 1):
            match = CLAUSE.match(rows[number])
            if match and rows[number][0] >= 0x80 and of_words(to_text(match[0], first.encoding)):
                asked[first.encoding].append(number)
                clauses[number] = match[0]
    late: list[int] = []
    for name, numbers in asked.items():
        as_is, later = (scores([clauses[number][skip:] for number in numbers], [name])[0] for skip in (0, 1))
        late += [numbers[place] for place in np.flatnonzero(later > as_is + MISPLACED).tolist()]
    return sorted(late)


def of_words(text: str) -> bool:
    """Whether most of a text is Han characters and syllables of Hangul, no two alike."""
    found = WORDS.findall(text)
    return 2 * len(found) > len(text) and len({*found}) > len(found) // 2


def doubted(rows: Sequence[bytes], texts: Sequence[str], names: Sequence[str]) -> dict[int, Ints]:
    """For the byte strings in which anything may be in another encoding than the one named, the lines that may.

    texts: the byte strings as they are read in these encodings.
    """
    found: dict[int, Ints] = {}
    for name in sorted(set(names) - {*WIDE}):
        asked = [number for number, one in enumerate(names) if one == name]
        every, lines = in_lines([texts[number] for number in asked])
        doubts = doubtful(every) if name in LINES else np.zeros(0, np.int64)
        if name != "utf-8":
            runs = [
                line + start
                for number, start in zip(asked, lines.tolist(), strict=False)
                for line in utf8_lines(rows[number])
            ]
            doubts = np.union1d(doubts, np.array(runs, np.int64))
        owner = np.searchsorted(lines, doubts, side="right") - 1
        for one in np.unique(owner).tolist():
            found[asked[one]] = doubts[owner == one] - lines[one]
    return found


def utf8_lines(data: bytes) -> list[int]:
    """The lines that hold characters in UTF-8."""
    places = in_utf8(data)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF) if places else np.zeros(0, np.int64)
    return [int(np.searchsorted(ends, start)) for start, _ in places]


def parts_of(data: bytes, main: str, confidence: float, asked: Ints) -> list[Stretch]:
    """Data of which these lines may be in another encoding than the main one, as a whole or in part."""
    raw = np.frombuffer(data, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(raw[:-1] == LF) + 1, [len(data)]]).astype(np.int64)
    names = [main, *(name for name in LINES if name != main)]
    foreign = np.maximum.reduceat(raw, starts[:-1]) >= 0x80
    lines = Lines(data, starts, foreign)
    choice, certain = lines.chosen(asked, names)
    if len(seen := np.unique(choice)) > 1:  # then every line is asked, of these encodings
        asked, names = np.flatnonzero(foreign), [names[one] for one in seen.tolist()]
        choice, certain = lines.chosen(asked, names)
    last = np.maximum.accumulate(np.where(foreign, np.arange(len(choice)), -1))  # ASCII goes with what precedes
    choice = choice[np.where(last < 0, int(np.argmax(foreign)), last)]
    first = np.flatnonzero(np.diff(choice, prepend=-1))
    edges = starts[np.append(first, len(choice))].tolist()
    sure = np.add.reduceat(np.where(foreign, certain, 0.0), first)
    found = [
        Stretch(start, end, names[number], as_confidence(nats))
        for start, end, number, nats in zip(edges[:-1], edges[1:], choice[first].tolist(), sure.tolist(), strict=True)
    ]
    found = sensed(data, found) if len(seen) > 1 else [one._replace(confidence=confidence) for one in found]
    encodings = [names[one] for one in choice[asked].tolist()]
    doubts = [*windows(lines.of(asked), starts[asked].tolist(), encodings)]
    return parted(found, spans(data, doubts, {*names[: len(seen)]}))


def sensed(data: bytes, parts: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that are no surer than what they say is text that the model knows."""
    known = sense([data[one.start : one.end][:SAMPLE] for one in parts], [one.encoding for one in parts])
    pairs = zip(parts, known.tolist(), strict=True)
    return [one._replace(confidence=min(one.confidence, as_confidence(nats))) for one, nats in pairs]


@dataclass(frozen=True)
class Lines:
    """Data cut into lines. starts: where each begins, and the end, in bytes; foreign: which hold more than ASCII."""

    data: bytes
    starts: Ints
    foreign: Bools

    def of(self, numbers: Ints) -> list[bytes]:
        pairs = zip(self.starts[numbers].tolist(), self.starts[numbers + 1].tolist(), strict=True)
        return [self.data[start:end].rstrip(b"\n") for start, end in pairs]

    def chosen(self, asked: Ints, names: Sequence[str]) -> tuple[Ints, Floats]:
        """For every line the number of its encoding, the first where it is not asked, and how sure that is in nats.

        What is plain Chinese in the first one needs no rival.
        """
        if names[0] in CHINESE:
            asked = asked[~np.array(plainly(self.of(asked), names[0]), np.bool_)]
        lines = self.of(asked)
        if names[0] not in CHINESE:  # of other languages the model knows less: what is likelier may be no better,
            lines = [AGAIN.sub(rb"\1", line) for line in lines]  # and laughing ㅋㅋㅋㅋ tells nothing
        scored = scores(lines, names)
        if names[0] not in CHINESE:
            short = np.array([len(line.translate(None, ASCII)) < FEWEST for line in lines], np.bool_)
            scored[1:][short | ~credible(scored[1:], lines, names[1:], LIKELY)] = -NEVER
        choice = np.zeros(len(self.foreign), np.int64)
        choice[asked] = settled(scored, int(self.foreign.sum()) - len(asked))
        certain = np.full(len(choice), math.inf)
        certain[asked] = margins(scored, choice[asked])
        return choice, certain


def settled(scored: Floats, sure: int) -> Ints:
    """For each line the encoding: shape of scored is (encodings, lines); so many other lines are in the first one."""
    counts = np.full(len(scored), RARE)
    counts[0] += sure + 1
    choice = np.zeros(scored.shape[1], np.int64)
    for _ in range(ROUNDS):
        choice = (scored + np.log(counts / counts.sum())[:, None]).argmax(axis=0)
        counts = np.bincount(choice, minlength=len(scored)) + RARE
        counts[0] += sure
    return np.asarray(choice, np.int64)


def in_lines(texts: Sequence[str]) -> tuple[Text, Ints]:
    """Texts as their lines, to which the line ends belong, and the number of the first line of each, and of all."""
    whole = Text.of(texts)
    starts = np.sort(np.concatenate([np.flatnonzero(whole.codes == LF) + 1, whole.rows]), kind="stable")
    starts = starts[np.diff(starts, prepend=-1) > 0]
    return Text(whole.codes, starts), np.asarray(np.searchsorted(starts, whole.rows), np.int64)


def parted(whole: Sequence[Stretch], spans: Sequence[Stretch]) -> list[Stretch]:
    """The stretches of whole lines with the spans cut out of them."""
    found: list[Stretch] = []
    left = list(spans)[::-1]
    for one in whole:
        start = one.start
        while left and left[-1].start < one.end:
            span = left.pop()
            found += [one._replace(start=start, end=span.start)] if start < span.start else []
            found.append(span)
            start = span.end
        found += [one._replace(start=start)] if start < one.end else []
    return found
