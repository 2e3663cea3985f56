"""width.*: fullwidth letters and digits, halfwidth katakana, and on request punctuation.

    ２０２４年ＡＢＣ３．５  ->  2024年ABC3.5
    ｶﾞﾝﾀﾞﾑ             ->  ガンダム
    他说:"你好,世界."      ->  他说：“你好，世界。”   (--punctuation hans)

Letters of faces (＾ｖ＾), of text that names their code points, and single katakana stay as they are. Punctuation is
the reader's: it changes only with --punctuation, and then only in lines without kana and hangul, and never between
letters and digits of ASCII (3.14, 10:30, f(x), a,b), in addresses and in what stands in backquotes. A table keeps its
separators and quotation marks: a document in whose lines commas, semicolons or tabs stand equally often.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import numpy as np

from textfix.characters import Bools, Class
from textfix.config import Config
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.escapes.found import line_around
from textfix.rules.mojibake.channels import REPLACEMENT
from textfix.rules.mojibake.windows import TELLING_UTF8, strength
from textfix.rules.table import table_of
from textfix.text import Text

FEW = 2  # fullwidth letters that may be mojibake beside a loss
ALNUM = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
FACE = "∩＾｀´¯▽△∀ωДдεз￣＿≧≦≡；;°゜╯╰┻━□◇○●♀♂T_^"
# Signs between fullwidth letters and digits belong to their number, name or address; a colon in times, and before two
# slashes; a question mark where names and values follow.
LETTERS = re.compile(
    rf"[{ALNUM}]+(?:(?:[．－＿＠＋＝／＆＃]|：／／|？(?=[{ALNUM}]+＝)|(?<=[\uff10-\uff19])：(?=[\uff10-\uff19]))[{ALNUM}]+)*"
)
EYES = re.compile(f"[{ALNUM}](?:＿[{ALNUM}])+")
LETTER_FACE = re.compile(
    rf"(?<=[{FACE}])[{ALNUM}](?=[{FACE}])|[{ALNUM}](?=[{FACE}]+[{ALNUM}])|(?<=[{ALNUM}][{FACE}])[{ALNUM}]"
    rf"|[{ALNUM}](?=[(（][{FACE}])|(?<=[{FACE}][)）])[{ALNUM}]|(?<=[（(]＞)[{ALNUM}](?=＜[）)])"
)
NAMED = re.compile("U\\+FF|全角|半角|全形|半形|全型|fullwidth|full-width|halfwidth", re.IGNORECASE)
KATAKANA = re.compile("[\uff61-\uff9f]*[\uff66-\uff9d][\uff70\uff9e\uff9f]*[\uff66-\uff9d][\uff61-\uff9f]*")

CJK = "\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WIDE_SIGNS = "，。？！：；、）】》」』”’…"
PROTECTED = re.compile(
    r"</?[A-Za-z][^<>\n]*>|[a-zA-Z][a-zA-Z0-9+.-]*://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|`[^`\n]*`|\.{2,}|[A-Za-z]:\\\S*"
)
SENTENCE = dict(zip(",?!:;.", "，？！：；。", strict=True))
NARROW = {**{full: half for half, full in SENTENCE.items()}, "、": ",", "（": "(", "）": ")", "．": "."}
NARROW_QUOTES = dict(zip("“”‘’「」『』", "\"\"''\"\"''", strict=True))
QUOTES = {"hans": "“”‘’", "hant": "「」『』"}
BLANK = f"(?P<blank> (?=[{CJK}]))?"  # full width holds the space that follows
AFTER = re.compile(rf"(?<=[{CJK}{WIDE_SIGNS}])(?P<one>[,?!:;.]){BLANK}(?![,?!:;.A-Za-z0-9_/\\-])")
AFTER_WORD = re.compile(rf"(?<=[{CJK}{WIDE_SIGNS}])(?P<one>[,?!:;])(?=[A-Za-z0-9])(?!-?[oOPpD][()])")
BEFORE = re.compile(rf"(?<=[A-Za-z0-9%])(?P<one>,)(?P<blank> ?)(?=[{CJK}])")
CODE = re.compile(r"\s*([\"']?)[A-Za-z_$][A-Za-z0-9_.$-]*\1\s*[:=]\s*[\"'\[{(]|.*[{};]\s*$")
CALL, STRING = re.compile("[A-Za-z0-9_]\\([a-zA-Z]{0,2}[\"']"), re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
PAREN = re.compile(
    rf"(?<![A-Za-z0-9_])\((?P<inside>[^()\n]*[{CJK}][^()\n]*)\)|(?<=[{CJK}{WIDE_SIGNS}])\((?P<latin>[^()\n]*)\)"
)
NEAR = 2  # characters on either side that may be mojibake
WIDTHS = re.compile("[\uff00-\uffef]")  # all forms of other width
PAIRED = re.compile(r"\"(?P<inside>[^\"\n]*)\"")
LATIN_SIGN = re.compile("[，。？！：；（）．]")


def propose_letters(text: Text, context: Context) -> Proposals:
    return normalized(text, LETTERS, Note(LETTERS_RULE.name, reason="fullwidth letters and digits"))


def propose_katakana(text: Text, context: Context) -> Proposals:
    return normalized(text, KATAKANA, Note(KATAKANA_RULE.name, reason="halfwidth katakana"))


def normalized(text: Text, pattern: re.Pattern[str], note: Note) -> Proposals:
    """What a pattern finds, in its usual width."""
    return Proposals.of(
        Edit(start + match.start(), start + match.end(), match[0], unicodedata.normalize("NFKC", match[0]), note)
        for start, span in text.screen.read(Class.COMPATIBLE)
        for match in pattern.finditer(span)
        if not meant(span, match)
    )


def meant(span: str, match: re.Match[str]) -> bool:
    """Whether fullwidth letters are a face, text about their width, or mojibake that nothing else could repair."""
    around = span[max(0, match.start() - NEAR) : match.start()] + span[match.end() : match.end() + NEAR]
    if EYES.fullmatch(match[0]) or is_mojibake(WIDTHS.sub("", around)):
        return True
    if len(match[0]) <= FEW and REPLACEMENT in span[max(0, match.start() - 1) : match.end() + 1]:
        return True
    line = line_around(span, match.start(), match.end())
    return bool(NAMED.search(line) or (len(match[0]) == 1 and LETTER_FACE.match(span, match.start())))


def is_mojibake(around: str) -> bool:
    """Whether what stands around, of two signs at least, speaks for mojibake."""
    return len({*around}) > 1 and strength(around) >= TELLING_UTF8


def punctuation_triggers(config: Config) -> tuple[Class, ...]:
    return (Class(0) if config.punctuation == "keep" else Class.ANY,)


def propose_punctuation(text: Text, context: Context) -> Proposals:
    style = context.config.punctuation
    note = Note(PUNCTUATION_RULE.name, reason=f"punctuation as asked for ({style})")
    foreign = japanese(text)
    return Proposals.of(
        Edit(start + at, start + at + len(before), before, after, note)
        for row, start in zip(np.flatnonzero(~foreign).tolist(), text.rows[:-1][~foreign].tolist(), strict=True)
        for at, before, after in document_changes(text.row(row), style)
    )


def document_changes(document: str, style: str) -> Iterator[tuple[int, str, str]]:
    """What changes in the lines of a document: place, before, after; what parts the fields of a table stays."""
    table = table_of(document)
    for start, line in text_lines(document):
        for at, before, after in changes(line, style):
            if table is None or not table.breaks(start + at, before, after):
                yield start + at, before, after


def japanese(text: Text) -> Bools:
    """Which rows hold kana or hangul in more than one of twenty characters of East Asia."""
    marks = text.classes
    starts = text.rows[:-1]
    counts = []
    for kinds in (Class.KANA | Class.HANGUL, Class.HAN):
        total = np.concatenate([[0], np.cumsum((marks & int(kinds)) != 0)])
        counts.append(total[text.rows[1:]] - total[starts])
    return np.asarray(20 * counts[0] > counts[0] + counts[1], np.bool_)


def text_lines(document: str) -> Iterator[tuple[int, str]]:
    for line in re.finditer(r"[^\r\n]+", document):
        if not KANA.search(line[0]) and not is_code(line[0]):
            yield line.start(), line[0]


def is_code(line: str) -> bool:
    """Whether a line is code: an assignment, the end of a statement, or a call with Chinese in its strings alone."""
    return bool(CODE.match(line) or (CALL.search(line) and not HAN.search(STRING.sub("", line))))


KANA = re.compile("[\u3041-\u30fa\u30fc-\u30ff\uac00-\ud7a3]")


def changes(line: str, style: str) -> Iterator[tuple[int, str, str]]:
    """The punctuation of a line that is not as asked for: place, before, after.

    >>> list(changes("圆周率是3.14,10:30见.", "hans"))
    [(15, '.', '。')]
    """
    kept = np.zeros(len(line) + 1, np.bool_)
    for match in PROTECTED.finditer(line):
        kept[match.start() : match.end()] = True
    taken = kept.copy()
    for at, before, after in STYLES[style](line):
        if not taken[at : at + len(before)].any() and before != after:
            taken[at : at + len(before)] = True
            yield at, before, after


def chinese(style: str) -> Callable[[str], Iterator[tuple[int, str, str]]]:
    """What makes the punctuation of a line that of simplified or of traditional Chinese."""
    quotes = QUOTES[style]
    other = dict(zip(QUOTES["hant" if style == "hans" else "hans"], quotes, strict=True))

    def find(line: str) -> Iterator[tuple[int, str, str]]:
        if not HAN.search(line):
            yield from ((match.start(), match[0], NARROW[match[0]]) for match in LATIN_SIGN.finditer(line))
            return
        for at, sign in enumerate(line):
            if sign in other and in_chinese(line, at):
                yield at, sign, other[sign]
        if line.count('"') % 2 == 0:
            for match in PAIRED.finditer(line):
                around = line[max(match.start() - 1, 0) : match.start()] + line[match.end() : match.end() + 1]
                if HAN.search(match["inside"]) or (HAN.search(around) and not re.search("[=(\\[{]", around)):
                    yield match.start(), '"', quotes[0]
                    yield match.end() - 1, '"', quotes[1]
        for match in PAREN.finditer(line):
            yield match.start(), "(", "（"
            yield match.end() - 1, ")", "）"
        for pattern in (AFTER, AFTER_WORD, BEFORE):
            for match in pattern.finditer(line):
                yield match.start(), match[0], SENTENCE[match["one"]]

    return find


HAN = re.compile(f"[{CJK}]")


def in_chinese(line: str, at: int) -> bool:
    """Whether a quotation mark belongs to Chinese, not to a Latin word as an apostrophe does."""
    beside = line[max(at - 1, 0) : at] + line[at + 1 : at + 2]
    return not (line[at] in "’‘" and re.search("[A-Za-z]", beside) and not HAN.search(beside))


def ascii_signs(line: str) -> Iterator[tuple[int, str, str]]:
    """What makes the punctuation of a line that of ASCII."""
    table = {**NARROW, **NARROW_QUOTES}
    yield from ((at, sign, table[sign]) for at, sign in enumerate(line) if sign in table)


STYLES = {"hans": chinese("hans"), "hant": chinese("hant"), "ascii": ascii_signs}

LETTERS_RULE = Rule(
    "width.letters",
    "fullwidth letters and digits, which become those of ASCII",
    ("２０２４年ＡＢＣ３．５", "2024年ABC3.5"),
    always(Class.COMPATIBLE),
    propose_letters,
)
KATAKANA_RULE = Rule(
    "width.katakana",
    "halfwidth katakana, which become full, their voice marks composed",
    ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
    always(Class.COMPATIBLE),
    propose_katakana,
)
PUNCTUATION_RULE = Rule(
    "width.punctuation",
    "punctuation as simplified, traditional or Latin text has it; only with --punctuation",
    ('他说:"你好,世界."', "他说：“你好，世界。”"),
    punctuation_triggers,
    propose_punctuation,
)
