"""The noise of scraped pages: what is meant stays, in whatever shape; what is inferred says so; rows stand alone."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NOISY

import textfix
from textfix.rules.readings import LETTERS, spellings

MEANT = json.loads((Path(__file__).parent.parent / "fixtures/cases/annotations_meant.json").read_text("utf-8"))
ANNOTATION = re.compile(rf"[(（]([{LETTERS}]{{1,7}})[)）]")


def spelling(reading: str, ascii_only: bool) -> str:
    found = [name for name, one in spellings().items() if one == reading and name.isascii() == ascii_only]
    return found[0] if found else reading


SHAPES: dict[str, Callable[[str], str]] = {
    "full": lambda reading: f"（{reading}）",
    "number": lambda reading: f"[{spelling(reading, True)}]",
    "bopomofo": lambda reading: f"({spelling(reading, False)})",
    "bare": lambda reading: reading,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_annotations_that_are_meant_stay_in_every_shape(shape: str) -> None:
    texts = [ANNOTATION.sub(lambda match: SHAPES[shape](match[1]), case["input"]) for case in MEANT]
    rows = textfix.Fixer(textfix.Config(to="keep", form="keep")).batch(pa.array(texts)).to_pylist()
    assert [row["text"] for row in rows] == texts


def test_what_is_put_back_is_inferred_and_says_what_else_it_may_be() -> None:
    for text in ("那是一段火yao的历史", "办理银/行/卡"):
        (edit,) = textfix.fix(text).singly
        assert edit.note.inferred and 0.9 <= edit.note.confidence < 1
        assert not textfix.fix(text, restore="off").changed
    (edit,) = textfix.fix("那是一段火yao的历史").singly
    assert "要" in dict(edit.note.alternatives)


@settings(max_examples=60, deadline=None)
@given(st.lists(NOISY, max_size=5))
def test_noise_in_a_row_is_judged_without_its_neighbours(rows: list[str]) -> None:
    fixer = textfix.Fixer(textfix.Config(remove=True, restore="all"))  # type: ignore[arg-type]
    got = fixer.batch(pa.array(rows, pa.string())).to_pylist()
    assert [one["text"] for one in got] == [fixer.fix(row).text for row in rows]
