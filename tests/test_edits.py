"""The laws of the edit algebra."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CHARACTERS, edits_of

from textfix.characters import SPACE, Class
from textfix.edits import Edit, Edits, Note
from textfix.text import Text

TEXT = st.text(alphabet=CHARACTERS, max_size=12)


def replaced(text: str, edits: Edits) -> str:
    """What apply must give, said in the plainest way."""
    out, place = [], 0
    for edit in edits:
        out += [text[place : edit.start], edit.after]
        place = edit.end
    return "".join(out) + text[place:]


@settings(max_examples=400)
@given(st.data())
def test_apply_then_invert_is_the_identity(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    edits = data.draw(edits_of(text))
    result = edits.apply(Text.of(text))
    assert result.row(0) == replaced(text, edits)
    assert edits.invert().apply(result).row(0) == text
    assert edits.invert().invert() == edits


@settings(max_examples=400)
@given(st.data())
def test_compose_does_both_and_is_associative(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    first = data.draw(edits_of(text))
    middle = first.apply(Text.of(text)).row(0)
    second = data.draw(edits_of(middle))
    late = second.apply(Text.of(middle)).row(0)
    third = data.draw(edits_of(late))
    both = first.compose(second)
    assert both.apply(Text.of(text)).row(0) == late
    assert both.invert().apply(Text.of(late)).row(0) == text
    assert both.compose(third) == first.compose(second.compose(third))


@given(st.lists(st.text(alphabet="ab漢", max_size=5), min_size=1, max_size=5), st.data())
def test_rows_stay_apart(rows: list[str], data: st.DataObject) -> None:
    text = Text.of(rows)
    found: list[Edit] = []
    wanted = []
    for start, row in zip(text.rows.tolist(), rows, strict=False):
        own = [edit for edit in data.draw(edits_of(row)) if edit.end > edit.start]
        found += [Edit(edit.start + start, edit.end + start, edit.before, edit.after, edit.note) for edit in own]
        wanted.append(replaced(row, Edits.of(own)))
    result = Edits.of(found).apply(text)
    assert [result.row(number) for number in range(len(rows))] == wanted


@given(st.data())
def test_places_map_there_and_back_where_nothing_was_edited(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    edits = data.draw(edits_of(text))
    result = edits.apply(Text.of(text)).row(0)
    inside = {place for edit in edits for place in range(edit.start, edit.end)}
    for place in set(range(len(text))) - inside:
        there = int(edits.to_result(place))
        assert result[there] == text[place] and int(edits.to_source(there)) == place


def test_edits_that_overlap_are_refused() -> None:
    note = Note("x.a")
    with pytest.raises(ValueError, match="overlap at characters 0 to 2"):
        Edits.of([Edit(0, 2, "ab", "", note), Edit(1, 3, "bc", "", note)])


def test_edits_of_another_text_are_refused() -> None:
    edits = Edits.of([Edit(0, 2, "ab", "x", Note("x.a"))])
    with pytest.raises(ValueError, match="not the one"):
        edits.apply(Text.of("cd"))
    with pytest.raises(ValueError, match="a text of 1"):
        edits.apply(Text.of("a"))


SIGNS = "ab?&#;%u4e\\xčœ涓汉字\u3000 漢é\ufffd＆１(jìn)鍒"


@settings(max_examples=400)
@given(st.lists(st.text(alphabet=SIGNS, max_size=30), min_size=1, max_size=3), st.data())
def test_classes_taken_over_are_those_looked_up_anew(rows: list[str], data: st.DataObject) -> None:
    text = Text.of(rows)
    number = data.draw(st.integers(0, len(rows) - 1))
    edits = data.draw(edits_of(rows[number])).moved(int(text.rows[number]))
    assert len(text.classes) == len(text.codes)  # and known from now on
    with mock.patch("textfix.edits.FEW", 0):
        after = edits.apply(text)
    anew = Text(after.codes, after.rows)
    sampled = np.where(after.codes == SPACE, ~np.uint32(Class.SPACE), ~np.uint32(0))  # of plain spaces some are marked
    assert after.is_classed or not len(text.codes)
    assert ((after.classes ^ anew.classes) & sampled == 0).all()
