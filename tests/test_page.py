"""The page that the project was made for."""

import hashlib
import re
from pathlib import Path

import pytest
from strategies import PAGE

import textfix
from textfix.characters import Class
from textfix.text import Text

ROOT = Path(__file__).parent.parent
RAW = PAGE.encode()
GOLDEN = (ROOT / "fixtures" / "golden" / "page.txt").read_text("utf-8")
STRETCHES = [
    "層婦女的需求",
    "推動婦女工作",
    "我們在組織活動時",
    "我們在加大社區",
    "單位人變為社會人",
    "基層婦聯組織",
    "幫助下爭取到",
]


def test_the_page_comes_out_as_it_was_checked_by_eye() -> None:
    assert textfix.fix(RAW).text == GOLDEN


def test_nothing_damaged_is_left() -> None:
    assert "?" not in GOLDEN and re.findall(r"\([^)]*\)", GOLDEN) == ["(市、區)", "(責任編輯:)"]
    assert all(stretch in GOLDEN for stretch in STRETCHES)
    assert not (Text.of(GOLDEN).classes & int(Class.HANS)).any()


def test_nothing_else_is_changed() -> None:
    fixed = textfix.fix(RAW)
    assert [(step.rule, len(step.edits)) for step in fixed.steps] == [
        ("desync.gbk", 7),
        ("noise.pinyin", 495),
        ("script.convert", 54),
    ]
    assert all(re.fullmatch(r"\([a-z]*[āáǎàēéěèīíǐìōóǒòūúǔù][a-z]*\)", edit.before) for edit in fixed.steps[1].edits)
    for word in ("了解", "群眾", "吃苦", "穀城縣", "雲安縣", "由於採用", "註冊", "規範", "幹部", "風采", "\u00a0"):
        assert word in fixed.text


@pytest.mark.parametrize("to", ["auto", "hans", "hant", "hant-tw", "hant-hk", "keep"])
def test_the_page_comes_back(to: str) -> None:
    fixed = textfix.fix(RAW, to=to)
    back = textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps()))
    assert isinstance(back, bytes)
    assert hashlib.sha256(back).hexdigest() == "6e01adad1e37dedbf44f44c558923b6968b21801596fadc1cf66e316ebd08b52"
    assert not textfix.fix(fixed.text, to=to).changed


def test_targets() -> None:
    hans = textfix.fix(RAW, to="hans").text
    assert "推进妇联工作社会化" in hans and not (Text.of(hans).classes & int(Class.HANT)).any()
    assert "衞" not in GOLDEN and "石衛華" in textfix.fix(RAW, to="hant-hk").text  # Hong Kong writes 衛, too
    assert "石衛華" in textfix.fix(RAW, to="hant-tw").text


def test_detect_names_what_is_wrong() -> None:
    report = textfix.detect(RAW)
    assert (report.encoding, report.script.dominant, report.clean) == ("utf-8", "hant", False)
    assert (report.script.hant, report.script.hans) == (910, 47)
    assert [(one.line, one.column, one.script) for one in report.drift] == [(21, 589, "hans"), (75, 7, "hans")]
    assert {one.rule: one.count for one in report.damage} == {
        "desync.gbk": 7,
        "noise.pinyin": 495,
        "script.convert": 54,
        "noise.boilerplate": 1,
        "unicode.spaces": 8,
    }


def test_spaces_are_changed_only_when_asked_for() -> None:
    assert "\u00a0" in GOLDEN and "\u00a0" not in textfix.fix(RAW, spaces="fold").text


def test_a_long_document_is_judged_as_a_short_one_is() -> None:
    pages = PAGE.replace("\n", " ") * 20
    assert textfix.fix(pages, to="keep").text == textfix.fix(PAGE.replace("\n", " "), to="keep").text * 20


def test_the_list_of_places_goes_only_when_asked_for() -> None:
    fixed = textfix.fix(RAW, remove="noise.boilerplate")
    assert "廣州市|" in GOLDEN and len(fixed.text) == GOLDEN.rindex("\n") + 1 and "市|" not in fixed.text
    assert textfix.revert(fixed.text, fixed.log) == RAW
