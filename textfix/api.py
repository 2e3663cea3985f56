"""The functions of the public face, which textfix/__init__.py passes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from textfix import pipeline
from textfix.config import Config
from textfix.log import Log
from textfix.pipeline import Fixed
from textfix.report import Report

if TYPE_CHECKING:
    import pyarrow as pa

Document: TypeAlias = str | bytes | bytearray | memoryview


def detect(data: Document, config: Config | None = None, **options: Any) -> Report:
    """Say what is wrong with a document: its encoding, script, drift, and each kind of damage.

    Takes the options of Config by name. Raises ConfigError for one that does not exist; never for what data holds.

    >>> detect("你好，世界。").clean
    True
    """
    return fix(data, config, **options).report


def fix(data: Document, config: Config | None = None, **options: Any) -> Fixed:
    """Repair a document. Takes the options of Config by name; ConfigError for one that does not exist.

    >>> fix("軟體工程師的筆記", to="hans").text
    '软体工程师的笔记'
    """
    return Fixer(config, **options).fix(data)


def taken(data: Document) -> str | bytes:
    """A document as the pipeline takes it. TypeError for what is none."""
    if isinstance(data, (str, bytes)):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"textfix takes bytes or str, not {type(data).__name__}")


def revert(text: str | bytes, log: Log | str, only: str | None = None) -> str | bytes:
    """Exactly what went in, from what came out and its log.

    only: undo just this rule or family, and the later changes that overlap it; the answer is then text of the type
    given. LogMismatch where the log is of another text, LogDamaged where it does not hold together, ValueError where
    it has no change by `only`. `Log.without` gives the new log, too. A log may be given as the text of one.
    """
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"revert takes the text as str or bytes, not {type(text).__name__}")
    if not isinstance(log, (Log, str, bytes)):
        raise TypeError(f"revert takes the log of the text, a Log or what Log.dumps gives, not {type(log).__name__}")
    if not isinstance(log, Log):
        log = Log.loads(log)
    if only is None:
        return log.revert(text)
    result, _, _ = log.without(text if isinstance(text, str) else text.decode("utf-8"), only)
    return result if isinstance(text, str) else result.encode("utf-8")


def diff(fixed_or_before: Fixed | str, after: str | None = None, style: str = "terminal") -> str:
    """Show what changed, in a Fixed or between two texts.

    style: terminal (lines before and after, changed characters marked), color (the same with ANSI colours), unified
    (for patch and git apply; raw), or json. Every style but unified neutralises controls in the text.

    >>> print(diff("汉字", "漢字"), end="")
    1:1 - 汉字
          ~~
    1:1 + 漢字
          ~~
    """
    from textfix import views

    if isinstance(fixed_or_before, Fixed):
        change = views.of_fixed(fixed_or_before)
    elif after is None:
        raise TypeError("diff takes a Fixed, or two texts")
    else:
        change = views.of_texts(fixed_or_before, after)
    return views.render(change, style)


@dataclass(frozen=True, init=False)
class Fixer:
    """A reusable fix for many documents: picklable, and cheap to call. Takes what `fix` does, but for the document.

    >>> Fixer(to="hans").fix("漢字").text
    '汉字'
    """

    config: Config

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        if not isinstance(config, (Config, type(None))):
            raise TypeError(f"config must be a Config, not {type(config).__name__}; options are given by name")
        object.__setattr__(self, "config", (config or Config()).replace(**options))

    def fix(self, data: Document) -> Fixed:
        """Repair one document."""
        return pipeline.fix(taken(data), self.config)

    def detect_many(self, rows: Sequence[Document]) -> list[Report]:
        """What is wrong with each of many documents, in one vectorised call: mail subjects, tags, names in archives.

        >>> [one.encoding for one in Fixer().detect_many(["小七".encode("big5"), "系统退信".encode("gbk")])]
        ['big5hkscs', 'gb18030']
        """
        return [one.report for one in pipeline.fix_many([*map(taken, rows)], self.config)]

    def batch(self, column: pa.Array) -> pa.StructArray:
        """Repair a column of documents, each a string or binary value; null stays null.

        Answers a struct of text (string), changed (bool) and log (string, null where unchanged). Each row comes out
        as `fix` alone would have it. Needs pyarrow (`pip install textfix[arrow]`).
        """
        try:
            from textfix.arrow import batch
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "Fixer.batch needs pyarrow: pip install 'textfix[arrow]'", name=error.name
            ) from None

        return batch(column, self.config)
