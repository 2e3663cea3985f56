"""UTF-16 that other bytes stand before: what a program of another encoding wrote first, or half a line end.

A shell of Windows appends UTF-16 to a log in UTF-8; a program that cuts UTF-16 at the byte 0A leaves the second half of
the line end to the next line.
"""

from __future__ import annotations

import codecs

from textfix.encodings.choice import CANDIDATES, readable, sampled, scores, weighed
from textfix.encodings.plain import WIDE

ORDERS = ("utf-16-le", "utf-16-be")
SURE = 0.9  # how sure UTF-16 must be
LEAST = 6  # bytes of it
SHIFTED = 6.0  # nats by which text must be likelier one byte later
MARK = b"\n" + codecs.BOM_UTF16_LE


def begins(data: bytes) -> int:
    """The byte at which UTF-16 begins behind lines that are none; 0 where there is none, or it is all.

    >>> begins("# 巡检\\n".encode() + "完毕，无需行动\\r\\n".encode("utf-16-le"))
    9
    >>> begins("完毕，无需行动\\r\\n".encode("utf-16-le")), begins(b"a\\nb\\0")
    (0, 0)
    """
    first = data.find(0)
    marked = data.find(MARK, 0, first + 1)
    start = (marked if marked >= 0 else data.rfind(b"\n", 0, max(first, 0))) + 1
    head, tail = data[:start], data[start:]
    if not head or len(tail) < LEAST or is_wide(data):
        return 0
    return start if marked >= 0 or is_wide(tail) else 0


def is_wide(data: bytes) -> bool:
    """Whether bytes are surely UTF-16, rather than any encoding of bytes."""
    name, sure = weighed([sampled(data)], (*ORDERS, *CANDIDATES), [{}])[0]
    return name in WIDE and sure >= SURE


def is_late(data: bytes) -> bool:
    """Whether UTF-16 begins behind half a line end: it is much likelier from the second byte on.

    >>> line = "2016 登录 Login failed 原因: 密码不匹配"
    >>> is_late(b"\\0" + line.encode("utf-16-le")), is_late(line.encode("utf-16-be") + b"\\0")
    (True, False)
    """
    if data[:1] != b"\0" or len(data) % 2 == 0 or len(data) < LEAST or not readable(data[1:], ORDERS[0]):
        return False
    later = float(scores([sampled(data[1:])], ORDERS[:1])[0, 0])
    return not readable(data, ORDERS[1]) or later > float(scores([sampled(data[:-1])], ORDERS[1:])[0, 0]) + SHIFTED
