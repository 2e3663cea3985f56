"""noise.boilerplate: lists of links at the end of a page.

    广州市| 兴文县| 五大连池市| 梧州市| 隆昌县| 尉氏县| 普兰店市| 谷城县|   (reported)

Sites that sell links put names of places, and of other pages, below their text, in another script if that is how the
list came. A line of ten short names and more, parted by bars, below the last sentence of a page, is suspected; it is
taken out only with --remove noise.boilerplate. A table inside the text, or a list that a sentence follows, is not
looked at; nor is a document that has no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from textfix.characters import Class
from textfix.edits import Edit, Note
from textfix.rules.base import Context, Proposals, Rule, always
from textfix.text import Text

FEWEST = 10  # names of a list
LONGEST = 12  # characters of a name
MOST = 1 << 16  # characters at the end of a page that are looked at
PLACES = 0.6  # share of names that end as places do, from which a list is one of places
BAR = "|"
PLACE = re.compile(r"[\u3400-\u9fff][省市县縣区區旗盟州镇鎮乡鄉]\Z")
SENTENCE = "。！？"


def propose(text: Text, context: Context) -> Proposals:
    remove = context.config.removes(RULE.name)
    places = text.screen.where(Class.PARTS)
    bars = text.row_of(places[text.codes[places] == ord(BAR)])
    rows = np.flatnonzero(np.bincount(bars, minlength=len(text)) >= FEWEST - 1).tolist()
    return Proposals.of(edit for row in rows for edit in ending(text, row, remove))


def ending(text: Text, row: int, remove: bool) -> Iterator[Edit]:
    """The lists of links below the last sentence of a row."""
    end = int(text.rows[row + 1])
    low = max(int(text.rows[row]), end - MOST)
    codes = text.codes[low:end]
    last = np.flatnonzero(np.isin(codes, [ord(one) for one in SENTENCE]))
    if not len(last):
        return
    place = low + int(last[-1]) + 1
    for line in text.slice(place, end).splitlines(keepends=True):
        kind = listed(line)
        if kind:
            note = Note(RULE.name, 0.5, reason=f"{kind} at the end of a page")
            yield Edit(place, place + len(line), line, "" if remove else line, note)
        place += len(line)


def listed(line: str) -> str:
    """What kind of list a line is, or nothing.

    >>> listed("广州市| 兴文县| 五大连池市| 梧州市| 隆昌县| 尉氏县| 普兰店市| 谷城县| 锡林郭勒盟| 内丘县|")
    'a list of places'
    >>> listed("首页|新闻|体育")
    ''
    """
    names = [name.strip() for name in line.split(BAR) if name.strip()]
    if len(names) < FEWEST or max(map(len, names)) > LONGEST:
        return ""
    places = sum(bool(PLACE.search(name)) for name in names) >= PLACES * len(names)
    return "a list of places" if places else "a list of links"


RULE = Rule(
    "noise.boilerplate",
    "lists of places and links at the end of a page; reported, taken out with --remove",
    (
        "会议到此结束。\n广州市| 兴文县| 五大连池市| 梧州市| 隆昌县| 尉氏县| 普兰店市| 谷城县| 内丘县| 富民县| 梅州市",
        "会议到此结束。\n",
    ),
    always(Class.PARTS),
    propose,
    removable=True,
)
