"""What holds for anything at all: fix can be undone, settles, and answers rows as it answers strings."""

import pickle
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import BYTES, NOISY, PAGE, TEXTS

import textfix
from textfix.config import PROFILES
from textfix.rules import LAST, NAMES, REMOVABLE, RULES

RULE_NAMES = st.lists(st.sampled_from(sorted(NAMES)), max_size=3, unique=True)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "to": st.sampled_from(["auto", "hans", "hant", "hant-tw", "hant-hk", "keep"]),
        "form": st.sampled_from(["NFC", "NFD", "NFKC", "NFKD", "keep"]),
        "spaces": st.sampled_from(["keep", "fold"]),
        "punctuation": st.sampled_from(["keep", "hans", "hant", "ascii"]),
        "line_ends": st.sampled_from(["keep", "lf", "crlf"]),
        "trailing_space": st.sampled_from(["keep", "strip"]),
        "vocabulary": st.sampled_from(["keep", "tw", "hk"]),
        "keep": st.sampled_from([(), ("里面", "头发\t頭毛", "软件\t軟件"), ("\u200b", "中\t國")]),
        "restore": st.sampled_from(["off", "confident", "all"]),
        "profile": st.sampled_from(PROFILES),
        "remove": st.one_of(st.booleans(), st.sampled_from(sorted(REMOVABLE))),
        "disable": RULE_NAMES,
        "min_confidence": st.sampled_from([0.0, 0.5, 0.95, 1.0]),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(BYTES, TEXTS, NOISY), OPTIONS)
def test_fix_can_be_undone_and_settles(data: str | bytes, options: dict[str, Any]) -> None:
    fixed = textfix.fix(data, **options)
    fixed.text.encode()
    back = textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps()))
    assert back == data and type(back) is type(data)
    again = textfix.fix(fixed.text, **options)
    assert again.text == fixed.text and not again.changed
    assert fixed.changed == (fixed.text != data if isinstance(data, str) else fixed.text.encode() != data)


def test_an_undecodable_byte_is_read_as_what_it_becomes() -> None:
    page = PAGE[PAGE.index("②家教工作") : PAGE.index("诩哟笊")].encode()
    fixed = textfix.fix(page + b"\x80")
    assert textfix.fix(fixed.text).text == fixed.text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS.map(lambda text: text.encode("utf-8", "ignore").decode())), max_size=6))
def test_batch_and_fix_agree(rows: list[str | None]) -> None:
    fixer = textfix.Fixer(textfix.Config(to="hant"))
    got = fixer.batch(pa.array(rows, pa.string())).to_pylist()
    alone = [None if row is None else fixer.fix(row) for row in rows]
    assert [one and one["text"] for one in got] == [one and one.text for one in alone]
    assert [one and one["changed"] for one in got] == [one and one.changed for one in alone]
    assert [one and one["log"] for one in got] == [one.log.dumps() if one and one.changed else None for one in alone]


def test_a_row_depends_on_nothing_but_itself() -> None:
    rows = [PAGE[:3000], "汉字", PAGE[3000:], "廣州市", PAGE]
    fixer = textfix.Fixer()
    alone = [fixer.fix(row).text for row in rows]
    for order in ([4, 3, 2, 1, 0], [0, 2, 4, 1, 3]):
        got = fixer.batch(pa.array([rows[i] for i in order])).field("text").to_pylist()
        assert got == [alone[i] for i in order]


def test_what_one_row_leaves_open_is_nothing_to_the_next() -> None:
    rows = ["```\n头发", "理发\n```\n发现", "<pre>头发", "发现</pre>", "<!-- 头发", "发现 -->", "-{头发", "发现}-"]
    rows += ["头发~~", "~~~\n里面发\n~~~", "头发``", "```\n里面发\n```"]
    fixer = textfix.Fixer(textfix.Config(to="hant-tw"))
    assert fixer.batch(pa.array(rows)).field("text").to_pylist() == [fixer.fix(row).text for row in rows]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()])
def test_batch_takes_strings_and_bytes(kind: pa.DataType) -> None:
    values = ["汉字", None, "", "漢字"]
    binary = kind in (pa.binary(), pa.large_binary())
    raw = [value.encode() if binary and value is not None else value for value in values]
    got = textfix.Fixer(textfix.Config(to="hans")).batch(pa.array(raw, kind)).to_pylist()
    assert [one and one["text"] for one in got] == ["汉字", None, "", "汉字"]
    sliced = pa.array(raw, kind).slice(2)
    assert [one["text"] for one in textfix.Fixer(textfix.Config(to="hans")).batch(sliced).to_pylist()] == ["", "汉字"]


def test_batch_refuses_numbers() -> None:
    with pytest.raises(TypeError, match="int64"):
        textfix.Fixer().batch(pa.array([1]))


def test_a_fixer_is_picklable() -> None:
    fixer = pickle.loads(pickle.dumps(textfix.Fixer(textfix.Config(to="hans"))))
    assert fixer.fix("漢字").text == "汉字"


@pytest.mark.parametrize("rule", [*RULES, LAST], ids=lambda rule: rule.name)
def test_every_rule_does_what_its_example_says(rule: textfix.rules.Rule) -> None:
    before, after = rule.example
    options = {
        "script.drift": {"to": "keep"},
        "script.convert": {"to": "hant"},
        "script.glossary": {"keep": ["头发\t頭毛"]},
        "script.vocabulary": {"vocabulary": "tw", "to": "keep"},
        "unicode.spaces": {"spaces": "fold"},
        "width.punctuation": {"punctuation": "hans"},
        "unicode.line_ends": {"line_ends": "lf"},
        "unicode.trailing_space": {"trailing_space": "strip"},
        "noise.repeated": {"remove": "noise.repeated"},
        "noise.boilerplate": {"remove": "noise.boilerplate"},
    }.get(rule.name, {})
    fixed = textfix.fix(before, **options)
    assert fixed.text == after
    assert rule.name in {edit.note.rule for edit in (*fixed.singly, *fixed.left)}
    assert rule.name not in {edit.note.rule for edit in textfix.fix(before, disable=rule.name, **options).singly} - {
        LAST.name
    }


def test_what_is_only_noted_leaves_a_text_clean() -> None:
    report = textfix.detect("第一頁\u00a0\u00a0前一頁")
    assert report.clean and [(one.rule, one.count, one.note) for one in report.damage] == [("unicode.spaces", 1, True)]


def test_a_proposal_that_is_not_sure_enough_is_reported() -> None:
    damaged = "了解了基層?jì)D女的需求"
    for options in ({"restore": "off"}, {"min_confidence": 1.0}):
        fixed = textfix.fix(damaged, **options)
        assert fixed.text == damaged and not fixed.report.clean
        assert [(one.rule, one.count, one.repaired) for one in fixed.report.damage] == [("desync.gbk", 1, 0)]


def test_places_map_in_characters_and_bytes() -> None:
    fixed = textfix.fix("頭髮：漢字".encode("gbk"), to="hans")
    assert fixed.text == "头发：汉字"
    assert fixed.to_result(3) == 3 and fixed.to_source(3) == 3
    assert fixed.to_result(6, "bytes") == 9 and fixed.to_source(9, "bytes") == 6
    removed = textfix.fix(PAGE)
    at = PAGE.index("聯(")
    assert removed.text[removed.to_result(at)] == "聯"


def test_only_bytes_and_strings_are_taken() -> None:
    for take in (textfix.fix, textfix.Fixer().fix, lambda one: textfix.Fixer().detect_many([one])):
        with pytest.raises(TypeError, match="not int"):
            take(1)  # type: ignore[arg-type]
    raw = "汉字".encode("gbk")
    for data in (bytearray(raw), memoryview(raw)):
        assert textfix.fix(data) == textfix.fix(raw)


def test_what_revert_takes_is_said() -> None:
    with pytest.raises(TypeError, match=r"revert takes the log of the text.*not NoneType"):
        textfix.revert("x", None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="str or bytes, not NoneType"):
        textfix.revert(None, textfix.fix("x").log)  # type: ignore[arg-type]


def test_a_fixer_takes_options_by_name() -> None:
    assert textfix.Fixer(to="hans") == textfix.Fixer(textfix.Config(to="hans"))
    assert textfix.Fixer(textfix.Config(to="hans"), form="NFKC").config == textfix.Config(to="hans", form="NFKC")
    with pytest.raises(textfix.ConfigError, match="no_such"):
        textfix.Fixer(no_such=1)
    with pytest.raises(TypeError, match="must be a Config"):
        textfix.Fixer("hans")  # type: ignore[arg-type]


def test_the_face_lists_its_names() -> None:
    assert dir(textfix) == sorted(textfix.__all__) and all(hasattr(textfix, name) for name in textfix.__all__)
