"""Which encoding bytes are in: the one that makes them likeliest under the language model.

What is told of them from outside (a byte order mark aside) is evidence and no more: an encoding that a caller, a page
or an XML declaration names is likelier by some nats.
"""

from __future__ import annotations

import codecs
import math
import operator
import re
from collections.abc import Sequence
from itertools import compress

import numpy as np
import numpy.typing as npt

from textfix.encodings.alphabets import strangers
from textfix.encodings.plain import AS_ASCII, WIDE, to_bytes, to_text
from textfix.encodings.sequences import meant
from textfix.language import SCALE, Model, sums
from textfix.text import Text

Floats = npt.NDArray[np.float64]
CHINESE = ("utf-8", "gb18030", "big5hkscs")
ASCII = bytes(range(0x80))
WIDE_FROM = 0x2E80  # code points of East Asia, private use, and all that words of Latin make when read as those
CANDIDATES = (*CHINESE, "cp932", "euc_jp", "cp949", "euc_tw", "cp1252", "cp1251", "cp1250", "koi8_r")
DOUBLE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "euc_tw")
# Nats against an encoding in advance: what textfix reads is mostly Chinese.
AGAINST = {"cp932": 2.0, "euc_jp": 3.0, "cp949": 3.0, "euc_tw": 4.0, "cp1250": 2.0, "koi8_r": 2.0}
SAMPLE = 1 << 16  # bytes that are enough to tell encodings apart
FIRST = CHINESE[1:]  # in which text is asked first to be plain Chinese
FEW = 8  # characters beyond ASCII of such a text
PLAIN = 7.0  # nats that each of them costs at the most
ENOUGH, EASY = 16, 8.0  # characters of which single ones tell enough, and nats that they cost so; Korean costs 9.3
FAR = 60.0  # nats behind the best, by characters alone, at which an encoding is left out
SHARE = 1.0  # and more by this share of what the best costs
NEVER = 1e9
UNEXPLAINED = 15.0  # nats that a byte costs which the encoding does not explain
CUT, ALONE = 3.0, 6.0  # nats that a character costs which is cut in two at either end, and more where it is alone
BRIEF, CUT_BRIEF = 30, 3.0  # bytes of names, which are seldom cut before, and nats that it costs more in them
INSIDE = 5.0  # nats that a Han character costs inside or at the end of a Latin word, as others read wrongly are
MOST = 0.3  # the share of the characters beyond ASCII that has to read well; the rest may be in another encoding
STRANGE, LETTERS = 7.5, {"cp1251": 3.0, "koi8_r": 3.0}  # nats that each of them may cost, and letters of an alphabet
ADVANCE = 8.0  # nats for what is read as Chinese being so
HOPELESS = -20.0  # sense of what charset-normalizer is asked about
SINGLE = ("cp1252", "cp1251", "cp1250", "koi8_r")  # candidates in which a byte is a character
PAGES = (  # what charset-normalizer is asked about, the commonest first: of browsers (Encoding Standard), DOS and Mac
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1251", "koi8_r", "iso8859_5", "cp866"),
    *("iso8859_7", "cp1253", "iso8859_9", "cp1255", "iso8859_8", "cp1256", "iso8859_6", "cp874", "koi8_u", "cp1258"),
    *("iso8859_16", "iso8859_13", "iso8859_4", "iso8859_10", "iso8859_3", "cp852", "cp850", "cp437", "cp855", "cp865"),
    *("cp737", "cp862", "mac_cyrillic", "mac_roman", "mac_latin2", "johab"),
)
LATIN = PAGES[:6]  # that are thought of even where charset-normalizer does not
LONG_ENOUGH = 64  # bytes from which alphabets may know better than the model
FEWEST = 16  # bytes beyond ASCII from which it is asked where the model has no idea, or letters of ASCII as many
ALIKE, COHERENT = 0.03, 0.8  # its mess that counts as the best, and the share of the best coherence
IN_PLACE = 0.3  # the share of the bytes beyond ASCII that chance does not make characters in UTF-8
GUESSED = 0.5  # how sure such a guess is
TOLD, DECLARED = 12.0, 6.0  # nats for what a caller says, and for what the text says of itself
PRINTABLE = bytes(set(range(0x20, 0x7F)) - {0x5C}) + rb"\x41\n+AGE-"
HEAD = 2048  # bytes in which a declaration stands
DECLARATION = re.compile(
    rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']?([\w-]+)|<meta[^>]{0,400}charset\s*=\s*[\"']?([\w-]+)", re.I
)
HEADER = re.compile(r"^.*charset\s*=", re.I)  # what stands before the label in a Content-Type
BROADER = {  # encodings as they are named, and what they are read as
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
    "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "utf-8", "utf-8-sig": "utf-8",
    "utf-16": "utf-16-le", "utf-32": "utf-32-le", "koi8-r": "koi8_r",
    **dict.fromkeys((f"iso2022_jp_{one}" for one in ("1", "2", "2004", "3", "ext")), "iso2022_jp"),
}  # fmt: skip
NAMED = {
    "x-gbk": "gbk",
    "gb_2312-80": "gb2312",
    "x-x-big5": "big5",
    "euc-tw": "euc_tw",
    "x-euc-tw": "euc_tw",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
    "iso-2022-cn": "iso2022_cn",
}
# Parts of characters at the end and at the start of bytes that were cut out of others.
END = {"utf-8": re.compile("(?:[\udcc2-\udcdf]|[\udce0-\udcef][\udc80-\udcbf]?|[\udcf0-\udcf4][\udc80-\udcbf]{0,2})$")}
START = {"utf-8": re.compile("^[\udc80-\udcbf]{1,3}(?![\udc80-\udcff])")}
NULS = re.compile(rb"(?:\0{8})+")  # as a crash leaves them in a log, by whole blocks
HALF = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")  # half a surrogate pair, in UTF-8
LETTER = re.compile(rb"[A-Za-z]")
TRIPLE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
LONE = re.compile("[\udc80-\udcff]")
LEAD = re.compile("(?<![\udc80-\udcff])[\udc81-\udcfe]$")


def named(label: str) -> str | None:
    """The encoding of a label, as textfix reads it; None for none that it knows.

    >>> named("GB2312"), named("text/html; charset=windows-31j"), named("klingon")
    ('gb18030', 'cp932', None)
    """
    label = HEADER.sub("", label).strip().strip("\"'").lower()
    if label in AS_ASCII:
        return label
    try:
        name = NAMED.get(label) or codecs.lookup(label).name
    except LookupError:
        return None
    if name in AS_ASCII:
        return name
    try:
        b"a".decode(name, "surrogateescape")
    except UnicodeDecodeError:
        pass
    except (LookupError, UnicodeError):  # a codec, but not of text, or of no use for bytes that it cannot explain
        return None
    return BROADER.get(name, name)


def hints(data: bytes, told: str) -> dict[str, float]:
    """Nats for the encodings that a caller, and the text itself, names."""
    found: dict[str, float] = {}
    declared = named(declaration(data)[1])
    for name, nats in ((declared if declared not in WIDE else "utf-8", DECLARED), (told, TOLD)):  # it was read as ASCII
        if name and (name in WIDE or holds_ascii(name)):
            found[name] = found.get(name, 0.0) + nats
    return found


def declaration(data: bytes) -> tuple[str, str]:
    """The declaration of an encoding at the head of HTML or XML, and the label in it; empty for none.

    >>> declaration(b'<meta charset="gbk"><p>')
    ('<meta charset="gbk">', 'gbk')
    """
    match = DECLARATION.search(data, 0, HEAD) if b"<" in data else None
    if not match:
        return "", ""
    end = data.find(b">", match.end(), HEAD) + 1 or match.end()
    return data[match.start() : end].decode("ascii", "replace"), (match[1] or match[2]).decode("ascii")


def holds_ascii(name: str) -> bool:
    """Whether ASCII is the same in an encoding: not in EBCDIC, UTF-7, and escapes of Python."""
    return to_text(PRINTABLE, name) == PRINTABLE.decode("ascii")


def choose(data: bytes, told: str = "") -> tuple[str, float]:
    """The encoding that makes the bytes likeliest, and how sure that is."""
    return choose_many([data], told)[0]


def choose_many(rows: Sequence[bytes], told: str = "") -> list[tuple[str, float]]:
    """The same for many byte strings, each by itself; told: the encoding that a caller names."""
    samples = [sampled(row) for row in rows]
    favoured = [hints(row, told) for row in rows]
    found: list[tuple[str, float]] = [("utf-8", 0.0)] * len(rows)
    left = [number for number, row in enumerate(rows) if 0 not in row and not favoured[number]]
    others = [number for number in range(len(rows)) if 0 in rows[number] or favoured[number]]
    for name in FIRST:
        settled = plainly([samples[number] for number in left], name)
        for number in compress(left, settled):
            found[number] = (name, 1.0)
        left = [number for number, done in zip(left, settled, strict=True) if not done]
    alone = (([number], (*(WIDE if 0 in rows[number] else ()), *favoured[number])) for number in others)
    for numbers, extra in ((left, ()), *alone):
        if numbers:
            names = [*dict.fromkeys((*CANDIDATES, *extra))]
            chosen = weighed([samples[number] for number in numbers], names, [favoured[number] for number in numbers])
            for number, one in zip(numbers, chosen, strict=True):
                found[number] = one
    return found


def plainly(rows: Sequence[bytes], encoding: str) -> list[bool]:
    """Whether each row is plain Chinese in an encoding, so that no other needs a look.

    What is beyond ASCII, at least FEW characters, is likely on average, and none of it is kana, private use or without
    a meaning. Korean, Japanese and Chinese in another encoding cost two nats a character more, read so.
    """
    read = [to_text(row, encoding) for row in rows]
    text = Text.of([LEAD.sub("", one) if "\udc81" <= one[-1:] <= "\udcfe" else one for one in read])
    beyond = text.codes >= 0x80
    odd = (text.codes >= 0xD800) & (text.codes < 0xF900) | (text.codes >= 0x3040) & (text.codes < 0x3100)
    counts = sums(beyond, text)
    fine = (counts >= FEW) & (sums(odd, text) == 0)
    easy = (counts >= ENOUGH) & (singly(text, Model.load()) < EASY * counts)
    asked = np.flatnonzero(fine & ~easy)
    part = text.take(asked)
    steps = np.where(part.codes >= 0x80, Model.load().costs(part), 0)
    fine[asked] = sums(steps, part) < PLAIN * SCALE * counts[asked]
    return [bool(one) for one in fine]


def weighed(
    rows: Sequence[bytes], names: Sequence[str], favoured: Sequence[dict[str, float]]
) -> list[tuple[str, float]]:
    """For each row the likeliest of these encodings; of what the model does not know, the named or guessed one."""
    names = [name for name in names if all(readable(row, name) for row in rows)]
    found = scores(rows, names)
    weights = [[one.get(name, 0.0) - AGAINST.get(name, 0.0) for one in favoured] for name in names]
    total = found + np.array(weights)
    best = total.argmax(axis=0)
    chosen = [names[one] for one in best.tolist()]
    known = sense(rows, chosen)
    answers = [
        (name, as_confidence(nats)) for name, nats in zip(chosen, np.minimum(margins(total, best), known), strict=True)
    ]
    for number, name in enumerate(chosen):
        row = rows[number]
        other = explaining(row, favoured[number]) if known[number] < 0 else None
        if not other and (known[number] < HOPELESS or name in SINGLE):
            other = guess(row, name if name in SINGLE and known[number] >= 0 else None)
        if other and other != name:
            answers[number] = (other, GUESSED)
    return answers


def sureness(data: bytes, encoding: str, names: Sequence[str]) -> float:
    """How sure it is that data is in one of these encodings."""
    scored = scores([data], names)
    return as_confidence(float(margins(scored, np.array([names.index(encoding)]))[0]))


def sampled(data: bytes) -> bytes:
    """SAMPLE bytes, from the first line on that holds more than ASCII; of NUL no runs, which are in no encoding."""
    start = 0
    if len(data) > SAMPLE:
        match = re.search(rb"[\x80-\xff\0]", data)
        first = match.start() if match else 0
        start = max(data.rfind(b"\n", 0, first) + 1, first - SAMPLE // 2)
        start -= start % 4 if 0 in data else 0
    sample = data[start : start + SAMPLE]
    return NULS.sub(b"", sample) if 0 in sample else sample


def scores(rows: Sequence[bytes], names: Sequence[str]) -> Floats:
    """Shape (encodings, rows): the log-likelihood of each row read so.

    -NEVER for what single characters already tell to be far behind the best.
    """
    model = Model.load()
    texts, costs = zip(*(understood(rows, name) for name in names), strict=True)
    rough = np.array([-singly(text, model) - cost for text, cost in zip(texts, costs, strict=True)])
    best = rough.max(axis=0)
    kept = rough > best - FAR + SHARE * np.minimum(best, 0.0)
    rough[~kept] = -NEVER
    for number, (text, cost) in enumerate(zip(texts, costs, strict=True)):
        asked = np.flatnonzero(kept[number])
        rough[number, asked] = model.score(text.take(asked)) - cost[asked]
    return rough


def understood(rows: Sequence[bytes], encoding: str) -> tuple[Text, Floats]:
    """The rows as text, their sequences read, and nats against each for bytes without a meaning.

    Parts of characters at the ends of a row are left out, and cost less.
    """
    ends = [one for one in (START.get(encoding), END.get(encoding, LEAD if encoding in DOUBLE else None)) if one]
    texts, cuts = [], np.zeros(len(rows))
    for number, row in enumerate(rows):
        text = whole_units(row, encoding)
        cuts[number] += UNEXPLAINED * (len(row) % WIDE.get(encoding, 1))
        if LONE.search(text):
            text = meant(text, encoding, 1.0)
            if encoding == "utf-8":
                text, halves = HALF.subn("", text)
                cuts[number] += CUT * halves
            for pattern in ends:
                rest, count = pattern.subn("", text)
                alone = rest.isascii()  # then nothing speaks for the encoding but the part, which a byte does not
                if count and (not alone or (pattern is END.get(encoding) and len(text) - len(rest) > 1)):
                    brief = encoding != "utf-8" and len(row) < BRIEF
                    text, cuts[number] = rest, cuts[number] + CUT + ALONE * alone + CUT_BRIEF * brief
        texts.append(text)
    joined = Text.of(texts)
    lone = (joined.codes >= 0xD800) & (joined.codes < 0xE000)
    return joined, UNEXPLAINED * sums(lone, joined) + INSIDE * sums(inside_words(joined), joined) + cuts


def inside_words(text: Text) -> npt.NDArray[np.bool_]:
    """Where a single character of East Asia stands behind a small Latin letter, as in Latin words read wrongly.

    >>> inside_words(Text.of("ska豉 用app查 Uciekaj鉍a")).nonzero()[0].tolist()
    [3, 9, 18]
    """
    codes = np.concatenate([text.codes, [0]]).astype(np.uint32)
    han = np.flatnonzero(codes >= WIDE_FROM)
    found = np.zeros(len(codes) - 1, np.bool_)
    found[han] = ((codes[han - 1] - np.uint32(ord("a"))) < 26) & (
        (codes[han + 1] < WIDE_FROM) | np.isin(han + 1, text.rows)
    )
    found[text.rows[:-1][np.diff(text.rows) > 0]] = False
    return found


def singly(text: Text, model: Model) -> Floats:
    """How unlikely each row is by its characters one by one, in nats."""
    return sums(model.alone(text.codes), text) / SCALE


def margins(scored: Floats, choice: npt.NDArray[np.int64]) -> Floats:
    """For each row by how many nats its encoding makes it likelier than any other does."""
    rows = np.arange(len(choice))
    others = scored.copy()
    others[choice, rows] = -math.inf
    return np.asarray(scored[choice, rows] - others.max(axis=0, initial=-math.inf), np.float64)


def as_confidence(margin: float) -> float:
    return round(1 / (1 + math.exp(-max(-50.0, min(margin, 50.0)))), 3)


def whole_units(data: bytes, encoding: str) -> str:
    """Data as text, without the bytes left over at the end of UTF-16 or UTF-32."""
    return to_text(data[: len(data) - len(data) % WIDE.get(encoding, 1)], encoding)


def readable(data: bytes, encoding: str) -> bool:
    try:
        whole_units(data, encoding)
    except UnicodeDecodeError:
        return False
    return True


def sense(rows: Sequence[bytes], names: Sequence[str]) -> Floats:
    """How much likelier each row, read in its encoding, is than text that the model does not know, in nats.

    Only what is beyond ASCII counts, and a part of it that reads well is enough: the rest may be in another encoding.
    Of UTF-8 and of ASCII the bytes speak for themselves.
    """
    found = np.full(len(rows), math.inf)
    for name in set(names) - {"utf-8"}:
        asked = [number for number, one in enumerate(names) if one == name]
        found[asked] = sense_in([rows[number] for number in asked], name)
    return found


def sense_in(rows: Sequence[bytes], encoding: str) -> Floats:
    """The same for rows in one encoding."""
    found = np.full(len(rows), math.inf)
    text, _ = understood(rows, encoding)
    costs = np.where((text.codes >= 0xDC80) & (text.codes < 0xDD00), UNEXPLAINED, -Model.load().characters(text))
    beyond = np.flatnonzero(text.codes >= 0x80)
    row = text.row_of(beyond)
    ordered = costs[beyond[np.lexsort((costs[beyond], row))]]
    counts = np.bincount(row, minlength=len(rows))
    some = np.flatnonzero(counts)
    places = (np.cumsum(counts) - counts + (MOST * (counts - 1)).astype(np.int64))[some]
    most = LETTERS.get(encoding, STRANGE) - ordered[places]
    found[some] = ADVANCE * (encoding in CHINESE) + counts[some] * most
    return found


def explaining(row: bytes, favoured: dict[str, float]) -> str | None:
    """The encoding that is named for a row, where it explains every byte."""
    for name in sorted(favoured, key=favoured.__getitem__, reverse=True):
        if readable(row, name) and not LONE.search(whole_units(row, name)):
            return name
    return None


def guess(data: bytes, likely: str | None) -> str | None:
    """The encoding of single bytes, or Johab, that suits an alphabet best; Chinese and Japanese are known better.

    likely: what the model takes it for, if it makes sense; it is right if it suits an alphabet in all. Where several
    suit alike, charset-normalizer tells Hebrew from Cyrillic, and else the commonest is taken: it tells Czech letters
    from Slovak ones by chance.
    """
    import charset_normalizer

    beyond = len(data.translate(None, ASCII))
    if in_place(data) > IN_PLACE * beyond:
        return None  # UTF-8 with errors
    if likely and (len(data) < LONG_ENOUGH or not strangers(to_text(data, likely))[0]):
        return None
    if not likely and beyond < FEWEST and len(LETTER.findall(data)) < beyond:
        return None
    whole = (data[: data.rfind(b"\n") + 1] if len(data) == SAMPLE else data) or data
    found = list(charset_normalizer.from_bytes(whole, cp_isolation=[*PAGES]))
    tidy = [one for one in found if one.chaos <= min(each.chaos for each in found) + ALIKE]
    coherent = COHERENT * max((one.coherence for one in tidy), default=0.0)
    asked = {one.encoding for one in tidy if one.coherence >= coherent} | {likely}
    asked |= {name for name in LATIN if not strangers(to_text(whole, name))[0]}
    names = [name for name in PAGES if name in asked]
    names = [likely, *names] if likely else names
    best = max(names, key=lambda name: operator.sub(*reversed(strangers(to_text(data, name)))), default=None)
    name = named(best) if best else None
    return name if name and to_bytes(to_text(data, name), name) == data else None


def in_place(data: bytes) -> int:
    """The bytes of characters in UTF-8 that GB 2312 has, too, as chance seldom makes them."""
    found = (one.decode("utf-8", "ignore") for one in TRIPLE.findall(data))
    return 3 * sum(bool(one.encode("gb2312", "ignore")) for one in found)
