"""mojibake.*: text that was written in one encoding and read in another.

    鍒涘缓骞冲彴  ->  创建平台      (UTF-8 read as GBK)
    ÖÐÎÄ  ->  中文              (GBK read as Latin-1)
    鎵�崰  ->  所占              (UTF-8 read as GBK, two bytes lost)

Where characters stand that are common in mojibake and rare in clean text, the line around them is turned back into
bytes, for every wrong reader that can show them, and read anew, in every encoding that Chinese is written in: as a
whole where that works, else through the lattice, which finds where the damage ends and what lost bytes were. UTF-8
that comes out is believed if the language model finds it likelier, by some margin, than what stands there; of GBK and
Big5, which any bytes make, all evidence is weighed. Text that went wrong up to three times is turned back as often.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from textfix.characters import Class, to_codes
from textfix.config import CONFIDENT
from textfix.edits import Edit, Note
from textfix.language import LINE_END, Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.mojibake.belief import Reading, assigned, misfits, plain, surplus, with_plainness
from textfix.rules.mojibake.candidates import difference, lines, readings
from textfix.rules.mojibake.channels import LOSSES, SINGLE
from textfix.rules.mojibake.pieces import Piece, without_sign
from textfix.rules.mojibake.windows import (
    FOREIGN,
    Window,
    as_written,
    best_segment,
    is_loss,
    is_telling,
    still_damaged,
    windows,
)
from textfix.text import Text

FURTHER = 6.0  # nats that each further channel costs
DEPTH = 3  # how many times over text can have gone wrong
FOLLOWED = 8  # readings of a window that are turned back once more
ALONE = 3  # characters of GBK or Big5 from which what stands beside a loss is sure by itself
ALIKE = 4.0  # how much it speaks for a reading that other lines of the document certainly came through its channels
BESIDE_LOSS = "beside a loss"
ENDING = 5.5  # nats that the last character of a line, and its end, may cost if bytes vanished there
UNSURE = 0.5  # how sure a piece can be that does not fit together
FAIR, OFFSET = 1.35, 0.6  # how the margin in nats grows into confidence; see docs/model.md
# Text about mojibake is left alone; text that names an encoding, too, if what is damaged stands in quotation marks.
SAYS = "乱码|亂碼|文字化け|mojibake|garbled"
ABOUT = re.compile(f"{SAYS}|编码|編碼", re.IGNORECASE)
ABOUT_AFAR = re.compile(SAYS, re.IGNORECASE)  # in the rest of the line; others have codes of goods there
NAMES = re.compile(
    "unicode|cjk|code ?page|utf-?8|gbk|gb18030|gb2312|big-?5|latin-?1|iso-?8859|cp\\d{3}|koi8|encod|charset",
    re.IGNORECASE,
)
ARROW = re.compile("→|->|=>|应为|應為")
LINE = 200  # characters of a line on either side of what is damaged in which that is looked for
QUOTES = frozenset("\"'`“”‘’「」『』《》()（）")


def propose(text: Text, context: Context) -> Proposals:
    every = [(window, whole(window, text)) for window in windows(as_written(text))]
    asked = [(window, line) for window, line in every if not is_about(window, line)]
    found = [window for window, _ in asked]
    believed = [
        (window, (best, window.line, gain))
        for (window, line), best, gain in zip(asked, *read(found, context.model), strict=True)
        if best and not quoted(best, window, line, text.wide(window.low, window.low, LINE)[0])
    ]
    values = surplus([one for _, one in believed], context.model)
    read_as = [(window, best, over) for (window, (best, *_)), over in zip(believed, values, strict=True)]
    proven = alike(read_as)
    edits: list[Edit] = []
    for window, best, over in read_as:
        more = ALIKE if over < 0 and (window.row, best.channels) in proven else 0.0
        if over + more >= 0:
            edits += edits_of(best, window, over + more, text, context)
    return Proposals.of(edits)


def alike(read_as: Sequence[tuple[Window, Reading, float]]) -> set[tuple[int, tuple[tuple[str, str], ...]]]:
    """The documents, by row, and channels of which as many readings are believed as are not, and two at least."""
    counts = Counter((window.row, best.channels) for window, best, _ in read_as)
    believed = Counter((window.row, best.channels) for window, best, over in read_as if over >= 0)
    return {key for key, count in believed.items() if count > 1 and 2 * count >= counts[key]}


def is_about(window: Window, line: str) -> bool:
    """Whether a line speaks of mojibake."""
    return bool(ABOUT.search(window.line) or ABOUT_AFAR.search(line))


def whole(window: Window, text: Text) -> str:
    """The line of a window, as far as it is looked at for what it says of encodings."""
    left, right = text.around(window.low, window.low + len(window.line), LINE)
    return left + window.line + right


def quoted(one: Reading, window: Window, line: str, before: str) -> bool:
    """Whether what is damaged stands in quotation marks, in a line that names an encoding, or shows what it is.

    before: what stands before the window, in other lines, too, which may speak of mojibake.
    """
    runs = [*FOREIGN.finditer(window.line, one.pieces[0].start, one.pieces[-1].end)]
    start, end = (runs[0].start(), runs[-1].end()) if runs else (0, 0)
    around = {*window.line[max(0, start - 1) : start], *window.line[end : end + 1]} if runs else set()
    if not around or not around <= QUOTES:
        return False
    meant = FOREIGN.search(one.new)
    shown = meant is not None and (
        (meant[0] in line and ARROW.search(line) is not None) or any(f"{one}{meant[0]}{one}" in line for one in "\"'`")
    )
    return NAMES.search(window.line) is not None or shown or ABOUT_AFAR.search(before) is not None


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
            every[number] += [one for one in listed if says_something(one, found[number])]
            for one in followed(listed):
                start, end = best_segment(to_codes(one.text)) or (0, len(one.text))
                asked.append((number, Window(0, one.text, start, end, row=found[number].row)))
                channels.append(one.channels)
    asis = model.score(lines(window.line for window in found)).tolist()
    best = with_plainness([max(listed, key=lambda one: one.score, default=None) for listed in every], model)
    return best, [one.score - score if one else 0.0 for one, score in zip(best, asis, strict=True)]


def followed(listed: Sequence[Reading]) -> list[Reading]:
    """The readings that may have to be turned back once more: none where one is plain already."""
    damaged = [one for one in listed if not one.lossy and still_damaged(one.text)]
    if len(damaged) < len(listed) and any(plain(one) for one in listed if one not in damaged):
        return []
    damaged = [one for one in damaged if one.even or (one.channels[-1][1] in SINGLE and is_telling(one.text))]
    different = {one.text: one for one in sorted(damaged, key=lambda one: one.score)}
    return list(different.values())[-FOLLOWED:]


def deeper(one: Reading, before: tuple[tuple[str, str], ...], line: str, depth: int) -> Reading:
    """A reading of what came out of other channels before, as one of the line that went in."""
    if not depth:
        return one
    margin = min((piece.margin for piece in one.pieces), default=np.inf)
    piece = replace(difference(line, one.text), lossy=one.lossy, margin=margin)
    return Reading(one.text, (piece,), (*before, *one.channels), one.score - FURTHER * depth)


def says_something(one: Reading, window: Window) -> bool:
    """Whether a reading says something: no character without a meaning, not of a run of one sign, and another text.

    GBK and Big5 that are mojibake still say nothing: other bytes make them by chance.
    """
    old = {character for piece in one.pieces for character in window.line[piece.start : piece.end]}
    kept = {character for character in old.intersection(one.new) if not character.isascii()}
    plainly = one.even or not is_telling(one.new)
    return plainly and assigned(one.new) and len(old) > 1 and 3 * len(kept) <= len(old)


def edits_of(one: Reading, window: Window, over: float, text: Text, context: Context) -> Iterator[Edit]:
    """The edits that a reading asks for: what is certain in one, each loss with what it touches in its own.

    A character or two of GBK and Big5 beside a loss are no surer than that. Bytes of these may be missing without a
    sign: where the text does not fit together, nothing is certain. Where only the sign of ASCII is not sure that a loss
    may have swallowed, the sign of the loss stays in its place, unless all is asked for.
    """
    names = ", then ".join(f"{written} read as {read}" for written, read in reversed(one.channels))
    sure = round(1 - 0.5 * math.exp(-(over + 1) / 2), 3)
    source = text.slice(window.low, window.low + len(window.line))
    pieces = united(one.pieces, window.line)
    least = {place: piece.margin for piece in pieces if piece.lossy for place in (piece.start, piece.end)}
    cut = cut_off(one, pieces, window.line, context.model)
    for piece in pieces:
        value, inferred, reason, after = sure, True, names, piece.text
        others: tuple[tuple[str, float], ...] = ()
        beside = min(least.get(piece.start, math.inf), least.get(piece.end, math.inf))
        if not piece.lossy and not one.even and len(piece.text) < ALONE and beside < math.inf:
            value, reason = sureness(beside), f"{names}; {BESIDE_LOSS}"
        elif context.config.restore != "all" and (marked := with_mark(piece, window.line)):
            value, others = sureness(piece.head), ((piece.text, round(sureness(piece.margin), 3)),)
            after = marked
        elif piece.lossy:
            value = min(sureness(piece.margin), UNSURE if piece is cut else 1.0)
            others = ((piece.other, round(1 - value, 3)),) if piece.other not in ("", piece.text) else ()
        elif not one.even and misfits(piece.text, one.channels[-1][0], context.model):
            value = UNSURE
        else:
            inferred = False
        note = Note(RULE.name, min(sure, round(value, 3)), inferred, reason, others)
        before = source[piece.start : piece.end]
        yield Edit(window.low + piece.start, window.low + piece.end, before, after, note)


def with_mark(piece: Piece, line: str) -> str:
    """What is sure of a piece, and the sign of the loss that it ends with; empty where that is all of it, or nothing.

    >>> with_mark(Piece(0, 2, "名:", True, 2.0, "名", 9.0), "鍚?")
    '名?'
    """
    loss, sure = line[piece.end - 1 : piece.end], without_sign(piece.text)
    marked = loss in LOSSES and sure and sureness(piece.margin) < CONFIDENT <= sureness(piece.head)
    return sure + loss if marked else ""


def cut_off(one: Reading, pieces: Sequence[Piece], line: str, model: Model) -> Piece | None:
    """The piece at the end of a line that seems to have been cut there: bytes are missing without a sign, as nowhere
    else, and what they would make does not end a line as one expects (”, 。)."""
    if one.channels[0][1] not in SINGLE:
        return None
    hidden = [piece for piece in pieces if piece.lossy and not any(map(shows_loss, line[piece.start : piece.end]))]
    if len(hidden) != 1 or hidden[0].end < len(line):
        return None
    values = model.characters(Text.of(one.text + LINE_END))
    return hidden[0] if -float(values[-2:].sum()) > ENDING else None


def shows_loss(character: str) -> bool:
    return character in LOSSES or is_loss(character)


def sureness(margin: float) -> float:
    """How sure a guess is by so many nats before the next best."""
    return 1 / (1 + math.exp(-(margin - OFFSET) / FAIR))


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
