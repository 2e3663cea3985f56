"""The language model and its maps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textfix.language import SCALE, Model
from textfix.language.maps import build, look_up
from textfix.rules.mojibake.cells import Channel
from textfix.rules.mojibake.lattice import Job, Lattice, search
from textfix.text import Text

MODEL = Model.load()
PAIRS = [  # the likelier first
    ("我们在组织活动", "我们诩哟笊活动"),
    ("我們在組織活動", "我們诩哟笊活動"),
    ("中文编码", "涓枃缂栫爜"),
    ("これは日本語です", "縺薙ｌ縺ｯ譌･譛ｬ隱"),
    ("한국어 텍스트", "占쏙옙占쏙옙"),
    ("Привет, как дела", "РџСЂРёРІРµС‚"),
    ("the quick brown fox", "thç quíck bröwn"),
]


@pytest.mark.parametrize(("good", "bad"), PAIRS)
def test_clean_text_is_likelier_a_character(good: str, bad: str) -> None:
    scores = MODEL.score(Text.of([good, bad])) / [len(good), len(bad)]
    assert scores[0] > scores[1] + 1


@given(st.lists(st.text(alphabet="我们的组織活動ab\n𠀀\ud800", max_size=6), min_size=1, max_size=5))
def test_a_row_is_scored_as_it_is_alone(rows: list[str]) -> None:
    together = MODEL.score(Text.of(rows))
    assert together == pytest.approx([float(MODEL.score(Text.of(row))[0]) for row in rows])
    assert (together <= 0).all()


def test_best_path_takes_the_likeliest_and_tells_the_margin() -> None:
    path = MODEL.best_path([["层", "曾"], ["妇女", "D女"]], left="基", right="的需求")
    assert path.choice == (0, 0) and all(margin > 3 for margin in path.margin)
    assert MODEL.best_path([["一"]]).margin == (float("inf"),)


@pytest.mark.parametrize("size", [0, 1, 2, 30, 1000, 50_000])
def test_a_map_holds_what_was_put_in(size: int) -> None:
    random = np.random.default_rng(size)
    keys = np.unique(random.integers(0, 2**63, size, dtype=np.uint64))
    values = random.integers(0, 256, len(keys), dtype=np.uint32)
    table = build(keys, values, 8, np.uint16)
    found, got = look_up(table, keys, 8)
    assert found.all() and (got == values).all()
    assert (build(keys, values, 8, np.uint16) == table).all()


def test_a_map_finds_a_strange_key_seldom() -> None:
    keys = np.arange(20_000, dtype=np.uint64)
    table = build(keys, np.zeros(20_000, np.uint32), 8, np.uint16)
    found, _ = look_up(table, keys + np.uint64(10**9), 8)
    assert 0 < found.mean() < 2 / 256


def test_two_keys_that_are_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="same"):
        build(np.array([7, 7], np.uint64), np.zeros(2, np.uint32), 8, np.uint16)


def test_what_else_stands_in_a_line_tells_its_topic() -> None:
    model = Model.load()
    texts = ["医生给病人开药，住院治", "", "这个软件的程序员写代码", "ab 12"]
    expected = model.expected(Text.of(texts))
    ill, machine = model.symbol[ord("疗")], model.symbol[ord("键")]
    assert expected[0, ill] > expected[2, ill] and expected[2, machine] > expected[0, machine]
    assert not expected[[1, 3]].any()
    usual = np.exp(model.single[1:1024] / -SCALE)
    assert abs(np.log((np.exp(expected[2, 1:1024] / SCALE) * usual).sum() / usual.sum())) < 0.1
    assert (model.expected(Text.of(texts[2:3])) == expected[2]).all()


def test_a_topic_chooses_among_what_a_lost_byte_can_have_been() -> None:
    model = Model.load()
    jobs = [Job("鏉�", topic=topic) for topic in ("刑警抓住凶手，审判罪犯", "树木森林果园，苹果和梨")]
    first, second = (best.pieces[0].text for best in search(jobs, Channel.of("utf-8", "gb18030"), model))
    assert first != second, (first, second)


def test_the_parts_of_a_line_share_its_topic() -> None:
    model = Model.load()
    jobs = [Job(line, topic="树木森林果园，苹果和梨") for line in ("鏉�", "鏁版嵁搴�")] + [Job("鏉�", topic="审判罪犯")]
    lattice = Lattice(jobs, Channel.of("utf-8", "gb18030"), model)
    assert len(lattice.topics) == 2  # a long line has hundreds of parts, and each would bring all of it
    assert lattice.topic.tolist() == [0, 0, 1]
