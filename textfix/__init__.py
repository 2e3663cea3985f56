"""textfix finds what is wrong with scraped Chinese text and makes it one consistent Unicode form, with a way back.

>>> import textfix
>>> fixed = textfix.fix("了解了基層?jì)D女的需求")
>>> fixed.text
'了解了基層婦女的需求'
>>> textfix.revert(fixed.text, fixed.log)
'了解了基層?jì)D女的需求'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from textfix.api import Fixer, detect, diff, fix, revert
    from textfix.config import Config, ConfigError
    from textfix.files import BinaryInput
    from textfix.log import Log, LogDamaged, LogMismatch
    from textfix.pipeline import Fixed
    from textfix.report import Report

_HOMES = {
    "Fixer": "api",
    "detect": "api",
    "diff": "api",
    "fix": "api",
    "revert": "api",
    "Config": "config",
    "ConfigError": "config",
    "BinaryInput": "files",
    "Log": "log",
    "LogDamaged": "log",
    "LogMismatch": "log",
    "Fixed": "pipeline",
    "Report": "report",
}

__all__ = [
    "BinaryInput",
    "Config",
    "ConfigError",
    "Fixed",
    "Fixer",
    "Log",
    "LogDamaged",
    "LogMismatch",
    "Report",
    "__version__",
    "detect",
    "diff",
    "fix",
    "revert",
]


def __getattr__(name: str) -> Any:
    """Import a room when its face is first asked for, so that `import textfix` and `--version` are instant."""
    if name not in _HOMES:
        raise AttributeError(f"module 'textfix' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"textfix.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
