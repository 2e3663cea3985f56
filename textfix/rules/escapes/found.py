"""Where escapes may stand, and what speaks for their being meant: code, addresses, quotations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from textfix.characters import Class, Ints
from textfix.rules.base import Context
from textfix.text import Text

NEAR = 400  # characters of a line that are looked at around a place
ABOUT = re.compile(
    "实体|實體|转义|轉義|字符引用|编码|編碼|转码|轉碼|小於|小于|大於|大于|表示|代表|换行|換行|空格|标签|標籤|引号|引號|回车|回車"
    "|(?-i:\\bNCRs?\\b)|Unicode|entit|escap|html|xml|&amp;lt",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/|www\.|^/|^[\w-]+(\.[\w-]+)+/|[?&;][\w.-]+=|\]\(|=|/")
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!DOCTYPE|<\?xml|<!--", re.IGNORECASE)
FENCES = (re.compile("```"), re.compile("~~~"))  # by themselves, as a search for one sign is a hundred times as fast
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
LIKELY = -12.0  # nats a character that Chinese must reach


def hits(text: Text, *leads: str) -> Ints:
    """Where an escape may begin: with one of a few signs, or with a sign and one of those behind it.

    >>> hits(Text.of("&lt; 5%20 5%c4"), "&", "%abcdef").tolist()
    [0, 11]
    """
    places = text.screen.where(Class.ESCAPE)
    first, second = (text.codes[np.minimum(places + by, len(text.codes) - 1)] for by in (0, 1))
    fits = np.zeros(len(places), np.bool_)
    for lead in leads:
        behind = np.isin(second, [ord(one) for one in lead[1:]]) if lead[1:] else True
        fits |= (first == ord(lead[0])) & behind
    return np.asarray(places[fits], np.int64)


def lines(text: Text, *leads: str) -> Iterator[tuple[int, str]]:
    """The lines in which an escape may begin so, and where they start."""
    return text.lines(hits(text, *leads))


def line_around(row: str, start: int, end: int) -> str:
    """The line of a place; of a very long one what is near."""
    low = row.rfind("\n", max(0, start - NEAR), start) + 1 or max(0, start - NEAR)
    high = row.find("\n", end, end + NEAR)
    return row[low : high if high >= 0 else end + NEAR]


def line_before(row: str, start: int) -> str:
    """What stands before a place in its line; of a very long one what is near."""
    near = row[max(0, start - NEAR) : start]
    return near[near.rfind("\n") + 1 :]


def fences_of(document: str) -> list[int]:
    r"""Where the fences of blocks of code stand: behind at most three spaces of their line.

    >>> fences_of("a ``` b\n  ```\n    ~~~\n~~~")
    [10, 22]
    """
    places = (match.start() for fence in FENCES for match in fence.finditer(document))
    return sorted(at for at in places if begins_line(document, at))


def begins_line(document: str, at: int) -> bool:
    """Whether at most three spaces stand before a place in its line."""
    before = document[max(0, at - 4) : at]
    start = before.rfind("\n")
    return (start >= 0 or at < 4) and not before[start + 1 :].strip(" ")


def quoted(row: str, start: int, end: int) -> bool:
    """Whether a place stands between quotation marks of code, or in a regular expression or a list of settings.

    >>> quoted('x = "ab"', 5, 7), quoted("say: ab", 5, 7)
    (True, False)
    """
    before = line_before(row, start)
    after = row[end : end + 1]
    if any(before.count(mark) % 2 for mark in '"`') or (
        before.count("'") % 2 and "'" in line_around(row, start, end)[len(before) :]
    ):
        return True
    repeated = row[end : end + 2] in (")+", ")*", ")?", "){")
    return bool(
        repeated or before[-1:] in ("[", "^", "-", "/") or after in ("]", "-", "+", "*", "{") or SETTING.match(before)
    )


# A setting, or code: behind an assignment, an operator or the bracket of a call; 品牌(\u627e is none.
CALL = r"(?<![\\\w])[A-Za-z_]\w*\((?:[^()]*,)?"
SETTING = re.compile(rf"\s*[A-Za-z_][\w.$-]*\s*=\s*\S*$|.*(?:=|\breturn\b|[{{+]|[\^|]\(|{CALL})\s*$")


STRING = re.compile(r"(?:^|[\s(\[{=,:+])'.*'(?:$|[\s)\]},;:+])")  # between quotation marks of code


def breaks_data(line: str, after: str) -> bool:
    """Whether this, put into a line, would break a record that the line holds: JSON, or a row of a table.

    >>> breaks_data('{"t": "他说&quot;好"}', '"'), breaks_data("1,甲&#44;乙", ","), breaks_data("他说，&quot;好", '"')
    (True, True, False)
    >>> breaks_data("INSERT INTO t VALUES (1, '他说&#39;好')", "'"), breaks_data("It's 我们的&#39;家", "'")
    (True, False)
    """
    if "'" in after and STRING.search(line):
        return True
    signs = set('"\\,\t\r\n').intersection(after)
    record = line.strip().rstrip(",")
    if record[:1] + record[-1:] in ("{}", "[]") or '"' in line:
        return not signs.isdisjoint('"\\\t\r\n')
    return bool(signs) and ("," in line or "\t" in line) and not any(mark in line for mark in "，。！？")


def address(row: str, start: int) -> bool:
    """Whether what stands before a place, up to a space or a sign that is none of ASCII, begins an address."""
    head = re.search(r"[!-~]*$", row[max(0, start - 2000) : start])
    return bool(head and ADDRESS.search(head[0]))


def sensible(text: str, context: Context) -> bool:
    """Whether what an escape stands for is text: assigned and visible; if Chinese, likely to the language model."""
    if not text or any(unicodedata.category(one) in ("Cn", "Co", "Cs", "Cc") and one not in "\t\r\n" for one in text):
        return False
    if not HAN.search(text):
        return True
    return float(context.model.score(Text.of(text))[0]) >= LIKELY * len(text)


def of_bytes(raw: bytes, context: Context) -> str:
    """What bytes say in UTF-8, or else in GBK, if it is text beyond ASCII; else ""."""
    for encoding, wanted in (("utf-8", foreign), ("gb18030", chinese)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if wanted(text) and sensible(text, context) else ""
    return ""


def foreign(text: str) -> bool:
    return any(one.isalpha() and not one.isascii() for one in text)


def chinese(text: str) -> bool:
    """Whether a text holds Chinese; a single character must be one of the commonest, those of level 1 of GB 2312."""
    found = HAN.findall(text)
    return len(found) > 1 or (len(found) == 1 and b"\xb0" <= found[0].encode("gb2312", "ignore")[:1] < b"\xd8")
