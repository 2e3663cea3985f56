"""Encodings in words: which a text is in, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from textfix.encodings import Segment
from textfix.encodings.choice import named


def encodings(segments: Sequence[Segment]) -> str:
    """The encoding of a text, or how much of it is in which; empty for no segments.

    >>> encodings([Segment(0, 3, "gb18030"), Segment(3, 4, "utf-8")])
    'mixed: 75% gb18030, 25% utf-8'
    """
    sizes = Counter[str]()
    for part in segments:
        sizes[part.encoding] += part.end - part.start
    whole = max(1, sizes.total())
    shares = ", ".join(f"{size / whole:.0%} {name}" for name, size in sizes.most_common())
    name = f"mixed: {shares}" if len(sizes) > 1 else "".join(sizes)
    return name + (" with a byte order mark" if any(part.bom for part in segments) else "")


def recoded(segments: Sequence[Segment], written: str) -> str:
    """From which encoding to which a text goes that is written in another one, or without its mark; else empty."""
    same = (named(written), *(["ascii"] if "a".encode(written).endswith(b"a") else []))
    marked = bool("".encode(written))
    if all(part.encoding in same for part in segments) and any(part.bom for part in segments) == marked:
        return ""
    return f"{encodings(segments)} → {written}"
