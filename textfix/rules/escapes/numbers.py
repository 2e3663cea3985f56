"""escape.unicode, escape.percent, escape.punycode: what programs and addresses escaped.

    \\u4f60\\u597d            ->  你好
    l<U+1EAB>n               ->  lẫn
    D%C0%E0%CE%EF%C1%CF.xls  ->  D类物料.xls

JSON keeps its escapes, and so do strings of code, regular expressions, settings and addresses. A single escape changes
only beside Chinese. What comes out must be text, and likely to the language model if it is Chinese. Names in punycode
are told and stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from textfix.characters import to_codes
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals
from textfix.rules.escapes.found import (
    ABOUT,
    HAN,
    address,
    breaks_data,
    line_around,
    line_before,
    lines,
    of_bytes,
    quoted,
    sensible,
)
from textfix.text import Text

POINT = re.compile(
    r"\\+u([0-9a-fA-F]{4})|\\+U([0-9a-fA-F]{8})|\\+u\{([0-9a-fA-F]{1,6})\}|%u([0-9a-fA-F]{4})|<U\+([0-9A-F]{4,6})>"
)
POINTS = re.compile(f"(?:{POINT.pattern})+")
# As escape() of JavaScript writes a text: %u and four digits, and % and two beside it for what Latin-1 has.
SCRIPT = re.compile("(?:%[0-9A-Fa-f]{2})*(?:%u[0-9a-fA-F]{4}(?:%[0-9A-Fa-f]{2})*)+")
BARE = re.compile(r"(?<![\w\\%])(?:u[4-9][0-9a-fA-F]{3}){2,}(?![0-9a-zA-Z])")  # the backslashes were lost
BYTES = re.compile(r"(?:\\+x[0-9a-fA-F]{2}){2,}|(?:\\[23][0-7]{2}){3,}")
TOKEN = re.compile(r"[!-&(-;=?-~]+")  # what no space, quote or tag parts
HIGH = re.compile("%[89A-Fa-f][0-9A-Fa-f]")
PUNYCODE = re.compile(r"(?<![\w-])xn--[a-z0-9-]+", re.IGNORECASE)
OPENING = 100  # characters in which JSON shows
JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*[\[{\"0-9])")

PARTS = re.compile(r"(?:^|\s|[ab]/)[\w.][\w./-]*[/-]$")
SPOKEN = re.compile("编码|編碼|转码|轉碼|转义|轉義|进制|進制")  # of bytes; logs have the other words for it, too
TOLD = re.compile("是|为|為|=|→|->| in | as ")  # between an escape and what it stands for
# What git says of a file, whose name stands in quotation marks.
STATUS = re.compile(r'(?:^|\n)(?:[ MADRCU?!]{2} |\s*(?:new file|modified|deleted|renamed): +)?"[^"\n=(]*$')
JOINED = re.compile(rf"(?:(?:{POINT.pattern})[!-/:-@]*)+$")
PATH = re.compile(r"(?<![A-Za-z])[A-Za-z]:(?:\\[^\\\s\"'<>|]*)*$")  # of Windows, before a backslash


def propose_unicode(text: Text, context: Context) -> Proposals:
    return Proposals.of(
        edit
        for start, row in lines(text, "\\", "%u", "<U", "u")
        if not JSON.match(text.slice(first := int(text.rows[text.row_of(start)]), first + OPENING))
        for edit in [*points(start, row, context), *byte_runs(start, row, context)]
    )


def points(start: int, row: str, context: Context) -> Iterator[Edit]:
    note = Note("escape.unicode", reason="escaped code points")
    done = 0
    found = [*SCRIPT.finditer(row), *POINTS.finditer(row), *BARE.finditer(row)]
    for match in sorted(found, key=lambda one: (one.start(), -one.end())):
        after = meaning(match[0])
        if match.start() < done or not after or not meant_as_text(row, match, after) or not sensible(after, context):
            continue
        if not breaks_data(line_around(row, match.start(), match.end()), after):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)
            done = match.end()


def meaning(escapes: str) -> str:
    """The characters of escaped code points, however they are written; "" where they make no text.

    >>> [meaning(one) for one in ("\\\\u4f60", "u4f60u597d", "%u4f60%21")]
    ['你', '你好', '你!']
    """
    if escapes[0] == "%":
        after = of_script(escapes)
        return "" if any(one < " " for one in after) else after
    return named(escapes.replace("u", "\\u") if escapes[0] == "u" else escapes)


def of_script(written: str) -> str:
    """What escape() of JavaScript wrote.

    >>> of_script("%u4E2D%u56FD%2C%20a")
    '中国, a'
    """
    return re.sub("%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})", lambda one: chr(int(one[1] or one[2], 16)), written)


def meant_as_text(row: str, match: re.Match[str], after: str) -> bool:
    """Whether escapes stand in prose: not quoted; a single one inside a word, or beside others and Chinese."""
    first = first_of(row, match.start())
    if after.isascii() or quoted(row, first, match.end()) or address(row, first):
        return False
    line = line_around(row, match.start(), match.end())
    if (
        ABOUT.search(line.replace(match[0], ""))
        or after in line
        or PATH.search(row[max(0, match.start() - 200) : match.start()])
    ):
        return False
    beside = row[max(match.start() - 1, 0) : match.start()] + row[match.end() : match.end() + 1]
    if len(after) > 1:
        return True
    if match[0].startswith("<"):  # as R shows what its code page cannot
        return beside.isalpha()
    shown = HAN.match(after) or after > "\uffff" or unicodedata.category(after) in ("Cf", "Zs")
    return bool(shown and HAN.search(beside))


def first_of(row: str, start: int) -> int:
    """Where the first of those escapes begins that stand right before a place, with nothing but signs between.

    >>> first_of("a \\\\u4f60/\\\\u597d", 9)
    2
    """
    match = JOINED.search(row, max(0, start - 200), start)
    return match.start() if match else start


def named(escapes: str) -> str:
    """The characters of escaped code points; "" where they make no text.

    >>> named("\\\\u4f60\\\\ud83d\\\\ude00<U+1EAB>")
    '你😀ẫ'
    """
    codes = [int(next(filter(None, match.groups())), 16) for match in POINT.finditer(escapes)]
    if max(codes) > 0x10FFFF:
        return ""
    raw = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass")
    return raw.decode("utf-16-le", "ignore") if len(to_codes(raw.decode("utf-16-le", "replace"))) else ""


def byte_runs(start: int, row: str, context: Context) -> Iterator[Edit]:
    note = Note("escape.unicode", reason="escaped bytes")
    for match in BYTES.finditer(row):
        after = of_bytes(raw_of(match[0]), context)
        if SPOKEN.search(line_around(row, match.start(), match.end())):
            continue
        if after and (is_path(row, match) or not quoted(row, match.start(), match.end())):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)


def is_path(row: str, match: re.Match[str]) -> bool:
    """Whether octal bytes stand in a path, as git shows it.

    >>> path = "doc/\\\\345\\\\205\\\\263.md"
    >>> is_path(path, BYTES.search(path))
    True
    """
    before = row[max(0, match.start() - 100) : match.start()]
    return "x" not in match[0] and (PARTS.search(before) or STATUS.search(before)) is not None


def raw_of(escapes: str) -> bytes:
    """The bytes of escapes in hex or octal.

    >>> raw_of("\\\\xe4\\\\xbd"), raw_of("\\\\344\\\\275")
    (b'\\xe4\\xbd', b'\\xe4\\xbd')
    """
    base = 16 if "x" in escapes else 8
    return bytes(int(one, base) & 0xFF for one in re.split(r"\\+x?", escapes)[1:])


def propose_percent(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "%89abcdefABCDEF") for edit in percents(start, row, context))


def percents(start: int, row: str, context: Context) -> Iterator[Edit]:
    note = Note("escape.percent", reason="percent escapes outside of an address")
    for match in TOKEN.finditer(row):
        first = HIGH.search(match[0])
        if (
            not first
            or len(HIGH.findall(match[0])) < 2
            or quoted(row, match.start(), match.end())
            or address(row, match.start() + first.start())
        ):
            continue
        after = of_bytes(unquote_to_bytes(match[0]), context)
        line = line_around(row, match.start(), match.end())
        told = after in line and TOLD.search(line)
        if not after or told or any(one < " " for one in after) or breaks_data(line, after):
            continue
        if line_before(row, match.start() + first.start()).count("`") % 2 == 0 and not ABOUT.search(line):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)


def propose_punycode(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "x") for edit in punycodes(start, row))


def punycodes(start: int, row: str) -> Iterator[Edit]:
    for match in PUNYCODE.finditer(row):
        try:
            name = match[0][4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError, OverflowError):
            continue
        if HAN.search(name):
            note = Note("escape.punycode", reason=f"punycode of {name}")
            yield Edit(start + match.start(), start + match.end(), match[0], match[0], note)
