"""Edits to look at: golden outputs, and what must hold for any text."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PAGE, TEXTS

import textfix
from textfix import views
from textfix.text import Text
from textfix.views.neutral import neutral
from textfix.views.report import described

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden"
CONTROLS = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2066, 0x2069)
}


@pytest.mark.parametrize("style", ["terminal", "color", "unified", "json"])
def test_diff_of_the_page(style: str) -> None:
    fixed = textfix.fix(PAGE.encode())
    assert textfix.diff(fixed, style=style) == (GOLDEN / f"page.{style}").read_text("utf-8")


def test_report_of_the_page() -> None:
    assert described("page.txt", textfix.detect(PAGE.encode())) == (GOLDEN / "page.report").read_text("utf-8")


def test_a_style_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="'html'"):
        textfix.diff("a", "b", style="html")


@given(st.text(), st.text())
def test_what_people_see_is_neutral(before: str, after: str) -> None:
    assert not CONTROLS & set(textfix.diff(before, after).replace("\n", ""))
    assert not CONTROLS & set(neutral(before))


LINES = st.lists(st.sampled_from(["汉", "漢", "a", "", " b", "\r", "\\", "x\ry"]), max_size=8).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_unified_diffs_apply(tmp_path_factory: pytest.TempPathFactory, before: str, after: str) -> None:
    folder = tmp_path_factory.mktemp("patch")
    patch = views.render(views.of_texts(before, after, ("a b.txt", "a b.txt")), "unified")
    (folder / "a b.txt").write_bytes(before.encode())
    (folder / "x.patch").write_bytes(patch.encode())
    if before != after and before and after:
        subprocess.run(["git", "apply", "x.patch"], cwd=folder, check=True, capture_output=True)
        assert (folder / "a b.txt").read_bytes() == after.encode()
    assert bool(patch) == (before != after)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_edits_between_two_texts_lead_from_one_to_the_other(before: str, after: str) -> None:
    change = views.of_texts(before, after)
    assert change.edits.apply(Text.of(before)).row(0) == after


def test_the_diff_of_gbk_bytes_is_raw() -> None:
    fixed = textfix.fix("漢字\n".encode("gbk"), to="hans")
    assert textfix.diff(fixed, style="unified").encode("utf-8", "surrogateescape").startswith(b"--- a/before\n")
    assert "漢字\n".encode("gbk") in textfix.diff(fixed, style="unified").encode("utf-8", "surrogateescape")
