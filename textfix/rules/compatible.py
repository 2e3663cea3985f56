"""unicode.radical and unicode.private: characters that stand for others, which no normalization form brings back.

    ⼀⽤⼾          ->  一用户    (radicals that PDF files put for ideographs)
    佢\\uecd8度     ->  佢喺度    (private use of Big5 with HKSCS, of before 2004)

A radical is meant where the text speaks of radicals or names code points, where radicals stand in the order of their
chart, and where one stands alone. Inside Chinese, an ideograph is meant.

Private use means what its font says, so it is read only where the whole document fits one table: that of GBK, of
which no more than a hundred characters exist, behind a Han character; or that of HKSCS, if the language model finds
the ideographs that come out likely where they stand. What is left is an icon, or a page that hides its text with a
font of its own. The reading is marked as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np

from textfix.characters import Class, to_str
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.escapes.found import line_around
from textfix.text import Text

RADICALS = "\u2e80-\u2fdf"
HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u30fa"
RUN = re.compile(f"[{HAN}{KANA}{RADICALS}]*[{RADICALS}][{HAN}{RADICALS}]*")
RADICAL = re.compile(f"[{RADICALS}]")
ABOUT = re.compile("部首|部件|偏旁|康熙|字根|筆畫|笔画|U\\+|radical|unicode", re.IGNORECASE)
CHART, NEAR = 6, 200  # radicals side by side, and characters before their line in which they may be spoken of
MANY = 3  # radicals inside Chinese that show a document to have them everywhere
PRIVATE = re.compile("[\ue000-\uf8ff]")
FITS_GBK = re.compile(f"(?<=[{HAN}])[\ue78d-\ue864]+")
LIKELY = -10.0  # nats a character that an ideograph of HKSCS must reach, with its right neighbour
CANTONESE = re.compile("[佢咗喺嘅哋啲嘢冇嚟唔咁]")
SURE = 0.9
SIMPLIFIED = {"\u2f3e": "户", "\u2fad": "青"}  # what simplified fonts show for a radical with a variant


@cache
def table() -> tuple[dict[str, str], dict[str, str]]:
    """What radicals and what the private use of GBK stand for."""
    lines = (resources.files("textfix.data") / "compatible.txt").read_text("utf-8").split("\n")
    return dict(zip(*lines[:2], strict=True)), dict(zip(*lines[2:4], strict=True))


def propose_radicals(text: Text, context: Context) -> Proposals:
    places = text.screen.where(Class.COMPATIBLE)
    spans = list(text.lines(places[text.codes[places] < 0x3000]))
    rows = text.row_of([start for start, _ in spans]).tolist()
    inside = np.zeros(len(text), np.int64)
    for row, (_, span) in zip(rows, spans, strict=True):
        inside[row] += sum(len(RADICAL.findall(run[0])) for run in RUN.finditer(span) if len(run[0]) > 1)
    hans = {row: simplified(text, row) for row in set(rows)}
    note = Note(RADICAL_RULE.name, reason="a radical in place of an ideograph")
    return Proposals.of(
        Edit(start + at, start + at + 1, span[at], ideograph(span[at], hans[row]), note)
        for row, (start, span) in zip(rows, spans, strict=True)
        for at in radicals(span, bool(inside[row] >= MANY), text.wide(start, start, NEAR)[0])
    )


def simplified(text: Text, row: int) -> bool:
    """Whether a row holds no more characters of traditional script alone than of simplified."""
    marks = text.classes[text.rows[row] : text.rows[row + 1]]
    return bool(((marks & int(Class.HANT)) != 0).sum() <= ((marks & int(Class.HANS)) != 0).sum())


def ideograph(radical: str, hans: bool) -> str:
    return SIMPLIFIED.get(radical, table()[0][radical]) if hans else table()[0][radical]


def radicals(span: str, common: bool, before: str = "") -> Iterator[int]:
    """The places of radicals that stand for ideographs; common: whether the document has them everywhere.

    before: what stands before the span, which may speak of a list of radicals in it.

    >>> list(radicals("⼈民，⽂ 和 ⼀⼁⼂", common=False))
    [0]
    """
    for run in RUN.finditer(span):
        line = line_around(span, run.start(), run.end())
        listed = len(run[0]) >= CHART and RADICAL.sub("", run[0]) == "" and sorted(run[0]) == [*run[0]]
        if (
            ABOUT.search(line)
            or (listed and ABOUT.search(before))
            or in_order(run[0])
            or (len(run[0]) == 1 and not (common and beside_spaces(span, run)))
        ):
            continue
        yield from (run.start() + one.start() for one in RADICAL.finditer(run[0]) if one[0] in table()[0])


def in_order(run: str) -> bool:
    """Whether a run is a part of the chart of radicals."""
    return len(run) > 2 and all(0 < ord(two) - ord(one) < 3 for one, two in pairwise(run))


def beside_spaces(span: str, run: re.Match[str]) -> bool:
    """Whether what stands beside a run is no quotation."""
    return (span[run.start() - 1 : run.start()] + span[run.end() : run.end() + 1]).strip(" ，。、；：！？,.") == ""


def propose_private(text: Text, context: Context) -> Proposals:
    places = text.screen.where(Class.COMPATIBLE)
    places = places[(text.codes[places] >= 0xE000) & (text.codes[places] <= 0xF8FF)]
    row = text.row_of(places)
    edits: list[Edit] = []
    for group in np.split(places, np.flatnonzero(np.diff(row)) + 1):
        if len(group):
            edits += of_gbk(text, group.tolist()) or of_hkscs(text, group.tolist(), context)
    return Proposals.of(edits)


def of_gbk(text: Text, places: Sequence[int]) -> list[Edit]:
    """Readings of a document's private use, if all of it is GBK's and stands behind Han characters."""
    note = Note(PRIVATE_RULE.name, SURE, inferred=True, reason="private use of GBK")
    edits = []
    for at in places:
        before = text.slice(at, at + 1)
        left = text.slice(max(at - 1, int(text.rows[text.row_of(at)])), at + 1)
        if before not in table()[1] or not FITS_GBK.search(left):
            return []
        edits.append(Edit(at, at + 1, before, table()[1][before], note))
    return edits


def of_hkscs(text: Text, places: Sequence[int], context: Context) -> list[Edit]:
    """Readings of a document's private use, if all of it is that of HKSCS and likely where it stands."""
    read = [hkscs(text.slice(at, at + 1)) for at in places]
    if not all(read):
        return []
    row = int(text.row_of(places[0]))
    low, high = int(text.rows[row]), int(text.rows[row + 1])
    codes = text.codes[low:high].copy()
    codes[np.array(places) - low] = [ord(one) for one in read]
    costs = context.model.characters(Text(codes, np.array([0, len(codes)], np.int64)))
    right = np.minimum(np.array(places) - low + 1, len(codes) - 1)
    known = codes[np.array(places) - low] < 0x10000
    if ((costs[np.array(places) - low] + costs[right])[known] / 2 < LIKELY).any():
        return []
    if not known.any() or (simplified(text, row) and not CANTONESE.search(to_str(codes))):
        return []  # of ideographs beyond the basic plane the model knows nothing
    note = Note(PRIVATE_RULE.name, SURE, inferred=True, reason="private use of Big5 with HKSCS")
    return [Edit(at, at + 1, text.slice(at, at + 1), one, note) for at, one in zip(places, read, strict=True)]


def hkscs(private: str) -> str:
    """The character of HKSCS-2004 that Windows shows as private use, or "".

    >>> hkscs("\\uecd8")
    '喺'
    """
    for first, lead in ((0xE000, 0xFA), (0xE311, 0x8E), (0xEEB8, 0x81), (0xF6B1, 0xC6)):
        if ord(private) >= first:
            low, start = first, lead
    row, cell = divmod(ord(private) - low + (63 if start == 0xC6 else 0), 157)
    pair = bytes((start + row, cell + (0x40 if cell < 63 else 0x62)))
    try:
        found = pair.decode("big5hkscs")
    except UnicodeDecodeError:
        return ""
    return found if len(found) == 1 and not PRIVATE.match(found) else ""


RADICAL_RULE = Rule(
    "unicode.radical",
    "radicals in place of ideographs inside Chinese, as PDF files have them",
    ("⼀⽤⼾", "一用户"),
    always(Class.COMPATIBLE),
    propose_radicals,
)
PRIVATE_RULE = Rule(
    "unicode.private",
    "private use of GBK and of Big5 with HKSCS whose characters Unicode has had since",
    ("佢\uecd8度食飯", "佢喺度食飯"),
    always(Class.COMPATIBLE),
    propose_private,
)
