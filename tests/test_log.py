"""The reversible log: it survives being written, and is refused when it is cut, altered or another text's."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PAGE, TEXTS

import textfix
from textfix.log import Substitutions

FIXED = textfix.fix(PAGE.encode())
LOG = FIXED.log.dumps()


def test_a_log_reads_back_as_it_was_written() -> None:
    assert textfix.Log.loads(LOG).dumps() == LOG
    assert textfix.Log.loads(LOG.encode()).dumps() == LOG


@settings(max_examples=150)
@given(st.integers(0, len(LOG) - 1))
def test_a_log_cut_anywhere_is_refused(size: int) -> None:
    with pytest.raises(textfix.LogDamaged, match="log"):
        textfix.Log.loads(LOG[:size])


@settings(max_examples=150)
@given(st.integers(0, len(LOG) - 1), st.sampled_from('0a,"{}漢\n'))
def test_an_altered_log_is_refused(place: int, put: str) -> None:
    altered = LOG[:place] + put + LOG[place + 1 :]
    if altered != LOG:
        with pytest.raises(textfix.LogDamaged):
            textfix.Log.loads(altered)


@pytest.mark.parametrize(
    "junk", ["", "\n", "{}\n", "[]\n", "null\n", '{"end":0}\n', "汉字", '{"textfix":99}\n', b"\xff\n"]
)
def test_what_is_no_log_is_refused(junk: str | bytes) -> None:
    with pytest.raises(textfix.LogDamaged):
        textfix.Log.loads(junk)


def test_a_log_of_another_format_is_refused() -> None:
    import hashlib

    head = '{"textfix":2}\n'
    end = json.dumps({"end": 1, "sha256": hashlib.sha256(head.encode()).hexdigest()}, separators=(",", ":"))
    with pytest.raises(textfix.LogDamaged, match="line 1"):
        textfix.Log.loads(head + end + "\n")


def test_the_log_of_another_text_is_refused() -> None:
    with pytest.raises(textfix.LogMismatch, match="changed since"):
        textfix.revert(FIXED.text + "x", FIXED.log)
    with pytest.raises(textfix.LogMismatch, match="already the source"):
        textfix.revert(PAGE.encode(), FIXED.log)


def test_result_may_be_given_as_text_or_bytes() -> None:
    assert textfix.revert(FIXED.text, FIXED.log) == textfix.revert(FIXED.text.encode(), FIXED.log) == PAGE.encode()


def test_a_conversion_is_a_table() -> None:
    fixed = textfix.fix("漢字體" * 400 + "髮發" + "发" * 3, to="hans")
    (step,) = fixed.log.steps
    assert isinstance(step, Substitutions)
    assert len(fixed.log.dumps()) < 2000
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == fixed.source


@settings(max_examples=150, deadline=None)
@given(
    TEXTS,
    st.sampled_from(["hans", "hant", "hant-tw"]),
    st.sampled_from(["script", "noise.pinyin", "unicode", "encoding"]),
)
def test_one_rule_can_be_undone_alone(text: str, to: str, only: str) -> None:
    fixed = textfix.fix(text, to=to, spaces="fold", form="NFKC")
    if not any(step.rule.startswith(only) for step in fixed.steps):
        with pytest.raises(ValueError, match="has no change by"):
            fixed.log.without(fixed.text, only)
        return
    partly, log, _ = fixed.log.without(fixed.text, only)
    assert textfix.revert(partly, textfix.Log.loads(log.dumps())) == text
    assert not any(step.rule.startswith(only) for step in log.steps)


def test_undoing_the_conversion_leaves_the_repairs() -> None:
    partly = textfix.revert(FIXED.text, FIXED.log, only="script")
    assert partly == textfix.fix(PAGE, to="keep").text


def test_undoing_a_repair_names_what_lay_over_it() -> None:
    fixed = textfix.fix(PAGE, to="hans")
    text, log, lost = fixed.log.without(fixed.text, "desync.gbk")
    assert "?jì)D" in text and {edit.note.rule for edit in lost} == {"noise.pinyin", "script.convert"}
    assert textfix.revert(text, log) == PAGE


def test_what_is_no_unicode_is_stored_as_numbers() -> None:
    fixed = textfix.fix("汉\ud800字")
    assert fixed.text == "汉\ufffd字" and '"before":[55296]' in fixed.log.dumps()
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == "汉\ud800字"
