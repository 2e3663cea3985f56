"""Which encoding bytes are in: the one that makes them likeliest under the language model, line by line.

The rest of a document is the prior of each line: the shares of the encodings in it are found together with the
encodings of its lines, in turn. Lines that read well in the main encoding are not looked at again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from textfix.language import Model
from textfix.text import LF, Bools, Ints, Text, odds

Floats = npt.NDArray[np.float64]
WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}  # bytes of a unit
CANDIDATES = ("utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "cp1251", "cp1250", "koi8_r")
SAMPLE = 1 << 16  # bytes that are enough to tell encodings apart
UNEXPLAINED = 15.0  # nats that a byte costs which the encoding does not explain
STRANGE = 9.0  # nats a character: a reading worse than this is believed only if no other is found
ROUNDS = 5  # in which the shares of the encodings and the encodings of the lines are found in turn
CLEAN = 60  # quarters of a nat by which the characters of a line speak for clean text against mojibake
# For each byte how many bytes of UTF-8 it announces; -1 is one of these. A line of UTF-8 has none too many.
FOLLOWED = np.select([np.arange(256) < low for low in (0x80, 0xC0, 0xE0, 0xF0)], [0, -1, 1, 2], 3).astype(np.int8)
RARE = 1e-9  # lines that an encoding has in advance


class Stretch(NamedTuple):
    """Bytes start to end, and their encoding."""

    start: int
    end: int
    encoding: str
    confidence: float


def stretches(data: bytes) -> list[Stretch]:
    """Data cut at line ends into stretches, each in one encoding.

    >>> lines = "".join(f"第{place}行，文字的編碼很簡單。\\n" for place in range(4)).encode("big5")
    >>> [(one.start, one.encoding) for one in stretches(lines + "编码混在一起了。".encode("gbk"))]
    [(0, 'big5hkscs'), (104, 'gb18030')]
    """
    main, confidence = choose(data)
    raw = np.frombuffer(data, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(raw[:-1] == LF) + 1]).astype(np.int64)
    if main not in CANDIDATES or len(starts) == 1:
        return [Stretch(0, len(data), main, confidence)]
    ends = np.append(starts[1:], len(data))
    foreign = np.maximum.reduceat(raw, starts) >= 0x80
    doubtful = np.flatnonzero(foreign & doubted(data, starts, main))
    names = [main, *(name for name in CANDIDATES if name != main)]
    lines = [data[start:end].rstrip(b"\n") for start, end in zip(starts[doubtful], ends[doubtful], strict=True)]
    scores = np.array([line_scores(lines, name) for name in names])
    choice = np.zeros(len(starts), np.int64)
    choice[doubtful] = settled(scores, int(foreign.sum()) - len(doubtful))
    last = np.maximum.accumulate(np.where(foreign, np.arange(len(starts)), -1))  # lines of ASCII go with what precedes
    choice = choice[np.where(last < 0, int(np.argmax(foreign)), last)]
    certain = np.full(len(starts), math.inf)
    certain[doubtful] = margins(scores, choice[doubtful])
    first = np.flatnonzero(np.diff(choice, prepend=-1))
    found = []
    for low, high in zip(first.tolist(), np.append(first[1:], len(starts)).tolist(), strict=True):
        own = certain[low:high]
        sure = (
            confidence if np.isinf(own).any() and choice[low] == 0 else as_confidence(float(own[own < math.inf].sum()))
        )
        found.append(Stretch(int(starts[low]), int(ends[high - 1]), names[choice[low]], sure))
    return found


def doubted(data: bytes, starts: Ints, main: str) -> Bools:
    """For each line whether the main encoding may not be its own.

    It is not where bytes have no meaning, where the text is not plainly clean, and where the bytes can be UTF-8.
    """
    text = rows(data.decode(main, handler(main)), len(starts))
    lone = (text.codes >= 0xD800) & (text.codes < 0xE000)
    values = np.where(text.codes < 0x80, 0, odds(text.codes)).astype(np.int32)
    values[lone] = 1 << 20
    doubt = np.add.reduceat(values, text.rows[:-1]) > -CLEAN
    if main == "utf-8":
        return np.asarray(doubt, np.bool_)
    awaited = np.add.reduceat(FOLLOWED.take(np.frombuffer(data, np.uint8)), starts, dtype=np.int32)
    return np.asarray(doubt | (awaited == 0), np.bool_)


def rows(text: str, count: int) -> Text:
    """A text as its lines, so many; the line ends belong to them."""
    codes = Text.of(text).codes
    ends = np.flatnonzero(codes[:-1] == LF) + 1
    return Text(codes, np.concatenate([[0], ends, [len(codes)]]).astype(np.int64))


def line_scores(lines: Sequence[bytes], encoding: str) -> Floats:
    """The log-likelihood of each line read so."""
    text = Text.of([line.decode(encoding, handler(encoding)) + "\n" for line in lines])
    lone = np.append(0, ((text.codes >= 0xD800) & (text.codes < 0xE000)).cumsum())
    return np.asarray(Model.load().score(text) - UNEXPLAINED * np.diff(lone[text.rows]), np.float64)


def settled(scores: Floats, sure: int) -> Ints:
    """For each line the encoding: shape of scores is (encodings, lines); so many other lines are in the first one."""
    counts = np.full(len(scores), RARE)
    counts[0] += sure + 1
    choice = np.zeros(scores.shape[1], np.int64)
    for _ in range(ROUNDS):
        choice = (scores + np.log(counts / counts.sum())[:, None]).argmax(axis=0)
        counts = np.bincount(choice, minlength=len(scores)) + RARE
        counts[0] += sure
    return np.asarray(choice, np.int64)


def margins(scores: Floats, choice: Ints) -> Floats:
    """For each line by how many nats its encoding makes it likelier than any other does."""
    lines = np.arange(len(choice))
    others = scores.copy()
    others[choice, lines] = -math.inf
    return np.asarray(scores[choice, lines] - others.max(axis=0, initial=-math.inf), np.float64)


def as_confidence(margin: float) -> float:
    return round(1 / (1 + math.exp(-max(-50.0, min(margin, 50.0)))), 3)


def choose(data: bytes) -> tuple[str, float]:
    """The encoding that makes the bytes likeliest, and how sure that is."""
    first = next((place for place, byte in enumerate(data) if not 0 < byte < 0x80), 0)
    start = max(data.rfind(b"\n", 0, first) + 1, first - SAMPLE // 2)
    if 0 in data:
        start -= start % 4
    sample = data[start : start + SAMPLE]
    names = [*CANDIDATES, *(WIDE if 0 in sample else ())]
    scores = {name: score for name in names if (score := likelihood(sample, name)) > -math.inf}
    best = max(scores, key=scores.__getitem__)
    if scores[best] < -STRANGE * len(whole_units(sample, best)) and (other := guess(sample)):
        scores[other] = likelihood(sample, other)
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    margin = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else math.inf
    return ranked[0][0], as_confidence(margin)


def likelihood(data: bytes, encoding: str) -> float:
    """The log-likelihood of bytes read so; minus infinity where they cannot be."""
    try:
        text = Text.of(whole_units(data, encoding))
    except UnicodeDecodeError:
        return -math.inf
    unexplained = int(np.count_nonzero((text.codes >= 0xD800) & (text.codes < 0xE000)))
    return float(Model.load().score(text)[0]) - UNEXPLAINED * unexplained


def whole_units(data: bytes, encoding: str) -> str:
    """Data as text, without the bytes left over at the end of UTF-16 or UTF-32."""
    return data[: len(data) - len(data) % WIDE.get(encoding, 1)].decode(encoding, handler(encoding))


def guess(data: bytes) -> str | None:
    """An encoding from outside the Chinese world, where charset-normalizer finds one that goes there and back."""
    import charset_normalizer

    found = charset_normalizer.from_bytes(data).best()
    if found is None or found.encoding.startswith("utf"):
        return None
    name = found.encoding
    try:
        back = data.decode(name, "surrogateescape").encode(name, "surrogateescape")
    except (UnicodeError, LookupError):
        return None
    return name if back == data else None


def handler(encoding: str) -> str:
    """The error handler under which an encoding goes there and back: UTF-16 and 32 hold surrogates themselves."""
    return "surrogatepass" if encoding in WIDE else "surrogateescape"
