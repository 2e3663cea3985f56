"""What opencc and texts say of characters of the other script: all tables of choice.npz but the weights.

train.py calls this, and learns the weights.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from textfix.characters import LF, Codes, Ints, to_codes, to_str
from textfix.data.generate import dictionary
from textfix.rules.script.choice import (
    BASE,
    BUCKETS,
    EDGE,
    HAN,
    MOST,
    PHRASES,
    ROWS,
    TARGETS,
    Chooser,
    Places,
    bucket_of,
    marked,
)

ATTESTED = 0.3  # the share of a variant in a region from which it is valid there, as its standard form
FEWEST, SHARE = 3, 2e-5  # occurrences of a candidate, and the share of all, for what opencc does not list
LONGEST = 4  # of longer phrases every part of this length counts
TO_HANT, TO_HANS = ("STPhrases",), ("TSPhrases", "TWVariantsRevPhrases", "HKVariantsRevPhrases")
SURNAMES = (  # that are other characters than they look, or may be
    "于于 范范 钟鍾 朴朴 游游 岳岳 余余 周周 郁郁 曲曲 涂涂 谷谷 沈沈 姜姜 秋秋 后后 万萬 叶葉 云雲 党黨 丑丑"
)
TITLES = (
    "先生 女士 小姐 太太 夫人 老师 教授 博士 医生 律师 经理 总裁 主任 校长 院长 局长 市长 县长 部长 书记 同学 同志 师傅"
)
WORDS = (  # and names that opencc's phrases lack
    "歌后歌后 天后天后 母后母后 武后武后 太后太后 后羿后羿 后裔後裔 白术白朮 苍术蒼朮 "
    "几案几案 方便面方便麵 里海里海 落发落髮 鬓发鬢髮 卷发捲髮 手表手錶 怀表懷錶 秒表秒錶 "
    "张三丰張三丰 叶韵叶韻 钟山鍾山 余干县餘干縣 新干县新干縣 于洪于洪 系好繫好 系紧繫緊 "
    "系鞋带繫鞋帶 回复邮件回覆郵件 答复答覆 合家欢合家歡 当当网當當網 干了一杯乾了一杯 晾干晾乾 "
    "擦干擦乾 晒干曬乾 没干透沒乾透 好戏一出好戲一齣 一出戏一齣戲 一出好戏一齣好戲 丰采丰采 丑时丑時 "
    "丑年丑年 子丑寅卯子丑寅卯 生理发育生理發育 系领带繫領帶 系围裙繫圍裙 系安全带繫安全帶 干皮症乾皮症 干眼症乾眼症 "
    "干燥症乾燥症 地瓜干地瓜乾 红薯干紅薯乾 番薯干番薯乾 芒果干芒果乾 水果干水果乾 笋干筍乾 鱼干魚乾 肉干肉乾 "
    "泪始干淚始乾 泪干淚乾 "
    "吹干吹乾 烘干烘乾 风干風乾 甩干甩乾 榨干榨乾 "
    "伯里伯里 噶里噶里 耶里耶里 皮里皮里 穆里穆里 默里默里 札里札里 姆里姆里 斯里斯里 克里克里 特里特里 "
    "布里布里 普里普里 德里德里 瓦里瓦里 维里維里 西里西里 亚里亞里 利里利里 塔里塔里 莫里莫里 罗里羅里 "
    "卡里卡里 费里費里 格里格里 阿里阿里 吉里吉里 奇里奇里 萨里薩里 弗里弗里 哥马里哥馬里 坊里制坊里制 "
    "英里英里 游牧游牧 龙游龍游 皖系皖系 奉系奉系 直系直系 桂系桂系 晋系晉系 法系法系 院系院系 "
    "谱系譜系 民系民系 语系語系 细胞系細胞系 家系家系 游击游擊 编制編制 创制創制 制导制導 建制建制 "
)
HANS_WORDS = (
    "甚夥甚夥 应旂应旂 着数着数 瞭望瞭望 瞭哨瞭哨 枕藉枕藉 狼藉狼藉 慰藉慰藉 蕴藉蕴藉 执著执着 沉著沉着 著急着急 "
    "著凉着凉 著迷着迷 著火着火 著陆着陆 见微知著见微知著 土著土著 显著显著 卓著卓著 昭著昭著 编著编著 原著原著 "
    "名著名著 著称著称 著述著述 论著论著 专著专著 巨著巨著 著作著作 著有著有 遗著遗著 合著合著 拙著拙著 "
    "译著译著 彰著彰著 著想着想 著眼着眼 著手着手 著重着重 覆写覆写 覆盖覆盖 "
    "乾热干热 乾眼干眼 乾股干股 乾煸干煸 "
    "乾锅干锅 乾呕干呕 乾嚎干嚎 乾粮干粮 乾货干货 乾笑干笑 乾瘪干瘪 乾涸干涸 鍾馗钟馗 鍾离钟离 鍾南山钟南山 "
    "鍾情钟情 鍾爱钟爱 鍾家钟家 鍾姓钟姓 姓鍾姓钟"
)
FORMS = {"hans": "妳你 牠它 暱昵 堿碱 隄堤", "hant-tw": "账帳"}  # what no table of opencc's has
NO_NAMES = "於單倫潛戲坦則琳敖其惟"  # opencc takes the first with each of these for a name: 於單一, 於倫敦
NO_PHRASES = ("只影", "裁制", "干将")  # opencc's, that stand in other words oftener: 只影响, 仲裁制, 得力干将
NO_START = "个中"  # opencc has 箇中 for it, also in 数个中的
# Character, variant, other: where the character becomes the variant, it is taken for the other in the training. Hong
# Kong writes 裏 and Taiwan 裡, which REGIONAL sees to; Taiwan writes 台 beside 臺, so that what is written stays.
SAME = (("里", "裏", "裡"), ("台", "臺", "台"))
REGIONAL = {"hant-hk": "裡裏"}  # what a region writes for another of the same, besides what opencc and its texts tell
FIXED = {"hant-tw": "着著", "hant-hk": "着着"}  # what a character that is decided elsewhere always becomes in a region
WITH_TWO = "乾著藉覆徵夥餘拚捱摺"  # simplified text has them, too, in some words

Tables = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Pair:
    """A text as it is found, and in the target; both of one length. target: its number in TARGETS."""

    found: Codes
    right: Codes
    target: int


def simplified(codes: Codes, name: str) -> Codes:
    """A traditional text of a region in simplified characters, as opencc has it."""
    found = opencc_codes(codes, "hk2s" if name == "hant-hk" else "tw2s")
    behind = np.append(codes[1:], np.uint32(LF))
    wrong = (found == ord(NO_NAMES[0])) & np.isin(behind, to_codes(NO_NAMES[1:]))
    return np.where(wrong, np.uint32(ord("于")), found)


def merged(source: Codes, target: Codes) -> Codes:
    """A text in the target with one of those variants that are not told apart; source: the text before conversion."""
    for character, variant, other in SAME:
        target = np.where((source == ord(character)) & (target == ord(variant)), np.uint32(ord(other)), target)
    return target


def opencc_codes(codes: Codes, conversion: str) -> Codes:
    """opencc's conversion, character for character; where a line would grow or shrink it stays as it is."""
    import opencc

    convert = opencc.OpenCC(conversion).convert
    found = to_codes(convert(to_str(codes)))
    if len(found) != len(codes):
        lines = to_str(codes).split("\n")
        each = [done if len(done := convert(line)) == len(line) else line for line in lines]
        found = to_codes("\n".join(each))
    return found


def begun(up: Sequence[Pair], down: Sequence[Pair]) -> Tables:
    """All tables but what is learnt: forms, and for each direction which characters are to be decided."""
    listed = {key: values[0] for key, values in dictionary("TSCharacters").items()}
    several = {**dictionary("STCharacters")}
    for character, variant, other in SAME:
        several[character] = list(dict.fromkeys(other if one == variant else one for one in several[character]))
    to_hant = candidates(up, {key: values for key, values in several.items() if len(values) > 1})
    usual = {key: values[0] for key, values in several.items()}
    changed = changed_in_phrases(TO_HANS, listed)
    back = {key: [listed.get(key, key), *sorted(changed.get(key, set()))] for key in {*changed, *WITH_TWO}}
    to_hans = candidates(down, {key: list(dict.fromkeys((*values, key))) for key, values in back.items()}, {*back})
    rows = [*to_hant.items(), *to_hans.items()]
    table, first = np.zeros((len(rows), MOST), np.uint32), np.zeros(len(rows), np.int8)
    for number, (source, kept) in enumerate(rows):
        table[number, : len(kept)] = kept
        expected = (usual if number < len(to_hant) else listed).get(chr(source), chr(source))
        first[number] = kept.index(ord(expected)) if ord(expected) in kept else 0
    fold = np.array([(ord(key), ord(value)) for key, value in sorted(listed.items())], np.uint32).T
    return {
        **{f"forms {name}": forms(name, to_hans if name == "hans" else to_hant, up) for name in (*TARGETS, "hant")},
        **{f"usual {name}": usual_variants(name, up) for name in TARGETS if name != "hans"},
        **{f"fixed {name}": to_codes(FIXED.get(name, "")).reshape(-1, 2).T for name in (*TARGETS, "hant")},
        "hong kong": of_hong_kong(),
        "sources": np.array([source for source, _ in rows], np.uint32),
        "first": np.array([len(to_hant)]),
        "candidates": table,
        "usual": first,
        "fold": fold,
        "weights": np.zeros((ROWS + 1, MOST), np.int8),
        "phrases": np.zeros((BUCKETS, 4), np.uint16),
        "japanese": japanese(),
        "jis": np.array(jis(), np.uint32),
    }


def changed_in_phrases(names: Iterable[str], listed: Mapping[str, str]) -> dict[str, set[str]]:
    """The characters that become something else in a phrase than they do alone, and what."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        for key, values in dictionary(name).items():
            simple = values[0] if name == "TSPhrases" else "".join(listed.get(one, one) for one in values[0])
            for old, new in zip(key, simple, strict=False):
                if len(key) == len(simple) and new != listed.get(old, old):
                    found[old].add(new)
    return {key: values for key, values in found.items() if ord(key) >= HAN[0]}


def candidates(
    pairs: Sequence[Pair], listed: Mapping[str, Sequence[str]], only: set[str] | None = None
) -> dict[int, list[int]]:
    """For each character with several what it stands for, the most frequent first."""
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for pair in pairs:
        both = pair.found.astype(np.uint64) << np.uint64(32) | pair.right
        for value, count in zip(*(column.tolist() for column in np.unique(both, return_counts=True)), strict=True):
            counts[value >> 32][value & 0xFFFFFFFF] += count
    for source, several in listed.items():
        counts[ord(source)].update(ord(one) for one in several)
    chosen = {}
    for code, each in sorted(counts.items()):
        known = listed.get(chr(code), [])
        fewest = max(FEWEST, SHARE * each.total())
        kept = [one for one, count in each.most_common() if count >= fewest or chr(one) in known][:MOST]
        if len(kept) > 1 and HAN[0] <= code < HAN[1] and (only is None or chr(code) in only):
            chosen[code] = kept
    return chosen


def forms(name: str, chosen: Mapping[int, Sequence[int]], up: Sequence[Pair]) -> npt.NDArray[np.uint32]:
    """The code points that have another form in the target, alone, and it; without those that are chosen.

    What writers of a region use as well as its standard form stays, too, and so does what would become a character
    that changes itself.

    opencc's own standard of traditional has forms that neither Taiwan nor Hong Kong uses; where the two agree on
    another, that is what hant writes.
    """
    codes = np.array([code for code in range(HAN[0], BASE) if code not in chosen and not 0xD800 <= code < 0xF900])
    source = codes.astype(np.uint32)
    alone = {kind: one_by_one(source, kind) for kind in CONVERSIONS[name]}
    if name == "hans":
        target = source
        for kind in CONVERSIONS[name]:
            target = np.where(target == source, alone[kind], target)
    elif name == "hant":
        plain, tw, hk = (alone[kind] for kind in CONVERSIONS[name])
        target = np.where(one_by_one(source, "t2s") != source, source, np.where(tw == hk, tw, plain))
    else:
        target = alone[CONVERSIONS[name][0]]
        used = counts_in(name, up)
        target = np.where(used[source] > ATTESTED * (used[source] + used[target]), source, target)
    for old, new in map(to_codes, FORMS.get(name, "").split()):
        target = np.where(source == old, new, target)
    table = np.arange(BASE, dtype=np.uint32)
    table[source] = target
    differ = (target != source) & (table[np.minimum(target, BASE - 1)] == target)
    return np.stack([source[differ], target[differ]])


def of_hong_kong() -> Codes:
    """The characters that Hong Kong writes where traditional text elsewhere has another, and simplified text these."""
    plain = np.arange(*HAN, dtype=np.uint32)
    written = one_by_one(plain, "t2hk")
    return np.union1d(written[(written != plain) & (one_by_one(written, "s2t") == plain)], to_codes("着"))


def usual_variants(name: str, up: Sequence[Pair]) -> npt.NDArray[np.uint32]:
    """The variants of characters that a region uses less than another of the same, and that one."""
    used = counts_in(name, up)
    codes = np.flatnonzero(used[HAN[0] : HAN[1]]).astype(np.uint32) + HAN[0]
    other = one_by_one(codes, f"t2{name[-2:]}")
    first, second = codes[codes != other], other[codes != other]
    more = used[first] > used[second]
    found = np.stack([np.where(more, second, first), np.where(more, first, second)]).astype(np.uint32)
    return np.hstack([found, to_codes(REGIONAL.get(name, "")).reshape(-1, 2).T])


def counts_in(name: str, up: Sequence[Pair]) -> Ints:
    """How often each character stands in the texts of a region."""
    texts = [one.right for one in up if TARGETS[one.target] == name]
    return np.bincount(np.concatenate([*texts, np.zeros(0, np.uint32)]), minlength=BASE)


CONVERSIONS = {
    "hans": ("tw2s", "hk2s", "t2s"),
    "hant": ("s2t", "s2tw", "s2hk"),
    "hant-tw": ("s2tw",),
    "hant-hk": ("s2hk",),
}


def one_by_one(codes: Codes, conversion: str) -> Codes:
    """Each character converted by itself; as it is where it becomes several."""
    import opencc

    convert = opencc.OpenCC(conversion).convert
    alone = (convert(character) for character in to_str(codes))
    return np.array(
        [ord(one) if len(one) == 1 else old for one, old in zip(alone, codes.tolist(), strict=True)], np.uint32
    )


def japanese() -> npt.NDArray[np.uint32]:
    """The characters that only Japanese uses: simplified there, and in no set of Chinese."""
    simple = {*dictionary("JPShinjitaiCharacters"), *KOKUJI}
    simple |= {one for values in dictionary("JPShinjitaiCharactersRev").values() for one in values}
    sets = ("gb2312", "big5", "big5hkscs")
    only = {one for one in simple if not any(one.encode(name, "ignore") for name in sets)}
    only -= {one for values in dictionary("HKVariants").values() for one in values}
    return np.array(sorted({ord(one) for one in only} & {*jis()}), np.uint32)


@cache
def jis() -> list[int]:
    """The Han characters of JIS X 0208."""
    return [code for code in range(*HAN) if chr(code).encode("shift_jis", "ignore")]


KOKUJI = "込働峠畑辻榊枠匂栃笹凧喰籾糀鰯凪杢麿匁粂俣椙樫"  # made in Japan


def alone(text: str) -> str:
    """Each character of a traditional text in the simplified form that it has by itself."""
    listed = dictionary("TSCharacters")
    return "".join(listed.get(one, [one])[0] for one in text)


def phrases(chooser: Chooser) -> Iterator[tuple[Codes, Codes, int]]:
    """opencc's phrases, a line each, with what they become, for each direction.

    Not those of which it knows several readings (散发, 冷面, 海里): what stands around decides.
    """
    for direction, names in enumerate((TO_HANT, TO_HANS)):
        fold = chooser.forms["hans"] if direction else np.arange(BASE, dtype=np.uint32)
        listed: dict[str, str] = {}
        for name in names:
            sure = {key: values[0] for key, values in dictionary(name).items() if len(values) == 1}
            found = {key: one for key, one in sure.items() if len(key) == len(one) and key not in NO_PHRASES}
            listed |= found if name in ("STPhrases", "TSPhrases") else {key: alone(one) for key, one in found.items()}
        if not direction:
            listed |= {name[0] + title: name[1] + title for name in SURNAMES.split() for title in TITLES.split()}
        listed |= {both[: len(both) // 2]: both[len(both) // 2 :] for both in (WORDS, HANS_WORDS)[direction].split()}
        wrong = {NO_NAMES[0] + one for one in NO_NAMES[1:]} if direction else {NO_START}
        several = {key: value for key, value in listed.items() if len(key) > 1 and key[:2] not in wrong}
        source, target = (to_codes("\n".join(side) + "\n") for side in (several.keys(), several.values()))
        yield source, fold[np.minimum(target, BASE - 1)], direction


def phrase_table(chooser: Chooser) -> npt.NDArray[np.uint16]:
    """In its bucket each phrase's mark, and the number of the candidate that it says."""
    table, filled = np.zeros((BUCKETS, MOST), np.uint16), np.zeros(BUCKETS, np.int64)
    for source, target, direction in phrases(chooser):
        known = np.minimum(source, BASE - 1)
        at = np.flatnonzero(chooser.number[direction][known] >= 0)
        number = chooser.number[direction][known[at]]
        matches = like(chooser, number, target[at], direction)
        at, number, says = at[matches.any(axis=1)], number[matches.any(axis=1)], matches[matches.any(axis=1)].argmax(1)
        ends = np.flatnonzero(source == LF)
        line = np.searchsorted(ends, at)
        before, after = at - np.concatenate([[0], ends + 1])[line], ends[line] - at - 1
        around = places_of(chooser, source, at, number)
        for places in itertools.chain(*PHRASES):
            left, right = -min(0, *places), max(0, *places)
            whole = (before == left) & (after == right)
            part = (before + after >= LONGEST) & (len(places) + 1 == LONGEST) & (before >= left) & (after >= right)
            value = around.feature(places)
            for chosen in (whole, part):
                put(table, filled, value[chosen], says[chosen])
    return table


def put(table: npt.NDArray[np.uint16], filled: Ints, values: npt.NDArray[np.uint64], says: Ints) -> None:
    """Each phrase into its bucket, if there is room and none with its mark."""
    marks, buckets = marked(values) << np.uint16(2), bucket_of(values)
    for mark, bucket, say in zip(marks.tolist(), buckets.tolist(), says.tolist(), strict=True):
        if filled[bucket] < MOST and not ((table[bucket] & 0xFFFC) == mark).any():
            table[bucket, filled[bucket]] = mark | say
            filled[bucket] += 1


def like(chooser: Chooser, number: npt.NDArray[np.int16], said: Codes, direction: int) -> npt.NDArray[np.bool_]:
    """Which candidates are what a phrase says, or a region's form of it; the exact one first."""
    candidates = chooser.candidates[number]
    exact = candidates == said[:, None]
    if direction:
        return np.asarray(exact, np.bool_)
    near = [candidates == regional_form(said, region)[:, None] for region in ("t2tw", "t2hk")]
    return np.asarray(np.where(exact.any(axis=1)[:, None], exact, near[0] | near[1]), np.bool_)


def regional_form(codes: Codes, conversion: str) -> Codes:
    """What opencc makes of each of these characters by itself; conversion: t2tw or t2hk."""
    unique, place = np.unique(codes, return_inverse=True)
    return one_by_one(unique, conversion)[place]


def same_in_region(chooser: Chooser) -> npt.NDArray[np.bool_]:
    """Shape (characters, said, candidate): whether a candidate is what is said, or a region's form of the same."""
    size = len(chooser.candidates)
    found = np.zeros((size, MOST, MOST), np.bool_)
    regional = [regional_form(chooser.candidates.ravel(), name).reshape(size, MOST) for name in ("t2tw", "t2hk")]
    for said in range(MOST):
        for forms_of in (chooser.candidates, *regional):
            found[:, said] |= (chooser.candidates == forms_of[:, said, None]) & (chooser.candidates > 0)
    return found


def places_of(chooser: Chooser, codes: Codes, at: Ints, number: npt.NDArray[np.int16]) -> Places:
    return Places.of(np.concatenate([EDGE, codes, EDGE]), at + len(EDGE), number, chooser.folded)
