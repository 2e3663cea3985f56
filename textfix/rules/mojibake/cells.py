"""What the lattice is made of: the bytes that each character can have been, and how bytes make characters again."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from textfix.characters import Bools, Codes, odds
from textfix.language import LINE_END, SCALE, Model
from textfix.rules.mojibake.channels import ANY, TAKEN, UTF8, Pattern, Reader, reader
from textfix.text import Text

CLEARLY_CLEAN = -9  # quarters of a nat: characters that hardly stand in mojibake
CLEAN, NOTHING = -2, -1  # in a pattern: the character itself; no further byte
LEADS = (0xC2, *range(0xE2, 0xF0))  # first bytes that an unknown byte of UTF-8 may be
FRAME = "\"'`()[]{}<>"  # signs of ASCII behind which, and before which, text is as at the end of a line
# Of U+2600 to U+27BF what Unicode counts as emoji, and signs that lists and ratings are made of.
EMOJI = (
    "☀☁☂☃☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸☹☺♀♂♈♉♊♋♌♍♎♏♐♑♒♓♟♠♣♥♦♨♻♾♿⚒⚓⚔⚕⚖⚗⚙⚛⚜⚠⚡⚧⚪⚫⚰⚱⚽⚾⛄⛅⛈⛎⛏⛑⛓⛔⛩⛪⛰⛱⛲⛳⛴⛵⛷⛸⛹⛺⛽"
    "✂✈✉✊✋✌✍✏✒✖✝✡✳✴❄❇❎❔❕❣➕➖➗➡➰➿✕❶❷❸❹❺➤➜"
)
USUAL = "✅❌⚠✨❤★☆✓✔✗✘❗❓♥♪"
SELDOM, LESS_USUAL = 5.0, 2.0  # nats against other pictures, and against other emoji
PINYIN = "ǎǐǒǔǖǘǚǜɑɡǹˇˉˊˋ˙·"  # its letters beyond Latin Extended-A, and marks of tone
Array = npt.NDArray[np.int64]


@cache
def sensible() -> Bools:
    """Which code points clean text can hold: no controls, private use, unassigned ones, surrogates; -1 is none."""
    plain = np.ones(0x10000, np.bool_)
    odd = [code for code in range(0x10000) if not chr(code).isprintable()]
    plain[odd] = [unicodedata.category(chr(code)) not in ("Co", "Cn", "Cs", "Cc") for code in odd]
    plain[[9, 10, 13]] = True
    return np.concatenate([plain, np.ones(0x100000, np.bool_), [False]])


@cache
def strange() -> Bools:
    """Which code points of the basic plane have two bytes in UTF-8, as chance makes of two bytes that a reader of pairs
    shows as one character, and are no letters that stand in Chinese text."""
    found = np.zeros(0x10000, np.bool_)
    found[0x180:0x800] = True
    found[[ord(one) for one in PINYIN]] = found[0x370:0x460] = False
    return found


@cache
def pictures() -> Array:
    """For each code point of the basic plane the steps of the model against a picture, of which that knows little."""
    found = np.zeros(0x10000, np.int64)
    found[0x2600:0x27C0] = round(SELDOM * SCALE)
    found[[ord(sign) for sign in EMOJI]] = round(LESS_USUAL * SCALE)
    found[[ord(sign) for sign in USUAL]] = 0
    return found


def framing(model: Model) -> tuple[Array, int]:
    """The symbols of the model, signs of ASCII that frame text taken for line ends; and the symbol of a line end."""
    symbol, line_end = model.symbol.astype(np.int64), int(model.symbol[ord(LINE_END)])
    symbol[[ord(sign) for sign in FRAME]] = line_end
    return symbol, line_end


@dataclass(frozen=True, eq=False)
class Written:
    """How the encoding in which a text was written makes characters of bytes.

    pairs: for two bytes the code point, 0 where there is none, as everywhere for UTF-8.
    """

    encoding: str
    pairs: Array

    def advance(self, pending: Array, byte: Array) -> tuple[Array, Array]:
        """For open characters and their next bytes: what is open then, and the code point, 0 where none is complete
        and -1 where the bytes make none."""
        if self.encoding == UTF8:
            return utf8(pending, byte)
        alone = (pending == 0) & (byte < 0x80)
        code = np.where(pending == 0, np.where(alone, byte, 0), self.pairs[(pending << 8 | byte) & 0xFFFF])
        code = np.where((pending != 0) & (code == 0), -1, code)
        return np.where((pending == 0) & ~alone, byte, 0), code

    def after(self, pending: int) -> Array:
        """The bytes that can come next, where one is unknown."""
        if self.encoding == UTF8:
            return np.arange(0x80, 0xC0) if pending else np.array(LEADS)
        defined = self.pairs.reshape(256, 256) > 0
        return np.flatnonzero(defined[pending]) if pending else np.flatnonzero(defined.any(axis=1))


def utf8(pending: Array, byte: Array) -> tuple[Array, Array]:
    """UTF-8; pending is the number of bytes to come, and below it the bits so far."""
    need, bits = pending >> 16, pending & 0xFFFF
    size = (byte >= 0xC2).astype(np.int64) + (byte >= 0xE0) + (byte >= 0xF0)
    begins = np.where(size > 0, size << 16 | byte & (0x3F >> size), 0)
    bits = bits << 6 | byte & 0x3F
    goes = (byte & 0xC0) == 0x80
    goes &= ~((need == 2) & ((bits < 0x20) | (bits >> 5 == 0x1B)))  # overlong; surrogates
    goes &= ~((need == 3) & ((bits < 0x10) | (bits > 0x10F)))
    more = np.where(need == 0, begins, np.where(need > 1, (need - 1) << 16 | bits, 0))
    code = np.where(
        need == 0,
        np.where(byte < 0x80, byte, np.where((size > 0) & (byte < 0xF5), 0, -1)),
        np.where(goes, np.where(need == 1, bits, 0), -1),
    )
    return more, code


@cache
def written(encoding: str) -> Written:
    pairs = np.zeros(0x10000, np.int64)
    if encoding != UTF8:
        for high in range(0x81, 0xFF):
            for low in range(0x40, 0xFF):
                try:
                    text = bytes((high, low)).decode(encoding)
                except UnicodeDecodeError:
                    continue
                if len(text) == 1 and ord(text) < 0x10000 and sensible()[ord(text)]:
                    pairs[high << 8 | low] = ord(text)
    return Written(encoding, pairs)


@dataclass(frozen=True, eq=False)
class Choices:
    """Lists of bytes, one behind the other: list number k is values[start[k] : start[k + 1]]."""

    start: Array
    values: Array

    @classmethod
    def of(cls, lists: Sequence[Array]) -> Choices:
        return cls(np.concatenate([[0], np.cumsum([len(one) for one in lists])]), np.concatenate(lists))

    def expand(self, keys: Array) -> tuple[Array, Array]:
        """For each key its whole list: the index of the key, and the value."""
        counts = self.start[keys + 1] - self.start[keys]
        index = np.repeat(np.arange(len(keys)), counts)
        within = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
        return index, self.values[self.start[keys][index] + within]


@dataclass(frozen=True, eq=False)
class Channel:
    """What the lattice looks up for text written in one encoding and shown by one reader."""

    written: Written
    reader: Reader
    unknown: Choices  # by what is open (256 for UTF-8): the bytes that an unknown one can be
    behind: Choices  # by 2 * (an unknown byte) + (a character is open): those that another behind it can be

    @classmethod
    @cache
    def of(cls, encoding: str, read: str) -> Channel:
        source, shown = written(encoding), reader(read)
        losable = np.asarray(shown.lost.any(axis=1))
        after = [source.after(lead) for lead in range(256)]
        going = source.after(1) if encoding == UTF8 else np.zeros(0, np.int64)
        unknown = [bytes_[losable[bytes_]] for bytes_ in (*after, going)]
        behind = []
        ascii_bytes = np.array([9, 10, 13, *range(0x20, 0x7F)])
        for byte in range(256):
            for is_open in (False, True):
                if is_open:
                    fits = going if encoding == UTF8 else after[byte]
                else:
                    fits = np.concatenate([after[0], ascii_bytes])
                behind.append(fits[shown.lost[byte][fits]])
        return cls(source, shown, Choices.of(unknown), Choices.of(behind))

    def keys(self, pending: Array) -> Array:
        return np.where(pending > 0, 256, 0) if self.written.encoding == UTF8 else pending


@dataclass(frozen=True, eq=False)
class Cells:
    """The characters of all windows, and for each kind of character the patterns of bytes that it can have been.

    codes: shape (characters,); kind: the same, which list of patterns; ahead: the first byte behind each character,
    -1 where several are possible. patterns: shape (bytes, patterns), with sizes, against (steps), twin (one sign for a
    pair of unknown bytes) and taken (steps against ASCII as the second) for each; choices: by kind the patterns.
    """

    codes: Codes
    kind: Array
    ahead: Array
    patterns: Array
    sizes: Array
    against: Array
    twin: Bools
    taken: Array
    choices: Choices

    @classmethod
    def of(cls, text: Text, channel: Channel, pairs: int, hidden: Bools, last: Bools) -> Cells:
        shown, vanished = channel.reader, channel.reader.hidden(channel.written.encoding)
        codes = text.codes.astype(np.int64) << 2 | last.astype(np.int64) << 1 | hidden
        kinds, kind = np.unique(codes, return_inverse=True)
        lists = [
            cls.options(
                chr(code >> 2), shown.patterns(chr(code >> 2), pairs, bool(code & 2)), vanished if code & 1 else []
            )
            for code in kinds.tolist()
        ]
        lists.append([((), 0.0), *(vanished if hidden.any() else [])])  # behind the last character
        every = [one for listed in lists for one in listed]
        sizes = np.array([len(pattern) for pattern, _ in every])
        patterns = np.full((int(sizes.max()), len(every)), NOTHING, np.int64)
        for number, (pattern, _) in enumerate(every):
            patterns[: len(pattern), number] = pattern
        index = iter(range(len(every)))
        choices = Choices.of([np.array([next(index) for _ in listed], np.int64) for listed in lists])
        against = np.array([round(nats * SCALE) for _, nats in every], np.int64)
        bytes_known = [{pattern[0] for pattern, _ in listed if pattern and pattern[0] != CLEAN} for listed in lists]
        only = np.array([min(found) if len(found) == 1 and found != {ANY} else -1 for found in bytes_known])
        sure = np.where(odds(text.codes) > CLEARLY_CLEAN, only[kind.reshape(-1)], -1)  # what may be clean tells nothing
        ahead = np.append(sure[1:], -1)
        ahead[text.rows[1:][np.diff(text.rows) > 0] - 1] = -1
        twin = np.zeros(len(every), np.bool_)  # one sign stands for both: the second may be of ASCII
        twin[: choices.start[-2]] = [pattern == (ANY, ANY) for pattern, _ in every[: choices.start[-2]]]
        signs = [TAKEN.get(chr(code >> 2), 0.0) for code in kinds.tolist()] + [0.0]
        taken = np.array([round(nats * SCALE) for nats in signs], np.int64).repeat(np.diff(choices.start))
        return cls(text.codes, kind.reshape(-1), ahead, patterns, sizes, against, twin, taken, choices)

    @property
    def end(self) -> int:
        """The kind of what stands behind the last character of a window."""
        return len(self.choices.start) - 2

    @staticmethod
    def options(
        character: str, known: list[tuple[Pattern, float]], vanished: list[tuple[Pattern, float]]
    ) -> list[tuple[Pattern, float]]:
        """The patterns of a character; vanished: what may be lost before it."""
        known = [*known, *(((*gone, *one), nats + more) for gone, nats in vanished for one, more in known)]
        return known if character.isascii() else [((CLEAN,), 0.0), *known]
