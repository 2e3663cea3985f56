"""What hypothesis draws: texts, bytes and edits of the kinds that matter here."""

from pathlib import Path

from hypothesis import strategies as st

from textfix.edits import Edit, Edits, Note

PAGE = (Path(__file__).parent.parent / "seeds" / "000_cd34df91496a73e2.txt").read_text("utf-8")
CHARACTERS = "汉漢字ab ?()ìá\u0301\u00a0\u3000\n\r𠀀\ufeff\ud83d\ude00\udc80\udcff이のé"
CLEAN = "中文编码問題，我们的数据库。(x)'a' 10%\n一个人工智能"
CHANNELS = st.sampled_from(
    [("utf-8", "gb18030"), ("utf-8", "gbk"), ("utf-8", "cp1252"), ("gbk", "latin-1"), ("big5", "gbk")]
)
MOJIBAKE = st.tuples(st.text(alphabet=CLEAN, max_size=10), CHANNELS, st.sampled_from(["replace", "ignore"])).map(
    lambda drawn: drawn[0].encode(drawn[1][0], "ignore").decode(drawn[1][1], drawn[2])
)
SIGNS = "锟斤拷\ufffd?\ue5e5€¤ÃÂé§╨─ﾃｱ�縺뷰�씠 \x80\x8d\xad\x1b中鍒涓"
ESCAPED = (
    r"&amp; #20013; &lt;b&gt; \u4f60 \xe4\xbd\xa0 %E4%BD%A0 %C4%E3 =?gbk?B?xOM=?= =E4=BD=A0 =3D ~{VPND~} "
    r"$BF|K\(B _x000D_ x0dx0a <![CDATA[ ]]> [/b] xn--fiqs8s schÃ¶n â€œ"
)
INVISIBLE = "\u200b\u200d👨\ufe0f\u2028\x85\x1b\ufeff\u202e⼀⽤\ue816\uecd8Ａ３．ｶﾞ中文你好 \n\r“”\"'(),.:，。「」a1=[/"
SCRAPED = st.lists(
    st.one_of(st.sampled_from([*ESCAPED.split(" "), "=\n", "\x1b[0m", "中 文 的 "]), st.sampled_from(INVISIBLE)),
    max_size=14,
).map("".join)
NAMES = "广州市| 兴文县| 梧州市| 隆昌县| 尉氏县| 谷城县| 内丘县| 富民县| 梅州市| 康平县| 闵行区|"
LINE = "这一行很长很长很长很长很长很长很长。"
READINGS = (
    "(jìn) （jìn） [jin4] (ㄐㄧㄣˋ) ㄐㄧㄣˋ jìn 进 ?jì)D [汉字(hànzì)] 進(jìn) 堅(jiān) jin jing cha yao ji sè ì ta"
)
WORDS = "app 拼音 警cha jing察 微★信 银/行/卡 公~务~员 男/女 p\u0430ypal 标标题题加加粗粗了了吧吧"
NOISE = [
    *"进進銀行信微堅持警察火药藥紫禁城記記者色标題的我。，|★/~.、囗\u0430\ue893\uff41 \n",
    *READINGS.split(),
    *WORDS.split(),
    *["jǐng chá", NAMES, "\r\n", f"\n{LINE}\n", f"{LINE}\r\n", f"\r{LINE}"],
]
NOISY = st.lists(st.sampled_from(NOISE), max_size=40).map("".join)
PIECES = st.one_of(
    SCRAPED,
    MOJIBAKE,
    NOISY,
    st.text(alphabet=SIGNS, max_size=8),
    st.text(alphabet=CHARACTERS, max_size=12),
    st.integers(0, len(PAGE) - 1).flatmap(lambda at: st.integers(1, 90).map(lambda size: PAGE[at : at + size])),
    st.text(max_size=6),
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "gb18030", "big5", "utf-16-le", "utf-16", "utf-8-sig", "cp932", "latin-1"])
ENCODED = st.tuples(TEXTS, ENCODINGS).map(lambda pair: pair[0].encode(pair[1], "ignore"))
BYTES = st.one_of(st.binary(max_size=60), ENCODED, st.tuples(ENCODED, st.binary(max_size=8)).map(b"".join))


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> Edits:
    """Edits of a text: replacements, deletions and insertions, at the ends and touching one another, too."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    edits: list[Edit] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if edits and (start < edits[-1].end or (start, end) == (edits[-1].start, edits[-1].end)):
            continue
        note = Note(draw(st.sampled_from(["x.a", "x.b", "y.c"])), draw(st.sampled_from([0.5, 1.0])))
        after = draw(st.text(alphabet="ab漢𠀀\udc80", max_size=3))
        edits.append(Edit(start, end, text[start:end], after, note))
    return Edits.of(edits)
