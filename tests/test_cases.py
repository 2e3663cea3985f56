"""Every case in fixtures/cases: what goes in, with which options, and what must come out, forwards and back."""

import json
from pathlib import Path
from typing import Any

import pytest

import textfix

CASES = Path(__file__).parent.parent / "fixtures" / "cases"
KEYS = {"label", "comment", "input", "input_hex", "options", "expected", "known_failure"}


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text("utf-8")):
            marks = [pytest.mark.xfail(reason=case["known_failure"], strict=True)] if "known_failure" in case else []
            found.append(pytest.param(case, id=f"{path.stem}:{case['label']}", marks=marks))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS and {"label", "comment", "options", "expected"} <= set(case)
    source = bytes.fromhex(case["input_hex"]) if "input_hex" in case else case["input"]
    fixed = textfix.fix(source, **case["options"])
    assert fixed.text == case["expected"]
    assert textfix.revert(fixed.text, textfix.Log.loads(fixed.log.dumps())) == source
    assert not textfix.fix(fixed.text, **case["options"]).changed


def test_labels_are_unique() -> None:
    labels = [case.id for case in cases()]
    assert len(labels) == len(set(labels))
