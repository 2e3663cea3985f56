"""What in a reading is doubtful: characters as they stand in what was read wrongly, which the model did not expect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from textfix.characters import PIECE, Bools, Codes, Ints, odds
from textfix.encodings.choice import ASCII, DOUBLE, UNEXPLAINED, Floats
from textfix.language import SCALE, Model
from textfix.text import Text, best_sums, gathered, offsets

TELLING, TOUCHING = 8, 3  # quarters of a nat, and characters between two signs, that are worth a look
ODD = 8  # quarters of a nat that characters side by side are worth, in a longer line
BESIDE = 6  # characters on either side of a sign that the model is asked about
EXPECTED = 8.5  # nats that a character beyond ASCII costs at the most, where it is read rightly, on average
UTF8 = re.compile(rb"(?:[\xe2-\xe9\xef][\x80-\xbf]{2}){2,}(?![\x80-\xff])")  # two characters and more
NEUTRAL = -0.5  # nats that a character of ASCII speaks for the reading
DOUBT, DOUBT_SHORT = 15.0, 1.0  # nats by which characters, and those of a short line, are less likely than expected
MARKUP, SLACK = 3.0, 12.0  # nats that a likely reading costs at the most for a character of ASCII, and besides
CHARACTER = {"utf-8": 3, **dict.fromkeys(DOUBLE, 2)}  # bytes of a character


def doubtful(text: Text) -> Ints:
    """The lines that may be in another encoding than the one they were read in, as a whole or in part.

    Around characters that are likelier in what was read wrongly the language model is asked.
    """
    hits = telling(text)
    if not len(hits):
        return hits
    line = text.row_of(hits)
    low = np.maximum(hits - BESIDE, text.rows[line])
    high = np.minimum(hits + BESIDE + 1, text.rows[line + 1])
    first = np.flatnonzero(np.append(True, low[1:] >= high[:-1]))  # those that overlap are one
    high = np.append(high[first[1:] - 1], high[-1])
    line, low = line[first], low[first]
    whole = high - low >= np.diff(text.rows)[line] - 1  # a short line has little to tell
    part = Text(text.codes[gathered(low, high)], offsets((high - low).tolist()))
    odd = np.flatnonzero(whole | (best_sums(oddness(part.codes).astype(np.int64), part.rows) >= ODD))
    part, line, whole = part.take(odd), line[odd], whole[odd]
    return np.unique(line[best_sums(surprise(part), part.rows) >= SCALE * np.where(whole, DOUBT_SHORT, DOUBT)])


def telling(text: Text) -> Ints:
    """The characters that are likelier in what was read wrongly, by much or two of them side by side."""
    pieces = range(0, len(text.codes), PIECE)
    hits = [np.flatnonzero(oddness(text.codes[start : start + PIECE]) > 0) + start for start in pieces]
    place = np.concatenate(hits or [np.zeros(0, np.int64)])
    value = oddness(text.codes[place]).astype(np.int16)
    close = (np.diff(place) <= TOUCHING) & (np.diff(text.row_of(place)) == 0)
    close &= np.diff(text.codes[place].astype(np.int64)) != 0  # a row of arrows is one sign
    with_next = value + np.append(np.where(close, value[1:], 0), 0)[: len(value)]
    return np.asarray(place[with_next >= TELLING], np.int64)


def oddness(codes: Codes) -> npt.NDArray[np.int8]:
    """For each character the log-odds that it was read wrongly, in quarters of a nat; the most for a lone byte."""
    return strangeness().take(codes, mode="clip")


@cache
def strangeness() -> npt.NDArray[np.int8]:
    """The same for every code point of the basic plane; the last one stands for those beyond it."""
    codes = np.arange(0x10000, dtype=np.uint32)
    values = odds(codes)
    values[:0x80] = 0
    values[0xDC80:0xDD00] = 127
    return values


def surprise(text: Text) -> Ints:
    """By how much each character is less likely than what is right, or more likely, in steps of the model."""
    values = Model.load().costs(text).astype(np.int64) - round(EXPECTED * SCALE)
    values[text.codes < 0x80] = round(NEUTRAL * SCALE)
    values[(text.codes >= 0xDC80) & (text.codes < 0xF900)] = round(UNEXPLAINED * SCALE)  # private use, too
    return values


def in_utf8(data: bytes) -> list[tuple[int, int]]:
    """Bytes from and to which characters in UTF-8 stand with ASCII around them, as chance does not make them."""
    matches = (UTF8.match(data, place) for place in after_ascii(data).tolist())
    return [match.span() for match in matches if match]


def after_ascii(data: bytes) -> Ints:
    """Where two characters in UTF-8 begin that stand behind ASCII."""
    raw = np.frombuffer(b"\n" + data + bytes(6), np.uint8)
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(data), PIECE):
        piece = raw[start : start + PIECE + 6]
        lead = (piece - np.uint8(0xE2) < 8) | (piece == 0xEF)
        goes = piece - np.uint8(0x80) < 0x40
        begins = (piece[:-6] < 0x80) & lead[1:-5] & goes[2:-4] & goes[3:-3] & lead[4:-2] & goes[5:-1] & goes[6:]
        found.append(np.flatnonzero(begins) + start)
    return np.concatenate(found)


def credible(scored: Floats, lines: Sequence[bytes], names: Sequence[str], likely: float) -> Bools:
    """Which readings of lines are likely in themselves, not only likelier than others.

    scored: shape (encodings, lines); likely: nats that a character beyond ASCII may cost.
    """
    sizes = np.array([len(line) for line in lines])
    beyond = np.array([len(line.translate(None, ASCII)) for line in lines])
    characters = np.array([beyond / CHARACTER.get(name, 1) for name in names])
    return np.asarray(-scored <= likely * characters + MARKUP * (sizes - beyond) + SLACK, np.bool_)
