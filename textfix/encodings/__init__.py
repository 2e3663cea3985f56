"""Bytes to text and back, without loss: every byte string is cut into segments, each with its encoding.

`decode(data).encode() == data` for any bytes. What an encoding does not explain rides along as surrogate escapes
(PEP 383), and a byte order mark belongs to its segment, not to the text.
"""

from __future__ import annotations

import codecs
import math
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

from textfix.characters import Ints, to_codes
from textfix.edits import EMPTY, Edit, Edits, Note
from textfix.encodings.choice import (
    CANDIDATES,
    CHINESE,
    SAMPLE,
    choose,
    hints,
    readable,
    sampled,
    sense,
    sureness,
    weighed,
    whole_units,
)
from textfix.encodings.mixture import Reading, stretches
from textfix.encodings.plain import AS_ASCII, WIDE, codec, either_order, to_bytes, to_text
from textfix.encodings.sequences import RULE, meant, readings
from textfix.encodings.wide import begins, is_late
from textfix.language import SCALE, Model
from textfix.text import Text, offsets

BOMS = (  # the longer first: FF FE 00 00 is UTF-32, not UTF-16 and a NUL
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MAGIC = (b"\x7fELF", b"\x89PNG", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xd8\xff", b"GIF8", b"\x28\xb5\x2f\xfd")
CONTROLS = bytes(set(range(32)) - set(b"\a\b\t\n\v\f\r\x1a\x1b"))  # that text, also of a terminal, does not hold
MEANINGLESS = 11.0  # nats a character: UTF-16 or 32 read so is no text
SENSE = 8.0  # nats that a character behind escape sequences may cost on average; code that looks alike costs more
LIKELY_WIDE = 0.6  # how sure UTF-16 or 32 must be of bytes that are ASCII and NUL
USUAL = 11.0  # nats that a character costs that such bytes may hold
ONE_TO_ONE = ("gb18030", "utf-8")  # codecs that give every byte sequence back; a test tries all of GB 18030
APPENDED = 8  # bytes that may have been appended to UTF-16 in another encoding
SHORT, THREE_BYTES = 64, "\u0800"  # valid UTF-8 of so few bytes, all in pairs, may be something else, and is told so
UNSURE = 0.9  # how sure an encoding is that nobody needs to be told of
BINARY = 0.01  # share of such controls above which bytes are no text


@dataclass(frozen=True)
class Segment:
    """Bytes start to end of the source and their encoding.

    bom: bytes of a byte order mark at the start. characters: how many characters the rest decodes to.
    """

    start: int
    end: int
    encoding: str
    confidence: float = 1.0
    bom: int = 0
    characters: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, item: dict[str, Any]) -> Segment:
        """The inverse of to_dict; KeyError, TypeError or ValueError where it is none."""
        sizes = {name: operator.index(item[name]) for name in ("start", "end", "bom", "characters")}
        return cls(encoding=str(item["encoding"]), confidence=float(item["confidence"]), **sizes)


@dataclass(frozen=True)
class Decoded:
    """What bytes say: text that goes back to the same bytes, its segments, and better readings of places in it.

    readings: edits of the text where the codec reads two byte sequences as one character, or none. The text itself
    keeps the bytes there, as surrogate escapes.
    """

    text: str
    segments: tuple[Segment, ...]
    readings: Edits = field(default=EMPTY)

    def encode(self) -> bytes:
        return encode(self.text, self.segments)


def decode(data: bytes, told: str = "", forced: str = "") -> Decoded:
    """Read bytes of any kind. told, forced: an encoding as evidence, and one that is taken whatever comes of it.

    >>> decode("推進".encode("gbk") + b"!").segments
    (Segment(start=0, end=5, encoding='gb18030', confidence=1.0, bom=0, characters=3),)
    """
    return decode_many([data], told, forced)[0]


def decode_many(rows: Sequence[bytes], told: str = "", forced: str = "") -> list[Decoded]:
    """The same for many byte strings, each by itself."""
    found = [as_forced(row, forced) if forced else beside_utf16(row, told) or as_utf8(row, told) for row in rows]
    left = [number for number, one in enumerate(found) if one is None]
    for number, reading in zip(left, stretches([rows[number] for number in left], told), strict=True):
        found[number] = joined(rows[number], reading)
    return [one for one in found if one is not None]


def as_forced(data: bytes, encoding: str) -> Decoded:
    """Data as an encoding reads it. Where that does not lead back, as with UTF-7, all is one edit of its bytes."""
    own = either_order(encoding)
    encoding = next((name for mark, name in BOMS if data.startswith(mark) and either_order(name) == own), encoding)
    try:
        found = read(data, marked(data, encoding), encoding, 1.0)
        if found.encode() == data:
            return found
    except UnicodeError:
        pass
    raw, meaning = to_text(data, "utf-8"), data.decode(codec(encoding), "replace")
    note = Note(RULE, reason=f"{encoding}, as the caller would have it")
    edits = Edits.of([Edit(0, len(raw), raw, meaning, note)]) if raw != meaning else EMPTY
    return Decoded(raw, (Segment(0, len(data), "utf-8", characters=len(raw)),), edits)


def beside_utf16(data: bytes, told: str) -> Decoded | None:
    """Data in which UTF-16 without a mark begins behind other bytes; None for other bytes."""
    if 0 not in data or any(data.startswith(mark) for mark, _ in BOMS if mark != codecs.BOM_UTF8):
        return None
    if is_late(data):
        half = Decoded("\0", (Segment(0, 1, "utf-8", 0.0, characters=1),))
        return concatenated([(0, half), (1, decode(data[1:], told))])
    start = begins(data)
    if not start:
        return None
    return concatenated([(0, decode(data[:start], told)), (start, decode(data[start:], "utf-16-le"))])


def as_utf8(data: bytes, told: str) -> Decoded | None:
    """Data with a byte order mark, and valid UTF-8; None for other bytes."""
    if not data:
        return Decoded("", ())
    for mark, encoding in BOMS:
        if data.startswith(mark) and (found := after_mark(data, mark, encoding, told)):
            return found
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not data.isascii():
        sure = sureness(data, "utf-8", CHINESE) if len(data) <= SHORT and max(text) < THREE_BYTES else 1.0
        return Decoded(text, (Segment(0, len(data), "utf-8", sure, characters=len(text)),))
    if "\0" in text:
        name, sure = weighed([sampled(data)], ("utf-8", *WIDE), [hints(data, told)])[0]
        wide = name in WIDE and sure >= LIKELY_WIDE and usual_nuls(data, name)
        return read(data, 0, name, sure) if wide else read(data, 0, "utf-8", sure if name == "utf-8" else 1 - sure)
    escapes = seven_bit(text)
    edits = readings(text, escapes) if escapes else EMPTY
    return Decoded(text, (Segment(0, len(data), escapes or "ascii", characters=len(text)),), edits)


def usual_nuls(data: bytes, encoding: str) -> bool:
    """Whether the NULs of UTF-16 or 32 are parts of usual characters: of ASCII, or such as 一, 最 and U+3000."""
    codes = to_codes(whole_units(data, encoding))
    with_nul = codes[(codes < 0x80) | (codes & 0xFF == 0)]
    return bool((Model.load().alone(with_nul) <= USUAL * SCALE).all())


def seven_bit(text: str) -> str | None:
    """The encoding of text of which the characters beyond ASCII stand behind escape sequences; None for mere ASCII."""
    if "~{" not in text and "\x1b$" not in text:
        return None
    texts = {name: meant(text, name) for name in AS_ASCII if name != "euc_tw" and readings(text, name)}
    costs = {name: cost for name, one in texts.items() if (cost := foreign_cost(one)) <= SENSE}
    return min(costs, key=costs.__getitem__, default=None)


def foreign_cost(text: str) -> float:
    """What a character beyond ASCII costs on average, in nats; infinite for fewer than two."""
    one = Text.of(text)
    beyond = one.codes >= 0x80
    return -float(Model.load().characters(one)[beyond].mean()) if beyond.sum() > 1 else math.inf


def encode(text: str, segments: Sequence[Segment]) -> bytes:
    """The bytes that were decoded to this text: the inverse of decode. ValueError where the segments do not fit."""
    if sum(segment.characters for segment in segments) != len(text):
        raise ValueError("the segments are not those of this text")
    parts = []
    place = 0
    for segment in segments:
        if segment.bom:
            parts.append(next(mark for mark, encoding in BOMS if encoding == segment.encoding))
        parts.append(to_bytes(text[place : place + segment.characters], segment.encoding))
        place += segment.characters
    return b"".join(parts)


def byte_offsets(text: str, segments: Sequence[Segment]) -> Ints:
    """Shape (characters + 1,): where each character begins, in bytes of the source; no segments: in bytes of UTF-8."""
    lengths: list[int] = []
    place, mark, first = 0, 0, 0  # a byte order mark belongs to the character behind it, of whatever segment
    for part in segments or (Segment(0, 0, "utf-8", characters=len(text)),):
        piece = text[place : place + part.characters]
        if segments:
            sizes = [len(to_bytes(character, part.encoding)) for character in piece]
        else:
            sizes = [len(character.encode("utf-8", "surrogatepass")) for character in piece]
        mark += part.bom
        if sizes:
            first = first if lengths else mark
            lengths += [mark + sizes[0], *sizes[1:]]
            mark = 0
        place += part.characters
    ends = offsets(lengths)
    ends[-1] += mark
    ends[0] = first if lengths else mark
    return ends


def marked(data: bytes, encoding: str) -> int:
    """The bytes of the byte order mark of an encoding at the start of data."""
    return next((len(mark) for mark, name in BOMS if name == encoding and data.startswith(mark)), 0)


def after_mark(data: bytes, mark: bytes, encoding: str, told: str) -> Decoded | None:
    """Data behind a byte order mark; None where it is none, since the rest does not decode or is something else."""
    rest = data[len(mark) :]
    if encoding != "utf-8":
        if not readable(rest, encoding) or (sense([sampled(rest)], [encoding])[0] < 0 and likelier(rest, encoding)):
            return None
        end = len(data) - appended(rest, encoding)
        found = read(data[:end], len(mark), encoding, 1.0)
        return concatenated([(0, found), (end, decode(data[end:], told))]) if end < len(data) else found
    found = decode(rest, told or "utf-8")
    first = found.segments[0] if found.segments else Segment(0, 0, "utf-8")
    if first.encoding in ("ascii", "utf-8") and not first.bom:
        parts = [replace(one, start=one.start + len(mark), end=one.end + len(mark)) for one in found.segments[1:]]
        whole = Segment(0, first.end + len(mark), "utf-8", first.confidence, len(mark), first.characters)
        return Decoded(found.text, (whole, *parts), found.readings)
    return concatenated([(0, Decoded("", (Segment(0, len(mark), "utf-8", bom=len(mark)),))), (len(mark), found)])


def appended(data: bytes, encoding: str) -> int:
    """The bytes at the end of UTF-16 that are in another encoding: what a shell appended to a file of its own.

    They begin behind a line end, hold no NUL, and are certainly likelier so.
    """
    _, line_end, tail = data.rpartition("\n".encode(encoding))
    if WIDE[encoding] != 2 or not line_end or len(tail) < APPENDED or 0 in tail:
        return 0
    return len(tail) if likelier(tail, encoding) else 0


def likelier(data: bytes, encoding: str) -> bool:
    """Whether data is certainly in another encoding."""
    names = ("utf-8",) if data.isascii() else CANDIDATES
    name, sure = weighed([sampled(data)], (encoding, *names), [{}])[0]
    return name != encoding and sure >= UNSURE


def joined(data: bytes, reading: Reading) -> Decoded:
    """The stretches of data, read one after the other."""
    if len(reading.parts) == 1:
        return read(data, 0, reading.parts[0].encoding, reading.parts[0].confidence, reading.text)
    return concatenated(
        [(one.start, read(data[one.start : one.end], 0, one.encoding, one.confidence)) for one in reading.parts]
    )


def concatenated(parts: Sequence[tuple[int, Decoded]]) -> Decoded:
    """What was decoded by itself, laid behind one another; each with the byte of the source at which it begins."""
    segments: list[Segment] = []
    edits: list[Edit] = []
    size = 0
    for start, part in parts:
        segments += [replace(one, start=one.start + start, end=one.end + start) for one in part.segments]
        edits += part.readings.moved(size)
        size += len(part.text)
    return Decoded("".join(part.text for _, part in parts), tuple(segments), Edits.of(edits))


def read(data: bytes, bom: int, encoding: str, confidence: float, text: str | None = None) -> Decoded:
    """Data in one encoding, which in UTF-16 may be parted by bytes that a rewriting of line ends put in.

    text: what it says, where that is known.
    """
    line_ends = rewritten(data, bom, encoding)
    if not line_ends:
        return evenly(data, bom, encoding, confidence, text)
    edges = [bom, *(edge for at in line_ends for edge in (at, at + 3)), len(data)]
    parts = [(0, Decoded("", (Segment(0, bom, encoding, confidence, bom),)))] if bom else []
    for number, (low, high) in enumerate(pairwise(edges)):
        raw = data[low:high]
        parts.append((low, line_end(raw, confidence) if number % 2 else evenly(raw, 0, encoding, confidence)))
    return concatenated(parts)


def line_end(raw: bytes, confidence: float) -> Decoded:
    """A line end of UTF-16 that has three bytes."""
    text = raw.decode("ascii")
    note = Note(RULE, reason="a carriage return was put before the byte 0A of UTF-16")
    segment = Segment(0, len(raw), "ascii", confidence, characters=len(text))
    return Decoded(text, (segment,), Edits.of([Edit(0, len(text), text, "\n", note)]))


def rewritten(data: bytes, bom: int, encoding: str) -> list[int]:
    """Where UTF-16 holds a line end of three bytes: where 0D was put before every byte 0A, as if it were ASCII."""
    found: list[int] = []
    mark = {"utf-16-le": b"\r\n\0", "utf-16-be": b"\0\r\n"}.get(encoding)
    at, start = bom, bom
    while mark and (at := data.find(mark, at)) >= 0:
        if (at - start) % 2 == 0:
            found.append(at)
            start = at + 3
        at += 1
    return found


def evenly(data: bytes, bom: int, encoding: str, confidence: float, text: str | None = None) -> Decoded:
    """Data in one encoding, with what is left over at the end of UTF-16 or UTF-32 as a segment of its own."""
    end = len(data) - (len(data) - bom) % WIDE.get(encoding, 1)
    text = to_text(data[bom:end], encoding) if text is None else text
    edits: list[Edit] = []
    if encoding not in ONE_TO_ONE and to_bytes(text, encoding) != data[bom:end]:
        text, edits = with_doubles(data[bom:end], encoding)
    taken = {place for edit in edits for place in range(edit.start, edit.end)}
    more = [edit for edit in readings(text, encoding) if taken.isdisjoint(range(edit.start, edit.end))]
    edits = sorted([*edits, *more], key=lambda edit: edit.start)
    segments: tuple[Segment, ...] = (Segment(0, end, encoding, confidence, bom, len(text)),)
    if end < len(data):
        rest = to_text(data[end:], "utf-8")
        segments += (Segment(end, len(data), "utf-8", 0.0, 0, len(rest)),)
        text += rest
    return Decoded(text, segments, Edits.of(edits))


def with_doubles(data: bytes, encoding: str) -> tuple[str, list[Edit]]:
    """Text that goes back to the same bytes, and the characters that the codec reads where it would not.

    Line by line: most lines have none.
    """
    parts: list[str] = []
    edits: list[Edit] = []
    place = 0
    note = Note(RULE, reason=f"{encoding} has a second byte sequence for this character")
    for line in [data] if encoding in WIDE else data.splitlines(keepends=True):
        text = to_text(line, encoding)
        for raw, character in [(line, text)] if to_bytes(text, encoding) == line else characters(line, encoding):
            if to_bytes(character, encoding) == raw:
                parts.append(character)
            else:
                parts.append(raw.decode("ascii", "surrogateescape"))
                edits.append(Edit(place, place + len(parts[-1]), parts[-1], character, note))
            place += len(parts[-1])
    return "".join(parts), edits


def characters(data: bytes, encoding: str) -> Iterator[tuple[bytes, str]]:
    """Each character with the bytes it was read from."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    start = 0
    for place in range(1, len(data) + 1):
        character = decoder.decode(data[place - 1 : place], final=place == len(data))
        end = place - len(decoder.getstate()[0])
        if character:
            yield data[start:end], character
            start = end


def is_binary(data: bytes) -> bool:
    """Whether bytes are no text: by their first bytes, or by the controls in what they would be read as."""
    if data.startswith(MAGIC) or data[257:262] == b"ustar":
        return True
    sample = sampled(data[:SAMPLE])
    text = re.sub("\0+", "\0", sample.decode("latin-1"))
    marks = (encoding for mark, encoding in BOMS if sample.startswith(mark))
    if (next(marks, None) or (choose(sample)[0] if 0 in sample else "")) in WIDE:
        text = decode(sample).text
        if Model.load().score(Text.of(text))[0] < -MEANINGLESS * len(text):
            return True
    controls = CONTROLS.translate(None, b"\x0e\x0f") if b"\x1b$" in sample else CONTROLS  # ISO-2022 has a use for two
    return sum(map(text.count, controls.decode("latin-1"))) > 1 + BINARY * len(text)
