"""Bytes to text and back."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from strategies import BYTES

import textfix
from textfix.encodings import Decoded, decode, decode_many, encode, is_binary
from textfix.encodings.choice import hints, named
from textfix.encodings.plain import to_bytes, to_text

SAMPLES = {  # text and the encoding that must be found
    "utf-8": "简体中文，一段话。",
    "gb18030": "简体中文和繁體中文，还有一些别的字。",
    "big5hkscs": "繁體中文的一段文字，說明編碼。",
    "cp932": "これは日本語の文章です。",
    "cp949": "한국어 텍스트입니다.",
    "utf-16-le": "[字幕]\r\n第一行\r\n",
    "cp1251": "Привет, как дела? Это текст.",
}


# What parsers of encodings look for, to be joined in any order.
ATOMS = [b"~~", b"~{", b"~}", b"VPND", b"\x1b$)A", b"\x1b$)C", b"\x1b$B", b"\x1b(B", b"\x0e", b"\x0f", b"\x87\xa2\xcc"]
ATOMS += [
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\0",
    b"\r\n\0",
    b"\xed\xa0\xbd",
    b"\xc0\xaf",
    b"\x80",
    b"\xa0",
    b"\n",
    b"a",
]
ATOMS += [b'<meta charset="%s">' % name for name in (b"utf-16", b"iso-2022-kr", b"hz", b"unicode_escape", b"big5")]
ATOMS += ["文件".encode(name) for name in ("utf-8", "gbk", "big5", "utf-16-le")]
SPLICED = st.lists(st.sampled_from(ATOMS), max_size=12).map(b"".join)
FORCED = [
    "big5hkscs",
    "cp950",
    "euc_jp",
    "euc_tw",
    "hz",
    "iso2022_cn",
    "iso2022_kr",
    "iso2022_jp",
    "utf-32-be",
    "latin-1",
]
HINTS = ["", "gbk", "utf-16", "utf-16be", "iso-2022-kr", "iso-2022-cn", "hz", "euc-tw", "cp1252", "big5"]


@settings(max_examples=500, deadline=None)
@given(SPLICED, st.sampled_from(HINTS))
def test_what_parsers_look_for_is_lost_nowhere(data: bytes, told: str) -> None:
    assert decode(data, named(told) or "").encode() == data
    fixed = textfix.fix(data, encoding=told, to="keep")
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == data


@settings(max_examples=500, deadline=None)
@given(SPLICED)
def test_what_was_fixed_is_fixed(data: bytes) -> None:
    once = textfix.fix(data, to="keep").text
    assume(not once.startswith("\ufeff") and "\0" not in once)  # what is left of them would be a mark, or UTF-16
    assert textfix.fix(once.encode(), to="keep").text == once


def test_utf16_ends_where_something_else_was_appended() -> None:
    data = b"\xff\xfe" + "服务器已经启动。\r\n".encode("utf-16-le")
    for more, encoding in (("追加的日志一行\r\n", "gbk"), ("appended by echo\r\n", "ascii")):
        assert decode(data + more.encode(encoding)).text == "服务器已经启动。\r\n" + more


def test_a_byte_order_mark_counts_in_offsets() -> None:
    fixed = textfix.fix(b"\xef\xbb\xbf" + "服务器已经启动".encode("gbk"))
    assert [fixed.to_result(place, "bytes") for place in (3, 5, 17)] == [0, 3, 21]


@settings(max_examples=500, deadline=None)
@given(BYTES)
def test_decode_is_one_to_one(data: bytes) -> None:
    found = decode(data)
    assert found.encode() == data
    ends = [0, *(segment.end for segment in found.segments)]
    assert ends[-1] == len(data)
    assert all(segment.start == end for segment, end in zip(found.segments, ends, strict=False))


@pytest.mark.parametrize("encoding", SAMPLES)
def test_the_encoding_is_found(encoding: str) -> None:
    found = decode(SAMPLES[encoding].encode(encoding))
    assert (found.text, found.segments[0].encoding) == (SAMPLES[encoding], encoding)


def test_lines_may_differ_in_encoding() -> None:
    lines = [(text + "\n", name) for name, text in SAMPLES.items() if name in ("utf-8", "gb18030", "big5hkscs")]
    data = b"".join(text.encode(name) for text, name in lines * 3)
    found = decode(data)
    assert found.text == "".join(text for text, _ in lines * 3)
    assert [part.encoding for part in found.segments] == [name for _, name in lines * 3]
    assert found.encode() == data


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(SAMPLES)), BYTES), max_size=6))
def test_mixed_lines_are_one_to_one(parts: list[tuple[str, bytes]]) -> None:
    data = b"\n".join(SAMPLES[name].encode(name) + noise for name, noise in parts)
    found = decode(data)
    assert found.encode() == data
    assert sum(part.characters for part in found.segments) == len(found.text)


@given(st.text().filter(lambda text: not text.isascii() and not text.startswith("\ufeff")))
@example("鍒涘缓")
@example("ÖÐ¹ú")
@example("数据\0库")
def test_valid_utf8_is_never_read_as_something_else(text: str) -> None:
    assert decode(text.encode()).text == text


def test_utf8_that_may_be_gbk_says_so() -> None:
    (doubted,), (sure,) = (decode(raw).segments for raw in ("谢谢".encode("gbk"), "联系客服".encode()))
    assert (doubted.encoding, sure.encoding) == ("utf-8", "utf-8")
    assert doubted.confidence < 0.1 and sure.confidence == 1.0


def test_a_guess_is_no_certainty() -> None:
    """Text of which the model knows nothing: the encoding that is named, else a guess, and said to be one."""
    turkish = "Türkiye'de bugün hava çok güzel, şimdi çarşıya gideceğiz.".encode("cp1254")
    assert textfix.detect(turkish).segments[0].confidence <= 0.5
    assert textfix.detect(turkish, encoding="windows-1254").encoding == "cp1254"


def test_a_byte_order_mark_belongs_to_its_segment() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        found = decode("中文\n".encode(encoding))
        assert found.text == "中文\n" and found.segments[0].bom


def test_a_second_byte_sequence_of_a_character_is_an_edit() -> None:
    data = b"\xa2\xa4" + "繁體中文的一段文字".encode("big5")
    found = decode(data)
    assert found.encode() == data
    assert [edit.after for edit in found.readings] == ["═"]


def test_what_is_left_of_utf16_is_a_segment() -> None:
    found = decode(b"\xff\xfe\x2d\x4e\x87")
    assert [(part.encoding, part.start, part.end) for part in found.segments] == [("utf-16-le", 0, 4), ("utf-8", 4, 5)]


def test_segments_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not those of this text"):
        encode("abc", Decoded("ab", decode(b"ab").segments).segments)


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", True),
        (b"PK\x03\x04", True),
        (bytes(range(256)) * 4, True),
        ("中文\n".encode("utf-16"), False),
        ("[字幕]\r\n一行\r\n".encode("utf-16-le"), False),
        ("中文".encode("gbk"), False),
        (b"\x1b[31mred\x1b[0m\n", False),
        ("名\b\b名称\a\a\n".encode(), False),
        (b"a\1\2", True),
        (b"", False),
        ("안녕하세요 여러분".encode("iso2022_kr"), False),
        (b"a log\n" * 30 + b"\0" * 512 + b"after a crash\n", False),
        (b"name".ljust(257, b"\0") + b"ustar\x0000", True),
    ],
)
def test_binary_is_told_from_text(data: bytes, binary: bool) -> None:
    assert is_binary(data) is binary


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(BYTES, st.sampled_from([text.encode(name) for name, text in SAMPLES.items()])), max_size=6))
def test_many_are_read_as_each_alone(rows: list[bytes]) -> None:
    assert decode_many(rows) == [decode(row) for row in rows]


@settings(max_examples=300, deadline=None)
@given(st.one_of(BYTES, SPLICED), st.sampled_from([*SAMPLES, *FORCED]))
def test_a_forced_encoding_loses_nothing(data: bytes, encoding: str) -> None:
    fixed = textfix.fix(data, force_encoding=encoding, to="keep")
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == data


def test_gb18030_gives_every_sequence_back() -> None:
    """What ONE_TO_ONE claims: the pairs, and of the sequences of four bytes one of each row."""
    pairs = [bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF)]
    fours = [
        bytes((a, b, c, 0x30 + (a + b + c) % 10))
        for a in range(0x81, 0xFF)
        for b in range(0x30, 0x3A)
        for c in range(0x81, 0xFF)
    ]
    for raw in (*pairs, *fours):
        assert to_bytes(to_text(raw, "gb18030"), "gb18030") == raw


def test_a_hint_is_evidence_and_no_more() -> None:
    short, long = "élan".encode("cp1252"), "服务器已经启动，正在监听端口。".encode("gbk")
    assert textfix.detect(short, encoding="iso-8859-1").encoding == "cp1252"
    assert textfix.detect(short, encoding="gb2312").encoding == "gb18030"
    assert textfix.detect(long, encoding="iso-8859-1").encoding == "gb18030"
    assert textfix.detect(long, force_encoding="big5").encoding == "big5hkscs"


def test_declarations_of_a_page_are_evidence() -> None:
    assert hints(b'<meta http-equiv="Content-Type" content="text/html; charset=big5">', "") == {"big5hkscs": 6.0}
    assert hints(b"<?xml version='1.0' encoding='GB2312'?>", "utf-8") == {"gb18030": 6.0, "utf-8": 12.0}
    assert hints(b"charset=klingon", "") == {}


def test_detect_many_agrees_with_detect() -> None:
    rows = [text.encode(name) for name, text in SAMPLES.items()]
    rows += [b"", b"\xff", b"\0\0", bytes(range(256)), b"\xef\xbb\xbf", b"~{" * 99]
    assert textfix.Fixer().detect_many(rows) == [textfix.detect(row) for row in rows]


def test_segments_are_told_with_lines_and_character_set() -> None:
    data = "第一行，记录服务器的日志。\n".encode("gbk") + "第二行沒有問題，說明文件。\n".encode("big5")
    first, second = textfix.detect(data).segments
    assert (first.charset, first.line, first.last_line, first.sample) == ("gb2312", 1, 1, "第一行，记录服务器的日志。 ")
    assert (second.charset, second.line, second.last_line) == ("big5", 2, 2)


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("L'armée achéménide multiethnique était composée de nombreux guerriers", "latin-1"),
        ("皆得不退轉於阿耨多羅三藐三菩提", "euc_jp"),
    ],
)
def test_a_line_of_few_odd_characters_is_not_swallowed(line: str, encoding: str) -> None:
    around = "不过味道还是不错的，下次还会再来，老板人也很好。\n" * 3
    raw = around.encode("gbk") + (line + "\n").encode(encoding) + around.encode("gbk")
    assert decode(raw).text == around + line + "\n" + around


SENTENCES = {
    "Dnes je venku krásné počasí, takže půjdeme s přáteli do parku a potom na večeři.": "cp1250 iso8859_2",
    "Źle się czuję, więc zostanę w domu i będę oglądać telewizję przez całą noc, do świtu.": "cp1250 iso8859_2",
    "Jó napot kívánok, a nevem Péter, és Győrben lakom; a tükörfúrógép már nem működik.": "cp1250 iso8859_2 cp852",
    "Bugün hava çok güzel, dışarıda yürüyüş yapmak istiyorum ve akşam yemeği yiyeceğiz.": "cp1254",
    "Šodien ir ļoti jauks laiks, tāpēc došos pastaigāties ar draugiem uz mežu.": "cp1257",
    "« Où est-ce que tu vas ? » demanda-t-elle, l'œil rivé sur la fenêtre de la cuisine.": "cp1252 iso8859_15",
    "Não sei se você já comeu pão de açúcar com maçãs; a avó faz às vezes aos domingos.": "cp1252",
    "På lørdag tog vi til Århus for at spise smørrebrød. Det var meget hyggeligt.": "cp1252 iso8859_15",
    "The machine costs £100, is 3 × 4 m wide and runs on ±5 V; add ½ cup of water at 25 °C.": "cp1252",
    "В гимназии он не был, а учился дома; отец его служил в Москве и часто бывал в отъезде.": (
        "cp1251 koi8_r cp866 cp855 iso8859_5 mac_cyrillic"
    ),
    "השרת התחיל לפעול והוא מאזין בפורט. הקובץ נשמר בתיקייה של המשתמש ואפשר לקרוא אותו.": "cp1255",
    "Ο καιρός σήμερα είναι πολύ καλός και θα πάμε στο πάρκο με τους φίλους μας.": "cp1253",
    "한글은 홀소리와 닿소리 모두 소리틀을 본떠 만든 글자이며 배우기가 쉽다고 알려져 있다.": "cp949 johab",
}


@pytest.mark.parametrize(("text", "encodings"), SENTENCES.items())
def test_other_languages_are_told_by_their_alphabets(text: str, encodings: str) -> None:
    assert {name: decode(text.encode(name)).text for name in encodings.split()} == dict.fromkeys(
        encodings.split(), text
    )


def test_punctuation_of_big5_is_that_of_windows() -> None:
    data = "小青來了～價錢￥100，張‧王﹑李".encode("cp950")
    fixed = textfix.fix(data, to="keep")
    assert fixed.text == "小青來了～價錢￥100，張‧王﹑李" and textfix.revert(fixed.text, fixed.log) == data


@pytest.mark.parametrize("line", ["룅꽝뺐", "뤽밋뤼", "와훙돨", "왑꼈햅"])
def test_a_few_strange_syllables_are_no_chinese(line: str) -> None:
    text = "\n".join(
        ["이 영화는 정말 재미있었다. 다시 보고 싶은 영화이다.", "배우들의 연기가 아주 좋았다고 생각한다."] * 3 + [line]
    )
    assert decode(text.encode("cp949")).text == text
