"""noise.separators: signs that were put between the characters of a word, against filters.

    办理银/行/卡  ->  办理银行卡
    民.事.司.法  ->  民事司法
    加我微★信  ->  加我微信

Writers part characters, too: 春/夏/秋/冬, 年/月/日, 男/女, 马克·吐温, 超．級．慢. So three characters and more with the
same sign between all of them are joined only where that is far likelier than any list of them (with 、 or / or 或); two
only where the sign is an ornament that parts nothing else: 盈/亏 and 镍-氢 are meant. Dashes and dots in the
middle, which stand in names and for emphasis, are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from textfix.characters import Class, to_codes
from textfix.edits import Edit, Note
from textfix.language import Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

ORNAMENTS = "★☆◆◇▲▼※❤♥♡✿❀♪"  # ○ is a zero, and □■△● stand for what is left out
# Nats a separator by which the joined word must be likelier than anything that parts it, by sign.
SEVERAL = {**dict.fromkeys(".*_^`" + ORNAMENTS, 7.0), **dict.fromkeys("/|", 9.0), "~": 13.0}  # 那~麼~好 is meant
PAIR = dict.fromkeys(ORNAMENTS, 8.0)
BOND = -1.0  # nats by which the weakest bond inside the word may be likelier than none
# Lists that are fixed expressions: as likely joined as words are, and often parted.
EXPRESSIONS = (
    "春夏秋冬 东南西北 吃喝玩乐 吃穿住行 衣食住行 琴棋书画 笔墨纸砚 柴米油盐 油盐酱醋 酸甜苦辣 喜怒哀乐 "
    "生老病死 望闻问切 起承转合 加减乘除 赵钱孙李 吹拉弹唱 煎炒烹炸 听说读写 说学逗唱 梅兰竹菊 金木水火土 "
    "日月星 天地人 真善美 德智体美劳 忠孝仁义 仁义礼智信 父母妻儿 男女老少 农林牧渔 工农兵 工农商 党政军 "
    "产学研 科教文卫 老中青 上下左右 早中晚 年月日 时分秒 省市县 京津冀 港澳台 陆港澳 江浙沪 珠三角 亚非拉 "
    "陆海空 文史哲 政史地 物化生 数理化 语数外 甲乙丙丁"
)
LISTS = ("、", "或", "/", "，")
NEAR = 4  # characters of context on either side; the model looks no farther than two
BESIDE, EXAMPLES = 16, re.compile("[/|=>→]")  # characters in which the word tells of examples, and what parts these
LONGEST = 64  # characters of a parted word
FAIR = 3.0  # how nats above what is asked grow into confidence
WAVE = "～"  # counts as ~
SIGNS = "".join(SEVERAL) + WAVE
Floats = npt.NDArray[np.float64]
HAN = "\u3400-\u9fff"
PARTED = re.compile(
    rf"(?<![{re.escape(SIGNS)}])[{HAN}]([{re.escape(SIGNS)}])[{HAN}](?:\1[{HAN}])*(?![{re.escape(SIGNS)}](?:[{HAN}{re.escape(SIGNS)}]|$))"
)


def starts(text: Text) -> list[int]:
    """The places of ornaments between two Han characters, and of other signs between three; the first of several."""
    places = text.screen.where(Class.PARTS)
    places = places[(places > 0) & (places < len(text.codes) - 1)]
    places = places[((text.classes[places - 1] & text.classes[places + 1]) & int(Class.HAN)) != 0]
    places = places[text.row_of(places - 1) == text.row_of(places + 1)]
    code = text.codes[places]
    code = np.where(code == ord(WAVE), ord("~"), code)
    again = np.append(np.diff(places) == 2, False) & np.append(code[1:] == code[:-1], False)
    follows = np.insert(again, 0, False)[:-1]
    return list(places[~follows & (again | np.isin(code, [ord(one) for one in PAIR]))].tolist())


@dataclass(frozen=True)
class Parted:
    """A word with a sign between its characters: where it starts, as it stands and joined, and what is around it."""

    start: int
    written: str
    word: str
    left: str
    right: str

    def rows(self) -> list[str]:
        """What the model is asked about: the word, what parts it, and its halves by themselves."""
        whole = [self.word, self.written, *(sign.join(self.word) for sign in LISTS)]
        cuts = range(1, len(self.word))
        halves = [half for cut in cuts for half in (self.left + self.word[:cut], self.word[cut:] + self.right)]
        return [*(self.left + one + self.right for one in whole), *halves]

    def gain(self, scores: Floats) -> float:
        """By how many nats a separator the word is likelier than the likeliest way to part it."""
        return float(scores[0] - scores[1 : 2 + len(LISTS)].max()) / (len(self.word) - 1)

    def bond(self, scores: Floats) -> float:
        """By how many nats the characters of the word are likelier together than by themselves, where that is least."""
        return float(scores[0] - scores[2 + len(LISTS) :].reshape(-1, 2).sum(axis=1).max())

    def edit(self, scores: Floats) -> Edit | None:
        gain = self.gain(scores) - (PAIR if len(self.word) == 2 else SEVERAL)[self.written[1].replace(WAVE, "~")]
        if gain < 0 or self.bond(scores) < BOND:
            return None
        confidence = round(1 - 0.1 / (1 + gain / FAIR), 3)
        note = Note(RULE.name, confidence, inferred=True, reason=f"signs between the characters of {self.word}")
        return Edit(self.start, self.start + len(self.written), self.written, self.word, note)


def propose(text: Text, context: Context) -> Proposals:
    found = [one for place in starts(text) if (one := parted(text, place, context.model))]
    rows = [one.rows() for one in found]
    scores = context.model.score(Text.of([row for each in rows for row in each]))
    pieces = np.split(scores, np.cumsum([len(each) for each in rows])[:-1])
    return Proposals.of(edit for one, piece in zip(found, pieces, strict=False) if (edit := one.edit(piece)))


def parted(text: Text, place: int, model: Model) -> Parted | None:
    """The word that the sign here may part."""
    left, right = text.around(place, place, LONGEST)
    line = left + right
    match = PARTED.match(line.replace(WAVE, "~"), len(left) - 1)
    if not match or (len(match[0]) == 3 and match[1] not in PAIR):
        return None
    word = match[0].replace(match[1], "")
    near = line[max(0, match.start() - BESIDE) : match.start()] + line[match.end() :][:BESIDE]
    if word in near and EXAMPLES.search(near):
        return None
    if model.symbol[to_codes(word)].tobytes() in expressions():
        return None
    return Parted(
        place - 1, line[match.start() : match.end()], word, line[: match.start()][-NEAR:], line[match.end() :][:NEAR]
    )


@cache
def expressions() -> frozenset[bytes]:
    """The fixed expressions, in whatever script, as symbols of the model."""
    symbol = Model.load().symbol
    return frozenset(symbol[to_codes(one)].tobytes() for one in EXPRESSIONS.split())


RULE = Rule(
    "noise.separators",
    "signs between the characters of a word, against filters; joined where the model is sure",
    ("办理银/行/卡", "办理银行卡"),
    always(Class.PARTS),
    propose,
)
