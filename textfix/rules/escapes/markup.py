"""escape.entity, escape.markup, escape.control: what pages, tables and databases escaped.

    &amp;#26085;&amp;#26412;     ->  日本
    <![CDATA[今天天气不错]]>      ->  今天天气不错
    大家来看看[/url]              ->  大家来看看
    第一行x0dx0a第二行            ->  第一行, a line end, 第二行

A document that holds a tag is HTML or XML, and keeps its entities and CDATA. Entities stay, too, where a line speaks
of escapes, in backquotes, in blocks of code and between two quotation marks. No page needs to escape a comma, a
semicolon, a tab or a line end: where one stands alone as a number, it was escaped for a table or a list of lines, and
stays; as does every entity that would be a separator or a quotation mark in a table. An end of BBCode goes if nothing
in the document opens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from textfix.edits import Edit, Edits, Note
from textfix.rules.base import Context, Proposals
from textfix.rules.escapes.found import (
    ABOUT,
    HAN,
    TAG,
    breaks_data,
    fences_of,
    hits,
    line_around,
    line_before,
    lines,
    quoted,
)
from textfix.rules.table import SEPARATORS, separators_of
from textfix.text import Text

ENTITY = re.compile(r"(?:&#[0-9]{1,7};?|&#[xX][0-9a-fA-F]{1,6};?|&[A-Za-z][A-Za-z0-9]{1,31};)+")
NUMBER = re.compile(r"&#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})(?![0-9a-zA-Z;])")
BESIDE = 40  # characters on either side of a line that is nothing but entities
SEVERAL = 10  # Han characters of a line that are entities
SPOKEN = re.compile("实体|實體|转义|轉義|字符引用|(?-i:NCR)|entit|escap", re.IGNORECASE)  # in the line before or behind
# Bytes that Windows-1252 has no sign for, as HTML reads numbers.
UNASSIGNED = re.compile("&#(?:0*(129|141|143|144|157)|[xX]0*(81|8[dDfF]|90|9[dD]));")
SEPARATOR = re.compile(r"(?:&#(?:0*(?:9|10|13|44|59)|[xX]0*(?:9|[aAdD]|2[cC]|3[bB]));?)+")
RISKY = re.compile(f'["\r\n{SEPARATORS}]')
PAIR = re.compile(
    r"&#(?:x([dD][89abAB][0-9a-fA-F]{2})|(5[56][0-9]{3}));&#(?:x([dD][c-fC-F][0-9a-fA-F]{2})|(5[67][0-9]{3}));"
)
CDATA = re.compile(r"<!\[CDATA\[")
WHOLE_CDATA = re.compile(r"(?P<begin><!\[CDATA\[).*?(?P<end>\]\]>)", re.DOTALL)
BBCODES = (
    "align|attach|backcolor|b|center|code|color|email|flash|float|font|free|hide|indent|img|i|list|media|p|quote|size|s"
    "|table|td|tr|url|u"
)
BBCODE_END = re.compile(rf"\[/({BBCODES})\]", re.IGNORECASE)
OPENED = re.compile(rf"\[({BBCODES})(?:=[^\]\n]*)?\]", re.IGNORECASE)
BBCODE = re.compile("bbcode|ubb|论坛代码|論壇代碼|链接", re.IGNORECASE)
OOXML = re.compile(r"_x(?P<code>00(?:0[1-9A-Da-d]|1[0-9A-Fa-f]))_(?:(?<=0[Dd]_)_x000[Aa]_)?(?P<end>\r?\n)?")
BARE = re.compile(
    "(?<![\\\\0-9A-Fa-f])(?<=[^\\s|,;])(?:x0dx0a)+|(?<=[\u3400-\u9fff\u3000-\u303f\uff01-\uff60])x0[ad](?=[\u3400-\u9fff])",
    re.IGNORECASE,
)


def propose_entities(text: Text, context: Context) -> Proposals:
    found = Edits.of(edit for start, line in lines(text, "&") for edit in entities(start, line))
    row = text.row_of(found.start)
    meant = np.zeros(len(found), np.bool_)
    for number in np.unique(row).tolist():
        document, first = text.row(number), int(text.rows[number])
        meant |= (row == number) & (TAG.search(document) is not None)
        fences = [first + fence for fence in fences_of(document)]
        meant |= (row == number) & (np.searchsorted(fences, found.start) % 2 == 1)
        for at in np.flatnonzero(row == number).tolist():
            start, end = int(found.start[at]) - first, int(found.end[at]) - first
            if not ENTITY.sub("", line_around(document, start, end)).strip():  # as examples stand
                meant[at] |= SPOKEN.search(document[max(0, start - BESIDE) : end + BESIDE]) is not None
        risky = [at for at in np.flatnonzero(row == number).tolist() if RISKY.search(found.after.row(at))]
        if risky and (separators := separators_of(ENTITY.sub("", document))):
            signs = set(f'"\r\n{separators}')
            meant[risky] |= [not signs.isdisjoint(found.after.row(place)) for place in risky]
    return Proposals(found.select(~meant))


def entities(start: int, row: str) -> Iterator[Edit]:
    note = Note("escape.entity", reason="an entity outside of HTML and XML")
    for match in ENTITY.finditer(row):
        after = unescaped(match[0])
        line = line_around(row, match.start(), match.end())
        if after == match[0] or SEPARATOR.fullmatch(match[0]) or in_code(row, match) or breaks_data(line, after):
            continue
        if not ABOUT.search(ENTITY.sub("", line)) or is_mostly(line):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)


def is_mostly(line: str) -> bool:
    """Whether most of a line is Chinese written in numbers: more than anybody quotes who speaks of entities.

    >>> is_mostly(12 * "&#22855;" + " entity"), is_mostly("写 &#22855; 的实体")
    (True, False)
    """
    runs = [(one[0], unescaped(one[0])) for one in ENTITY.finditer(line)]
    told = [entity for entity, after in runs if HAN.search(after) and after not in line]
    return 2 * sum(map(len, told)) > len(line) and len(HAN.findall(unescaped("".join(told)))) >= SEVERAL


def unescaped(entity: str) -> str:
    """What entities stand for; what would be a control character stays, unless all of them are bytes of UTF-8.

    >>> unescaped("&#20013;&hellip;&NTILDE;&#55357;&#56832;&#0;"), unescaped("&#229;&#176;&#143;")
    ('中…Ñ😀&#0;', 'å°\x8f')
    """
    paired = PAIR.sub(joined, entity)
    whole = NUMBER.sub(lambda match: match[0] + ";", paired)
    found = re.sub(r"&#?[A-Za-z0-9]+;", lambda match: visible(match[0]), whole)
    if UNASSIGNED.search(found):
        meant = UNASSIGNED.sub(lambda match: chr(int(match[1] or match[2], 16 if match[2] else 10)), found)
        found = meant if of_utf8(meant) else found
    return found if found != whole or paired != entity else entity


def of_utf8(text: str) -> bool:
    """Whether characters are bytes of UTF-8, as Windows-1252 shows them."""
    try:
        b"".join(one.encode("latin-1" if one <= "\xff" else "cp1252") for one in text).decode()
    except UnicodeError:
        return False
    return True


def visible(entity: str) -> str:
    from ftfy.fixes import unescape_html

    after: str = unescape_html(entity) or "\ufffd"
    return (
        entity
        if any((one < " " and one not in "\t\n") or "\x7f" <= one < "\xa0" or one == "\ufffd" for one in after)
        else after
    )


def joined(match: re.Match[str]) -> str:
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    return match[0]


def in_code(row: str, match: re.Match[str]) -> bool:
    """Whether a match is quoted as code: in backquotes, an indented block, or right between quotation marks."""
    before = line_before(row, match.start())
    around = row[max(match.start() - 1, 0) : match.start()] + row[match.end() : match.end() + 1]
    return bool(before.count("`") % 2) or before.startswith(("    ", "\t")) or around in QUOTED


QUOTED = ('""', "''", "“”", "‘’", "「」")


def propose_markup(text: Text, context: Context) -> Proposals:
    """Marks of CDATA in a document without tags, and ends of BBCode in one that does not open them."""
    edits: list[Edit] = []
    places = hits(text, "<", "[")
    for number in np.unique(text.row_of(places)).tolist():
        first = int(text.rows[number])
        nearby = [(start, line) for start, line in text.lines(places[text.row_of(places) == number])]
        if any(CDATA.search(line) or BBCODE_END.search(line) for _, line in nearby):
            document = text.row(number)
            edits += [*cdata(first, document), *bbcode(first, document)]
    return Proposals.of(edits)


def cdata(start: int, row: str) -> Iterator[Edit]:
    if TAG.search(CDATA.sub("", row)):
        return
    note = Note("escape.markup", reason="CDATA outside of XML")
    for match in WHOLE_CDATA.finditer(row):
        if not quoted(row, match.start(), match.end()):
            for name in ("begin", "end"):
                yield Edit(start + match.start(name), start + match.end(name), match[name], "", note)


def bbcode(start: int, row: str) -> Iterator[Edit]:
    note = Note("escape.markup", reason="an end of BBCode that nothing opens")
    if BBCODE.search(row):
        return
    opened = {name.lower() for name in OPENED.findall(row)}
    for match in BBCODE_END.finditer(row):
        line = line_around(row, match.start(), match.end())
        if match[1].lower() not in opened and not in_code(row, match) and not ABOUT.search(line):
            yield Edit(start + match.start(), start + match.end(), match[0], "", note)


def propose_controls(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for start, row in lines(text, "_", "x") for edit in controls(start, row))


def controls(start: int, row: str) -> Iterator[Edit]:
    note = Note("escape.control", reason="an escaped control character")
    for match in sorted([*OOXML.finditer(row), *BARE.finditer(row)], key=lambda match: match.start()):
        if match.re is OOXML:
            after = match["end"] or {"000d": "\n", "000a": "\n", "0009": "\t"}.get(match["code"].lower(), "")
        else:
            after = "\n" * max(match[0].lower().count("x0a"), 1)
        line = line_around(row, match.start(), match.end())
        if not (quoted(row, match.start(), match.end()) or breaks_data(line, after) or ABOUT.search(line)):
            yield Edit(start + match.start(), start + match.end(), match[0], after, note)
