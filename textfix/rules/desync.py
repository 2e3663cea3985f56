"""desync.gbk: characters broken by a search-and-replace on the bytes of GBK text.

    基層?jì)D女的需求  ->  基層婦女的需求

The bytes of 層婦 are 8C D3 8B 44. D3 8B, half of each, is 計, which the replacement turned into 計(jì): so "(jì)" came
to stand between 8B and 44. The page was then read as GBK again: the pair 8B 28 means nothing and became "?", and what
follows was read one byte off until a byte below 80 set it right.

To undo it, follow the channel: before "?" stood a byte p, the second half of a character; the lost byte x makes the
pair p x a character with the reading that stands there. Put x back, take the annotation out, and read on, one byte
off, until the bytes come out even. Where several x fit, the language model chooses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from textfix.characters import Class, classes, to_codes
from textfix.config import CONFIDENT
from textfix.edits import Edit, Note
from textfix.language import Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.rules.pinyin import AROUND, Annotation, find, pages
from textfix.rules.readings import LETTERS, read_so
from textfix.rules.straddled import LEAST, Straddle, straddles
from textfix.text import Text

UNREAD = "\ufffd\ud800-\udfff"  # what the last rule makes U+FFFD counts as that already
# "?" took the parenthesis with it; decoders that write U+FFFD leave it.
LOSS = re.compile(rf"(?:\?|[{UNREAD}]\(?)([{LETTERS}]{{1,7}})\)")
BEFORE = re.compile(rf"([^\x00-\x7f])(?:[(（][{LETTERS}]{{1,7}}[)）])*$")
ANNOTATION_HERE = re.compile(rf"[(（]([{LETTERS}]{{1,7}})[)）]")
NEAR = 24  # characters of context that help to choose
BEAM = 48
# Nats, against a character that carries this reading elsewhere on the page:
NOT_SEEN = -3.0  # one that does not
FOREIGN = -7.0  # one that conversion to traditional does not even write
COMMON, RAREST = -8.0, -4.0  # half of what its log-likelihood is below the one, down to the other
PASSED_OVER = -6.0  # a whole character without the annotation that it carries elsewhere
UNSEEN_BARE = -0.8  # a whole traditional character, not seen elsewhere, without one
LOST_TEXT = -9.0  # nats for a "?" that took a pair without meaning, or a sign, with it
SIGNS = "\n" + "".join(map(chr, range(0x20, 0x40)))  # what no pair has as its second byte
LONGEST = 60  # characters that a shifted stretch may have
GAIN = 3.0  # nats by which the repair must be likelier than what stands there
UNSURE = 6  # characters at the most that become "?" where the rest of a stretch is sure
FAIR = 1.2  # how the margin in nats grows into confidence; see docs/model.md


# No character is open; one is, and its first byte was lost; none is, but a sign was lost behind the last.
EVEN, UNKNOWN, SIGN = -1, -2, -3


@dataclass(frozen=True)
class State:
    """A way to read a shifted stretch as far as it was followed.

    out: characters read so far. lead: the first byte of the character that is open, or one of the three above. last:
    the last byte, known or put back. prior: nats from the evidence besides the language model.
    """

    out: str
    lead: int
    last: int
    prior: float

    def leads(self) -> Iterable[int]:
        """The first bytes that the open character can have: an unknown one made no pair with the byte before."""
        if self.lead == UNKNOWN:
            return (byte for byte in range(0x81, 0xFF) if (self.last, byte) not in pairs())
        return (self.lead,)


@cache
def pairs() -> dict[tuple[int, int], str]:
    """The characters of GBK by their two bytes; user-defined ones are no characters."""
    found = {}
    for high in range(0x81, 0xFF):
        for low in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                found[high, low] = bytes((high, low)).decode("gbk")
            except UnicodeDecodeError:
                continue
    return found


def two_bytes(character: str) -> bytes:
    """The two bytes of a character in GBK, user-defined ones included, or nothing where it has not two."""
    try:
        raw = character.encode("gb18030")
    except UnicodeEncodeError:
        return b""
    return raw if len(raw) == 2 else b""


@dataclass(frozen=True)
class Evidence:
    """What the page tells of the replacement: which characters carry which reading, and what else stands there."""

    annotated: frozenset[tuple[str, str]]
    kinds: frozenset[str]
    model: Model

    def annotates(self, pair: tuple[int, int], reading: str) -> float | None:
        """How likely the replacement annotated the character of this pair so, in nats; None where it cannot have."""
        character = pairs().get(pair)
        if character is None or character not in read_so(reading):
            return None
        if (character, reading) in self.annotated:
            return 0.0
        return (NOT_SEEN if converted(character) else FOREIGN) + self.rare(character)

    def leaves(self, character: str) -> float:
        """How likely the replacement passed over a whole character, in nats."""
        if character in self.kinds:
            return PASSED_OVER
        return UNSEEN_BARE if converted(character) else 0.0

    def rare(self, character: str) -> float:
        return max(RAREST, min(0.0, (float(self.model.score(Text.of(character))[0]) - COMMON) / 2))


@cache
def converted(character: str) -> bool:
    """Whether conversion to traditional writes this character."""
    return bool(classes(to_codes(character))[0] & int(Class.FOLDS))


def lost_byte(state: State, reading: str, page: Evidence) -> Iterator[State]:
    """Put back the byte that "?" took, in every way that makes a character with this reading."""
    for byte in range(0x80, 0xFF):
        if state.lead == EVEN:
            prior = page.annotates((state.last, byte), reading)
            if prior is not None and byte > 0x80:
                yield State(state.out, byte, byte, state.prior + prior)
            continue
        for lead in state.leads():
            prior = page.annotates((lead, byte), reading)
            if prior is not None:
                yield State(state.out + pairs()[lead, byte], EVEN, byte, state.prior + prior)


def behind(state: State, inserted: Straddle) -> Iterator[State]:
    """Take out a reading that stands behind half of a character, and read on with what stands behind it."""
    for half in inserted.halves:
        for lead in (EVEN,) if state.lead == EVEN else state.leads():
            read = "" if lead == EVEN else pairs().get((lead, half))
            if read is None:
                continue
            one = State(state.out + read, half if lead == EVEN else EVEN, half, state.prior)
            if inserted.tail < 0:
                yield one
            elif one.lead == EVEN:
                yield replace(one, lead=inserted.tail, last=inserted.tail)
            elif read := pairs().get((one.lead, inserted.tail)):
                yield State(one.out + read, EVEN, inserted.tail, one.prior)


def shifted(state: State, character: str, page: Evidence) -> Iterator[State]:
    """Read one character of a shifted stretch again: its bytes belong half to the character before."""
    if character == "?" or re.match(f"[{UNREAD}]", character):
        yield from lost_pair(state, page)
        return
    raw = two_bytes(character) or (character.encode() if "@" <= character <= "~" else b"")
    for lead in state.leads() if raw else ():
        if read := pairs().get((lead, raw[0])):
            out, last = state.out + read, raw[-1]
            if len(raw) == 1:
                yield State(out, EVEN, last, state.prior)
                continue
            prior = state.prior + (page.leaves(read) if state.out else 0.0)
            if last < 0x80:
                yield State(out + chr(last), EVEN, last, prior)
            else:
                yield State(out, last, last, prior)


def lost_pair(state: State, page: Evidence) -> Iterator[State]:
    """A "?" that stands for two bytes: a pair that means nothing, or a second half and the sign behind it."""
    for lead in state.leads():
        for byte in range(0x80, 0xFF):
            if read := pairs().get((lead, byte)):
                out, prior = state.out + read, state.prior + LOST_TEXT + (page.leaves(read) if state.out else 0.0)
                if any((byte, other) not in pairs() for other in range(0x81, 0xFF)):
                    yield State(out, UNKNOWN, byte, prior)
                yield State(out, SIGN, byte, prior)


def closed(state: State) -> Iterator[State]:
    """The ways in which a state is the end of a stretch."""
    if state.lead == EVEN:
        yield state
    elif state.lead == SIGN:
        yield from (State(state.out + sign, EVEN, ord(sign), state.prior) for sign in SIGNS)


def followed(state: State, annotation: re.Match[str] | None, page: Evidence) -> State:
    """An end of a stretch, as likely as it is that its last character carries what stands behind it, or nothing."""
    last = state.out[-1:]
    if annotation is None:
        return replace(state, prior=state.prior + (page.leaves(last) if len(state.out) > 1 else 0.0))
    return state if last in read_so(annotation[1]) else replace(state, prior=state.prior + PASSED_OVER)


@dataclass(frozen=True)
class Stretch:
    """A shifted stretch: characters start to end of the span, and the texts it can have been, likeliest first."""

    start: int
    end: int
    texts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Reader:
    """Reads the shifted stretches of one span of text."""

    span: str
    page: Evidence
    straddles: Mapping[int, Straddle] = field(default_factory=dict)

    def stretches(self) -> Iterator[Stretch]:
        done = 0
        for start in sorted({match.start() for match in LOSS.finditer(self.span)} | {*self.straddles}):
            found = self.read(start) if start >= done else None
            if found:
                yield found
                done = found.end

    def read(self, start: int) -> Stretch | None:
        """The stretch that begins with the loss here, if it can be read."""
        before = BEFORE.search(self.span, max(0, start - NEAR), start)
        raw = two_bytes(before[1]) if before else b""
        if not raw:
            return None
        states = [State("", EVEN, raw[1], 0.0)]
        ended: list[tuple[int, State]] = []
        place = start
        while states and place - start <= LONGEST:
            loss, inserted = LOSS.match(self.span, place), self.straddles.get(place)
            if loss:
                states = [one for state in states for one in lost_byte(state, loss[1], self.page)]
                place = loss.end()
            elif inserted:
                states = [one for state in states for one in behind(state, inserted)]
                place = inserted.end
            else:
                after = ANNOTATION_HERE.match(self.span, place)
                ended += [(place, followed(end, after, self.page)) for state in states for end in closed(state)]
                going = [state for state in states if state.lead not in (EVEN, SIGN)]
                if place >= len(self.span):
                    break
                if after and place > start and self.span[place - 1] in read_so(after[1]):
                    states, place = going, after.end()  # a shifted pair that the replacement found and annotated
                    continue
                states = [one for state in going for one in shifted(state, self.span[place], self.page)]
                place += 1
            states = self.best(states, start)
        return self.ranked(start, ended)

    def best(self, states: list[State], start: int) -> list[State]:
        """The likeliest states so far."""
        if len(states) <= BEAM:
            return states
        scores = self.scores(start, [(len(self.span), state) for state in states])
        return [states[index] for index in np.argsort(-scores, kind="stable")[:BEAM]]

    def ranked(self, start: int, ended: list[tuple[int, State]]) -> Stretch | None:
        """Of the ways to read a stretch to its end, the likeliest, if it beats what stands there."""
        if not ended:
            return None
        end = max(place for place, _ in ended)
        asis = State(self.span[start:end], EVEN, EVEN, 0.0)
        scores = self.scores(start, [*ended, (end, asis)])
        order = np.argsort(-scores[:-1], kind="stable")
        if scores[order[0]] - scores[-1] < GAIN:
            return None
        texts = [(ended[i][1].out + self.span[ended[i][0] : end], float(scores[i])) for i in order]
        return Stretch(start, end, tuple(dict(reversed(texts)).items())[::-1])

    def scores(self, start: int, ended: list[tuple[int, State]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The log-likelihood of each reading between what stands left of it and right of it."""
        left = plain(self.span[max(0, start - 2 * NEAR) : start])[-NEAR:]
        last = max(place for place, _ in ended)
        right = plain(self.span[last : last + 2 * NEAR])[:NEAR]
        rows = [left + state.out + plain(self.span[place:last]) + right for place, state in ended]
        priors = np.array([state.prior for _, state in ended])
        return np.asarray(self.page.model.score(Text.of(rows)) + priors)


def plain(text: str) -> str:
    """Text without annotations, as context for the language model."""
    return ANNOTATION_HERE.sub("", text)


def propose(text: Text, context: Context) -> Proposals:
    found = find(text)
    rows: list[list[Annotation]] = [[] for _ in range(len(text))]
    for one, row in zip(found, text.row_of([one.start for one in found]).tolist(), strict=True):
        rows[row].append(one)
    parts = list(annotated(text))
    groups = [(start, straddles(text.slice(start, end), near)) for start, end, near in parts]
    spans = [(start, end) for (start, end, _), (_, near) in zip(parts, groups, strict=True) if near]
    spans += [(start, end) for start, end in text.screen.spans(Class.TONE) if LOSS.search(text.slice(start, end))]
    straddling = {start + at: one.moved(start) for start, near in groups for at, one in near.items()}
    edits = []
    for start, end in united(spans):
        inserted = {at - start: one.moved(-start) for at, one in straddling.items() if start <= at < end}
        reader = Reader(text.slice(start, end), evidence(rows[int(text.row_of(start))], context.model), inserted)
        edits += [edit_of(stretch, reader.span, start, context.config.restore) for stretch in reader.stretches()]
    return Proposals.of(edits)


def annotated(text: Text) -> Iterator[tuple[int, int, Sequence[Annotation]]]:
    """The parts of a text in which readings stand near one another, with what is around."""
    for page in pages(text):
        near = page.annotations
        if len(near) >= LEAST:
            left, right = text.wide(near[0].start, near[-1].end, AROUND)
            yield near[0].start - len(left), near[-1].end + len(right), near


def united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one.

    >>> united([(5, 9), (0, 2), (1, 3)])
    [(0, 3), (5, 9)]
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def evidence(found: Sequence[Annotation], model: Model) -> Evidence:
    """What the annotations of a row tell."""
    annotated = frozenset((one.character, one.reading) for one in found)
    return Evidence(annotated, frozenset(character for character, _ in annotated), model)


def edit_of(stretch: Stretch, span: str, base: int, restore: str) -> Edit:
    """The edit for a stretch. With one text possible it is certain; with several it is inferred.

    Where the whole is not sure, only its sure beginning and end are restored, unless all is asked for.
    """
    texts = [text for text, _ in stretch.texts]
    sure = confidence([score for _, score in stretch.texts])
    best, value = texts[0], sure[0] if len(texts) > 1 else 1.0
    if value < CONFIDENT and restore != "all":
        best, value = sure_part(texts, sure)
    note = Note(
        RULE.name,
        round(min(value, 0.999), 3),
        inferred=len(texts) > 1,
        reason="a byte replacement hit halves of two characters; the lost byte is put back and the rest read again",
        alternatives=tuple(
            (text, round(one, 3)) for text, one in zip(texts[:4], sure[:4], strict=True) if text != best
        ),
    )
    return Edit(base + stretch.start, base + stretch.end, span[stretch.start : stretch.end], best, note)


def confidence(scores: list[float]) -> list[float]:
    """How sure each of several readings is, from their log-likelihoods, best first."""
    weights = [math.exp((score - scores[0]) / FAIR) for score in scores]
    return [weight / sum(weights) for weight in weights]


def sure_part(texts: list[str], sure: list[float]) -> tuple[str, float]:
    """The likeliest text with a "?" for each character in which the likely ones differ, and how sure the rest is.

    >>> sure_part(["為而去支", "為而互支", "唯而去支"], [0.70, 0.28, 0.02])[0]
    '為而?支'
    """
    best = texts[0]

    def agreeing(cut: slice) -> float:
        return sum(weight for text, weight in zip(texts, sure, strict=True) if text[cut] == best[cut])

    head = max(size for size in range(len(best)) if agreeing(slice(0, size)) >= CONFIDENT)
    tail = max(size for size in range(len(best) - head) if not size or agreeing(slice(-size, None)) >= CONFIDENT)
    unsure = len(best) - head - tail
    if unsure > UNSURE or not head + tail:
        return best, sure[0]
    return best[:head] + "?" * unsure + (best[-tail:] if tail else ""), min(
        agreeing(slice(0, head)), agreeing(slice(-tail, None)) if tail else 1.0
    )


RULE = Rule(
    "desync.gbk",
    "characters broken by a search-and-replace on the bytes of GBK text",
    ("了解了基層?jì)D女的需求", "了解了基層婦女的需求"),
    always(Class.TONE | Class.BOPOMOFO | Class.CLOSES | Class.FOLDS),
    propose,
)
