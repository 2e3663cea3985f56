"""What conversion leaves alone: other languages, mojibake that is left, addresses, code, and talk of characters."""

from __future__ import annotations

import re
from bisect import bisect_right

import numpy as np

from textfix.characters import Bools, Class, Codes, Ints, Marks, odds, to_str
from textfix.rules.mojibake.channels import REPLACEMENT
from textfix.rules.script.choice import Chooser
from textfix.rules.script.counts import CLAUSE_ENDS, LINE_ENDS, in_lines, in_other_language, pieces
from textfix.text import Text

DAMAGED = 40  # quarters of a nat that must speak for mojibake in a clause that is left alone
NEAR, LIKELIER = 3, 4  # characters around a loss, and quarters of a nat that speak for mojibake in one of them
OPENING, CLOSING = "「『“‘\"'", "」』”’\"'"
IS_OPENING = np.isin(np.arange(0x10000), [ord(mark) for mark in OPENING])
NOTHING, LINE_START = re.compile("$"), re.compile(r"(?:\A|[\r\n])[ \t>]*\Z")
SIGNS = {  # what an address or code begins with, all of it from there, and what must stand before and belongs to it
    "://": (re.compile(r"://[^\s，。；、）)」』”》>\"']+"), re.compile(r"[A-Za-z][A-Za-z0-9+.-]*$")),
    "@": (re.compile(r"@[\w-]+(?:\.[\w-]+)+"), re.compile(r"[\w.+-]+$")),
    "-{": (re.compile(r"-\{.{0,2000}?\}-"), NOTHING),
    "```": (re.compile(r"(?P<fence>```)"), NOTHING),
    "~~~": (re.compile(r"(?P<tildes>~~~)[\w+-]*[ \t]*(?=[\r\n])", re.A), LINE_START),  # not 真好~~~, as people feel
    "`": (re.compile(r"`[^`\n]+`"), NOTHING),
    "](": (re.compile(r"\]\([^()\n]*\)"), NOTHING),
    "<": (
        re.compile(
            r"<(?P<comment>!--)|<(?P<code>code)\b[^<>]{0,2000}>|<(?P<pre>pre)\b[^<>]{0,2000}>|"
            r"<(?P<script>script)\b[^<>]{0,2000}>|<(?P<style>style)\b[^<>]{0,2000}>|</?[A-Za-z][^<>]{0,2000}>",
            re.I,
        ),
        NOTHING,
    ),
    "/": (re.compile(r"(?:/[^\s/\\，。、：；（）()「」\"'<>|]+){2,}"), re.compile(r"(?:^|(?<=[\s\"'=(:,]))\.{0,2}$")),
    "\\": (re.compile(r"(?:\\[^\s/\\，。、：；（）()「」\"'<>|]+)+"), re.compile(r"[A-Za-z]:$")),
}
CLOSINGS = {  # how what goes on over lines ends, by the name of its beginning
    "comment": re.compile("-->"),
    **{name: re.compile(f"</{name}>", re.I) for name in ("code", "pre", "script", "style")},
    "fence": re.compile("```"),
    "tildes": re.compile(r"[\r\n][ \t>]*~~~+[ \t]*(?![^\r\n])"),
}
BEFORE = 64  # characters of a name before such a sign, at the most
QUOTED = re.compile(f"[{OPENING}]([^{OPENING}{CLOSING}\n]{{2,}})[{CLOSING}]")
KANA = re.compile("[\u3041-\u30fa]")


def kept(codes: Codes, marks: Marks) -> Bools:
    """The characters that are not to be converted, whatever stands in other lines."""
    quotes = quoted_japanese(codes, marks)
    outside = np.where(quotes, marks & ~np.uint32(Class.KANA), marks) if quotes.any() else marks
    found = quotes | in_other_language(codes, outside, Chooser.load().language) | in_mojibake(codes, marks)
    return found | talked_of(codes, marks)


def addresses(text: Text) -> Bools:
    """The characters of addresses, paths, markup and code, which may go over several lines, but not over rows."""
    string, rows = to_str(text.codes), text.rows.tolist()
    found = np.zeros(len(string), np.bool_)
    places = leading(text.codes)
    begins = text.codes[places]
    for sign, (pattern, before) in SIGNS.items():
        unclosed = set[tuple[int, str]]()
        end = 0
        for place in places[begins == ord(sign[0])].tolist():
            if place < end or not string.startswith(sign, place):
                continue
            row = bisect_right(rows, place) - 1
            name = before.search(string[max(rows[row], place - BEFORE) : place])
            match = pattern.match(string, place, rows[row + 1]) if name else None
            end = place + 1
            if name and match:
                end, kind = match.end(), match.lastgroup
                if kind and (row, kind) not in unclosed:
                    closing = CLOSINGS[kind].search(string, end, rows[row + 1])
                    end = closing.end() if closing else end
                    unclosed |= set() if closing else {(row, kind)}  # nor will a later one of this row be closed
                found[place - len(name[0]) : end] = True
    return found


def leading(codes: Codes) -> Ints:
    """The places of what the signs of addresses and code begin with."""
    is_one = np.zeros(0x80, np.bool_)
    is_one[[ord(sign[0]) for sign in SIGNS]] = True
    low = np.flatnonzero(codes < 0x80)
    return np.asarray(low[is_one[codes[low]]], np.int64)


def quoted_japanese(codes: Codes, marks: Marks) -> Bools:
    """The characters of quotations with kana in them."""
    found = np.zeros(len(codes), np.bool_)
    if ((marks & np.uint32(Class.KANA)) != 0).any():
        for match in QUOTED.finditer(to_str(codes)):
            if KANA.search(match[1]):
                found[match.start() : match.end()] = True
    return found


def talked_of(codes: Codes, marks: Marks) -> Bools:
    """Single characters in quotes of which the text talks: two forms of one in a line (「台」和「臺」), or 「后」字."""
    found = np.zeros(len(codes), np.bool_)
    if len(codes) < 4:
        return found
    opening = np.flatnonzero(IS_OPENING.take(codes[:-2], mode="clip"))
    closed = np.isin(codes[opening + 2], [ord(mark) for mark in CLOSING])
    quoted = opening[closed & ((marks[opening + 1] & np.uint32(Class.HAN)) != 0)] + 1
    if len(quoted):
        line, folded = pieces(codes, LINE_ENDS)[quoted], Chooser.load().folded.take(codes[quoted], mode="clip")
        forms: dict[tuple[int, int], set[int]] = {}
        for key, code in zip(zip(line.tolist(), folded.tolist(), strict=True), codes[quoted].tolist(), strict=True):
            forms.setdefault(key, set()).add(code)
        several = [len(forms[key]) > 1 for key in zip(line.tolist(), folded.tolist(), strict=True)]
        found[quoted] = np.array(several) | (codes[np.minimum(quoted + 2, len(codes) - 1)] == ord("字"))
    return found


def in_mojibake(codes: Codes, marks: Marks) -> Bools:
    """The characters of clauses that are mojibake still, and what may be mojibake near a loss."""

    def judge(codes: Codes, marks: Marks) -> Bools:
        clause = pieces(codes, CLAUSE_ENDS)
        size, telling = int(clause[-1]) + 1, (marks & np.uint32(Class.MOJIBAKE)) != 0
        first = np.unique(clause.astype(np.int64) << 32 | codes, return_index=True)[1]  # a sign tells once
        weights = np.bincount(clause[first], np.where(codes < 0x80, 0, odds(codes))[first], minlength=size)
        damaged = ((weights >= DAMAGED) & (np.bincount(clause, telling, minlength=size) > 0))[clause]
        lost = np.cumsum(np.concatenate([np.zeros(NEAR + 1), codes == ord(REPLACEMENT), np.zeros(NEAR)]))
        near = lost[2 * NEAR + 1 :] > lost[: -2 * NEAR - 1]
        return np.asarray(damaged | (near & (telling | (odds(codes) >= LIKELIER))))

    return in_lines(codes, marks, np.flatnonzero((marks & np.uint32(Class.MOJIBAKE)) != 0), judge)
