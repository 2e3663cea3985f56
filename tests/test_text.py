"""Text and the screen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CHARACTERS

from textfix.characters import Class
from textfix.text import BLOCK, MARGIN, Text

ROWS = st.lists(st.text(alphabet=CHARACTERS, max_size=8), max_size=6)


@given(ROWS, st.data())
def test_rows_come_back(rows: list[str], data: st.DataObject) -> None:
    text = Text.of(rows)
    assert [text.row(number) for number in range(len(text))] == rows
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)) if rows else []
    assert [text.take(chosen).row(number) for number in range(len(chosen))] == [rows[number] for number in chosen]


@given(ROWS)
def test_the_screen_finds_every_character_of_a_class(rows: list[str]) -> None:
    text = Text.of(rows)
    for trigger in (Class.HANS, Class.SURROGATE, Class.TONE | Class.KANA, Class.SPACE):
        wanted = np.flatnonzero(text.classes & int(trigger)).tolist()
        assert text.screen.where(trigger).tolist() == wanted
        assert text.screen.rows(trigger).tolist() == sorted(set(text.row_of(wanted).tolist()))
        spans = text.screen.spans(trigger)
        assert all(any(start <= place < end for start, end in spans) for place in wanted)
        assert all(text.row_of(start) == text.row_of(end - 1) for start, end in spans)


def test_spans_grow_to_the_ends_of_lines_but_not_for_ever() -> None:
    row = "字" * 5000 + "\n" + "字" * 3000 + "á" + "字" * 3000 + "\n" + "字" * 5000
    ((start, end),) = Text.of(row).screen.spans(Class.TONE)
    assert start <= 8001 < end and end - start <= BLOCK + 2 * MARGIN
    short = "字" * 500 + "\n" + "字" * 600 + "á字" * 400 + "\n" + "字" * 3000
    ((start, end),) = Text.of(short).screen.spans(Class.TONE)
    assert short[start - 1] == "\n" and start == 501 and short.index("á") < end


@pytest.mark.parametrize(
    ("character", "has", "has_not"),
    [
        ("汉", Class.HANS | Class.HAN, Class.HANT),
        ("漢", Class.HANT | Class.FOLDS, Class.HANS),
        ("群", Class.HAN, Class.HANS | Class.HANT),
        ("广", Class.HANS, Class.HANT),
        ("乾", Class.FOLDS, Class.HANS | Class.HANT),
        ("の", Class.KANA, Class.HAN),
        ("한", Class.HANGUL, Class.HAN),
        ("\u00a0", Class.SPACE, Class.CONTROL),
        ("\u202e", Class.CONTROL, Class.SPACE),
        ("\uf98e", Class.NFC, Class.TONE),
        ("ǔ", Class.TONE | Class.FORM, Class.NFC),
        ("\ud800", Class.SURROGATE, Class.NFC),
    ],
)
def test_classes(character: str, has: Class, has_not: Class) -> None:
    bits = int(Text.of(character).classes[0])
    assert bits & int(has) == int(has) and not bits & int(has_not)
