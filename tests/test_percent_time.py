"""Signs of percent that escape nothing cost no time that grows with the square of their number."""

import time

import textfix


def test_many_signs_of_percent_are_looked_at_once() -> None:
    text = "%e" * 100_000  # was gone through once for each of its signs
    textfix.fix("%e")
    start = time.perf_counter()
    assert textfix.fix(text).text == text
    assert time.perf_counter() - start < 10
