"""noise.pinyin: the readings of characters, which a script put behind every traditional character of a table.

    堅(jiān)持科學(xué)發(fā)展觀,構(gòu)建社會(huì)  ->  堅持科學發展觀,構建社會

Sites that disguise copied text replace bytes: each character of a list becomes itself and its reading. The reading
may be written in other ways: （jiān）, [jian1], (ㄐㄧㄢ), 堅jiān, or as the simplified character, 堅坚. It counts as
one only if it is a reading of that character. Writers annotate, too: a textbook's 重(chóng)新, a name, a dictionary,
a children's book. Which of the two happened is asked of the evidence around the annotations, as a log-likelihood
ratio of the two stories:

- a script annotates only characters of its table, which are those that conversion to traditional writes; a writer
  annotates any character;
- a script annotates a character wherever it stands; a writer the first time, or where it is read otherwise;
- a script annotates most kinds of traditional characters on the page; a writer few;
- a script writes inside running text, of which it annotates about a fifth; a writer also makes lists, in which most
  characters carry a reading and a separator follows;
- a script gives a character one reading, the usual one; a writer often another, that being why it needs one.

Readings of words, as in 汉字(hàn zì), are a writer's and are never touched. Text in which every character carries its
reading, 我(wǒ)讲(jiǎng), is a reader for children as far as anyone can tell, and stays; where the brackets are missing,
我wǒ讲jiǎng, it is ruby that lost its markup, and is reported. --remove noise.pinyin takes out every reading of a single
character.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from textfix.characters import PIECE, Class, Ints, classes, to_str
from textfix.edits import Edit, Note
from textfix.language import Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.readings import BOPOMOFO, LETTERS, read_so, reading_of, usually
from textfix.text import Text

TONED = rf"(?=[a-z]*[^\x00-\x7f])[{LETTERS}]{{1,7}}(?![{LETTERS}])"
ZHUYIN = rf"˙?[{BOPOMOFO}]{{1,3}}[ˊˇˋ˙]?"
ANNOTATION = re.compile(
    rf"(?<=[\u3400-\u9fff])(?:[(（\[［【〔]([{LETTERS}]{{1,7}}|[a-zü]{{1,6}}[1-5]|{ZHUYIN})[)）\]］】〕]|({TONED}|{ZHUYIN}))"
)
CLOSING = ")）]］】〕"
HAN = re.compile("[\u3400-\u9fff]")
GAP = 500  # characters: annotations further apart than this are judged apart
AROUND = 200  # characters of text around annotations that are looked at with them

# Nats for and against a script, each the logarithm of (likelihood with a script / likelihood with a writer).
PRIOR = -20.0
SUSPECTED = -12.0  # evidence above which annotations are reported, if not removed
IN_TABLE = math.log(0.98 / 0.45)  # a kind of character that is annotated and that conversion writes
NOT_IN_TABLE = math.log(0.02 / 0.55)
COVERED = math.log(0.65 / 0.30)  # a kind of traditional character, annotated somewhere
NOT_COVERED = math.log(0.35 / 0.70)
AGAIN = math.log(0.97 / 0.20)  # a further occurrence of an annotated kind, annotated; only as many as these few count
NOT_AGAIN = math.log(0.03 / 0.80)
FEW = 3
UNUSUAL = math.log(0.03 / 0.25)  # a reading that is not the first of its character
RUBY, MOSTLY = 6, 0.5  # readings without brackets from which they may be ruby, and their share of the Han characters
DENSITY = 0.22  # share of the Han characters that a script annotates
LISTS = (0.65, 0.95)  # the same share in lists, and where every character has its reading


@dataclass(frozen=True)
class Annotation:
    """A reading behind a character; start and end are those of the parentheses, in characters of the text.

    running: whether the text runs on behind it, with a Han character. bare: without brackets. reading: with its tone
    mark, however it is written; empty where the simplified character stands for it.
    """

    start: int
    end: int
    written: str
    running: bool
    character: str
    reading: str
    bare: bool = False


@dataclass(frozen=True)
class Page:
    """Annotations that stand near one another, with the counts of all characters around them.

    han: how many Han characters stand from the first annotation to the last.
    """

    annotations: tuple[Annotation, ...]
    counts: Counter[str]
    han: int

    def evidence(self) -> float:
        """How much likelier a script is than a writer, in nats.

        >>> page = next(pages(Text.of("重(chóng)新開始")))
        >>> page.evidence() < 0
        True
        """
        annotated = Counter(one.character for one in self.annotations)
        running = Counter(one.character for one in self.annotations if one.running)
        readings = {(one.character, one.reading) for one in self.annotations}
        table = in_table("".join(annotated))
        covered = sum(table[character] for character in running)
        read = {character for character, reading in readings if reading}
        bare = sum(in_table("".join(set(self.counts) - set(annotated))).values())
        missing = sum(bare_few(count, self.counts[character]) for character, count in annotated.items())
        return (
            PRIOR
            + COVERED * covered
            + IN_TABLE * sum(table[character] for character in running if character in read)
            + NOT_IN_TABLE * (len(annotated) - sum(table.values()))
            + NOT_COVERED * bare
            + AGAIN * sum(min(count - 1, FEW) for count in running.values())
            + NOT_AGAIN * missing
            + UNUSUAL * sum(not usually(*pair) for pair in readings if pair[1])
            + self.density()
        )

    def flattened(self) -> bool:
        """Whether this is ruby of which the markup is lost: readings without brackets behind most characters."""
        bare = sum(one.bare for one in self.annotations)
        return bare >= RUBY and bare >= MOSTLY * self.han

    def density(self) -> float:
        """What the share of annotated characters tells, in nats; never for a script."""
        count, rest = len(self.annotations), max(self.han - len(self.annotations), 0)

        def likelihood(share: float) -> float:
            return count * math.log(share) + rest * math.log(1 - share)

        return min(0.0, likelihood(DENSITY) - max(map(likelihood, LISTS)))


def bare_few(annotated: int, total: int) -> float:
    """How many of the first few occurrences of a kind are bare, all being alike.

    >>> bare_few(3, 4), bare_few(396, 400)
    (1.0, 0.04)
    """
    return max(total - annotated, 0) * min(1.0, (FEW + 1) / total)


def in_table(characters: str) -> dict[str, bool]:
    """For each character, whether conversion to traditional script writes it."""
    marks = (classes(Text.of(characters).codes) & int(Class.FOLDS)) != 0
    return dict(zip(characters, marks.tolist(), strict=True))


def find(text: Text) -> list[Annotation]:
    """Every reading behind a character that is one of its own, and every simplified form behind a traditional one."""
    if "annotations" not in text.memo:  # of what desync.gbk asks noise.pinyin asks again
        text.memo["annotations"] = sorted([*written(text), *folded(text)], key=lambda one: one.start)
    found: list[Annotation] = text.memo["annotations"]
    return found


def written(text: Text) -> Iterator[Annotation]:
    for start, span in text.lines(np.union1d(text.screen.where(Class.TONE | Class.BOPOMOFO), numbered(text))):
        for match in ANNOTATION.finditer(span):
            character, reading = span[match.start() - 1], reading_of(match[1] or match[2])
            if character in read_so(reading):
                running = bool(HAN.match(span, match.end()))
                place = start + match.start()
                yield Annotation(place, start + match.end(), match[0], running, character, reading, bool(match[2]))


def numbered(text: Text) -> Ints:
    """Where a bracket closes behind a letter and the number of a tone."""
    places = text.screen.where(Class.CLOSES)
    places = places[places > 1]
    tone = text.codes[places - 1] - np.uint32(ord("1")) < 5
    return np.asarray(places[tone & (text.codes[places - 2] - np.uint32(ord("a")) < 26)], np.int64)


def folded(text: Text) -> Iterator[Annotation]:
    """Traditional characters with their simplified form behind them."""
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(text.codes) - 1, PIECE):
        marks = text.classes[start : start + PIECE + 1] & np.uint32(Class.FOLDS)
        symbols = Model.load().symbol.take(text.codes[start : start + PIECE + 1], mode="clip")
        same = (symbols[1:] == symbols[:-1]) & (marks[:-1] > marks[1:]) & (symbols[1:] > 0)
        found.append(np.flatnonzero(same) + start)
    places = np.concatenate(found)
    for place in places[text.row_of(places) == text.row_of(places + 1)].tolist():
        pair, after = text.slice(place, place + 2), text.wide(place, place + 2, 1)[1]
        yield Annotation(place + 1, place + 2, pair[1], bool(HAN.match(after)), pair[0], "", True)


def pages(text: Text) -> Iterator[Page]:
    """The annotations of a text, by row and neighbourhood."""
    found = find(text)
    rows = text.row_of([one.start for one in found]).tolist()
    group: list[Annotation] = []
    for index, one in enumerate(found):
        if group and (rows[index] != rows[index - 1] or one.start - group[-1].end > GAP):
            yield page(text, group, rows[index - 1])
            group = []
        group.append(one)
    if group:
        yield page(text, group, rows[-1])


def page(text: Text, group: Sequence[Annotation], row: int) -> Page:
    start = max(int(text.rows[row]), group[0].start - AROUND)
    end = min(int(text.rows[row + 1]), group[-1].end + AROUND)
    codes, counts = np.unique(text.codes[start:end], return_counts=True)
    han = np.count_nonzero(text.classes[group[0].start - 1 : group[-1].end] & int(Class.HAN))
    return Page(tuple(group), Counter(dict(zip(to_str(codes), counts.tolist(), strict=True))), int(han))


def propose(text: Text, context: Context) -> Proposals:
    every = context.config.removes(RULE.name)
    return Proposals.of(edit for page in pages(text) for edit in (removed(page) if every else edits(page)))


def removed(page: Page) -> Iterator[Edit]:
    """Every annotation of a page taken out, as asked for."""
    for one in page.annotations:
        note = Note(RULE.name, reason=f"the reading of {one.character}, removed as asked for")
        yield Edit(one.start, one.end, one.written, "", note)


def edits(page: Page) -> Iterator[Edit]:
    """A removal for every annotation of a page that a script made, a suspicion where it may have been; else nothing."""
    evidence = page.evidence()
    if evidence <= SUSPECTED:
        yield from suspected(page) if page.flattened() else ()
        return
    annotated = Counter(one.character for one in page.annotations)
    table = in_table("".join(annotated))
    confidence = round(1 / (1 + math.exp(-max(-7.0, min(evidence, 7.0)))), 3)
    for one in page.annotations:
        count, total = annotated[one.character], page.counts[one.character]
        if evidence <= 0:
            reason = f"perhaps a script put the reading there, but {len(annotated)} kinds of characters do not prove it"
            yield Edit(one.start, one.end, one.written, one.written, Note(RULE.name, confidence, reason=reason))
        elif table[one.character] or (total > 1 and count == total):
            reason = f"a script put the reading behind {one.character} ({count} of {total} on this page)"
            yield Edit(one.start, one.end, one.written, "", Note(RULE.name, confidence, reason=reason))
        else:
            reason = f"{one.character} is no character that conversion writes: perhaps the writer's own"
            yield Edit(one.start, one.end, one.written, one.written, Note(RULE.name, 0.5, reason=reason))


def suspected(page: Page) -> Iterator[Edit]:
    for one in page.annotations:
        note = Note(RULE.name, 0.5, reason="ruby that lost its markup, perhaps; --remove noise.pinyin takes it out")
        yield Edit(one.start, one.end, one.written, one.written, note)


RULE = Rule(
    "noise.pinyin",
    "readings that a script put behind every character of a table",
    (
        (
            "堅(jiān)持科學(xué)發(fā)展觀,構(gòu)建社會(huì)主義和諧社會(huì)為婦女工作的發(fā)展"
            "帶來(lái)了新的機(jī)遇和挑戰(zhàn)。為了適應(yīng)這一新形勢(shì)的要求,渭南市婦聯(lián"
            ")積極運(yùn)用社會(huì)化的工作方式,推進(jìn)了婦聯(lián)工作的創(chuàng)新與發(fā)展"
            "。"
        ),
        (
            "堅持科學發展觀,構建社會主義和諧社會為婦女工作的發展帶來了新的機遇和挑戰。為了適應這一新形勢的要求,渭南市婦聯積極運用社"
            "會化的工作方式,推進了婦聯工作的創新與發展。"
        ),
    ),
    always(Class.TONE | Class.BOPOMOFO | Class.CLOSES | Class.FOLDS),
    propose,
    removable=True,
)
