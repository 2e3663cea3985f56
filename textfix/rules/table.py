"""Which documents are tables, CSV and the like, whose separators and quotation marks are no punctuation of prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from textfix.characters import Bools

SEPARATORS = ",;\t"
QUOTED = re.compile(r'(?:(?<=[,;\t\r\n])|\A)"[^"]*(?:""[^"]*)*"(?=[,;\t\r\n]|\Z)')
SENTENCE = re.compile('[\u3400-\u9fff]["”’)）]*[.!?]\\s*$')


@dataclass(frozen=True)
class Table:
    """separators: what may part its fields. quoted: which characters stand in a field with quotation marks."""

    separators: str
    quoted: Bools

    def breaks(self, place: int, before: str, after: str) -> bool:
        """Whether a change would take or make a separator or a quotation mark."""
        signs = '"' if self.quoted[place] else f'"{self.separators}'
        return not set(signs).isdisjoint(before + after)


def table_of(document: str) -> Table | None:
    """The table that a document is, if any.

    >>> table_of('1,"甲,乙"\\n2,丙').separators, table_of("一,二\\n三"), table_of("说,好.\\n来,走.")
    (',', None, None)
    """
    separators = separators_of(document)
    if not separators:
        return None
    quoted = np.zeros(len(document), np.bool_)
    for match in QUOTED.finditer(document):
        quoted[match.start() : match.end()] = True
    return Table(separators, quoted)


def separators_of(document: str) -> str:
    """The signs that stand equally often in all lines, two at least, outside of quotation marks; "" for prose.

    Lines that all end as sentences do are prose, as of a poem.
    """
    lines = [line for line in re.split("[\r\n]+", QUOTED.sub('""', document)) if line.strip()]
    if len(lines) < 2:
        return ""
    found = [sign for sign in SEPARATORS if sign in lines[0] and evenly(lines, sign)]
    return "" if all(map(SENTENCE.search, lines)) else "".join(found)


def evenly(lines: list[str], sign: str) -> bool:
    """Whether a sign stands equally often in all lines."""
    count = lines[0].count(sign)
    return all(line.count(sign) == count for line in lines)
