"""The plain codecs that encodings go through, which lose nothing: what has no meaning to them rides along.

A byte without a meaning is a surrogate escape (PEP 383). Encodings of which Python has no codec, and those whose
meaning depends on escape sequences, are plain ASCII here; sequences.py says what their bytes mean.
"""

from __future__ import annotations

WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}  # bytes of a unit
AS_ASCII = ("euc_tw", "hz", "iso2022_cn", "iso2022_jp", "iso2022_kr")


def codec(encoding: str) -> str:
    """The name of the codec that bytes go through."""
    return "ascii" if encoding in AS_ASCII else encoding


def either_order(encoding: str) -> str:
    """UTF-16 and UTF-32 without their byte order; other encodings as they are."""
    return encoding[: len("utf-16")] if encoding in WIDE else encoding


def handler(encoding: str) -> str:
    """The error handler under which an encoding goes there and back: UTF-16 and 32 hold surrogates themselves."""
    return "surrogatepass" if encoding in WIDE else "surrogateescape"


def to_text(data: bytes, encoding: str) -> str:
    """UnicodeDecodeError for UTF-16 and UTF-32, and for some codecs that only a caller can ask for."""
    return data.decode(codec(encoding), handler(encoding))


def to_bytes(text: str, encoding: str) -> bytes:
    """The inverse of to_text, but where a codec reads two byte sequences as one character."""
    return text.encode(codec(encoding), handler(encoding))
