"""Mojibake: what is certain and what is inferred, what restore decides, what is left alone, and its parts."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textfix
from tests.strategies import MOJIBAKE, TEXTS
from textfix.language import Model
from textfix.pipeline import run
from textfix.rules import Context
from textfix.rules.mojibake.candidates import applied
from textfix.rules.mojibake.cells import Channel, utf8
from textfix.rules.mojibake.channels import CHANNELS, bytes_of, forms, reader
from textfix.rules.mojibake.lattice import Job, search
from textfix.rules.mojibake.pieces import Best
from textfix.rules.mojibake.restore import cut, searched
from textfix.rules.mojibake.spots import spots
from textfix.text import Text

CLEAN = "创建平台，文档开始于一个未知的比例"
LOSSY = CLEAN.encode().decode("gbk", "replace")
WAY = Channel.of("utf-8", "gb18030")


def test_certain_and_inferred_are_told_apart() -> None:
    fixed = textfix.fix("鏈�鏃╂簮鑷�浜庡彜鍗板害", restore="all")
    assert fixed.text == "最早源自于古印度"
    assert [(edit.after, edit.note.inferred) for edit in fixed.singly] == [
        ("最", True),
        ("早源", False),
        ("自", True),
        ("于古印度", False),
    ]
    assert all(edit.note.confidence > 0.9 for edit in fixed.singly)


def test_restore_decides_about_losses_alone() -> None:
    texts = {choice: textfix.fix(LOSSY, restore=choice).text for choice in ("off", "confident", "all")}
    assert texts["off"].startswith("创建平台") and "�" in texts["off"]
    assert texts["all"] == CLEAN
    assert textfix.fix(texts["off"], restore="off").text == texts["off"]
    for choice, text in texts.items():
        left = textfix.fix(LOSSY, restore=choice).left
        assert any("�" in edit.before for edit in left) == ("�" in text)


def test_a_guess_names_its_runner_up() -> None:
    guesses = [edit for edit in textfix.fix(LOSSY, restore="all").singly if edit.note.inferred]
    assert guesses and any(edit.note.alternatives for edit in guesses)


@pytest.mark.parametrize("text", ["锟斤拷锟斤拷", "前言 ????? ????????", "文\ufffd\ufffd\ufffd字"])
def test_what_is_lost_is_reported_and_left(text: str) -> None:
    fixed = textfix.fix(text)
    assert fixed.text == text and not fixed.report.clean
    assert "mojibake.lost" in {one.rule for one in fixed.report.damage}


@pytest.mark.parametrize("text", ["真的吗????", "什么????", "a = b ? c : d", "??", "为什么？？？？"])
def test_question_marks_that_ask_are_no_loss(text: str) -> None:
    assert textfix.detect(text).clean


@settings(deadline=None)
@given(st.lists(st.one_of(MOJIBAKE, TEXTS), min_size=1, max_size=6))
def test_a_row_is_repaired_as_it_is_alone(rows: list[str]) -> None:
    config = textfix.Config(to="keep", restore="all")
    tracks = run(Text.of(rows), Context(config))
    for number, row in enumerate(rows):
        got = tracks[number].text if number in tracks and tracks[number].text is not None else row
        assert got == textfix.fix(row, config).text


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_a_reader_shows_is_turned_back(channel: tuple[str, str]) -> None:
    written, read = channel
    for text in ("中文", "我們 have 3 個", "这是一个测试。"):
        try:
            raw = text.encode(written)
            shown = raw.decode(read)
        except UnicodeError:
            continue
        assert bytes_of(shown, read) in (raw, None)
        place = 0
        for character in shown:
            known = [one for one in forms(read)[character] if raw.startswith(one, place)]
            assert known, (text, character)
            place += len(known[0])
        assert place == len(raw)


def test_a_reader_knows_what_it_loses() -> None:
    assert reader("cp1252").lost[0x81].all() and not reader("cp1252").lost[0xE4].any()
    gbk = reader("gb18030").lost
    assert gbk[0x80].all() and gbk[0xAE, 0xE8] and not gbk[0xE4, 0xB8] and gbk[0x93, 0x29]


@given(st.text(max_size=8))
def test_utf8_is_read_as_python_reads_it(text: str) -> None:
    raw = text.encode("utf-8", "ignore")
    pending, found = np.zeros(1, np.int64), ""
    for byte in raw:
        pending, code = utf8(pending, np.array([byte]))
        assert code[0] >= 0
        found += chr(code[0]) if code[0] or byte == 0 else ""
    assert found == raw.decode()


@given(st.binary(max_size=5))
def test_bytes_that_are_no_utf8_have_no_way(raw: bytes) -> None:
    pending, good = np.zeros(1, np.int64), True
    for byte in raw:
        pending, code = utf8(pending, np.array([byte]))
        good &= bool(code[0] >= 0)
    try:
        raw.decode()
    except UnicodeDecodeError:
        assert not good or pending[0] != 0
    else:
        assert good and pending[0] == 0


def test_a_line_is_cut_where_nothing_is_in_doubt() -> None:
    line = (
        ("他们在这里建立了很大的学校。" * 3 + CLEAN + "他们在这里建立了很大的学校。" * 3)
        .encode()
        .decode("gbk", "replace")
    )
    parts = list(cut(Job(line), WAY, Model.load()))
    assert len(parts) > 4 and parts[0].start == 0 and parts[-1].end == len(line)
    assert all(left.end == right.start for left, right in itertools.pairwise(parts))
    whole = search([Job(line)], WAY, Model.load())[0]
    apart = searched([Job(line)], WAY, Model.load())[0]
    assert "".join(piece.text for piece in apart.pieces) == "".join(piece.text for piece in whole.pieces)
    guessed = [piece.text for piece in apart.pieces if piece.lossy]
    assert guessed and guessed == [piece.text for piece in whole.pieces if piece.lossy]


@pytest.mark.parametrize("left_out", [("", ""), (CLEAN, ""), ("", CLEAN), (CLEAN, CLEAN)])
def test_clean_stretches_are_left_out_of_the_search(left_out: tuple[str, str]) -> None:
    damaged = ["他们在这里建立了".encode().decode("gbk", "replace"), "�鏃╂簮鑷�浜庡彜鍗板害"]
    line = left_out[0] + CLEAN.join(damaged) + left_out[1]
    parts = list(cut(Job(line), WAY, Model.load()))
    assert parts[0].start == 0 and parts[-1].end == len(line)
    assert all(left.end == right.start for left, right in itertools.pairwise(parts))
    skipped = [line[part.start : part.end] for part in parts if part.text is None and part.job is None]
    assert len(skipped) == 1 + sum(map(bool, left_out)) and all(one in CLEAN for one in skipped)
    topic = next(part.job.topic for part in parts if part.job)
    whole = search([Job(line, topic=topic)], WAY, Model.load())[0]
    apart = searched([Job(line)], WAY, Model.load())[0]
    assert applied(apart.pieces, line) == applied(whole.pieces, line)


@pytest.mark.parametrize("name", ["gb18030", "cp932", "cp949", "cp1252"])
def test_spots_are_what_the_lattice_finds(name: str) -> None:
    codec = {"gb18030": "gbk"}.get(name, name)
    texts = [CLEAN, "他们在这里建立了很大的学校。", "abc 首先安装 Python，再运行程序", "早源自于古印度·的传说"]
    lines = [text.encode().decode(codec, "replace") for text in texts]
    way, model = Channel.of("utf-8", name), Model.load()
    found = spots(lines, np.ones(len(lines), np.bool_), way, model)
    whole = search([Job(line) for line in lines], way, model)
    assert any(found)
    for line, one, other in zip(lines, found, whole, strict=True):
        if one:
            assert applied(one.pieces, line) == applied(other.pieces, line)
            guesses = [[piece for piece in best.pieces if piece.lossy] for best in (one, other)]
            assert [piece.text for piece in guesses[0]] == [piece.text for piece in guesses[1]]


def test_spots_leave_what_is_not_in_its_place() -> None:
    lines = ["涓�涓", "中文", "é�", "\U00020000涓�", "?涓�"]
    found = spots(lines, np.ones(len(lines), np.bool_), WAY, Model.load())
    assert found == [None] * len(lines)


CRASHED = [  # found by a review
    "璁ゆ棤璇",
    "функціїen()",
    "помилка у функції fdopen()",
    "请输入密码\ud83d".encode("utf-8", "surrogatepass").decode("latin-1") * 2,
    "请输入密".encode().decode("latin-1") + "\xe0\x80\x80" + "码输入密码".encode().decode("latin-1"),
    "斤\udcff锟\udc80",
]


@pytest.mark.parametrize("text", CRASHED)
@pytest.mark.parametrize("restore", ["off", "confident", "all"])
def test_what_once_broke_comes_back(text: str, restore: str) -> None:
    fixed = textfix.fix(text, to="keep", restore=restore)
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == text
    assert textfix.fix(fixed.text, to="keep", restore=restore).text == fixed.text


def test_a_row_leaves_the_logs_of_others_alone() -> None:
    rows = ["璁ゆ棤璇", "鍒涘缓骞冲彴", "hello", LOSSY]
    for one, row in zip(
        textfix.Fixer(textfix.Config(to="keep", restore="all")).batch(pa.array(rows)).to_pylist(), rows, strict=True
    ):
        if one["log"] is not None:
            assert textfix.revert(one["text"], textfix.Log.loads(one["log"])) == row


@settings(deadline=None)
@given(st.one_of(MOJIBAKE, TEXTS))
def test_confidence_is_a_share(text: str) -> None:
    fixed = textfix.fix(text, to="keep", restore="all")
    assert all(0 <= edit.note.confidence <= 1 for edit in (*fixed.singly, *fixed.left))


OTHERS = {  # mojibake of other languages: encodings of the text, and what they were read as
    "Также существуют языки, которые произошли": ("cp1251", "cp1252"),
    "Универсиада": ("utf-8", "cp866"),
    "안녕하세요": ("cp949", "latin_1"),
    "こんにちは、世界": ("cp932", "cp1252"),
}


@pytest.mark.parametrize("text", OTHERS)
def test_mojibake_of_other_languages_is_no_chinese(text: str) -> None:
    written, read = OTHERS[text]
    shown = text.encode(written).decode(read, "replace")
    assert textfix.fix(shown, restore="all", to="keep").text == shown


def test_what_does_not_fit_together_is_not_certain() -> None:
    raw = "实施细则〉的决定》第一次修正案的说明".encode("gbk")
    shown = ("东省县级以下人民代表大会选举".encode("gbk") + raw[:8] + raw[9:]).decode("latin_1")
    fixed = textfix.fix(shown, restore="all", to="keep")
    certain = [edit.after for edit in fixed.singly if not edit.note.inferred]
    assert certain and any("档" in edit.after for edit in fixed.singly if edit.note.inferred)
    assert not any("档" in text for text in certain)


def test_the_row_tells_what_a_sign_of_loss_stands_for() -> None:
    def one(text: str) -> str:
        return text.encode().decode("gbk", "replace").replace("\ufffd", "?")

    table = ["状态（0：正常，1：停用）", "创建者", "是否默认", "用户信息表", "主键"]
    text = "\n".join(f"COMMENT '{one(cell)}'," for cell in table)
    assert textfix.fix(text, restore="all").text == "\n".join(f"COMMENT '{cell}'," for cell in table)


NOVEL = [
    f"第{number}回，{place}的{who}{act}，{feeling}。"
    for number, (place, who, act, feeling) in enumerate(
        itertools.product(
            ("江边", "山下的小镇", "城里最热闹的街上", "一间旧书店"),
            ("老人", "两个年轻的学生", "卖豆腐的女人"),
            ("把门轻轻关上了", "想起了很多年以前的事情", "等着最后一班车", "和邻居说了半天的话"),
            ("谁也没有再开口", "天已经完全黑了", "雨还在不停地下", "他们都觉得有些可惜", "只有灯还亮着"),
        )
    )
]


@pytest.mark.parametrize(("written", "read"), [("utf-8", "latin-1"), ("gbk", "latin-1"), ("utf-8", "gb18030")])
def test_a_whole_novel_is_repaired_like_its_lines(written: str, read: str) -> None:
    garbled = [line.encode(written).decode(read, "replace") for line in NOVEL]
    lines = textfix.Fixer(textfix.Config(to="keep")).batch(pa.array(garbled)).field("text").to_pylist()
    assert textfix.fix("\n".join(garbled), to="keep").text.split("\n") == lines
    if read == "latin-1":
        assert lines == NOVEL


@pytest.mark.parametrize("size", [5000, 60_000])
def test_a_long_line_is_repaired_to_its_end(size: int) -> None:
    line = "".join(f"{line}\u3000 " for line in NOVEL * 10)[5:size]
    assert textfix.fix(line.encode().decode("latin-1"), to="keep").text == line


def test_rows_of_one_sign_do_not_hide_what_stands_between_them() -> None:
    line = "——————以下内容为正文——————"
    assert textfix.fix(line.encode().decode("latin-1")).text == line


def test_a_rare_word_in_a_lossless_line_is_no_missing_byte() -> None:
    line = "②窑调，在妓院里流行的小调。"
    assert textfix.fix(line.encode("gbk").decode("latin-1")).text == line


def test_a_character_beside_a_loss_is_not_converted() -> None:
    line = "他说这个鐏�的故事，说这些话没有意思"
    assert textfix.fix(line, to="hans").text == line


def test_spots_of_lines_that_are_mere_ascii_change_nothing() -> None:
    assert spots(["abc"], np.ones(1, np.bool_), WAY, Model.load()) == [Best((), 0.0)]


@pytest.mark.parametrize("written", ["Это очень интересный вопрос", "Καλημέρα κόσμε, τι κάνεις σήμερα"])
@pytest.mark.parametrize("read", ["cp1252", "cp1250"])
def test_micro_signs_of_other_alphabets_are_no_chinese(written: str, read: str) -> None:
    """In е and ε µ stands for B5, and a loss often follows: с and ρ."""
    damaged = written.encode().decode(read, "replace")
    assert "µ" in damaged and "\ufffd" in damaged
    fixed = textfix.fix(damaged).text
    assert len(fixed) == len(written)
    assert all(one in (two, "\ufffd") for one, two in zip(fixed, written, strict=True))


@pytest.mark.parametrize("read", ["cp1251", "latin_1"])
def test_letters_amid_chinese_come_back_from_single_bytes(read: str) -> None:
    for written in ("英文单词water读作/ˈwɔːtər/,think读作/θɪŋk/。", "这里的阿拉伯文你好是مرحبا,希伯来文是שלום。"):
        damaged = f"前文干净,{written.encode().decode(read, 'replace')},后文也是。"
        assert textfix.fix(damaged).text == f"前文干净,{written},后文也是。"


def test_a_character_of_clean_text_near_a_loss_is_converted() -> None:
    assert textfix.fix("奥运会�幕式上，运动员们走进会场，观众欢呼。", to="hant").text.startswith("奧運會�幕式")
