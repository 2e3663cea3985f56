"""unicode.invisible: characters that nobody sees, and control characters.

    你好\\u200b汽車       ->  你好汽車   (a zero-width space)
    \\x1b[36mfoo\\x1b[0m   ->  foo        (what a terminal would take for colours)
    一\\u2028二           ->  一\\n二     (a line separator)

Where they have a meaning they stay: joiners in emoji and in the scripts of India, Arabia and Mongolia, zero-width
spaces between words of Thai or Khmer, marks of direction in lines that hold Hebrew or Arabic, tags in flags, variation
selectors behind what has variants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from textfix.characters import Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.escapes.found import line_around
from textfix.rules.mojibake.chinese import ABOUT
from textfix.text import Text

RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
JOINING = (  # scripts that joiners shape: of Arabia, India, Tibet, Burma, Cambodia and Mongolia
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua840-\ua87f\ua8e0-\ua8ff\ua980-\uaadf"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
)
# Scripts without spaces between words.
SPACELESS = "\u0e00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\uaa00-\uaa7f\uaa80-\uaadf"
MONGOLIAN = "\u1800-\u18af"
PICTURE = "\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
VARIED = (
    f"#*0-9{PICTURE}{MONGOLIAN}\u1000-\u109f\u2200-\u22ff\u3001-\u9fff\ua840-\ua87f\uf900-\ufaff\uff01-\uff60"
    "\U00020000-\U0003ffff"
)
FILLERS = "\u034f\u115f\u1160"  # of jamo, and a joiner of marks: nothing between Han characters
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
NEL = "\x85"
FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
NOTHING = "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u2060\u206a-\u206f\ufeff\ufff9-\ufffc]"
# Each alternative with a name is what becomes of it; what matches without one is meant.
FOUND = re.compile(
    rf"{FLAG}"
    rf"|(?P<terminal>\x1b(?:\[[0-?]*[ -/]*[@-~]|\]\d+;[^\x07\x1b\n]{{0,500}}(?:\x07|\x1b\\)"
    rf"|\$?[()*+][0-2A-Z@]|%[G@]|#[3-8]))"
    rf"|(?P<mark>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+)"
    rf"|(?<=[{PICTURE}])\u200d(?=[{PICTURE}])|(?<=[{JOINING}])[\u200c\u200d]|[\u200c\u200d](?=[{JOINING}])"
    rf"|(?<=[{SPACELESS}])\u200b|\u200b(?=[{SPACELESS}])|(?<=[{MONGOLIAN}])\u180e"
    rf"|(?<=[{VARIED}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    rf"|(?P<filler>(?<=[{HAN}])[{FILLERS}]+(?=[{HAN}]))"
    rf"|(?P<nothing>{NOTHING}|[\u180e\u200b-\u200d\ufe00-\ufe0f\U000e0001-\U000e007f\U000e0100-\U000e01ef])"
    rf"|(?P<line>[\x85\u2028\u2029](?P<ended>[\r\n])?)"
    rf"|(?P<western>[\x80-\x9f])"
)
KINDS = {
    "terminal": "an order to a terminal",
    "mark": "marks of direction where nothing runs to the left",
    "filler": "a filler of jamo, or a joiner, between Han characters",
    "nothing": "invisible, and without a meaning here",
    "line": "an unusual line end",
    "western": "a control character that Windows shows as a sign",
}


def propose(text: Text, context: Context) -> Proposals:
    return Proposals.of(
        Edit(
            start + at,
            start + at + len(before),
            before,
            after,
            Note(RULE.name, reason=f"{KINDS[kind]} (U+{ord(before[0]):04X})"),
        )
        for start, span in text.lines(text.screen.where(Class.CONTROL))
        for at, before, after, kind in found(span)
        if not of_mojibake(before, line_around(span, at, at))
    )


def of_mojibake(before: str, line: str) -> bool:
    """Whether a sign may be a byte that was read wrongly, which other rules could not read, or a line speaks of it."""
    if ABOUT.search(line):
        return True
    if not "\x80" <= before <= "\xad" or before[0] == NEL:
        return False
    from ftfy.badness import is_bad

    return is_bad(line)


def found(span: str) -> Iterator[tuple[int, str, str, str]]:
    """What is to change: place, before, after and its kind.

    >>> [after for _, _, after, _ in found("a\\u200bb 👨\\u200d👩 می\\u200cخواهم \\u200e")]
    ['']
    """
    for match in FOUND.finditer(span):
        kind = match.lastgroup if match.lastgroup != "ended" else "line"
        if kind in ("terminal", "filler", "nothing") or (
            kind == "mark" and not RTL.search(line_around(span, match.start(), match.end()))
        ):
            yield match.start(), match[0], "", kind
        elif kind == "line":
            yield match.start(), match[0], match["ended"] or "\n", kind
        elif kind == "western" and (sign := western(span, match)):
            yield match.start(), match[0], sign, kind


def western(span: str, match: re.Match[str]) -> str:
    """The sign that Windows shows for a C1 control, in Latin text; mojibake is other rules' work.

    >>> [after for _, _, after, _ in found("\\x93hello\\x94")]
    ['“', '”']
    """
    line = line_around(span, match.start(), match.end())
    if any("\xa0" < one < "\u3000" and not one.isalpha() for one in line) or any(one >= "\u3000" for one in line):
        return ""
    return match[0].encode("latin-1").decode("cp1252", "ignore")


RULE = Rule(
    "unicode.invisible",
    "zero-width and control characters, marks of direction, stray selectors and tags; unusual line ends",
    ("你好\u200b汽車", "你好汽車"),
    always(Class.CONTROL),
    propose,
)
