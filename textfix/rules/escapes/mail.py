"""escape.mime, escape.quoted_printable, escape.shift: what mail programs escaped.

    =?GBK?Q?test=B5=C4=BB=D8=D6=B4?=   ->  test的回执
    =E4=BD=A0=E5=A5=BD                  ->  你好
    ~{N@Iz<dC;SP4rI(8I>;~}             ->  卫生间没有打扫干净
    $B$3$s$K$A$O(B                      ->  こんにちは

An encoded word says its encoding and is believed, but where the text explains it. Of quoted-printable and shifts what
comes out must be text: characters that the language model finds likely, of the common part of their set.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import groupby

from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals
from textfix.rules.escapes.found import line_around, line_before, lines, of_bytes, sensible
from textfix.text import Text

WORD = re.compile(r"=\?(?P<charset>[A-Za-z0-9_.:-]+)(?:\*[\w-]+)?\?(?P<kind>[BbQq])\?(?P<body>[^?\n]*)\?=")
WORDS = re.compile(rf"{WORD.pattern}(?:\s*{re.sub('[?]P<[a-z]+>', '?:', WORD.pattern)})*")
ABOUT = re.compile("RFC ?(?:2047|822|2045)|encoded[- ]word|意思|意为|解码|解碼|编码|編碼|`", re.IGNORECASE)
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252", "shift_jis": "cp932"}
RUN = r"=[89A-F][0-9A-F](?:=\r?\n)?(?:=[0-9A-F]{2}(?:=\r?\n)?){2,}"
QUOTED = re.compile(rf"(?<![?0-9A-Za-z]){RUN}")
LATER = re.compile(rf"(?<=[0-9A-Za-z]){RUN}")  # in a line that has others, or Chinese: elsewhere the = is of a value
# Of GBK, of which the second bytes may be letters; all that a name holds; a letter of Latin-1 in a name.
PAIRED = re.compile(r"(?<![?0-9A-Za-z])(?:=[89A-F][0-9A-F](?:=\r?\n)?(?:=[0-9A-F]{2}|[@-~])){2,}")
EVERY = re.compile(r"(?<![^\s:;])(?:=[0-9A-F]{2}){4,}(?![^\s;])")
IN_NAME = re.compile(r"(?<![^\s\"(])[A-Z][A-Za-z-]*(?:=C3=[89AB][0-9A-F][a-z]+)+(?![^\s.,;:!?\")])")
MARKS = re.compile("[\u2010-\u2027\u3000-\u3020\uff01-\uff20]+")
BEFORE = re.compile("[\u3400-\u9fff]|=[89A-F][0-9A-F]=[0-9A-F]{2}")
ADDRESS = re.compile(r"(?:://|[?&][\w.-]*)[^\s=]*$")  # of which the = is
LIKELIER = -8.5  # nats a character that GBK must reach whose second bytes are letters
BREAK = re.compile(r"(?<!=)=\r?\n|=(?:20|09)(?=\r?\n)|=3D")
SHIFTED = re.compile(
    r"~\{(?P<hz>(?:[!-}][!-~]){1,400}?)~\}|\x1b?\$(?P<set>[AB@])(?P<iso>(?:[!-~]{2}){1,400}?)\x1b?\([BJ]"
)
COMMON = {"A": b"\x23\x21\x30", "B": b"\x21\x23\x24\x25\x30", "@": b"\x21\x23\x24\x25\x30"}
LEAST = 2  # characters that lost escape bytes must have held


def propose_words(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "=") for edit in words(start, row, context))


def words(start: int, row: str, context: Context) -> Iterator[Edit]:
    note = Note("escape.mime", reason="encoded words of a mail header")
    for match in WORDS.finditer(row):
        after = decoded(match[0])
        if after and not ABOUT.search(line_around(row, match.start(), match.end())) and sensible(after, context):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)


def decoded(words: str) -> str:
    """What encoded words say; characters may be cut between two of one encoding. "" where they say nothing.

    >>> decoded("=?gb2312?B?xOM=?= =?GB2312?Q?=BA=C3?=")
    '你好'
    """
    try:
        parts = [
            (WIDER.get(one["charset"].lower(), one["charset"].lower()), raw_of(one)) for one in WORD.finditer(words)
        ]
        return "".join(
            b"".join(raw for _, raw in group).decode(charset) for charset, group in groupby(parts, lambda part: part[0])
        )
    except (LookupError, ValueError):
        return ""


def raw_of(word: re.Match[str]) -> bytes:
    body = word["body"].encode("ascii")
    if word["kind"] in "Bb":
        return binascii.a2b_base64(body + b"=" * (-len(body) % 4))
    return binascii.a2b_qp(body, header=True)


def propose_quoted(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "=") for edit in quotables(start, row, context))


def quotables(start: int, row: str, context: Context) -> Iterator[Edit]:
    """Runs of bytes that say something; if there are any, what else a mail program escapes, too."""
    note = Note("escape.quoted_printable", reason="quoted-printable")
    found = [
        *(one for pattern in (EVERY, QUOTED, PAIRED, IN_NAME) for one in pattern.finditer(row)),
        *(one for one in LATER.finditer(row) if BEFORE.search(line_before(row, one.start()))),
    ]
    said: list[tuple[re.Match[str], str]] = []
    for match in sorted(found, key=lambda one: (one.start(), -one.end())):
        free = not said or match.start() >= said[-1][0].end()
        shown = "`" in line_around(row, match.start(), match.end()) or ADDRESS.search(row, 0, match.start())
        after = said_by(match, context) if free and not shown else ""
        if len(after.encode()) >= 3:
            said.append((match, after))
    for match, after in said:
        yield Edit(start + match.start(), start + match.end(), match[0], after, note)
    if said:
        taken = {place for match, _ in said for place in range(match.start(), match.end())}
        for match in BREAK.finditer(row):
            if match.start() not in taken:
                after = {"=20": " ", "=09": "\t", "=3D": "="}.get(match[0], "")
                yield Edit(start + match.start(), start + match.end(), match[0], after, note)


def said_by(match: re.Match[str], context: Context) -> str:
    """What a run of quoted-printable says, in UTF-8 or GBK; marks of punctuation count, if it is UTF-8."""
    raw = binascii.a2b_qp(match[0])
    try:
        after = raw.decode()
        if MARKS.fullmatch(after) or (match.re in (EVERY, IN_NAME) and not after.isascii() and after.isprintable()):
            return after
    except UnicodeDecodeError:
        pass
    after = of_bytes(raw, context)
    likely = match.re is not PAIRED or float(context.model.score(Text.of(after))[0]) >= LIKELIER * len(after)
    return after if likely else ""


def propose_shifted(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "~", "$") for edit in shifts(start, row, context))


def shifts(start: int, row: str, context: Context) -> Iterator[Edit]:
    for match in SHIFTED.finditer(row):
        name, after = shifted(match)
        whole = match[0].startswith("\x1b")
        if (
            (whole or len(after) >= LEAST)
            and sensible(after, context)
            and "`" not in line_around(row, match.start(), match.end())
        ):
            note = Note("escape.shift", reason=name if whole else f"{name} without its escape bytes")
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)
            if match["hz"] and row.startswith("~\n", match.end()):  # a line end that HZ does not count
                yield Edit(start + match.end(), start + match.end() + 2, "~\n", "", note)


def shifted(match: re.Match[str]) -> tuple[str, str]:
    """The encoding of what stands between two shifts, and its characters; "" where they are not common ones.

    >>> shifted(SHIFTED.match("$B$3$s$K$A$O(B"))
    ('ISO-2022-JP', 'こんにちは')
    """
    kind = match["set"] or "A"
    name = "HZ" if match["hz"] else "ISO-2022-CN" if kind == "A" else "ISO-2022-JP"
    raw = (match["hz"] or match["iso"]).encode("ascii")
    plain = all(lead in COMMON[kind] or 0x30 <= lead <= (0x57 if kind == "A" else 0x4F) for lead in raw[::2])
    try:
        after = bytes(byte | 0x80 for byte in raw).decode("gb2312" if kind == "A" else "euc_jp")
    except UnicodeDecodeError:
        return name, ""
    sure = plain or match["hz"] or match[0].startswith("\x1b")
    return name, after if sure and not after.isascii() else ""
