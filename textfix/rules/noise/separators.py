"""noise.separators: signs that were put between the characters of a word, against filters.

    办理银/行/卡  ->  办理银行卡
    民.事.司.法  ->  民事司法
    加我微★信  ->  加我微信

Writers part characters, too: 春/夏/秋/冬, 年/月/日, 男/女, 马克·吐温, 超．級．慢. So three characters and more with the
same sign between all of them are joined only where that is far likelier than any list of them (with 、 or / or 或); two
only where the sign is an ornament that parts nothing else, or the word is as good as certain. Dashes and dots in the
middle, which stand in names and for emphasis, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from textfix.edits import Edit, Note
from textfix.language import Model
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Class, Text, to_codes

ORNAMENTS = "★☆◆◇■▲▼※❤♥♡✿❀♪"  # ○ is a zero, and □△● stand for what is left out
# Nats a separator by which the joined word must be likelier than anything that parts it, by sign.
SEVERAL = {**dict.fromkeys(".*_^`" + ORNAMENTS, 7.0), **dict.fromkeys("/|", 9.0), "~": 13.0}  # 那~麼~好 is meant
PAIR = {**dict.fromkeys(ORNAMENTS, 10.0), "/": 17.0}
BOND = -1.0  # nats by which the weakest bond inside the word may be likelier than none
# Lists that are fixed expressions: as likely joined as words are, and often parted.
EXPRESSIONS = (
    "春夏秋冬 东南西北 吃喝玩乐 吃穿住行 衣食住行 琴棋书画 笔墨纸砚 柴米油盐 油盐酱醋 酸甜苦辣 喜怒哀乐 生老病死 "
    "望闻问切 起承转合 吹拉弹唱 煎炒烹炸 听说读写 说学逗唱 梅兰竹菊 金木水火土 日月星 天地人 真善美 德智体美劳 "
    "忠孝仁义 仁义礼智信 父母妻儿 男女老少 农林牧渔 工农兵 工农商 党政军 产学研 科教文卫 老中青 上下左右 早中晚 年月日 "
    "时分秒 省市县 京津冀 港澳台 陆港澳 江浙沪 珠三角 亚非拉 陆海空 文史哲 政史地 物化生 数理化 语数外 甲乙丙丁 子丑寅卯"
)
LISTS = ("、", "或", "/", "，")
NEAR = 16  # characters of context on either side
FAIR = 3.0  # how nats above what is asked grow into confidence
SIGNS = "".join(SEVERAL)
HAN = "\u3400-\u9fff"
PARTED = re.compile(
    rf"(?<![{re.escape(SIGNS)}])[{HAN}]([{re.escape(SIGNS)}])[{HAN}](?:\1[{HAN}])*(?![{re.escape(SIGNS)}])"
)


def starts(text: Text) -> Iterator[int]:
    """The places of signs that stand between two Han characters, the first of those that follow one another."""
    places = text.find(SIGNS)
    places = places[(places > 0) & (places < len(text.codes) - 1)]
    han = [(text.classes[places + by] & int(Class.HAN)) != 0 for by in (-1, 1)]
    row = [text.row_of(places + by) for by in (-1, 1)]
    places = places[han[0] & han[1] & (row[0] == row[1])]
    yield from places[np.diff(places, prepend=-9) > 2].tolist()


def propose(text: Text, context: Context) -> Proposals:
    return Proposals.of(edit for place in starts(text) for edit in edit_at(text, place, context.model))


def edit_at(text: Text, place: int, model: Model) -> Iterator[Edit]:
    """The word that is parted by the sign here, joined, if that is what it was."""
    left, right = text.around(place, place, 4 * NEAR)
    line = left + right
    match = PARTED.match(line, len(left) - 1)
    if not match or (len(match[0]) == 3 and match[1] not in PAIR):
        return
    before, after = line[: match.start()][-NEAR:], line[match.end() :][:NEAR]
    word = match[0].replace(match[1], "")
    asked = (PAIR if len(word) == 2 else SEVERAL)[match[1]]
    if model.symbol[to_codes(word)].tobytes() in expressions():
        return
    gain = likelier(match[0], word, before, after, model) - asked
    if gain >= 0 and bond(word, before, after, model) >= BOND:
        confidence = round(1 - 0.1 / (1 + gain / FAIR), 3)
        reason = f"signs between the characters of {word}, which is no list"
        note = Note(RULE.name, confidence, inferred=True, reason=reason)
        start = place - 1
        yield Edit(start, start + len(match[0]), match[0], word, note)


@cache
def expressions() -> frozenset[bytes]:
    """The fixed expressions, in whatever script, as symbols of the model."""
    symbol = Model.load().symbol
    return frozenset(symbol[to_codes(one)].tobytes() for one in EXPRESSIONS.split())


def likelier(parted: str, word: str, left: str, right: str, model: Model) -> float:
    """By how many nats a separator the word is likelier than the likeliest way to part it."""
    lists = [parted, *(sign.join(word) for sign in LISTS)]
    scores = model.score(Text.of([left + one + right for one in (word, *lists)]))
    return float(scores[0] - scores[1:].max()) / (len(word) - 1)


def bond(word: str, left: str, right: str, model: Model) -> float:
    """By how many nats the characters of a word are likelier together than by themselves, where that is least."""
    cuts = range(1, len(word))
    halves = [half for cut in cuts for half in (left + word[:cut], word[cut:] + right)]
    scores = model.score(Text.of([left + word + right, *halves]))
    return min(float(scores[0] - scores[2 * cut - 1] - scores[2 * cut]) for cut in cuts)


RULE = Rule(
    "noise.separators",
    "signs between the characters of a word, against filters; joined where the model is sure",
    ("办理银/行/卡", "办理银行卡"),
    always(Class.HAN),
    propose,
)
