"""mojibake.western: mojibake of other languages than Chinese, which ftfy repairs.

    âœ” No problems   ->  ✔ No problems
    schÃ¶n            ->  schön

ftfy is asked about what stands between Chinese characters, in lines that hold what it takes for bad. What becomes
Chinese is mojibake.chinese's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from textfix.characters import Bools, Class, Codes, Ints
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.escapes.found import line_around
from textfix.rules.mojibake.belief import assigned
from textfix.rules.mojibake.channels import REPLACEMENT
from textfix.rules.mojibake.chinese import ABOUT, NAMES, QUOTES
from textfix.rules.mojibake.windows import FOREIGN, as_written
from textfix.text import Text

PART = re.compile("[^\n\r\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff01-\uffef\U00020000-\U0003ffff]+")
WORD = re.compile(r"[^\W\d_]+$")
# A letter in a row, as drawings and codes have it, and how many characters before what changes that is looked for.
DRAWN, DRAWN_NEAR = re.compile("([\u00c0-\u00ff])\\1\\1"), 3
TABLE, STEP, ORDERED = 8, 3, 0.75  # more letters; how far the next one is at the most; in which share of them
CJK = 0x2E80  # from which on Chinese has its characters
LEADS = "ÃÂâàÐ"
LEADS_OF_HAN = re.compile(  # bytes E4 to E9, as they are shown; µ is B5 of a Cyrillic, Greek or Latin letter, too
    f"(?:[ä-éĺćčдежзийДЕФГХИΣστΦΘ]|(?<![ÂÎÏÐÑĎĐŃΞΟР])µ)[^\\x00-\\x7f]?{REPLACEMENT}"
)
PAIR = re.compile(r"""["']([^"'\n]{2,20})["']\s*(?::|=>|=|,)\s*["']([^"'\n]{1,20})["']""")
LEAD_OF_LATIN = "Â"  # a word in capitals may end with it, before a no-break space
CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def propose(text: Text, context: Context) -> Proposals:
    written = as_written(text)
    return Proposals.of(edit for start, span in written.lines(telling(written)) for edit in edits(text, start, span))


def telling(text: Text) -> Ints:
    """Telling characters of alphabets and signs that stand beside others, as every character becomes two at least.

    A space may have been the second of a few; a control character of C1 tells by itself.
    """
    found = text.screen.where(Class.MOJIBAKE)
    found = found[text.codes[found] < CJK]
    here = text.codes[found]
    beside = np.isin(here, [ord(lead) for lead in LEADS]) | (here < 0xA0)
    for place in (found - 1, found + 1):
        code = text.codes[np.clip(place, 0, len(text.codes) - 1)]
        foreign = ((code >= 0x80) & (code < CJK)) | (code == ord(REPLACEMENT))
        beside |= foreign & (code != here) & ~(punctuation(here) & punctuation(code))
    return found[beside]


def punctuation(codes: Codes) -> Bools:
    """Dashes, quotation marks and dots, as Chinese has two side by side."""
    return (codes >= 0x2010) & (codes <= 0x2027)


def edits(text: Text, start: int, span: str) -> Iterator[Edit]:
    import ftfy  # imported where it is asked
    from ftfy.badness import badness, is_bad

    if not is_bad(span):
        return
    note = Note(RULE.name, reason="mojibake of another language than Chinese, as ftfy reads it")
    for match in PART.finditer(span):
        before = match[0]
        if not is_bad(before) or meant(span, match) or is_table(before):
            continue
        after = ftfy.fix_encoding(before)
        if after == before or CHINESE.search(after) or (REPLACEMENT in after and of_chinese(before, span, match)):
            continue
        if 2 * badness(after) <= badness(before):
            left = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
            right = common_end(before[left:], after[left:])
            low, high = start + match.start() + left, start + match.end() - right
            drawn = DRAWN.search(before, max(0, left - DRAWN_NEAR), len(before) - right)
            if drawn or not sensible(after[left : len(after) - right], before):
                continue
            if before[left : len(before) - right] == LEAD_OF_LATIN and in_capitals(before[:left]):
                continue
            yield Edit(low, high, text.slice(low, high), after[left : len(after) - right], note)


def sensible(after: str, around: str) -> bool:
    """Whether what comes out may stand in a text: assigned, and no letter of an alphabet of the East that stands alone.

    >>> sensible("é", ""), sensible("Привет", ""), sensible("\u076d", ""), sensible("\ue23e", "")
    (True, True, False, False)
    """
    letters = [one for one in after if "\u0530" <= one < "\u2000" and one.isalpha()]
    return assigned(after) and (len(letters) != 1 or any("\u0530" <= one < "\u2000" for one in around))


def in_capitals(before: str) -> bool:
    """Whether a text ends with a word in capitals that has letters with marks, so that Â may be one more.

    >>> in_capitals("SUOVÂKUOŠK"), in_capitals("NASA")
    (True, False)
    """
    word = WORD.search(before)
    return word is not None and word[0].isupper() and not word[0].isascii()


def of_chinese(before: str, span: str, match: re.Match[str]) -> bool:
    """Whether what is left of a character may be of a Chinese one, so that no byte of it is to be given up."""
    return bool(LEADS_OF_HAN.search(before) or CHINESE.search(line_around(span, match.start(), match.end())))


def meant(span: str, match: re.Match[str]) -> bool:
    """Whether a text speaks of mojibake, or quotes it inside Chinese."""
    line = line_around(span, match.start(), match.end())
    ends = match[0].strip()[:1] + match[0].strip()[-1:]
    quoted = len(line) > len(match[0]) and {*ends} <= QUOTES
    return bool(ABOUT.search(line) or NAMES.search(line) or quoted or any(map(says_itself, PAIR.findall(match[0]))))


def says_itself(pair: tuple[str, str]) -> bool:
    """Whether a pair of strings in quotation marks is mojibake and what it stands for, as tables for its repair have.

    >>> says_itself(("â€”", "—")), says_itself(("schÃ¶n", "gut"))
    (True, False)
    """
    import ftfy

    return pair[0] != pair[1] and ftfy.fix_encoding(pair[0]) == pair[1]


def is_table(text: str) -> bool:
    """Whether letters stand in a text nearly in the order of their codes, as in tables of signs.

    >>> is_table('"àáâãäåæçèéêëìíîï"'), is_table("CÃ´te dâ€™Ivoire")
    (True, False)
    """
    for run in FOREIGN.findall(text):
        steps = [0 < ord(other) - ord(one) <= STEP for one, other in pairwise(run)]
        if len(run) > TABLE and sum(steps) > ORDERED * len(steps):
            return True
    return False


def common_end(one: str, two: str) -> int:
    """How many characters two texts end with alike.

    >>> common_end("Ã© ab", "é ab")
    3
    """
    pairs = zip(reversed(one), reversed(two), strict=False)
    return next((at for at, pair in enumerate(pairs) if pair[0] != pair[1]), min(len(one), len(two)))


RULE = Rule(
    "mojibake.western",
    "mojibake of other languages, as ftfy repairs it",
    ("âœ” No problems", "✔ No problems"),
    always(Class.MOJIBAKE | Class.SURROGATE),  # which become U+FFFD when all is done
    propose,
)
