"""Bytes to text and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import BYTES

from textfix.encodings import Decoded, decode, encode, is_binary

SAMPLES = {  # text and the encoding that must be found
    "utf-8": "简体中文，一段话。",
    "gb18030": "简体中文和繁體中文，还有一些别的字。",
    "big5hkscs": "繁體中文的一段文字，說明編碼。",
    "cp932": "これは日本語の文章です。",
    "cp949": "한국어 텍스트입니다.",
    "utf-16-le": "[字幕]\r\n第一行\r\n",
    "cp1251": "Привет, как дела? Это текст.",
}


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


def test_valid_utf8_is_never_read_as_something_else() -> None:
    for text in ("鍒涘缓", "ÖÐ¹ú", "联通", "a", "\u00e9"):
        assert decode(text.encode()).text == text


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
        (b"", False),
    ],
)
def test_binary_is_told_from_text(data: bytes, binary: bool) -> None:
    assert is_binary(data) is binary
