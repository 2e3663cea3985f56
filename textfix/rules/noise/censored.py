"""noise.censored: characters that filters look for, written in pinyin.

    那是一段火yao的历史  ->  那是一段火药的历史
    门口来了两个jǐng chá。  ->  门口来了两个警察。

Sites put pinyin in place of characters that a filter would find. Small letters that touch a Han character and make a
syllable are taken for that, if the language model knows which character stood there: it must be far likelier than all
others that are read so, and such as one expects in this place. What everybody uses (的, 有, 要) no filter looks for,
which counts against it. Information was lost, so that every repair is inferred.

Latin words that writers use (打call, 用app, 卡拉ok, he说, ta们) make no syllable, or no character fits them; syllables
of one letter, and those of EVERYDAY, are never touched. Nor is text that speaks of pinyin, nor a syllable that says how
the character beside it is read, nor one beside a space, a digit or a sign of code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from textfix.characters import Class, Ints, classes, to_codes
from textfix.edits import Edit, Note
from textfix.language import LINE_END, Floats, Model
from textfix.rules.base import Context, Proposals, Rule
from textfix.rules.readings import LETTERS, read_so, syllables, table, toneless
from textfix.text import Text

NEAR = 4  # characters of context on either side; the model looks no farther than two
LONGEST = 6  # letters of a syllable
MOST = 90  # characters of a syllable that are tried, the commonest ones
WORD = 4  # syllables of a word with tone marks
BEAM = 60
TOGETHER = 16  # words that are read at once
WINDOW = 300  # characters around in which talk of pinyin is heard, and that tell the script
# What writers write so: ta stands for 他 and 她 alike, lv for level, li is a tag; the others are English words that
# Chinese uses.
EVERYDAY = "ta lv ng hm hng can fan he lan li long man me men ping po run she song wan"
COMMON, SOUGHT = 92, 0.25  # steps of the model; nats for each step below it, against what is commoner
OTHERWISE = 4.0  # nats against a character that is usually read otherwise
# Nats that the character may cost, at most, over the text without it; and one with a tone mark, which is pinyin.
EXPECTED, EXPECTED_TONED = 4.0, 9.0
FAIR = 1.3  # how the margin in nats grows into confidence: benchmarks/censored.py says what comes of it
LEAST = 0.5  # confidence from which a repair is proposed
SLIGHT = 0.01  # confidence from which an alternative is named
OPENING = "，。！？、；：“‘「『《…,!?;\n"
CLOSING = "，。！？、；：”’」』》…,!?;\n"
HAN = "\u3400-\u9fff"
CHARACTER = re.compile(f"[{HAN}]")
BEGINS = re.compile(rf"(?:[{HAN}{OPENING}]|^)\Z")
ENDS = re.compile(rf"[{HAN}{CLOSING}]|\Z")
TONED = re.compile(rf"[{LETTERS}]{{1,{LONGEST + 1}}}(?: [{LETTERS}]{{1,{LONGEST + 1}}}){{0,{WORD - 1}}}(?![{LETTERS}])")
ABOUT = re.compile(
    "拼音|读音|讀音|注音|发音|發音|声调|聲調|韵母|韻母|声母|聲母|音节|音節|多音字|生字|羅馬字|罗马字|pinyin|"
    r"怎[么麼][读讀念唸]|"
    rf"[读讀念唸音](?:作|为|為|成|如|若)?[“‘「]?(?:[{LETTERS}]|\Z)",
    re.I,
)


@dataclass(frozen=True)
class Word:
    """Syllables, one or several, between the texts of their line; start is in characters of the text."""

    start: int
    written: str
    left: str
    right: str

    @property
    def end(self) -> int:
        return self.start + len(self.written)

    @property
    def syllables(self) -> list[str]:
        return self.written.split(" ")

    def near(self, number: int) -> tuple[str, str]:
        """What stands before its syllables, and behind so many of them, as far as the model looks."""
        return self.left[-NEAR:], (self.right + LINE_END)[:NEAR] if number == len(self.syllables) else ""


@dataclass(frozen=True)
class Reading:
    """A text that a word in pinyin can stand for, and its log-likelihood."""

    text: str
    score: float


def islands(text: Text) -> list[tuple[int, int]]:
    """Runs of small Latin letters that touch a Han character and are a syllable, or have a tone mark."""
    places = text.screen.where(Class.LETTER | Class.TONE)
    if not len(places):
        return []
    row = text.row_of(places)
    first = np.flatnonzero((np.diff(places, prepend=-2) != 1) | (np.diff(row, prepend=-1) != 0))
    starts, ends = places[first], places[np.append(first[1:], len(places)) - 1] + 1
    short = ends - starts <= LONGEST + 1
    starts, ends = starts[short], ends[short]
    han = text.classes[np.stack([np.maximum(starts - 1, 0), np.minimum(ends, len(text.codes) - 1)])] & int(Class.HAN)
    beside = han.any(axis=0)
    starts, ends = starts[beside], ends[beside]
    word = packed(text, starts, ends)
    known = keys()[np.minimum(np.searchsorted(keys(), word), len(keys()) - 1)] == word
    return list(zip(starts[known].tolist(), ends[known].tolist(), strict=True))


def packed(text: Text, starts: Ints, ends: Ints) -> Ints:
    """Each run as one number; TONED_RUN where a letter is not of ASCII."""
    found = np.zeros(len(starts), np.int64)
    for back in range(LONGEST + 1):
        place = starts + back
        inside = place < ends
        code = text.codes[np.minimum(place, len(text.codes) - 1)].astype(np.int64)
        found = np.where(inside & (found >= 0), np.where(code < 0x80, found * 32 + code - 96, TONED_RUN), found)
    return found


TONED_RUN = -1


@cache
def keys() -> Ints:
    """The syllables of more than one letter, packed, and what stands for those with a tone mark, in order."""
    names = [name for name in syllables() if len(name) > 1 and name.isascii() and name not in EVERYDAY.split()]
    text = Text.of(names)
    return np.sort(np.append(packed(text, text.rows[:-1], text.rows[1:]), TONED_RUN))


@cache
def characters(reading: str) -> str:
    """The characters that a syllable can stand for, without a tone or with it, the commonest first.

    A vowel with a tone mark alone is what a filter left of a longer one.

    >>> characters("yao")[0], "警" in characters("jǐng"), "日" in characters("ì")
    ('要', True, True)
    """
    readings = syllables().get(reading, (reading,)) if reading.isascii() else (reading,)
    if len(readings[0]) == 1 and not reading.isascii() and reading in "īíǐì":
        readings = tuple(longer for longer in table() if longer.endswith(reading))
    found = sorted(set("".join("".join(read_so(one)) for one in readings)))
    usual = commonness("".join(found))
    return "".join(found[index] for index in np.argsort(usual, kind="stable"))


def commonness(written: str) -> Ints:
    """How rare each character is, in steps of the model."""
    model = Model.load()
    return model.single[model.symbol[to_codes(written)]].astype(np.int64)


@cache
def written_in(script: Class, reading: str) -> str:
    """The characters that a syllable can stand for in a script, as many as are tried."""
    options = characters(reading)
    marks = classes(to_codes(options))
    other = int(Class.HANS) if script == Class.HANT else int(Class.HANT | Class.FOLDS)
    return "".join(one for one, mark in zip(options, marks.tolist(), strict=True) if not mark & other)[:MOST]


@cache
def usually_so(reading: str) -> frozenset[str]:
    """The characters of which a syllable, with its tone or without, is the first reading."""
    names = syllables().get(reading, (reading,))
    return frozenset().union(*(table()[name][0] for name in names if name in table()))


def script_at(text: Text, start: int, end: int) -> Class:
    """The script of what stands around, simplified where nothing tells."""
    row = int(text.row_of(start))
    low, high = max(int(text.rows[row]), start - WINDOW), min(int(text.rows[row + 1]), end + WINDOW)
    marks = text.classes[low:high]
    hans, hant = (np.count_nonzero(marks & int(script)) for script in (Class.HANS, Class.HANT))
    return Class.HANT if hant > hans else Class.HANS


def sought(texts: Sequence[str]) -> Floats:
    """How much likelier it is that a filter looks for each of these texts, in nats: not for what everybody uses.

    All are of the same length, in characters, of which the mean counts: it looks for words.
    """
    rare = commonness("".join(texts)).reshape(len(texts), -1)
    return np.asarray(SOUGHT * np.minimum(0, rare - COMMON).mean(axis=1), np.float32)


def readings(words: Sequence[Word], scripts: Sequence[Class], model: Model) -> list[list[Reading]]:
    """For each word what it can stand for, likeliest first: all words together, one syllable after the other."""
    found = [[Reading("", 0.0)] for _ in words]
    for number in range(WORD):
        asked = [index for index, word in enumerate(words) if number < len(word.syllables)]
        texts = [
            [
                one.text + other
                for one in found[index]
                for other in written_in(scripts[index], words[index].syllables[number])
            ]
            for index in asked
        ]
        around = [words[index].near(number + 1) for index in asked]
        lines = [left + text + right for (left, right), listed in zip(around, texts, strict=True) for text in listed]
        if not lines:
            return [listed if index not in asked else [] for index, listed in enumerate(found)]
        scores = model.score(Text.of(lines)) + sought([one for listed in texts for one in listed])
        usual = [usually_so(words[index].syllables[number]) for index in asked]
        scores -= OTHERWISE * np.array(
            [one[-1] not in known for known, some in zip(usual, texts, strict=True) for one in some]
        )
        sizes = np.cumsum([len(listed) for listed in texts])[:-1]
        for index, listed, part in zip(asked, texts, np.split(scores, sizes), strict=True):
            best = np.argsort(-part, kind="stable")[:BEAM].tolist()
            found[index] = [Reading(listed[one], float(part[one])) for one in best]
    return found


def confidence(found: Sequence[Reading], model: Model) -> float:
    """How sure the likeliest reading is, from its margin; two forms of one character are no rivals."""
    best = found[0]
    rivals = (one.score for one in found if not same(one.text, best.text, model))
    return 1 / (1 + math.exp(min(0.0, next(rivals, -math.inf) - best.score) / FAIR))


def same(one: str, other: str, model: Model) -> bool:
    """Whether two texts are forms of the same characters."""
    return bool((model.symbol[to_codes(one)] == model.symbol[to_codes(other)]).all())


def alternatives(found: Sequence[Reading]) -> tuple[tuple[str, float], ...]:
    """The next readings, each with how sure it is beside the first."""
    beside = [(one.text, round(1 / (1 + math.exp((found[0].score - one.score) / FAIR)), 3)) for one in found[1:4]]
    return tuple(pair for pair in beside if pair[1] >= SLIGHT)


def explains(word: Word) -> bool:
    """Whether a word in pinyin says how the characters beside it are read."""
    size = len(word.syllables)
    if CHARACTER.match(word.left[-1:]) and word.left[-1] not in readable():  # who knows how that is read
        return True
    return any(
        len(beside) == size and all(map(reads, beside, word.syllables))
        for beside in (word.left[-size:], word.right[:size])
    )


@cache
def readable() -> frozenset[str]:
    """The characters whose readings are known."""
    return frozenset().union(*(one for several in table().values() for one in several))


def reads(character: str, syllable: str) -> bool:
    """Whether a character can be read so, whatever the tone."""
    return any(character in read_so(reading) for reading in syllables().get(toneless(syllable), ()))


def propose(text: Text, context: Context) -> Proposals:
    words: list[Word] = []
    for start, end in islands(text):
        word = word_at(text, start, end) if not words or start >= words[-1].end else None
        words += [word] if word else []
    parts = (words[first : first + TOGETHER] for first in range(0, len(words), TOGETHER))
    return Proposals.of(edit for some in parts for edit in edits(text, some, context.model))


def edits(text: Text, words: Sequence[Word], model: Model) -> Iterator[Edit]:
    """What these words are taken for, where the model is sure: few words at a time, as each can stand for thousands."""
    options = readings(words, [script_at(text, word.start, word.end) for word in words], model)
    without = model.score(Text.of(["".join(word.near(len(word.syllables))) for word in words])).tolist()
    for word, listed, alone in zip(words, options, without, strict=True):
        edit = edit_of(word, listed, alone, model)
        if edit:
            yield edit


def word_at(text: Text, start: int, end: int) -> Word | None:
    """The word in pinyin that begins with this run of letters, if it can stand for characters that were censored."""
    left, right = text.around(start, start, WINDOW)
    toned = TONED.match(right)
    written = toned[0] if toned and not right[: end - start].isascii() else right[: end - start]
    word = Word(start, written, left, right[len(written) :])
    touches = CHARACTER.match(left[-1:]) or CHARACTER.match(right, end - start)
    alone = (BEGINS.search(left[-1:]) or (left[-1:].isdigit() and not written.isascii())) and ENDS.match(word.right)
    if not touches or not alone or not all(map(characters, word.syllables)) or explains(word):
        return None
    return None if any(ABOUT.search(side) for side in text.wide(start, end, WINDOW)) else word


def edit_of(word: Word, options: Sequence[Reading], without: float, model: Model) -> Edit | None:
    """The likeliest reading of a word, if it is one that is expected there.

    without: the log-likelihood of what stands around, without the word.
    """
    if not options:
        return None
    best, sure = options[0], confidence(options, model)
    cost = without - best.score + float(sought([best.text])[0])
    expected = EXPECTED if word.written.isascii() else EXPECTED_TONED
    if sure < LEAST or cost > expected * len(word.syllables):
        return None
    reason = f"pinyin in place of what filters look for; the model takes it for {best.text}"
    note = Note(RULE.name, round(min(sure, 0.999), 3), True, reason, alternatives(options))
    return Edit(word.start, word.end, word.written, best.text, note)


RULE = Rule(
    "noise.censored",
    "characters that filters look for, written in pinyin; restored where the model is sure",
    ("那是一段火yao的历史", "那是一段火药的历史"),
    lambda config: (Class.HAN, Class.LETTER | Class.TONE),
    propose,
)
