"""Reading whole lines through the lattice: cut where nothing is in doubt, so that only what is damaged is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from textfix.language import Model, basic
from textfix.rules.channels import LOSSES, REPLACEMENT, UTF8, Reader
from textfix.rules.lattice import Best, Channel, Job, Piece, search
from textfix.text import to_codes

UNKNOWN = b"\xff"  # stands for bytes that are lost, or may be several
WHOLE = rb"[\xe0-\xef][\x80-\xbf]{2}|[\0-\x7f]"  # a character of UTF-8, all of it known
RUN, ONE = re.compile(rb"(?:" + WHOLE + rb"){5,}"), re.compile(WHOLE)
EVEN = re.compile(rb"[\xe0-\xef\xff][\x80-\xbf\xff]{2}|[\xc2-\xdf][\x80-\xbf\xff]|[\0-\x7f]")
CLOSES = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
SIGNS = re.compile("[" + re.escape("".join({*CLOSES, *CLOSES.values()})) + "]")
MARGIN = 2  # known characters on either side of a cut: as many as the language model looks at
SHORTEST = 6  # characters between two cuts


@dataclass(frozen=True)
class Part:
    """Characters start to end of a line, and what is searched for them: that, and what follows to know it by."""

    start: int
    end: int
    job: Job


def through(jobs: Sequence[Job], channel: Channel, model: Model) -> list[Best]:
    """For each job the likeliest way to read its line through a channel."""
    jobs = [replace(job, script=script(job.line, channel, model), expected=expected(job.line)) for job in jobs]
    parts = [list(cut(job, channel)) for job in jobs]
    plain = [[certain(part, channel) for part in listed] for listed in parts]
    asked = [
        part.job
        for listed, answers in zip(parts, plain, strict=True)
        for part, answer in zip(listed, answers, strict=True)
        if answer is None
    ]
    searched = iter(search(asked, channel, model))
    found = []
    for listed, answers in zip(parts, plain, strict=True):
        every = [(part, answer or next(searched)) for part, answer in zip(listed, answers, strict=True)]
        pieces = tuple(
            replace(piece, start=part.start + piece.start, end=part.start + piece.end)
            for part, best in every
            for piece in best.pieces
            if part.start + piece.end <= part.end
        )
        found.append(Best(pieces, sum(best.against for _, best in every)))
    return found


def expected(line: str) -> tuple[tuple[int, int], ...]:
    """The losses of a line before which a sign of ASCII is open, and the code of the sign that closes it.

    >>> [(place, chr(code)) for place, code in (*expected("f('?, 1)"), *expected("<b>?/b>"))]
    [(3, "'"), (3, '<')]
    """
    found = []
    for place, character in enumerate(line):
        if character in LOSSES:
            sign = closing(line[:place], line[place + 1 :])
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


def script(line: str, channel: Channel, model: Model) -> tuple[int, int]:
    """How unlikely what is known of a line is as simplified and as traditional, in steps of the model."""
    if channel.written.encoding != UTF8:
        return 0, 0
    codes = basic(to_codes(known(line, channel.reader)[0].decode(UTF8, "ignore")))
    return int(model.hans[codes].sum(dtype=np.int64)), int(model.hant[codes].sum(dtype=np.int64))


def cut(job: Job, channel: Channel) -> Iterator[Part]:
    """The parts of a line. Only UTF-8 shows where its characters begin, and can be cut."""
    start, before = 0, job.before
    if channel.written.encoding == UTF8:
        for at, stop, left in cuts(*known(job.line, channel.reader)):
            if at - start >= SHORTEST and job.hidden.isdisjoint(range(at - 1, stop + 1)):
                yield Part(start, at, within(job, start, stop, before))
                start, before = at, left
    yield Part(start, len(job.line), within(job, start, len(job.line), before))


def within(job: Job, start: int, stop: int, before: str) -> Job:
    hidden = frozenset(place - start for place in job.hidden if start <= place < stop)
    signs = tuple((place - start, code) for place, code in job.expected if start <= place < stop)
    closed = job.closed and stop == len(job.line)
    return replace(job, line=job.line[start:stop], before=before, closed=closed, hidden=hidden, expected=signs)


def known(line: str, shown: Reader) -> tuple[bytes, list[int]]:
    """The bytes of a line, with UNKNOWN for what is lost or can be several, and where each character's begin."""
    pieces = []
    for character in line:
        found = shown.forms.get(character, ())
        pieces.append(found[0] if len(found) == 1 and character not in LOSSES else UNKNOWN)
    return b"".join(pieces), [0, *accumulate(map(len, pieces))]


def cuts(raw: bytes, begins: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Where a line can be cut, up to where the part before the cut must see, and the characters before the cut.

    Places are characters of the line; a cut needs characters of UTF-8 on both sides, and must part none.
    """
    place = {offset: index for index, offset in enumerate(begins)}
    for run in RUN.finditer(raw):
        units = [run.start() + one.start() for one in ONE.finditer(run[0])] + [run.end()]
        even = [index for index, offset in enumerate(units) if offset in place]
        for number, index in enumerate(even):
            stop = next((later for later in even[number + 1 :] if later >= index + MARGIN), None)
            if index >= MARGIN and stop is not None:
                left = raw[units[index - MARGIN] : units[index]].decode()
                yield place[units[index]], place[units[stop]], left


def certain(part: Part, channel: Channel) -> Best | None:
    """What a part is where no byte of it is in doubt; None where one is."""
    if channel.written.encoding != UTF8 or part.job.hidden:
        return None
    size = part.end - part.start
    raw, _ = known(part.job.line[:size], channel.reader)
    if UNKNOWN in raw or raw.isascii():
        return None
    try:
        return Best((Piece(0, size, raw.decode(), False),), 0.0)
    except UnicodeDecodeError:
        return None


def in_pairs(line: str, shown: Reader) -> bool:
    """Whether UTF-8 comes out evener if each U+FFFD stands for two bytes than if for one.

    >>> from textfix.rules.channels import reader
    >>> in_pairs("鏁版嵁搴�", reader("gb18030")), in_pairs("鎵�崰", reader("gb18030"))
    (False, True)
    """
    raw = b"".join(UNKNOWN if one == REPLACEMENT else shown.forms.get(one, (b"",))[0] for one in line)
    twice = re.sub(UNKNOWN + b"(?![\\0-\\x7f])", 2 * UNKNOWN, raw)
    one, two = (len(EVEN.sub(b"", text)) for text in (raw, twice))
    return two < one
