"""Reading whole lines through the lattice: cut where nothing is in doubt, so that only what is damaged is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from textfix.characters import to_codes
from textfix.language import Model, basic
from textfix.rules.mojibake.cells import Channel
from textfix.rules.mojibake.channels import GBK, LOSSES, UTF8, Reader
from textfix.rules.mojibake.lattice import Job, search
from textfix.rules.mojibake.pieces import Best, Piece
from textfix.rules.mojibake.spots import spots
from textfix.rules.mojibake.windows import telling

UNKNOWN = b"\xff"  # stands for bytes that are lost, or may be several
HALF = b"\xa4"  # in its place half of a character of GBK or Big5, so that the next one is read from its beginning
# A character of UTF-8, all of it known: none that is overlong, and no surrogate.
KNOWN = rb"\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|[\0-\x7f]"
RUN, ONE = re.compile(rb"(?:" + KNOWN + rb"){5,}"), re.compile(KNOWN)
WINDOWS = re.compile("[€\ue000-\uf8ff]")  # what only code page 936 shows, which writes one "?" for two bytes
EVEN = re.compile(rb"[\xe0-\xef\xff][\x80-\xbf\xff]{2}|[\xc2-\xdf][\x80-\xbf\xff]|[\0-\x7f]")
CLOSES = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
SIGNS = re.compile("[" + re.escape("".join({*CLOSES, *CLOSES.values()})) + "]")
CONTEXT = 2  # known characters on either side of a cut: as many as the language model looks at
SHORTEST = 6  # characters between two cuts
STRETCH = 8  # characters beyond ASCII of clean text that is left out
CHINESE = re.compile(rb"(?=[\xe0-\xef\xff][\x80-\xbf\xff]{2})")  # in UTF-8, with what is unknown


@dataclass(frozen=True)
class Known:
    """A line as the bytes that are known of it, with UNKNOWN for what is lost or can be several.

    begins: where each character's bytes begin, and the end.
    """

    raw: bytes
    begins: list[int]

    @classmethod
    def of(cls, line: str, shown: Reader) -> Known:
        single = shown.single
        pieces = [single.get(character, UNKNOWN) for character in line]
        return cls(b"".join(pieces), [0, *accumulate(map(len, pieces))])

    def text(self, start: int, end: int) -> str | None:
        """What characters start to end are in UTF-8; None where anything is in doubt, or nothing is beyond ASCII."""
        raw = self.raw[self.begins[start] : self.begins[end]]
        if UNKNOWN in raw or raw.isascii():
            return None
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True)
class Part:
    """Characters start to end of a line; text is what they are, if that is certain, else job is what to search.

    Neither is given where they are clean. A job holds what follows, too, to know the last characters by it.
    """

    start: int
    end: int
    text: str | None
    job: Job | None


def through(jobs: Sequence[Job], channel: Channel, model: Model) -> list[Best]:
    """For each job the likeliest way to read its line through a channel."""
    found = spotted(jobs, channel, model)
    left = iter(searched([job for job, best in zip(jobs, found, strict=True) if best is None], channel, model))
    return [best or next(left) for best in found]


def searched(jobs: Sequence[Job], channel: Channel, model: Model) -> list[Best]:
    """For each job the likeliest way by the lattice, in parts."""
    parts = [list(cut(job, channel, model)) for job in jobs]
    bests = iter(search([part.job for listed in parts for part in listed if part.job], channel, model))
    found = []
    for listed in parts:
        pieces: list[Piece] = []
        against = 0.0
        for part in listed:
            if part.text is not None:
                pieces.append(Piece(part.start, part.end, part.text, False))
            if part.job is None:
                continue
            best = next(bests)
            against += best.against
            pieces += [piece.moved(part.start) for piece in best.pieces if part.start + piece.end <= part.end]
        found.append(Best(tuple(pieces), against))
    return found


def spotted(jobs: Sequence[Job], channel: Channel, model: Model) -> list[Best | None]:
    """For each job the likeliest way by its spots; None where that cannot be known, or a loss can be two bytes."""
    found: list[Best | None] = [None] * len(jobs)
    utf8 = channel.written.encoding == UTF8
    asked = [number for number, job in enumerate(jobs) if utf8 and job.pairs <= 0 and not job.hidden]
    closed = np.array([jobs[number].closed for number in asked], np.bool_)
    for number, best in zip(asked, spots([jobs[number].line for number in asked], closed, channel, model), strict=True):
        found[number] = best
    return found


def expected(line: str, known: Known, left: str = "") -> tuple[tuple[int, int], ...]:
    """The losses of a line before which a sign of ASCII is open, and the code of the sign that closes it.

    known: the line as bytes, in which a sign may stand that the reader took for the second half of a character. left:
    what stands before it.

    >>> from textfix.rules.mojibake.channels import reader
    >>> lines = "f('?, 1)", "<b>?/b>", "鏈琡x`鏈?"  # the last is 本`x`末
    >>> [(place, chr(code)) for line in lines for place, code in expected(line, Known.of(line, reader("gb18030")))]
    [(3, "'"), (3, '<')]
    """
    found = []
    for place, character in enumerate(line):
        if character in LOSSES:
            before = left + known.raw[: known.begins[place]].decode(UTF8, "ignore")
            sign = closing(before, line[place + 1 :])
            found += [(place, ord(sign))] if sign else []
    return tuple(found)


def closing(before: str, after: str) -> str:
    """The sign that closes what is open between these two, if it does not stand there already."""
    if re.match("/[a-z]+>", after):
        return "<"
    if any(sign in after for sign in LOSSES):
        return ""  # it can be there
    is_open: list[str] = []
    for sign in SIGNS.findall(before):
        if is_open and sign == is_open[-1]:
            is_open.pop()
        elif sign in CLOSES:
            is_open.append(CLOSES[sign])
    return next((sign for sign in reversed(is_open) if sign not in after), "")


def cut(job: Job, channel: Channel, model: Model) -> Iterator[Part]:
    """The parts of a line. Only UTF-8 shows where its characters begin, and can be cut."""
    size = len(job.line)
    line = Known.of(job.line, channel.reader)
    if channel.written.encoding != UTF8:
        roughly = line.raw.replace(UNKNOWN, HALF).decode(channel.written.encoding, "ignore")
        yield Part(0, size, None, replace(job, topic=roughly))
        return
    clean = list(stretches(job.line, channel.reader))
    topic = roughly_read(job.line, line, clean)
    signs, codes = expected(job.line, line, job.left), basic(to_codes(topic))
    script = int(model.hans[codes].sum(dtype=np.int64)), int(model.hant[codes].sum(dtype=np.int64))
    start, before = 0, job.before
    for one in (*sorted([*gaps(job.line, clean), *cuts(line.raw, line.begins)]), Cut(size, size, size, "")):
        hides = not job.hidden.isdisjoint(range(one.at - 1, one.stop + 1))
        optional = one.after == one.at < size
        if one.at < start or (optional and (hides or one.at - start < SHORTEST)):
            continue
        hidden = frozenset(place - start for place in job.hidden if start <= place < one.stop)
        text = None if hidden else line.text(start, one.at)
        part = Job(
            job.line[start : one.stop],
            before,
            job.closed and one.stop == size,
            job.pairs,
            hidden,
            script,
            tuple((place - start, code) for place, code in signs if start <= place < one.stop),
            topic,
        )
        if one.at > start:
            yield Part(start, one.at, text, None if text is not None else part)
        if one.after > one.at:
            yield Part(one.at, one.after, None, None)
        start, before = one.after, one.left


def roughly_read(line: str, known: Known, clean: Sequence[tuple[int, int]]) -> str:
    """What is known of a line: what its damaged parts are, as far as their bytes make characters, and what is clean."""
    edges = [0, *(place for stretch in clean for place in stretch), len(line)]
    damaged = zip(edges[::2], edges[1::2], strict=True)
    raw = b"".join(known.raw[known.begins[start] : known.begins[end]] for start, end in damaged)
    return raw.decode(UTF8, "ignore") + "".join(line[start:end] for start, end in clean)


class Cut(NamedTuple):
    """Where a part of a line ends, up to where it must see, where the next one begins, and the characters before."""

    at: int
    stop: int
    after: int
    left: str


def gaps(line: str, clean: Sequence[tuple[int, int]]) -> Iterator[Cut]:
    """The cuts that leave clean stretches out, but for what the parts beside them must see."""
    for start, end in clean:
        at, after = (start + CONTEXT if start else 0), (end - CONTEXT if end < len(line) else end)
        yield Cut(at, at + CONTEXT, after, line[max(0, after - CONTEXT) : after])


def stretches(line: str, shown: Reader) -> Iterator[tuple[int, int]]:
    """Where many characters stand that are clean: nothing is telling or lost, and no bytes may be Chinese in UTF-8.

    >>> from textfix.rules.mojibake.channels import reader
    >>> line = "鎵�崰的比例远远超出了我们的想象"
    >>> [line[start:end] for start, end in stretches(line, reader("gb18030"))]
    ['的比例远远超出了我们的想象']
    """
    pieces = [possible_bytes(character, shown) for character in line]
    ends = np.cumsum(np.fromiter(map(len, pieces), np.int64, len(line)))
    free = np.fromiter((UNKNOWN not in piece for piece in pieces), np.bool_, len(line))
    free[telling(line)] = False
    at = np.array([match.start() for match in CHINESE.finditer(b"".join(pieces))], np.int64)
    for by in range(3):
        free[np.searchsorted(ends, at + by, side="right")] = False
    edges = np.flatnonzero(np.diff(free, prepend=False, append=False))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if sum(character >= "\x80" for character in line[start:end]) >= STRETCH:
            yield start, end


def possible_bytes(character: str, shown: Reader) -> bytes:
    """The bytes that a character can have been; NUL where it can have been none."""
    found = shown.forms.get(character, ())
    if character in LOSSES or len(found) > 1 or "\ue000" <= character <= "\uf8ff":
        return UNKNOWN
    return found[0] if found else b"\0"


def cuts(raw: bytes, begins: Sequence[int]) -> Iterator[Cut]:
    """Where a line can be cut in text that is known.

    Places are characters of the line; a cut needs characters of UTF-8 on both sides, and must part none.
    """
    place = {offset: index for index, offset in enumerate(begins)}
    for run in RUN.finditer(raw):
        units = [run.start() + one.start() for one in ONE.finditer(run[0])] + [run.end()]
        even = [index for index, offset in enumerate(units) if offset in place]
        for number, index in enumerate(even):
            stop = next((later for later in even[number + 1 :] if later >= index + CONTEXT), None)
            if index >= CONTEXT and stop is not None:
                left = raw[units[index - CONTEXT] : units[index]].decode()
                yield Cut(place[units[index]], place[units[stop]], place[units[index]], left)


def evenness(line: str, shown: Reader) -> int:
    """How many bytes more make UTF-8 if each sign of loss stands for two bytes than if for one.

    One more where the line was shown by Windows, whose question marks do.

    >>> from textfix.rules.mojibake.channels import reader
    >>> [evenness(line, reader("gb18030")) for line in ("鏁版嵁搴�", "鎵�崰", "瀵艰嚧浣犱?涓?暟", "鍏?鍥")]
    [0, 2, 4, -1]
    """
    raw = b"".join(UNKNOWN if one in LOSSES else shown.forms.get(one, (b"",))[0] for one in line)
    twice = re.sub(UNKNOWN + b"(?=[\\x80-\\xff])", 2 * UNKNOWN, raw)  # before ASCII, and at the end, nothing tells
    one, two = (len(EVEN.sub(b"", text)) for text in (raw, twice))
    return one - two + int(shown.name == GBK and "?" in line and WINDOWS.search(line) is not None)
